"""What one room has to say to the platform backend, said in order, for as long as it takes.

The room never waits for it (law 7). While the backend cannot take anything, the line is kept: at the bound a
heartbeat that waits makes room, because the next one says more; anything else is dropped last, and logged.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, Literal, Protocol

import structlog

from langdao_video.errors import LangDAOError
from langdao_video.session.events import PublicEvent, SessionHeartbeat
from langdao_video.session.roles import Role
from langdao_video.signaling.effects import Decide, Emit

log = structlog.get_logger(__name__)

LINE_MAX: Final = 500
_RETRY_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 5.0)


class Backend(Protocol):
    """The platform backend, as the call service sees it."""

    async def take_event(self, event: PublicEvent) -> object:
        """Take an event (R21–R26)."""
        ...

    async def decide_grace(
        self, session_id: str, decision: Literal["wait", "end"], decided_by: Role
    ) -> object:
        """Take the answer to a warning (R40)."""
        ...


class Reporter:
    """One room's line to the backend."""

    def __init__(
        self, session_id: str, backend: Backend, tell_refused: Callable[[Decide, LangDAOError], None]
    ) -> None:
        self._session_id = session_id
        self._backend = backend
        self._tell_refused = tell_refused
        self._line: deque[Emit | Decide] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether everything has been said."""
        return self._task is None or self._task.done()

    def say(self, item: Emit | Decide) -> None:
        """Put *item* at the end of the line."""
        self._line.append(item)
        if len(self._line) > LINE_MAX:
            self._drop_one()
        if self.is_idle:
            self._task = asyncio.create_task(self._drain())

    async def finish(self, seconds: float) -> None:
        """Wait until everything has been said, at most *seconds*."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=seconds)
            self._task.cancel()

    def _drop_one(self) -> None:
        """Drop the oldest heartbeat that waits, else the oldest item; the first is being said and stays."""
        index = next((i for i, item in enumerate(self._line) if i > 0 and _is_heartbeat(item)), None)
        if index is None:
            kind = type(self._line[1]).__name__
            log.error("event-dropped", session=self._session_id, kind=kind, bound=LINE_MAX)
        del self._line[index or 1]

    async def _drain(self) -> None:
        failures = 0
        while self._line:
            try:
                await self._deliver(self._line[0])
            except LangDAOError as error:
                if error.retry:
                    log.warning(
                        "backend-unavailable", session=self._session_id, code=error.code, tries=failures + 1
                    )
                    await asyncio.sleep(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)])
                    failures += 1
                    continue
                self._note_refused(self._line[0], error)
            except Exception:
                log.exception("event-failed", session=self._session_id)
            failures = 0
            self._line.popleft()

    def _note_refused(self, item: Emit | Decide, error: LangDAOError) -> None:
        """Log a refusal; of a decision a person waits to hear."""
        log.warning("event-refused", session=self._session_id, code=error.code, message=error.message)
        if isinstance(item, Decide):
            self._tell_refused(item, error)

    async def _deliver(self, item: Emit | Decide) -> None:
        if isinstance(item, Emit):
            await self._backend.take_event(item.event)
        else:
            await self._backend.decide_grace(self._session_id, item.decision, item.role)


def _is_heartbeat(item: Emit | Decide) -> bool:
    return isinstance(item, Emit) and isinstance(item.event, SessionHeartbeat)
