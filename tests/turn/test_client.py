"""The client of STUN and TURN: what is lost is asked again, what is foreign is skipped, and nothing waits for ever."""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address

import pytest

from langdao_video.signaling.ice_urls import receive_ice_url
from langdao_video.turn.client import open_turn
from langdao_video.turn.stun import HEADER_BYTES, Method, read_length
from tests.turn.servers import closed_port, hang_up, serve_tcp, speak_http, stay_silent

TRUST = ssl.create_default_context()
PATIENCE_SECONDS = 20.0
Reply = Callable[[bytes], list[bytes]]


def grant(request: bytes) -> bytes:
    return struct.pack("!HHI", int.from_bytes(request[:2], "big") | 0x0100, 0, 0x2112A442) + request[8:20]


def refuse(request: bytes, code: int, nonce: bytes) -> bytes:
    body = struct.pack("!HHHBB", 0x0009, 4, 0, code // 100, code % 100)
    body += struct.pack("!HH", 0x0014, 4) + b"here" + struct.pack("!HH", 0x0015, 4) + nonce
    head = struct.pack("!HHI", int.from_bytes(request[:2], "big") | 0x0110, len(body), 0x2112A442)
    return head + request[8:20] + body


class _Server(asyncio.DatagramProtocol):
    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._transport: asyncio.DatagramTransport | None = None
        self.requests: list[bytes] = []

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._transport is not None
        self.requests.append(data)
        for answer in self._reply(data):
            self._transport.sendto(answer, addr)


@asynccontextmanager
async def serve_udp(reply: Reply) -> AsyncIterator[tuple[str, _Server]]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        lambda: _Server(reply), local_addr=("127.0.0.1", 0)
    )
    try:
        yield f"turn:127.0.0.1:{transport.get_extra_info('sockname')[1]}", server
    finally:
        transport.close()


async def test_a_lost_request_is_sent_again_and_foreign_messages_are_skipped() -> None:
    seen: list[bytes] = []

    def reply(request: bytes) -> list[bytes]:
        seen.append(request)
        other = request[:8] + b"x" * 12 + request[20:]
        return [] if len(seen) == 1 else [b"noise", request, grant(other), grant(request)]

    async with (
        serve_udp(reply) as (url, server),
        open_turn(receive_ice_url(url), TRUST, PATIENCE_SECONDS) as client,
    ):
        answer = await client.bind()

    assert answer.error is None
    assert len(server.requests) == 2
    assert server.requests[0] == server.requests[1]


async def test_a_stale_nonce_is_replaced_once() -> None:
    nonces = iter([b"old1", b"new1", b"new2"])

    def reply(request: bytes) -> list[bytes]:
        if b"new1" in request:
            return [grant(request)]
        return [refuse(request, 438 if b"old1" in request else 401, next(nonces))]

    async with (
        serve_udp(reply) as (url, server),
        open_turn(receive_ice_url(url), TRUST, PATIENCE_SECONDS) as client,
    ):
        allocated = await client.allocate(("u", "c"))
        permitted = await client.permit(ip_address("192.0.2.1"))

    assert (allocated.error, permitted.error) == (None, None)
    kinds = [int.from_bytes(request[:2], "big") for request in server.requests]
    assert kinds == [Method.ALLOCATE] * 3 + [Method.CREATE_PERMISSION]


async def test_a_server_that_refuses_every_nonce_is_not_asked_for_ever() -> None:
    async with (
        serve_udp(lambda request: [refuse(request, 438, b"next")]) as (url, server),
        open_turn(receive_ice_url(url), TRUST, PATIENCE_SECONDS) as client,
    ):
        answer = await client.allocate(("u", "c"))

    assert answer.error == 438
    assert len(server.requests) == 1


async def test_in_a_stream_answers_are_cut_where_they_end() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(HEADER_BYTES)
        request = head + await reader.readexactly(read_length(head))
        foreign = grant(request[:8] + b"x" * 12)
        for byte in foreign + grant(request):
            writer.write(bytes([byte]))
            await writer.drain()
        await reader.read()

    async with serve_tcp(talk) as port:
        url = receive_ice_url(f"turn:127.0.0.1:{port}?transport=tcp")
        async with open_turn(url, TRUST, PATIENCE_SECONDS) as client:
            assert (await client.bind()).error is None


@pytest.mark.parametrize(
    ("talk", "error"),
    [(stay_silent, TimeoutError), (hang_up, ConnectionResetError), (speak_http, ValueError)],
)
async def test_a_server_that_is_none_is_given_up(talk: Callable[..., object], error: type[Exception]) -> None:
    async with serve_tcp(talk) as port:  # type: ignore[arg-type]
        url = receive_ice_url(f"turn:127.0.0.1:{port}?transport=tcp")
        async with open_turn(url, TRUST, 0.3) as client:
            with pytest.raises(error):
                await client.bind()


async def test_nobody_there_is_said_at_once() -> None:
    for transport in ("tcp", "udp"):
        url = receive_ice_url(f"turn:127.0.0.1:{closed_port()}?transport={transport}")
        with pytest.raises(ConnectionRefusedError):
            async with open_turn(url, TRUST, PATIENCE_SECONDS) as client:
                await client.bind()
