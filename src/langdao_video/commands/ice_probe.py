"""Asks a STUN or TURN server for an answer, as a page's browser would: a Binding request (RFC 8489), by UDP or TCP."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from langdao_video.delivery.transport import Resolver, make_context

_MAGIC: Final = bytes.fromhex("2112a442")
_BINDING: Final = b"\x00\x01"
_BINDING_SUCCESS: Final = b"\x01\x01"
_HEADER_BYTES: Final = 20
_RESEND_SECONDS: Final = 0.5
_PORTS: Final = {"stun": 3478, "turn": 3478, "stuns": 5349, "turns": 5349}


@dataclass(frozen=True, slots=True)
class IceUrl:
    """One URL of an ICE server (RFC 7064, RFC 7065)."""

    scheme: str
    host: str
    port: int
    is_tcp: bool


def receive_ice_url(text: str) -> IceUrl:
    """Read `turn:host:port?transport=tcp`. Raises ValueError."""
    scheme, colon, rest = text.partition(":")
    place, _, query = rest.partition("?")
    host, port = place, ""
    if not place.endswith("]") and ":" in place:
        host, _, port = place.rpartition(":")
    if not colon or scheme not in _PORTS or not host or (port and not port.isascii()):
        raise ValueError(f"{text!r} is no URL of an ICE server, such as stun:stun.example:3478")
    return IceUrl(
        scheme,
        host.strip("[]"),
        int(port or _PORTS[scheme]),
        scheme.endswith("s") or query == "transport=tcp",
    )


async def probe_ice_server(text: str, *, seconds_max: float) -> str | None:
    """Return None if the server answers within *seconds_max*; otherwise why not."""
    try:
        url = receive_ice_url(text)
        async with asyncio.timeout(seconds_max):
            address = (await Resolver().resolve(url.host))[0]
            await (_ask_stream(url, address) if url.is_tcp else _ask_datagram(url, address))
    except TimeoutError:
        return f"no answer within {seconds_max:g} s"
    except (OSError, EOFError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _make_request() -> bytes:
    return _BINDING + b"\x00\x00" + _MAGIC + secrets.token_bytes(12)


def _check_answer(request: bytes, answer: bytes) -> None:
    if answer[:2] != _BINDING_SUCCESS or answer[4:_HEADER_BYTES] != request[4:]:
        raise ValueError("the answer is not that of a STUN server")


async def _ask_datagram(url: IceUrl, address: str) -> None:
    loop = asyncio.get_running_loop()
    got: asyncio.Future[bytes] = loop.create_future()

    class StunAnswer(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, _addr: object) -> None:
            if not got.done():
                got.set_result(data)

        def error_received(self, exc: Exception) -> None:
            if not got.done():
                got.set_exception(exc)

    transport, _ = await loop.create_datagram_endpoint(StunAnswer, remote_addr=(address, url.port))
    request = _make_request()
    try:
        while not got.done():  # UDP may lose a request, so it is sent again until the time is over
            transport.sendto(request)
            await asyncio.wait([got], timeout=_RESEND_SECONDS)
        _check_answer(request, got.result())
    finally:
        transport.close()


async def _ask_stream(url: IceUrl, address: str) -> None:
    context: ssl.SSLContext | None = make_context(None) if url.scheme.endswith("s") else None
    reader, writer = await asyncio.open_connection(
        address, url.port, ssl=context, server_hostname=url.host if context else None
    )
    request = _make_request()
    try:
        writer.write(request)
        _check_answer(request, await reader.readexactly(_HEADER_BYTES))
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
