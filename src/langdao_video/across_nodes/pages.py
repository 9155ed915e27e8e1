"""The edge's half of carried sockets: the pages that are connected here, and whose rooms are on other nodes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from langdao_video.across_nodes.exchange import Exchange
from langdao_video.across_nodes.messages import CarriedFrame, CloseSocket, FromOwner, OpenSocket, PageGone
from langdao_video.errors import NotOwner
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.port import CarriedPage, Opening

log = structlog.get_logger(__name__)

PAGES_TOLD_PER_SECOND: Final = 200
"""How many pages are told to move, as two of each of the rooms that a process tells (`signaling.drain`)."""
UNSENT_BYTES_MAX: Final = 256 * 1024
"""How much of one page may wait for the backplane. Beyond that its socket is not read."""


@dataclass(slots=True)
class OpenPassage:
    """The way of one page's frames to the owner of its room."""

    exchange: Exchange
    owner: str
    page: CarriedPage
    forget: Callable[[], object]
    _unsent_bytes: int = 0
    _has_answered: bool = False
    """Whether the owner has sent anything."""
    _is_over: bool = False

    @property
    def is_full(self) -> bool:
        """Whether the page's next frame must wait."""
        return self._unsent_bytes > UNSENT_BYTES_MAX

    def open(self, opening: Opening, frame: bytes) -> None:
        """Send the page's first frame."""
        message = OpenSocket(self.page.conn, opening.room, opening.host, frame)
        self._count(len(frame), self.exchange.send_to_owner(self.owner, message))

    def receive(self, frame: bytes) -> None:
        """Take the page's next frame."""
        if not self._is_over:
            message = CarriedFrame(self.page.conn, frame)
            self._count(len(frame), self.exchange.send_to_owner(self.owner, message))

    def lose(self, code: int | None) -> None:
        """Note that the page's socket is gone."""
        if not self._is_over:
            self._end()
            self._count(0, self.exchange.send_to_owner(self.owner, PageGone(self.page.conn, code)))

    def take(self, message: CarriedFrame | CloseSocket) -> None:
        """Take a message of the owner to the page."""
        self._has_answered = True
        if isinstance(message, CloseSocket):
            self.close(message.code, message.reason)
        else:
            self.tell(message.frame)

    def tell(self, frame: bytes) -> None:
        """Send the page a frame of this node."""
        if not self._is_over:
            self.page.pass_on(frame)

    def break_off(self) -> None:
        """Let the page come back: at once, or a little later if the owner has not answered at all."""
        code = CloseCode.RESTARTS if self._has_answered else CloseCode.TRY_AGAIN_LATER
        self.close(code, "owner-lost")

    def close(self, code: int, reason: str) -> None:
        """Close the page's socket. The owner has left it already."""
        if not self._is_over:
            self._end()
            self.page.close(code, reason)

    def _end(self) -> None:
        self._is_over = True
        self.forget()

    def _count(self, size_bytes: int, sent: asyncio.Future[None]) -> None:
        self._unsent_bytes += size_bytes

        def note_sent(done: asyncio.Future[None]) -> None:
            was_full = self.is_full
            self._unsent_bytes -= size_bytes
            _ = done.cancelled() or done.exception()  # the exchange has ended the carriage
            if was_full and not self.is_full:
                self.page.resume()

        sent.add_done_callback(note_sent)


@dataclass(slots=True)
class CarriedPages:
    """All pages of this node whose rooms are elsewhere. *find_owner* asks the store."""

    exchange: Exchange
    find_owner: Callable[[str], Awaitable[str | None]]
    _passages: dict[str, dict[int, OpenPassage]] = field(default_factory=dict)

    async def open(self, page: CarriedPage, opening: Opening, frame: bytes) -> OpenPassage:
        """Carry *page*, whose first frame is *frame*, to the owner of its room. Raises NotOwner if there is none."""
        owner = await self.find_owner(opening.room)
        if owner is None or owner == self.exchange.node:
            raise NotOwner("owner-changes", "The room is moving to another node; the page tries again.")
        passage = OpenPassage(self.exchange, owner, page, lambda: self._forget(owner, page.conn))
        self._passages.setdefault(owner, {})[page.conn] = passage
        log.info("socket-carried", session=opening.room, conn=page.conn, owner=owner)
        passage.open(opening, frame)
        return passage

    @property
    def count(self) -> int:
        """How many sockets are carried."""
        return sum(map(len, self._passages.values()))

    def take_from_owner(self, owner: str, message: FromOwner) -> None:
        """Give a frame or a close to its page. The page may be gone already."""
        if isinstance(message, CarriedFrame | CloseSocket):
            passage = self._passages.get(owner, {}).get(message.conn)
            if passage is not None:
                passage.take(message)

    def lose_owner(self, owner: str) -> None:
        """Let the pages come back. By then the room may have another owner; the picture goes on meanwhile (law 7)."""
        for passage in [*self._passages.get(owner, {}).values()]:
            passage.break_off()

    def carries_to(self, owner: str) -> bool:
        """Tell whether a page is carried to *owner*."""
        return owner in self._passages

    async def tell_to_move(self, write_moving: Callable[[], bytes], seconds: float) -> None:
        """Tell all pages within *seconds* to look for another node, because this one stops. Their rooms stay there."""
        passages = [passage for each in self._passages.values() for passage in each.values()]
        for passage in passages:
            passage.tell(write_moving())
            await asyncio.sleep(min(seconds / len(passages), 1 / PAGES_TOLD_PER_SECOND))

    def _forget(self, owner: str, conn: int) -> None:
        passages = self._passages[owner]
        del passages[conn]
        if not passages:
            del self._passages[owner]
