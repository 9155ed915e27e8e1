"""Serves `/metrics`, `/ready` and `/health` on METRICS_PORT, and nothing else: for networks closed to browsers.

The port asks for no key, so that a monitor has none with which it could bill. It shares no connection limit with the
public port: when that one is full, somebody has to see it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from langdao_video.access.network import ON_METRICS_PORT
from langdao_video.server.connection_limiter import ConnectionLimits

log = structlog.get_logger(__name__)

PATHS: Final = frozenset({"/metrics", "/ready", "/health"})
CONNECTIONS: Final = ConnectionLimits(32, 32, 0)
"""Some monitors, and their connections that wait for the next scrape."""


class MetricsOnly:
    """Pass on requests for PATHS, marked as from this port, and answer 404 to all others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"] in PATHS:
            extensions = {**(scope.get("extensions") or {}), ON_METRICS_PORT: {}}
            await self._app({**scope, "extensions": extensions}, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse("Here are /metrics, /ready and /health.\n", 404)(scope, receive, send)
        else:
            await send({"type": "websocket.close"})


class MetricsServer(uvicorn.Server):
    """uvicorn's server beside the main one, which alone hears the signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address. Raises OSError if it is not ours or not free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


class MetricsPort:
    """Answer on *listener* from `open` to `close`."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        self._listener = listener
        self._server = MetricsServer(config)
        self._run: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to serve."""
        host, port, *_ = self._listener.getsockname()
        log.info("metrics-served", host=host, port=port)
        self._run = asyncio.create_task(self._server.serve(sockets=[self._listener]))

    async def close(self) -> None:
        """Stop serving."""
        if self._run is not None:
            self._server.should_exit = True
            await self._run
