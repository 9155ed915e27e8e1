"""Brings the lines of one room to the store, in order, as long as it takes; the lines that come meanwhile go together.

While the store takes nothing, the lines wait here: their room bounds how many (`chat.CHAT_WAITING_MAX`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from langdao_video.errors import Conflict, LangDAOError
from langdao_video.session.snapshot import KeptLine
from langdao_video.signaling.outbox import is_elsewhere
from langdao_video.signaling.port import ChatKeeper
from langdao_video.signaling.queue_worker import QueueWorker, pause

log = structlog.get_logger(__name__)

Kept = Callable[[Sequence[KeptLine]], None]
NotKept = Callable[[Sequence[KeptLine], LangDAOError], None]


class ChatWriter(QueueWorker):
    """Store the lines of one room.

    *on_kept* learns of lines when they are stored; *on_not_kept* of lines that are not stored, with the reason. The
    writer goes on trying to store them if the reason says to retry.
    """

    __slots__ = ("_first_number", "_keeper", "_lines", "_on_kept", "_on_not_kept", "_session_id")

    def __init__(self, session_id: str, keeper: ChatKeeper, on_kept: Kept, on_not_kept: NotKept) -> None:
        super().__init__()
        self._session_id = session_id
        self._keeper = keeper
        self._on_kept = on_kept
        self._on_not_kept = on_not_kept
        self._first_number = 1
        self._lines: list[KeptLine] = []

    def write(self, line: KeptLine, first_number: int) -> None:
        """Store *line* after those before it. The store may forget the lines below *first_number*."""
        self._lines.append(line)
        self._first_number = first_number
        self._wake()

    def drop(self) -> None:
        """Give up what waits."""
        self._lines.clear()
        self._cancel()

    async def _drain(self) -> None:
        failures = 0
        while self._lines:
            lines = tuple(self._lines)
            error = await self._keep(lines)
            if error is not None and error.retry and not is_elsewhere(error):
                if not failures:
                    self._on_not_kept(lines, error)
                await pause(failures)
                failures += 1
                continue
            failures = 0
            del self._lines[: len(lines)]
            if error is None:
                self._on_kept(lines)
            else:
                self._on_not_kept(lines, error)

    async def _keep(self, lines: Sequence[KeptLine]) -> LangDAOError | None:
        """Store *lines*; return the error if that failed."""
        try:
            await self._keeper.keep_lines(self._session_id, lines, self._first_number)
        except LangDAOError as error:
            log.warning("chat-not-stored", session=self._session_id, code=error.code)
            return error
        except Exception:
            log.exception("chat-not-stored", session=self._session_id)
            return Conflict("chat-not-stored", "The line could not be stored: send it again.")
        return None
