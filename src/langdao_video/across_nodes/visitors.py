"""The owner's half of carried sockets: each of them is driven like a socket of this node, over the backplane."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from langdao_video.across_nodes.exchange import Exchange
from langdao_video.across_nodes.messages import CarriedFrame, CloseSocket, FromEdge, OpenSocket, PageGone
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.port import Carrier, Opening, Taker
from langdao_video.signaling.tally import Driver
from langdao_video.signaling.unsent import FRAMES_WAITING_MAX, SIZE_WAITING_BYTES_MAX

FRAMES_HELD_MAX: Final = 256
SIZE_HELD_BYTES_MAX: Final = 1024 * 1024
"""How much of one page is held back while its join is checked. Beyond either its socket is closed as a flood."""


@dataclass(slots=True)
class RemoteSocket:
    """Carry the frames of one page that is connected to *edge*."""

    exchange: Exchange
    edge: str
    conn: int
    """The page's number at the edge."""
    forget: Callable[[], object]
    taker: Taker | None = None
    driver: Driver = field(default="node", init=False)
    _held: deque[bytes] = field(default_factory=deque)
    _held_bytes: int = 0
    _unsent: int = 0
    _unsent_bytes: int = 0
    _is_closing: bool = False

    def send(self, frame: bytes) -> bool:
        """Send a frame to the page. Return False if too much waits for the backplane already."""
        if self._is_closing:
            return True
        if self._unsent >= FRAMES_WAITING_MAX or self._unsent_bytes + len(frame) > SIZE_WAITING_BYTES_MAX:
            return False
        self._unsent += 1
        self._unsent_bytes += len(frame)
        sent = self.exchange.send_to_edge(self.edge, CarriedFrame(self.conn, frame))

        def note_sent(done: asyncio.Future[None]) -> None:
            self._unsent -= 1
            self._unsent_bytes -= len(frame)
            _ = done.cancelled() or done.exception()  # the exchange has ended the carriage

        sent.add_done_callback(note_sent)
        return True

    def close(self, code: int, reason: str) -> None:
        """Close the page's socket after the frames that were sent before."""
        if not self._is_closing:
            self._is_closing = True
            sent = self.exchange.send_to_edge(self.edge, CloseSocket(self.conn, code, reason))
            sent.add_done_callback(lambda done: done.cancelled() or done.exception())
            # The edge drops the page with this message and says no more of it. Not at once: the room is at work on it.
            asyncio.get_running_loop().call_soon(self.lose, None)

    def admit(self) -> None:
        """Do nothing: the edge has seen the link, too, and lifted its own limit."""

    def resume(self) -> None:
        """Give the frames that were held back to the room."""
        while self._held and self.taker is not None and not self.taker.is_busy:
            frame = self._held.popleft()
            self._held_bytes -= len(frame)
            self.taker.receive(frame)

    def receive(self, frame: bytes) -> None:
        """Take the page's next frame."""
        if self.taker is None:
            return
        self._held.append(frame)
        self._held_bytes += len(frame)
        if len(self._held) > FRAMES_HELD_MAX or self._held_bytes > SIZE_HELD_BYTES_MAX:
            self.close(CloseCode.FLOOD, "flood")
        else:
            self.resume()

    def lose(self, code: int | None) -> None:
        """Note that the page is gone, with its close code if it sent one."""
        taker, self.taker = self.taker, None
        if taker is not None:
            self.forget()
            taker.lose(code)


@dataclass(slots=True)
class RemoteSockets:
    """All sockets that other nodes carry to this one. *open_socket* returns what takes the frames of one."""

    exchange: Exchange
    open_socket: Callable[[Opening, Carrier], Taker]
    _sockets: dict[str, dict[int, RemoteSocket]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many sockets are carried here."""
        return sum(map(len, self._sockets.values()))

    def take_from_edge(self, edge: str, message: FromEdge) -> None:
        """Give a message to its socket. Our own side may have closed it already."""
        if isinstance(message, OpenSocket):
            self._open(edge, message)
        elif isinstance(message, CarriedFrame | PageGone):
            socket = self._sockets.get(edge, {}).get(message.conn)
            if socket is None:
                return
            if isinstance(message, CarriedFrame):
                socket.receive(message.frame)
            else:
                socket.lose(message.code)

    def lose_edge(self, edge: str) -> None:
        """Lose all sockets of *edge*, as if their networks had gone: their seats are kept for a while."""
        for socket in [*self._sockets.get(edge, {}).values()]:
            socket.lose(None)

    def close_all(self, code: int, reason: str) -> None:
        """Close all sockets."""
        for sockets in [*self._sockets.values()]:
            for socket in [*sockets.values()]:
                socket.close(code, reason)

    def _open(self, edge: str, message: OpenSocket) -> None:
        conn = message.conn
        if (known := self._sockets.get(edge, {}).get(conn)) is not None:
            known.lose(None)
        socket = RemoteSocket(self.exchange, edge, conn, lambda: self._forget(edge, conn))
        self._sockets.setdefault(edge, {})[conn] = socket
        socket.taker = self.open_socket(Opening(message.room, message.host), socket)
        socket.receive(message.frame)

    def _forget(self, edge: str, conn: int) -> None:
        sockets = self._sockets[edge]
        del sockets[conn]
        if not sockets:
            del self._sockets[edge]
