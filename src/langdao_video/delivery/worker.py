"""Delivers events to BACKEND_URL, in order within a session. The call never waits for it (R27).

Waiting events are kept in memory, at most 1,000 a session. At the bound the oldest heartbeat is dropped, or the oldest
event if there is no heartbeat; each drop is logged. A failed delivery is logged, and the next event is tried.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Final

import httpx2
import structlog

log = structlog.get_logger(__name__)

EVENTS_WAITING_MAX: Final = 1_000
DELIVERY_SECONDS_MAX: Final = 15.0


class DeliveryWorker:
    """POST the events of this node's sessions to one URL. Each session has a queue of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = httpx2.AsyncClient(
            trust_env=False, follow_redirects=False, timeout=DELIVERY_SECONDS_MAX
        )
        self._waiting: dict[str, deque[dict[str, Any]]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def enqueue(self, session_id: str, event: dict[str, Any]) -> None:
        """Put a finished public event at the end of the session's queue."""
        queue = self._waiting.setdefault(session_id, deque())
        if len(queue) >= EVENTS_WAITING_MAX:
            _drop_one(queue, session_id)
        queue.append(event)
        if session_id not in self._tasks:
            self._tasks[session_id] = asyncio.create_task(self._drain(session_id, queue))

    async def close(self, seconds: float) -> None:
        """Deliver the waiting events for at most *seconds*, and log how many are left."""
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        left = sum(len(queue) for queue in self._waiting.values())
        if left:
            log.error("events-undelivered", events=left)
        await self._client.aclose()

    async def _drain(self, session_id: str, queue: deque[dict[str, Any]]) -> None:
        try:
            while queue:
                await self._post(queue[0])
                queue.popleft()
        finally:  # the session's next event starts a new task, even after an error or a cancellation
            del self._waiting[session_id], self._tasks[session_id]

    async def _post(self, event: dict[str, Any]) -> None:
        about = {"session": event["sessionId"], "type": event["type"], "id": event["id"]}
        try:
            response = await self._client.post(self._url, json=event)
        except httpx2.HTTPError as error:
            log.warning("delivery-failed", **about, error=f"{type(error).__name__}: {error}")
            return
        except Exception:  # this event cannot be sent, but the next one may
            log.exception("delivery-failed", **about)
            return
        if not response.is_success:
            log.warning("delivery-refused", **about, status=response.status_code)


def _drop_one(queue: deque[dict[str, Any]], session_id: str) -> None:
    """Drop the oldest waiting heartbeat, or else the oldest event. The first event stays: it is being sent."""
    waiting = list(queue)[1:]
    dropped = next((event for event in waiting if event["type"] == "session-heartbeat"), waiting[0])
    queue.remove(dropped)
    log.error("event-dropped", session=session_id, type=dropped["type"], bound=EVENTS_WAITING_MAX)
