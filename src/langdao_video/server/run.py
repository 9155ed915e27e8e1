"""Serves the application on its port, behind the edge, for `langdao-video serve`."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any, Final, Protocol, cast

import structlog
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from langdao_video.server.connection_limiter import ConnectionLimits
from langdao_video.server.descriptors import raise_file_limit
from langdao_video.server.draining import Drainable, Draining
from langdao_video.server.edge import Edge, EdgeLimits
from langdao_video.server.garbage import settle_collector
from langdao_video.server.http import HttpConnection
from langdao_video.server.metrics_port import CONNECTIONS, MetricsOnly, MetricsPort, listen
from langdao_video.server.proxies import Proxies
from langdao_video.server.websocket import SocketConnection
from langdao_video.settings import Settings
from langdao_video.signaling.codec import FRAME_SIZE_BYTES_MAX
from langdao_video.signaling.port import SocketService

log = structlog.get_logger(__name__)

CONNECTIONS_WANTED: Final = 25_000
"""Two sockets for each of 10,000 rooms, and connections for pages that load."""
RESERVE_MAX: Final = 16
"""Extra connections that may ask only for `/health`."""


class DrainableApp(Drainable, Protocol):
    """An ASGI application whose pages can move."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or a socket."""
        ...


def run_server(app: DrainableApp, settings: Settings, listener: socket.socket | None = None) -> bool:
    """Serve until a signal comes: on *listener*, else on the port of *settings*. Return False if it could not start."""
    metrics: MetricsPort | None = None
    if settings.metrics_port:
        try:
            own_listener = listen(settings.metrics_host, settings.metrics_port)
        except OSError as error:
            address = {"host": settings.metrics_host, "port": settings.metrics_port}
            log.error("metrics-not-served", **address, error=str(error))  # noqa: TRY400 - no defect of ours
            return False
        metrics = make_metrics_port(app, settings, own_listener)
    edge = make_edge(settings, raise_file_limit())
    server = EdgeServer(configure(app, settings, edge), edge, Draining(app, settings.drain_seconds), metrics)
    settle_collector()
    with suppress(KeyboardInterrupt):
        server.run(None if listener is None else [listener])
    return server.started


class EdgeServer(uvicorn.Server):
    """uvicorn's server. It drains, and writes the edge's last log lines before it stops.

    The latter must happen while the server still runs: afterwards the signal that stopped it ends the process.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        edge: Edge,
        draining: Draining | None = None,
        metrics: MetricsPort | None = None,
    ) -> None:
        super().__init__(config)
        self._metrics = metrics
        self._edge = edge
        self._draining = draining

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain, or stop."""
        if self._draining is not None and self.started and self._draining.ask(sig):
            self._captured_signals.append(sig)
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Tell uvicorn ten times a second whether to stop."""
        if self._draining is not None and self._draining.is_over(asyncio.get_running_loop().time()):
            self.should_exit = True
        return await super().on_tick(counter)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, on the port for metrics, too. Raises SystemExit."""
        try:
            await super().startup(sockets)
        except SystemExit:
            if self.lifespan.should_exit:
                raise  # the service has said why it does not start
            address = {"host": self.config.host, "port": self.config.port}
            log.error("port-not-free", **address, hint="stop the program that has it, or set PORT")  # noqa: TRY400 - no defect of ours
            raise
        if self._metrics is not None and self.started:
            self._metrics.open()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close all connections, then write the last lines of the log of refusals."""
        await super().shutdown(sockets)
        if self._metrics is not None:
            await self._metrics.close()
        self._edge.refusals.close()


def make_edge(settings: Settings, files_max: int) -> Edge:
    """Make the state that all connections share, for a process that may have *files_max* open files."""
    connections = plan_connections(settings.connections_max, settings.connections_per_address, files_max)
    if settings.connections_max > connections.connections_max:
        log.warning(
            "connections-limited",
            wanted=settings.connections_max,
            connections_max=connections.connections_max,
            files_max=files_max,
            hint="raise the limit of open files (ulimit -n, LimitNOFILE=)",
        )
    limits = EdgeLimits(
        connections,
        head_seconds=settings.request_head_seconds,
        body_seconds=settings.request_body_seconds,
        idle_seconds=settings.keep_alive_seconds,
    )
    is_https = settings.base_origin.scheme == "https"
    return Edge(limits, Proxies(settings.forwarded_allow_ips), is_https=is_https)


def make_metrics_port(app: ASGIApp, settings: Settings, listener: socket.socket) -> MetricsPort:
    """Make what answers monitors on *listener*, with the same deadlines as on the public port."""
    limits = EdgeLimits(
        CONNECTIONS,
        head_seconds=settings.request_head_seconds,
        body_seconds=settings.request_body_seconds,
        idle_seconds=settings.keep_alive_seconds,
    )
    edge = Edge(limits, Proxies(()))
    return MetricsPort(configure(MetricsOnly(app), settings, edge, lifespan="off"), listener)


def plan_connections(wanted: int, per_address: int, files_max: int) -> ConnectionLimits:
    """Plan the limits. A quarter of the files is kept for the store, for outgoing requests and as a reserve.

    *wanted* 0 asks for as many connections as possible. One address never gets more than half of them.
    """
    room = max(2, files_max * 3 // 4 - RESERVE_MAX)
    connections_max = min(wanted or CONNECTIONS_WANTED, room)
    return ConnectionLimits(connections_max, min(per_address, max(1, connections_max // 2)), RESERVE_MAX)


def configure(app: ASGIApp, settings: Settings, edge: Edge, **more: Any) -> uvicorn.Config:  # noqa: ANN401 - as uvicorn
    """Return the server's configuration; *more* overrides it."""
    if settings.socket_driver == "fast" and isinstance(app, SocketService):
        edge.sockets = app
    return uvicorn.Config(
        **{
            "app": app,
            "host": settings.host,
            "port": settings.port,
            # uvicorn calls both with its own arguments, as if they were classes.
            "http": cast("Any", partial(HttpConnection, edge)),
            "ws": cast("Any", SocketConnection),
            "ws_max_size": FRAME_SIZE_BYTES_MAX,
            "ws_ping_interval": 10.0,
            "ws_ping_timeout": 10.0,
            "ws_per_message_deflate": False,
            "log_config": None,  # uvicorn's loggers write through ours (logs.py)
            "log_level": "warning",
            "access_log": False,
            "server_header": False,
            "proxy_headers": False,  # the edge finds the caller behind the proxies itself
            "timeout_graceful_shutdown": 1,  # of the 5 s in which a stop ends (app.py)
            **more,
        }
    )
