"""Starts the service at its lifespan or first request, and stops it at the end of its lifespan or event loop."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

log = structlog.get_logger(__name__)

Opens = Callable[[], AbstractAsyncContextManager[None]]


class Lifespan:
    """Run the context manager *opens* once, in a task of its own, when the first caller needs the service.

    The task belongs to no request, so a cancelled request does not stop the service. When `asyncio.run` ends, it
    cancels the task and waits for it. So the service closes even if nobody has closed it.
    """

    def __init__(self, opens: Opens) -> None:
        self._opens = opens
        self._run: _Run | None = None

    @property
    def is_running(self) -> bool:
        """Whether the service runs on this event loop."""
        run = self._run
        return run is not None and run.is_on_this_loop and run.is_open.done() and not run.is_closing

    async def begin(self) -> bool:
        """Wait until the service runs. Return whether this call started it.

        Raises the error that kept the service from starting. The next call tries again.
        """
        run = self._run
        is_first = run is None or not run.is_on_this_loop or run.is_closing
        if run is None or is_first:
            run = self._run = _Run(self._opens, follows=run)
        await asyncio.shield(run.is_open)
        return is_first

    async def end(self) -> None:
        """Close the service and wait until it is closed. Do nothing if it does not run."""
        run = self._run
        if run is not None and run.is_on_this_loop:
            run.is_over.set()
            await run.task


class StartOnDemand:
    """Start a mounted service at its first request or socket, and hold both until it runs.

    If the application that mounts us is a FastAPI application without a lifespan of its own, we register with it, and
    it stops the service. Any other application cannot stop it: the service then ends with the event loop, or as in a
    crash if the server ends its process at once (uvicorn on SIGTERM). `langdao_parent` in the scope is the application
    that mounts us.
    """

    def __init__(self, app: ASGIApp, lifespan: Lifespan) -> None:
        self._app = app
        self._lifespan = lifespan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Start the service if needed, and pass everything on. A lifespan starts the service itself."""
        is_served = scope["type"] != "lifespan"
        if is_served and not self._lifespan.is_running and await self._lifespan.begin():
            log.warning(
                "started-by-request",
                advice="pass create_app().lifespan to the application that mounts this one",
            )
            router = getattr(scope.get("langdao_parent"), "router", None)
            stops = getattr(router, "on_shutdown", None)
            if isinstance(stops, list) and self._lifespan.end not in stops:
                stops.append(self._lifespan.end)
        await self._app(scope, receive, send)


class _Run:
    """One run of the service on the current event loop. It starts after the run that it *follows* is closed."""

    def __init__(self, opens: Opens, follows: _Run | None) -> None:
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._opens = opens
        self.is_open: asyncio.Future[None] = loop.create_future()
        self.is_over = asyncio.Event()
        before = follows.task if follows is not None and follows.is_on_this_loop else None
        # In an empty context, because the log fields of the first caller do not belong to the service.
        self.task: asyncio.Task[None] = loop.create_task(self._serve(before), context=contextvars.Context())

    @property
    def is_on_this_loop(self) -> bool:
        """Whether this run is on the current event loop."""
        return self._loop is asyncio.get_running_loop()

    @property
    def is_closing(self) -> bool:
        """Whether this run is closed or closing."""
        return self.is_over.is_set() or self.task.done()

    async def _serve(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
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
