"""What a room's queues have in common: the task that empties them, and the pauses after failures."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Final

_RETRY_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 5.0)


class QueueWorker(ABC):
    """A queue with a task that runs as long as anything is in it."""

    __slots__ = ("_task",)

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether the queue is empty and nothing of it is under way."""
        return self._task is None or self._task.done()

    async def settle(self, seconds: float) -> None:
        """Wait until the queue is empty, at most *seconds*; go on after that."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=seconds)

    async def finish(self, seconds: float) -> None:
        """Wait until the queue is empty, at most *seconds*; then end."""
        await self.settle(seconds)
        self._cancel()

    @abstractmethod
    async def _drain(self) -> None:
        """Work until the queue is empty."""

    def _wake(self) -> None:
        """Begin to drain, unless that is under way."""
        if self.is_idle:
            self._task = asyncio.create_task(self._drain())

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()


async def pause(failures: int) -> None:
    """Wait before another try, the longer the more *failures* came before this one."""
    await asyncio.sleep(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)])
