"""The chat of all sessions, sealed on its way into the store and opened on its way back.

Law: the store never sees a text. After the session's end nobody does: its salt is gone.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog

from langdao_video.access.chat_seal import NONCE_BYTES, SALT_BYTES, derive_key, open_text, seal_text
from langdao_video.billing.lesson import Lesson
from langdao_video.clock import Clock
from langdao_video.errors import LangDAOError, NotOwner
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.facts import Ended, Recorded
from langdao_video.session.snapshot import KeptLine
from langdao_video.store.chat_port import ChatStore, SealedLine
from langdao_video.store.ownership import RoomOwners

log = structlog.get_logger(__name__)

KEPT_MS_MAX: Final = 24 * 3_600_000
"""How long a chat is kept without a new line, if its session never ends. Links are valid as long."""
_SWEEP_SECONDS: Final = 600.0
_ENDED_MAX: Final = 1_000
_RETRY_SECONDS: Final = 5.0


class ChatBook:
    """Keep the lines of all sessions in *store*, under keys made of the service's *keys*, newest first.

    The first key seals and all of them open, so that a change of keys loses no line.
    """

    def __init__(
        self, store: ChatStore, keys: Sequence[str], clock: Clock, owners: RoomOwners | None = None
    ) -> None:
        """Begin. *owners* says which rooms this node owns; None if no other node shares the store."""
        self._store = store
        self._owners = owners
        self._keys = tuple(keys)
        self._clock = clock
        self._ended: asyncio.Queue[str] = asyncio.Queue(_ENDED_MAX)

    async def load_lines(self, session_id: str) -> list[KeptLine]:
        """Return the kept lines of a session in their order. Raises Unavailable."""
        chat = await self._store.load_chat(session_id)
        if chat is None:
            return []
        keys = [derive_key(key, chat.salt) for key in self._keys]
        lines = [line for sealed in chat.lines if (line := _open_line(keys, session_id, sealed))]
        if len(lines) < len(chat.lines):
            log.warning("chat-not-readable", session=session_id, lines=len(chat.lines) - len(lines))
        return lines

    async def keep_lines(self, session_id: str, lines: Sequence[KeptLine], first_number: int) -> None:
        """Keep *lines*, and forget those below *first_number*. A line that is known stays as it was.

        Raises Unavailable, or Conflict `chat-over` if the session has ended.
        """
        owner = None if self._owners is None else await self._owners.hold(session_id)
        salt = await self._store.load_salt(session_id, _make_salt)
        key = derive_key(self._keys[0], salt)
        sealed = [_seal_line(key, session_id, line) for line in lines]
        try:
            await self._store.append_lines(session_id, salt, sealed, first_number, owner)
        except NotOwner:
            if self._owners is not None and owner is not None:
                self._owners.lose(session_id, owner)
            raise

    def note(
        self,
        lesson: Lesson,
        records: Sequence[Recorded],
        heartbeat: SessionHeartbeat | None,  # noqa: ARG002 - a session ends by a fact
    ) -> None:
        """Note that a session has ended, so that `run` forgets its chat. The services of sessions call it."""
        if any(isinstance(record.fact, Ended) for record in records):
            with suppress(asyncio.QueueFull):  # the next sweep finds it
                self._ended.put_nowait(lesson.id)

    async def run(self) -> None:
        """Forget the chat of each session that ends, and from time to time what is left over, until cancelled."""
        while True:
            try:
                await self.sweep()
                await self._forget_ended()
            except LangDAOError as error:
                log.warning("chat-not-forgotten", code=error.code, message=error.message)
                await asyncio.sleep(_RETRY_SECONDS)
            except Exception:
                log.exception("chat-not-forgotten")
                await asyncio.sleep(_RETRY_SECONDS)

    async def sweep(self) -> None:
        """Forget the chats of ended sessions, and of those that had no line for KEPT_MS_MAX. Raises Unavailable."""
        if swept := await self._store.sweep_chats(self._clock.now_ms() - KEPT_MS_MAX):
            log.info("chats-forgotten", sessions=swept)

    async def _forget_ended(self) -> None:
        """Forget the chat of each session that ends, for _SWEEP_SECONDS."""
        try:
            async with asyncio.timeout(_SWEEP_SECONDS):
                while True:
                    await self._store.drop_chat(await self._ended.get())
        except TimeoutError:
            return


def _make_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def _seal_line(key: bytes, session_id: str, line: KeptLine) -> SealedLine:
    about = _describe(session_id, line)
    sealed = seal_text(key, secrets.token_bytes(NONCE_BYTES), line.text, about)
    return SealedLine(role=line.role, id=line.id, at_ms=line.at_ms, number=line.number, sealed=sealed)


def _open_line(keys: Sequence[bytes], session_id: str, line: SealedLine) -> KeptLine | None:
    about = _describe(session_id, line)
    texts = (open_text(key, line.sealed, about) for key in keys)
    text = next((text for text in texts if text is not None), None)
    if text is None:
        return None
    return KeptLine(role=line.role, id=line.id, text=text, at_ms=line.at_ms, number=line.number)


def _describe(session_id: str, line: KeptLine | SealedLine) -> str:
    """Say of which line this is the text. The session comes last: it alone may contain a line break."""
    return f"{line.role}\n{line.id}\n{line.at_ms}\n{line.number}\n{session_id}"
