"""When the service runs: from whoever needs it first to the end of its lifespan, or of the event loop."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from starlette.types import ASGIApp, Receive, Scope, Send

Opens = Callable[[], AbstractAsyncContextManager[None]]


class Life:
    """Run what *opens* once, in a task of its own, for whoever needs it first.

    The task belongs to no request: one that is given up does not take the service with it. When an event loop ends,
    `asyncio.run` cancels what still runs and waits for it (and so does uvicorn): the service closes then.
    """

    def __init__(self, opens: Opens) -> None:
        self._opens = opens
        self._run: _Run | None = None

    async def begin(self) -> None:
        """Return when the service runs. Raises what kept it from starting; the next one to ask tries again."""
        run, loop = self._run, asyncio.get_running_loop()
        if run is None or run.loop is not loop or run.is_over.is_set() or run.task.done():
            before, self._run = run, _Run(self._opens, loop)
            run = self._run
            run.follow(before)
        await asyncio.shield(run.is_open)

    async def end(self) -> None:
        """Close the service and wait until it is closed. One that does not run stays as it is."""
        run = self._run
        if run is not None and run.loop is asyncio.get_running_loop():
            run.is_over.set()
            await run.task


class Started:
    """Hold requests and sockets until the service runs."""

    def __init__(self, app: ASGIApp, life: Life) -> None:
        self._app = app
        self._life = life

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; the lifespan begins the service itself."""
        if scope["type"] != "lifespan":
            await self._life.begin()
        await self._app(scope, receive, send)


class _Run:
    """One run of the service on one event loop."""

    task: asyncio.Task[None]

    def __init__(self, opens: Opens, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.is_open = loop.create_future()
        self.is_over = asyncio.Event()
        self._opens = opens

    def follow(self, before: _Run | None) -> None:
        """Begin when the run *before*, which may still be closing, is over."""
        # Without the context of whoever came first: its log fields are not the service's.
        self.task = self.loop.create_task(self._live(before), context=contextvars.Context())

    async def _live(self, before: _Run | None) -> None:
        if before is not None and before.loop is self.loop:
            await asyncio.wait([before.task])
        try:
            async with self._opens():
                self.is_open.set_result(None)
                await self.is_over.wait()
        except asyncio.CancelledError:
            self.is_open.cancel()
            raise
        except Exception as error:
            if self.is_open.done():
                raise
            self.is_open.set_exception(error)
