"""Raw TCP connections, over which a test sends any bytes."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import struct
from typing import Self

from tests.stories.live import PATIENCE_SECONDS


class Raw(asyncio.Protocol):
    """One TCP connection. `heard` has all bytes that came so far."""

    def __init__(self) -> None:
        self.heard = b""
        self.is_closed = False
        self._news = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def connect(cls, port: int, *, receive_bytes: int = 0) -> Self:
        """Connect to this machine. *receive_bytes* sets a small window, as of a peer that hardly reads."""
        raw = socket.socket()
        if receive_bytes:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        raw.setblocking(False)  # noqa: FBT003 - its only way
        loop = asyncio.get_running_loop()
        await loop.sock_connect(raw, ("127.0.0.1", port))
        _, self = await loop.create_connection(cls, sock=raw)
        return self

    @classmethod
    async def upgrade(cls, port: int, *headers: str, path: str = "/?room=r") -> Self:
        """Request a WebSocket, and read the head of the answer."""
        self = await cls.connect(port)
        key = base64.b64encode(os.urandom(16)).decode()
        await self.send(
            request(
                path,
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                f"Sec-WebSocket-Key: {key}",
                *headers,
            )
        )
        await self.expect(b"\r\n\r\n")
        return self

    @property
    def transport(self) -> asyncio.Transport:
        """Return the connection itself."""
        assert self._transport is not None
        return self._transport

    @property
    def status(self) -> int:
        """Return the status of the answer."""
        return int(self.heard.split(b" ", 2)[1])

    async def send(self, data: bytes) -> None:
        """Write, and wait until the peer has taken most of it. After a close the rest is lost."""
        if not self.is_closed:
            self.transport.write(data)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._writable.wait()

    async def expect(self, words: bytes) -> bytes:
        """Wait until *words* have come. Raises AssertionError if the peer closes before."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while words not in self.heard:
                assert not self.is_closed, f"closed before {words!r}; heard {self.heard[-400:]!r}"
                await self._wait()
        return self.heard

    async def closed(self) -> bytes:
        """Wait until the peer has closed, and return all that came."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.is_closed:
                await self._wait()
        return self.heard

    def close(self) -> None:
        """Abort the connection."""
        self.transport.abort()

    async def _wait(self) -> None:
        self._news.clear()
        await self._news.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.heard += data
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the reason does not matter
        self.is_closed = True
        self._news.set()
        self._writable.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()


def request(path: str, *headers: str, method: str = "GET", body: str = "") -> bytes:
    """Write a request."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", body]).encode()


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
    """Write a frame as a browser does, masked with zeros (RFC 6455 §5.2)."""
    length = (
        bytes([0x80 | len(payload)])
        if len(payload) < 126
        else b"\xfe" + struct.pack("!H", len(payload))
        if len(payload) < 65_536
        else b"\xff" + struct.pack("!Q", len(payload))
    )
    return bytes([(0x80 if fin else 0) | opcode]) + length + bytes(4) + payload


def close_code(heard: bytes) -> int:
    """Return the code of the close frame at the end of *heard*; 0 if there is none."""
    at = heard.rfind(b"\x88")
    return int(struct.unpack("!H", heard[at + 2 : at + 4])[0]) if at >= 0 else 0
