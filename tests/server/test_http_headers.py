"""Large headers: pages and sockets take up to 64 KB and 256 lines, and refuse more at once."""

from __future__ import annotations

import pytest

from tests.browser.server import Service
from tests.server.conftest import DRIVERS
from tests.server.raw import Raw, frame, request
from tests.stories.live import until

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("service", DRIVERS, indirect=True),
]

LARGE = [f"Cookie: session={'x' * 64_000}"]
MANY = [f"X-Header-{number}: {number}" for number in range(240)]
TOO_LARGE = [f"Cookie: session={'x' * 140_000}"]
TOO_MANY = [f"X-Header-{number}: {number}" for number in range(300)]
TOO_LONG_TOGETHER = [f"X-Header-{number}: {'x' * 8_000}" for number in range(20)]


@pytest.mark.parametrize("headers", [LARGE, MANY], ids=["64 KB", "240 lines"])
async def test_large_headers_open_a_socket_and_a_page(service: Service, headers: list[str]) -> None:
    socket = await Raw.upgrade(service.port, *headers)
    page = await Raw.connect(service.port)
    await page.send(request("/?room=r&role=student", *headers))
    await page.expect(b"\r\n\r\n")

    await socket.send(frame(1, b'{"type":"join","page":"page-0001","role":"student"}'))
    await socket.expect(b'"welcome"')

    assert (socket.status, page.status) == (101, 200)
    socket.close()
    page.close()


@pytest.mark.parametrize(
    "headers", [TOO_LARGE, TOO_MANY, TOO_LONG_TOGETHER], ids=["140 KB", "300 lines", "160 KB in lines"]
)
async def test_larger_ones_are_refused_at_once_on_both(service: Service, headers: list[str]) -> None:
    socket = await Raw.upgrade(service.port, *headers)
    page = await Raw.connect(service.port)
    await page.send(request("/?room=r&role=student", *headers))
    await page.expect(b"\r\n\r\n")

    assert (socket.status, page.status) == (431, 431)
    assert b'"headers-too-large"' in await socket.closed()
    await page.closed()
    await until(lambda: "headers-too-large" in service.read_log())  # the log is written after the answer


async def test_headers_without_end_are_refused_before_they_end(service: Service) -> None:
    raw = await Raw.connect(service.port)
    await raw.send(b"GET / HTTP/1.1\r\nX: ")

    for _ in range(100):
        await raw.send(b"x" * 10_000)

    assert (await raw.closed()).startswith(b"HTTP/1.1 431 ")


async def test_the_headers_of_earlier_requests_do_not_count(service: Service) -> None:
    kept = await Raw.connect(service.port)
    for _ in range(5):
        kept.heard = b""
        await kept.send(request("/health", *LARGE))
        await kept.expect(b'"ok"')
    head = request("/health", *LARGE)
    kept.heard = b""

    await kept.send(head[:1_000])
    await (await Raw.upgrade(service.port, *LARGE)).expect(b" 101 ")
    await kept.send(head[1_000:])

    await kept.expect(b'"ok"')
    kept.close()


async def test_a_header_of_the_handshake_that_is_too_large_is_refused_at_once(service: Service) -> None:
    socket = await Raw.upgrade(service.port, f"Sec-WebSocket-Protocol: {'x' * 9_000}")

    assert socket.status == 431
    await socket.closed()


async def test_an_address_that_is_too_long_is_refused_at_once(service: Service) -> None:
    socket = await Raw.upgrade(service.port, path=f"/?room={'x' * 20_000}")

    assert socket.status == 414
    await socket.closed()


async def test_the_room_is_read_from_a_long_address_of_a_socket(service: Service) -> None:
    socket = await Raw.upgrade(service.port, path=f"/?room=caf%C3%A9&pad={'x' * 10_000}")
    await socket.send(frame(1, b'{"type":"join","page":"page-0001","role":"student"}'))

    heard = await socket.expect(b'"welcome"')

    assert '"id":"café"'.encode() in heard
    socket.close()
