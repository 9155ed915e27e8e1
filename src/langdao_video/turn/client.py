"""Talks to one STUN or TURN server by UDP, TCP or TLS. Each request has a deadline."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol, cast

from langdao_video.signaling.ice_urls import IceUrl
from langdao_video.turn.stun import (
    HEADER_BYTES,
    ID_BYTES,
    Attribute,
    Attributes,
    Ip,
    Login,
    Method,
    StunAnswer,
    read_length,
    receive_answer,
    write_request,
    write_xor_address,
)

ANSWER_SECONDS_MAX: Final = 5.0
_RESEND_SECONDS: Final = 0.5
_UNAUTHORIZED: Final = 401
_STALE_NONCE: Final = 438
_UDP: Final = b"\x11\0\0\0"
_PEER_PORT: Final = 3478


class Wire(Protocol):
    """Carries messages to the server and back."""

    resend_seconds: float | None
    """After which a message is sent again; None where nothing is lost."""

    def send(self, message: bytes) -> None:
        """Send one message."""
        ...

    async def receive(self) -> bytes:
        """Return the next message. Raises OSError or ValueError if there is none any more."""
        ...


class TurnClient:
    """Ask the server behind *wire*."""

    def __init__(self, wire: Wire, seconds_max: float = ANSWER_SECONDS_MAX) -> None:
        self._wire = wire
        self._seconds_max = seconds_max
        self._login: Login | None = None
        self._channel = 0x4000

    async def bind(self) -> StunAnswer:
        """Ask which address the server sees."""
        return await self._ask(Method.BINDING, ())

    async def allocate(
        self, credential: tuple[str, str] | None, *, family: int = 4, transport: bytes = _UDP
    ) -> StunAnswer:
        """Ask for a relay with username and *credential*; with None as a stranger does."""
        wanted: list[tuple[Attribute, bytes]] = [(Attribute.REQUESTED_TRANSPORT, transport)]
        if family == 6:  # noqa: PLR2004 - IPv6
            wanted.append((Attribute.REQUESTED_ADDRESS_FAMILY, b"\x02\0\0\0"))
        self._login = None
        refused = await self._ask(Method.ALLOCATE, wanted)
        if credential is None or refused.error != _UNAUTHORIZED:
            return refused
        self._login = _log_in(credential, refused)
        return await self._ask(Method.ALLOCATE, wanted)

    async def permit(self, peer: Ip) -> StunAnswer:
        """Ask for a permission to reach *peer*. Nothing is sent to it."""
        id_ = secrets.token_bytes(ID_BYTES)
        address = write_xor_address(peer, _PEER_PORT, id_)
        return await self._ask(Method.CREATE_PERMISSION, [(Attribute.XOR_PEER_ADDRESS, address)], id_)

    async def bind_channel(self, peer: Ip) -> StunAnswer:
        """Ask for a channel to *peer*. Nothing is sent to it."""
        id_ = secrets.token_bytes(ID_BYTES)
        self._channel += 1
        attributes = [
            (Attribute.CHANNEL_NUMBER, self._channel.to_bytes(2, "big") + b"\0\0"),
            (Attribute.XOR_PEER_ADDRESS, write_xor_address(peer, _PEER_PORT, id_)),
        ]
        return await self._ask(Method.CHANNEL_BIND, attributes, id_)

    async def release(self) -> None:
        """Give the relay back, if it answers."""
        with suppress(OSError, ValueError):
            await self._ask(Method.REFRESH, [(Attribute.LIFETIME, bytes(4))])

    async def _ask(self, method: Method, attributes: Attributes, id_: bytes = b"") -> StunAnswer:
        """Ask, and once more if the nonce was too old. Raises TimeoutError, OSError or ValueError without an answer."""
        answer = await self._exchange(method, attributes, id_ or secrets.token_bytes(ID_BYTES))
        login = self._login
        if answer.error != _STALE_NONCE or login is None:
            return answer
        self._login = _log_in((login.username, login.credential), answer)
        # The same id, because the addresses inside are masked with it. It is another request by its nonce.
        return await self._exchange(method, attributes, answer.id)

    async def _exchange(self, method: Method, attributes: Attributes, id_: bytes) -> StunAnswer:
        message = write_request(method, id_, attributes, self._login)
        resend_seconds = self._wire.resend_seconds
        async with asyncio.timeout(self._seconds_max):
            while True:
                self._wire.send(message)
                with suppress(TimeoutError):
                    async with asyncio.timeout(resend_seconds):
                        return await self._receive(id_)
                resend_seconds = resend_seconds and 2 * resend_seconds

    async def _receive(self, id_: bytes) -> StunAnswer:
        while True:
            raw = await self._wire.receive()
            with suppress(ValueError):  # an indication, or the answer to a request that was sent twice
                if (answer := receive_answer(raw)).id == id_:
                    return answer


def _log_in(credential: tuple[str, str], refused: StunAnswer) -> Login:
    realm = refused.attributes.get(Attribute.REALM, b"")
    return Login(*credential, realm, refused.attributes.get(Attribute.NONCE, b""))


@asynccontextmanager
async def open_turn(
    url: IceUrl, trust: ssl.SSLContext, seconds_max: float = ANSWER_SECONDS_MAX
) -> AsyncIterator[TurnClient]:
    """Connect to the server at *url*, until the block ends. Raises OSError (also TimeoutError, SSLError)."""
    async with asyncio.timeout(seconds_max):
        wire = await (_open_udp(url) if url.transport == "udp" else _open_stream(url, trust))
    try:
        yield TurnClient(wire, seconds_max)
    finally:
        wire.close()


class _UdpWire(asyncio.DatagramProtocol):
    """UDP. What is lost is sent again."""

    resend_seconds: float | None = _RESEND_SECONDS

    def __init__(self) -> None:
        self._came: asyncio.Queue[bytes | OSError] = asyncio.Queue(64)
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Python's own is no DatagramTransport by its type (3.11), but has its methods.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        del addr
        self._keep(data)

    def error_received(self, exc: Exception) -> None:
        if isinstance(exc, OSError):
            self._keep(exc)

    def _keep(self, came: bytes | OSError) -> None:
        with suppress(asyncio.QueueFull):  # a flood: the answer comes again, because the request does
            self._came.put_nowait(came)

    def send(self, message: bytes) -> None:
        if self._transport is not None:
            self._transport.sendto(message)

    async def receive(self) -> bytes:
        came = await self._came.get()
        if isinstance(came, OSError):
            raise came
        return came

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class _StreamWire:
    """TCP or TLS."""

    resend_seconds: float | None = None

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, message: bytes) -> None:
        self._writer.write(message)

    async def receive(self) -> bytes:
        try:
            header = await self._reader.readexactly(HEADER_BYTES)
            return header + await self._reader.readexactly(read_length(header))
        except asyncio.IncompleteReadError:
            raise ConnectionResetError("it closed the connection") from None

    def close(self) -> None:
        self._writer.transport.abort()  # a goodbye of TLS would wait for the server's


async def _open_udp(url: IceUrl) -> _UdpWire:
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_datagram_endpoint(_UdpWire, remote_addr=(url.host, url.port))
    return wire


async def _open_stream(url: IceUrl, trust: ssl.SSLContext) -> _StreamWire:
    is_tls = url.transport == "tls"
    return _StreamWire(*await asyncio.open_connection(url.host, url.port, ssl=trust if is_tls else None))
