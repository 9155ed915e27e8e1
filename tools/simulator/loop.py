"""An event loop in virtual time. The tasks of one process of the service run in it, and die with it.

Laws: a timer never fires before its time in the world; what is ready runs before anything else happens.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from functools import partial
from typing import Any, Generic, TypeVar

from tools.simulator.world import World

Given = TypeVar("Given")


class Saving:
    """A save under way: tasks of one loop wait for it, and it is done once."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._is_saved: asyncio.Future[bool] = loop.create_future()

    async def wait(self) -> bool:
        """Wait until it is done; return whether it was saved."""
        return await asyncio.shield(self._is_saved)

    def finish(self, *, is_saved: bool) -> None:
        """Let all who wait go on. Call it in the loop."""
        self._is_saved.set_result(is_saved)


class Reply(Generic[Given]):
    """What a task waits for until somebody outside of its process gives it. A dead process gets nothing."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._given: asyncio.Future[Given] = loop.create_future()

    async def wait(self) -> Given:
        """Wait until it is given."""
        return await self._given

    def give(self, value: Given) -> None:
        """Let the task go on, if it still waits."""
        if not self._loop.is_closed():
            self._loop.do(lambda: None if self._given.done() else self._given.set_result(value))


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop of one process. Timers fire only every *grain_ms* from its start, as late as those of a busy machine."""

    def __init__(self, world: World, grain_ms: int) -> None:
        super().__init__()
        self._world = world
        self._grain_ms = grain_ms
        self._born_ms = world.now_ms
        self._ready_now: deque[tuple[asyncio.Handle, Callable[[], object]]] = deque()
        self._is_inside = False

    def __del__(self) -> None:
        """Close nothing: the loop holds nothing outside of this process."""

    def time(self) -> float:
        """Return the world's time in seconds."""
        return self._world.now_ms / 1000

    def call_soon(
        self, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.Handle:
        """Run *callback* before the world goes on."""
        context = context or copy_context()
        handle = asyncio.Handle(callback, args, self, context)
        self._ready_now.append((handle, partial(context.run, callback, *args)))
        return handle

    def call_at(
        self, when: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run *callback* at *when*, or up to a grain later."""
        context = context or copy_context()
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        grains = -(-(round(when * 1000) - self._born_ms) // self._grain_ms)
        self._world.at(
            self._born_ms + grains * self._grain_ms,
            partial(self._fire, timer, partial(context.run, callback, *args)),
        )
        return timer

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Ignore the errors of tasks that a crash has ended."""

    def do(self, work: Callable[[], object]) -> None:
        """Run *work* with this as the running loop, then all work that it makes ready."""
        if self._is_inside:
            work()
            return
        self._is_inside = True
        asyncio._set_running_loop(self)  # noqa: SLF001 - made for those who write a loop
        try:
            work()
            while self._ready_now:
                handle, run = self._ready_now.popleft()
                if not handle.cancelled():
                    run()
        finally:
            self._is_inside = False
            asyncio._set_running_loop(None)  # noqa: SLF001

    async def wait(self, ms: int) -> None:
        """Wait, to the millisecond: for what happens outside of this process."""
        reply: Reply[None] = Reply(self)
        self._world.after(ms, lambda: reply.give(None))
        await reply.wait()

    def kill(self) -> None:
        """End every task at once; no task runs again."""
        self._ready_now.clear()
        for task in asyncio.all_tasks(self):
            task.get_coro().close()
        self._ready_now.clear()
        self.close()

    def _fire(self, timer: asyncio.TimerHandle, run: Callable[[], object]) -> None:
        if not timer.cancelled() and not self.is_closed():
            self.do(run)
