"""Asking a STUN or TURN server for an answer, with servers on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest

from langdao_video.commands import ice_probe
from langdao_video.commands.ice_probe import IceUrl, probe_ice_server, receive_ice_url
from tests.ports import free_port

Reply = Callable[[bytes], bytes | None]


def succeed(request: bytes) -> bytes:
    """Answer as a STUN server does."""
    return b"\x01\x01\x00\x00" + request[4:20]


class Datagrams(asyncio.DatagramProtocol):
    """A server by UDP that answers with what *reply* says."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        said = self.reply(data)
        if said is not None and self.transport is not None:
            self.transport.sendto(said, addr)


@asynccontextmanager
async def by_udp(reply: Reply) -> AsyncIterator[int]:
    """Serve, and yield the port."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Datagrams(reply), local_addr=("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("stun:a.example", IceUrl("stun", "a.example", 3478, is_tcp=False)),
        ("turn:a.example:80?transport=udp", IceUrl("turn", "a.example", 80, is_tcp=False)),
        ("turn:a.example?transport=tcp", IceUrl("turn", "a.example", 3478, is_tcp=True)),
        ("turns:a.example:443", IceUrl("turns", "a.example", 443, is_tcp=True)),
        ("stun:[::1]:99", IceUrl("stun", "::1", 99, is_tcp=False)),
        ("stun:[::1]", IceUrl("stun", "::1", 3478, is_tcp=False)),
    ],
)
def test_a_url_is_read(text: str, url: IceUrl) -> None:
    assert receive_ice_url(text) == url


@pytest.mark.parametrize("text", ["", "stun", "stun:", "http://a", "stun:a:x", "stun:a:٣"])
def test_what_is_no_url_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        receive_ice_url(text)


async def test_a_server_that_answers_is_well() -> None:
    async with by_udp(succeed) as port:
        assert await probe_ice_server(f"stun:127.0.0.1:{port}", seconds_max=5) is None


async def test_a_lost_request_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ice_probe, "_RESEND_SECONDS", 0.02)
    requests: list[bytes] = []

    def lose_one(request: bytes) -> bytes | None:
        requests.append(request)
        return succeed(request) if len(requests) > 1 else None

    async with by_udp(lose_one) as port:
        assert await probe_ice_server(f"stun:127.0.0.1:{port}", seconds_max=5) is None
    assert requests[0] == requests[1]


async def test_a_server_that_says_nothing_is_given_up() -> None:
    async with by_udp(lambda _: None) as port:
        said = await probe_ice_server(f"stun:127.0.0.1:{port}", seconds_max=0.1)

    assert said == "no answer within 0.1 s"


async def test_an_answer_to_another_request_does_not_count() -> None:
    async with by_udp(lambda _: succeed(bytes(20))) as port:
        said = await probe_ice_server(f"stun:127.0.0.1:{port}", seconds_max=5)

    assert said is not None
    assert "not that of a STUN server" in said


@pytest.mark.parametrize(
    "way", ["stun:127.0.0.1:{}", "turn:127.0.0.1:{}?transport=tcp", "stun:nowhere.invalid", "x"]
)
async def test_a_server_that_is_not_there_is_an_error(way: str) -> None:
    assert await probe_ice_server(way.format(free_port()), seconds_max=5)


async def test_a_server_is_asked_by_tcp() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(succeed(await reader.readexactly(20)))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    async with server:
        assert await probe_ice_server(f"turn:127.0.0.1:{port}?transport=tcp", seconds_max=5) is None


async def test_a_server_that_hangs_up_is_an_error() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    async with server:
        assert await probe_ice_server(f"turn:127.0.0.1:{port}?transport=tcp", seconds_max=5)
