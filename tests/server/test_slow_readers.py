"""A slow reader gets everything. A peer that reads nothing is cut off, no matter what we send."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Response

from langdao_video.server import http
from langdao_video.server.edge import Edge
from langdao_video.server.run import EdgeServer, configure, make_edge
from langdao_video.settings import Settings
from tests.server.raw import Raw, request
from tests.stories.live import until

SIZE_BYTES = 12_000_000
"""More than the system's buffers hold for a peer that reads nothing."""


@pytest.fixture
async def edge(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[int, Edge]]:
    """Run the edge in front of an application that has a lot to send."""
    monkeypatch.setattr(http, "PROGRESS_SECONDS", 0.3)
    app = FastAPI()

    @app.get("/large")
    async def get_large() -> Response:
        return Response(b"x" * SIZE_BYTES, media_type="text/plain")

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        settings = Settings(keep_alive_seconds=1)
        edge = make_edge(settings, 8_192)
        server = EdgeServer(configure(app, settings, edge, log_config=None), edge)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await until(lambda: server.started)
        yield listener.getsockname()[1], edge
        server.should_exit = True
        await serving


@pytest.mark.parametrize("header", ["Connection: keep-alive", "Connection: close"])
async def test_a_peer_that_reads_nothing_is_cut_off(
    edge: tuple[int, Edge], header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, shared = edge
    deaf = await Raw.connect(port, receive_bytes=4_096)
    await deaf.send(request("/large", header))
    await deaf.expect(b"HTTP/1.1 200 ")
    deaf.transport.pause_reading()
    await until(lambda: shared._limiter.count == 0)
    monkeypatch.setattr(http, "PROGRESS_SECONDS", 20.0)  # a busy machine stands still for longer than 0.3 s
    idle = await Raw.connect(port)
    await idle.send(request("/large"))
    await idle.closed()
    await until(lambda: shared._limiter.count == 0)

    deaf.transport.resume_reading()
    await deaf.closed()

    assert len(deaf.heard) < SIZE_BYTES
    assert len(idle.heard) > SIZE_BYTES


async def test_a_slow_reader_gets_everything(edge: tuple[int, Edge], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PROGRESS_SECONDS", 20.0)  # a busy machine stands still for longer than 0.3 s
    port, _ = edge
    slow = await Raw.connect(port, receive_bytes=65_536)
    await slow.send(request("/large", "Connection: close"))

    while not slow.is_closed:
        slow.transport.pause_reading()
        await asyncio.sleep(0.02)
        if not slow.is_closed:
            slow.transport.resume_reading()
        await asyncio.sleep(0.001)

    assert len(slow.heard) > SIZE_BYTES
