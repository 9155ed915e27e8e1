"""The outbox of one room: events and answers for the platform backend, delivered in order, however long it takes.

The room never waits for it (law 7). While the backend takes nothing, the outbox keeps its queue. At the bound it drops
the oldest waiting heartbeat, because the next one says more. It drops anything else last, and logs the first of them
and at the end how many they were: a page that joins again and again chooses how often that happens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog

from langdao_video.errors import LangDAOError, Lapsed, NotOwner
from langdao_video.session.events import SessionHeartbeat
from langdao_video.signaling.effects import Decide, Emit
from langdao_video.signaling.port import EventTaker
from langdao_video.signaling.queue_worker import QueueWorker, pause

log = structlog.get_logger(__name__)

QUEUE_MAX: Final = 500


class Outbox(QueueWorker):
    """Deliver what one room reports, in order."""

    __slots__ = ("_backend", "_dropped", "_on_refused", "_queue", "_session_id")

    def __init__(
        self, session_id: str, backend: EventTaker, on_refused: Callable[[Decide, LangDAOError], None]
    ) -> None:
        super().__init__()
        self._session_id = session_id
        self._backend = backend
        self._on_refused = on_refused
        self._queue: list[Emit | Decide] = []
        self._dropped = 0

    def enqueue(self, item: Emit | Decide) -> None:
        """Deliver *item* at once if nothing waits and the backend can take it so, as it can take most heartbeats.

        Else put it at the end of the queue, and drop one item if the queue is at its bound.
        """
        if isinstance(item, Emit) and self.is_idle and self._deliver_at_once(item):
            return
        self._queue.append(item)
        if len(self._queue) > QUEUE_MAX:
            self._drop_one()
        self._wake()

    def drop(self) -> None:
        """Give up what waits."""
        self._queue.clear()
        self._cancel()

    def _deliver_at_once(self, item: Emit) -> bool:
        try:
            return self._backend.take_at_once(item.event)
        except LangDAOError as error:
            self._note_refused(item, error)
        except Exception:
            log.exception("event-failed", session=self._session_id)
        return True

    def _drop_one(self) -> None:
        """Drop the oldest waiting heartbeat, else the oldest item. The first item is being delivered and stays."""
        index = next((i for i, item in enumerate(self._queue) if i > 0 and _is_heartbeat(item)), None)
        if index is None:
            self._dropped += 1
            if self._dropped == 1:
                kind = type(self._queue[1]).__name__
                log.error("event-dropped", session=self._session_id, kind=kind, bound=QUEUE_MAX)
        del self._queue[index or 1]

    async def _drain(self) -> None:
        failures = 0
        while self._queue:
            try:
                await self._deliver(self._queue[0])
            except LangDAOError as error:
                if error.retry and not is_elsewhere(error):
                    log.warning(
                        "backend-unavailable", session=self._session_id, code=error.code, tries=failures + 1
                    )
                    await pause(failures)
                    failures += 1
                    continue
                self._note_refused(self._queue[0], error)
            except Exception:
                log.exception("event-failed", session=self._session_id)
            failures = 0
            del self._queue[0]
        if self._dropped:
            log.error("events-dropped", session=self._session_id, count=self._dropped)
            self._dropped = 0

    def _note_refused(self, item: Emit | Decide, error: LangDAOError) -> None:
        """Log a refusal. If a decision was refused, tell the person who made it."""
        log.warning("event-refused", session=self._session_id, code=error.code, message=error.message)
        if isinstance(item, Decide):
            self._on_refused(item, error)

    async def _deliver(self, item: Emit | Decide) -> None:
        if isinstance(item, Emit):
            await self._backend.take_event(item.event)
        else:
            await self._backend.decide_grace(self._session_id, item.decision, item.role)


def is_elsewhere(error: LangDAOError) -> bool:
    """Tell whether another node decides for the room. Its pages go there, and that node hears from them itself."""
    return isinstance(error, NotOwner) and not isinstance(error, Lapsed)


def _is_heartbeat(item: Emit | Decide) -> bool:
    return isinstance(item, Emit) and isinstance(item.event, SessionHeartbeat)
