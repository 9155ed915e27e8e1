"""Joins concurrent writes into one transaction: the writes that arrive while a batch is synced make the next batch.

There is no timer to wait for. Callers are woken only after COMMIT. A cancelled caller does not affect the others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from langdao_video.errors import Unavailable
from langdao_video.tallies import SIZE_BOUNDS, Histogram

T = TypeVar("T")
Job = TypeVar("Job")

WAITING_MAX: Final = 20_000
# At this size the cost of the sync per write is small; a larger batch would only make callers wait longer.
BATCH_MAX: Final = 512


@dataclass(slots=True, eq=False)
class Ticket(Generic[Job]):
    """The job of one caller in a batch. The batch sets *result* or *error*; *done* resolves after COMMIT."""

    job: Job
    done: asyncio.Future[Any] = field(repr=False)
    result: Any = None
    error: Exception | None = None

    def wake(self) -> None:
        """Give the caller its result or error, unless the caller was cancelled."""
        if self.done.done():
            return
        if self.error is None:
            self.done.set_result(self.result)
        else:
            self.done.set_exception(self.error)


class GroupCommit(Generic[Job]):
    """Pass batches of jobs to *commit*, one batch at a time, in the order in which the jobs came.

    *commit* stores a batch, sets each ticket's result or error, and returns after COMMIT. If it raises, nothing of the
    batch was stored, and each caller gets an Unavailable of its own.
    When WAITING_MAX jobs wait, a new job is refused with `store-busy`: its caller knows best what to drop.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Ticket[Job]]], Awaitable[None]],
        *,
        waiting_max: int = WAITING_MAX,
        batch_max: int = BATCH_MAX,
        sizes: Histogram | None = None,
    ) -> None:
        """Begin with no job. *sizes* counts how many jobs each batch has."""
        self._commit = commit
        self._waiting_max = waiting_max
        self._batch_max = batch_max
        self._waiting: deque[Ticket[Job]] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._closed = False
        self._sizes = sizes or Histogram(SIZE_BOUNDS)

    def submit(self, job: Job) -> asyncio.Future[Any]:
        """Return a future of the result of *job*, which is done after COMMIT. Cancelling it affects no other job."""
        if self._closed:
            raise Unavailable("store-closed", "The store is closed.")
        if len(self._waiting) >= self._waiting_max:
            raise Unavailable("store-busy", f"{self._waiting_max} writes are waiting already; try again.")
        ticket = Ticket(job, asyncio.get_running_loop().create_future())
        self._waiting.append(ticket)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="store-writer")
        return ticket.done

    async def close(self) -> None:
        """Refuse new jobs, and return when the waiting ones are written."""
        self._closed = True
        if self._writer is not None:
            await self._writer

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch = [ticket for ticket in self._take() if not ticket.done.cancelled()]
                if batch:
                    await self._commit_batch(batch)
        finally:
            self._writer = None
            if self._waiting:  # this task was cancelled, and nothing else would wake these callers
                _refuse(self._waiting, "store-closed", "The store was stopped before this was written.")
                self._waiting.clear()

    async def _commit_batch(self, batch: Sequence[Ticket[Job]]) -> None:
        self._sizes.note(len(batch))
        try:
            await self._commit(batch)
        except BaseException as error:
            _refuse(batch, "store-unavailable", "The database did not take the write; try again.", error)
            if not isinstance(error, Exception):
                raise
        else:
            for ticket in batch:
                ticket.wake()

    def _take(self) -> list[Ticket[Job]]:
        taken = list(islice(self._waiting, self._batch_max))
        for _ in taken:
            self._waiting.popleft()
        return taken


def _refuse(
    tickets: Iterable[Ticket[Any]], code: str, message: str, cause: BaseException | None = None
) -> None:
    for (
        ticket
    ) in tickets:  # each gets its own error, because tasks that share an exception mix their tracebacks
        ticket.error = Unavailable(code, message)
        ticket.error.__cause__ = cause
        ticket.wake()
