"""Connections without a whole request, or with endless requests: they keep nobody out, and none of them stays."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.browser.server import Service
from tests.server.conftest import FILES
from tests.server.raw import Raw, request
from tests.stories.live import PATIENCE_SECONDS, until, until_async
from tests.stories.page import two_pages

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

HALF = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


async def connect_all(service: Service, count: int, sent: bytes = b"") -> list[Raw]:
    """Open connections that the service may close at once."""
    raws = [await Raw.connect(service.port) for _ in range(count)]
    for raw in raws:
        await raw.send(sent)
    return raws


async def ask(service: Service, path: str, *headers: str) -> Raw:
    """Send a request on a connection of its own, and read the answer's head."""
    raw = await Raw.connect(service.port)
    await raw.send(request(path, *headers))
    await raw.expect(b"\r\n\r\n")
    return raw


@pytest.mark.parametrize("sent", [b"", HALF], ids=["silent", "half-sent"])
async def test_more_connections_than_there_are_files_keep_nobody_out(cramped: Service, sent: bytes) -> None:
    raws = await connect_all(cramped, FILES + 100, sent)

    health = await ask(cramped, "/health")
    async with two_pages(f"ws://127.0.0.1:{cramped.port}/", f"crowded-{len(sent)}") as (student, tutor):
        await student.send("chat", id="m-1", text="¿Todo bien?")
        await tutor.expect("chat")

    assert health.status == 200
    for raw in raws:
        await raw.closed()
    health.close()


async def test_a_request_that_is_never_finished_is_answered_and_closed(cramped: Service) -> None:
    half_head = await Raw.connect(cramped.port)
    await half_head.send(HALF)
    half_body = await Raw.connect(cramped.port)
    await half_body.send(
        request(
            "/api/sessions", "Content-Type: application/json", "Content-Length: 9", method="POST", body="{"
        )
    )
    half_second = await Raw.connect(cramped.port)
    await half_second.send(request("/health") + HALF)

    heard = [await raw.closed() for raw in (half_head, half_body, half_second)]

    assert heard[0].startswith(b"HTTP/1.1 408 ")
    assert b'"head-late"' in heard[0]
    assert b'"body-late"' in heard[1]
    assert heard[2].startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in heard[2]


async def test_a_head_that_comes_byte_by_byte_is_late(cramped: Service) -> None:
    raw = await Raw.connect(cramped.port)
    await raw.send(b"GET / HTTP/1.1\r\n")

    number = 0
    while not raw.is_closed:
        await raw.send(b"X-%d: 1\r\n" % number)
        number += 1
        await asyncio.sleep(0.1)

    assert b'"head-late"' in raw.heard


async def test_a_kept_connection_serves_again_and_is_closed_when_idle(cramped: Service) -> None:
    async def is_asked_twice() -> bool:
        raw = await ask(cramped, "/health")
        await raw.send(request("/health"))
        return (await raw.closed()).count(b"HTTP/1.1 200 ") == 2

    # A busy machine may bring the second request when the connection has been idle for too long.
    await until_async(is_asked_twice)


async def test_a_feed_and_a_slow_download_outlive_the_idle_ones(cramped: Service) -> None:
    made = await Raw.connect(cramped.port)
    body = json.dumps({"studentAddress": "0x" + "a" * 40, "language": "es"})
    head = ("Content-Type: application/json", f"Content-Length: {len(body)}")
    await made.send(request("/api/sessions", *head, method="POST", body=body))
    await made.expect(b"}")
    session = json.loads(made.heard[made.heard.index(b"{") :])["sessionId"]
    feed = await ask(cramped, f"/api/sessions/{session}/feed")
    await feed.expect(b"event: bill")
    download = await Raw.connect(cramped.port, receive_bytes=4_096)
    download.transport.pause_reading()
    await download.send(request("/openapi.json"))
    idle = await ask(cramped, "/health")

    await idle.closed()
    await made.closed()
    download.transport.resume_reading()
    await Raw.upgrade(cramped.port)

    await download.expect(b"\r\n\r\n")
    size_bytes = int(download.heard.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    await until(lambda: len(download.heard.split(b"\r\n\r\n", 1)[1]) >= size_bytes)
    assert not feed.is_closed
    feed.close()
    download.close()


async def test_when_every_connection_is_busy_health_is_answered_and_others_are_told(cramped: Service) -> None:
    sockets: list[Raw] = []
    callers = [f"X-Forwarded-For: 198.51.100.{number}" for number in range(10)]
    while len(sockets) < FILES and (not sockets or sockets[-1].status == 101):
        sockets.append(await Raw.upgrade(cramped.port, callers[len(sockets) % 10]))
    full = sockets.pop()

    page = await ask(cramped, "/robots.txt")
    health = await ask(cramped, "/health")
    for socket in sockets:
        socket.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await ask(cramped, "/robots.txt")).status != 200:  # noqa: ASYNC110 - nothing of ours tells when
            await asyncio.sleep(0.05)

    assert (full.status, page.status, health.status) == (503, 503, 200)
    assert 100 < len(sockets) < FILES * 3 // 4
    assert b"retry-after" in page.heard
    assert b'"connections-full"' in await page.closed()


async def test_one_address_has_at_most_half_of_them(cramped: Service) -> None:
    caller = "X-Forwarded-For: 198.51.100.99"
    sockets: list[Raw] = []
    while len(sockets) < FILES and (not sockets or sockets[-1].status == 101):
        sockets.append(await Raw.upgrade(cramped.port, caller))
    full = sockets.pop()

    other = await Raw.upgrade(cramped.port, "X-Forwarded-For: 198.51.100.98")

    assert full.status == 503
    assert b'"address-full"' in await full.closed()
    assert len(sockets) < FILES // 2
    assert other.status == 101
    for raw in (*sockets, other):
        raw.close()


async def test_pipelined_requests_have_a_bound_and_those_below_it_are_served(cramped: Service) -> None:
    few, many = await Raw.connect(cramped.port), await Raw.connect(cramped.port)

    await few.send(request("/health") * 5)
    await many.send(request("/health") * 1_000)

    assert (await few.closed()).count(b"HTTP/1.1 200 ") == 5
    assert (await many.closed()).count(b"HTTP/1.1 200 ") < 10


async def test_a_body_in_crumbs_or_without_end_is_closed(cramped: Service) -> None:
    head = ("Content-Type: application/json", "Transfer-Encoding: chunked")
    crumbs, endless = await Raw.connect(cramped.port), await Raw.connect(cramped.port)

    await crumbs.send(request("/api/sessions", *head, method="POST") + b"1\r\n \r\n" * 10_000)
    await endless.send(request("/nowhere", "Content-Length: 100000000", method="POST"))
    for _ in range(1_000):
        await endless.send(b" " * 10_000)

    assert b'"too-many-chunks"' in await crumbs.closed()
    assert b" 404 " in await endless.closed()
