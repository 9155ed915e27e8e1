"""Runs the real service on a free port of this machine, in the test's event loop, with its own SQLite file.

A test can move the clock, so that a lesson of an hour takes a second. Sockets, HTTP and the store are real.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import uvicorn.server
from fastapi import FastAPI
from starlette.types import ASGIApp

from langdao_video.app import create_app
from langdao_video.clock import Clock, SystemClock
from langdao_video.server.run import EdgeServer, configure, make_edge
from langdao_video.settings import Settings
from langdao_video.signaling.hub import Hub
from langdao_video.store.migrate import migrate
from langdao_video.web.context import Context

FILES_MAX: Final = 8_192
PATIENCE_SECONDS: Final = 60.0
"""Long, because a busy machine may stand still for ten seconds. A wait that ends earlier costs nothing."""

NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of plain HTTP, because loading all certificate authorities takes as long as starting the service."""

_TEMPLATES: Final = tempfile.TemporaryDirectory(prefix="langdao-template-")
"""The folder of the file from which each service's database is copied. It is removed when the process ends."""


class _ShortNaps:
    """asyncio for uvicorn's server, which polls: it sleeps 5 ms instead of 100 between two polls."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any name of asyncio
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(seconds: float) -> None:
        """Sleep a twentieth of *seconds*."""
        await asyncio.sleep(seconds / 20)


# Otherwise uvicorn would sleep 0.2 s while it stops, in each test with a service of its own.
vars(uvicorn.server)["asyncio"] = _ShortNaps()


class HandClock:
    """A clock that moves only when a test moves it."""

    def __init__(self, now_ms: int = 1_764_000_000_000) -> None:
        self._now_ms = now_ms
        self._hubs: list[Hub] = []

    def serve(self, hub: Hub) -> None:
        """Note that *hub* lives by this clock."""
        self._hubs.append(hub)

    def is_caught_up(self) -> bool:
        """Tell whether the bill knows everything that the rooms have seen.

        A disk may take longer for a heartbeat than a test takes for a lesson of an hour. If the clock moves meanwhile,
        the lesson is silent.
        """
        return all(room.outbox.is_idle for hub in self._hubs for room in hub._rooms.values())

    def now_ms(self) -> int:
        """Return Unix time in whole milliseconds."""
        return self._now_ms

    def advance(self, ms: int) -> None:
        """Move on by *ms*."""
        self._now_ms += ms


@dataclass(frozen=True, slots=True)
class Live:
    """The running service."""

    app: FastAPI
    port: int
    http: httpx2.AsyncClient
    clock: Clock

    @property
    def url(self) -> str:
        """Return its address without a slash at the end."""
        return f"http://localhost:{self.port}"

    @property
    def ws_url(self) -> str:
        """Return the address of its sockets."""
        return f"ws://localhost:{self.port}/"

    @property
    def context(self) -> Context:
        """Return the parts of the service."""
        context: Context = self.app.state.context
        return context

    async def post(self, path: str, body: object, expect: int = 200) -> Any:  # noqa: ANN401 - JSON
        """POST JSON and return the answer's JSON. The answer must have the status *expect*."""
        answer = await self.http.post(path, json=body)
        assert answer.status_code == expect, answer.text
        return answer.json()

    async def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """GET JSON."""
        answer = await self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@asynccontextmanager
async def serving(folder: Path, clock: Clock | None = None, **settings: object) -> AsyncIterator[Live]:
    """Run the service with the bounds of `langdao-video serve` until the block ends.

    `{port}` in *backend_url* is replaced by its own port.
    """
    clock = clock or SystemClock()
    database = folder / "lessons.sqlite"
    if "database_url" not in settings and not database.exists():
        await asyncio.to_thread(shutil.copyfile, await migrated_sqlite(), database)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        given: dict[str, Any] = {
            "port": port,
            "database_url": f"sqlite:///{database}",
            "stun_urls": "none",
            **settings,
        }
        if "backend_url" in given:
            given["backend_url"] = given["backend_url"].format(port=port)
        options = Settings(**given)
        app = create_app(options, clock=clock)
        async with (
            listening(app, listener, options),
            httpx2.AsyncClient(
                base_url=f"http://localhost:{port}", trust_env=False, timeout=PATIENCE_SECONDS, verify=NO_TLS
            ) as http,
        ):
            live = Live(app, port, http, clock)
            if isinstance(clock, HandClock):
                clock.serve(live.context.hub)
            yield live


async def migrated_sqlite() -> Path:
    """Return an empty SQLite file with today's schema, which each process makes once."""
    template = Path(_TEMPLATES.name) / "migrated.sqlite"
    if not template.exists():
        await migrate(f"sqlite:///{template}")
    return template


@asynccontextmanager
async def listening(
    app: ASGIApp, listener: socket.socket, settings: Settings | None = None
) -> AsyncIterator[None]:
    """Serve any application on a bound socket until the block ends, with the bounds of `serve`."""
    settings = settings or Settings()
    edge = make_edge(settings, FILES_MAX)
    server = EdgeServer(configure(app, settings, edge), edge)
    serving_task = asyncio.create_task(server.serve(sockets=[listener]))
    await until(lambda: server.started or serving_task.done())
    try:
        yield
    finally:
        server.should_exit = True
        await serving_task


async def until(condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until *condition* holds; TimeoutError after *seconds*."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a condition has no event
            await asyncio.sleep(0.01)


async def until_async(condition: Callable[[], Awaitable[object]], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until *condition*, which has to ask somebody, holds; TimeoutError after *seconds*."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - a condition has no event
            await asyncio.sleep(0.05)
