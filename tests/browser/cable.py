"""A cable between browsers and the service that a test can pull: it really cuts the sockets of rooms.

Pages and all other requests always pass, so that a page can reload while its socket cannot connect.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

HEAD_BYTES_MAX = 64 * 1024


class Cable:
    """Listen on a port of its own, and pass everything on to the service at *port*."""

    def __init__(self, port: int) -> None:
        self._service_port = port
        self._server: asyncio.Server | None = None
        self._sockets: set[asyncio.StreamWriter] = set()
        self._is_whole = True
        self._brings_answers = asyncio.Event()
        self._brings_answers.set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Return the address of the service at this end of the cable."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return f"http://localhost:{port}"

    def pull(self) -> None:
        """Cut all sockets at once, without a close frame, and let no socket through."""
        self._is_whole = False
        for writer in self._sockets:
            writer.transport.abort()

    def plug_in(self) -> None:
        """Let sockets through again, in both directions."""
        self._is_whole = True
        self._brings_answers.set()

    def hold_answers(self) -> None:
        """Take the bytes that a socket sends, but bring no answer back."""
        self._brings_answers.clear()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._receive, "localhost", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            is_socket = b"upgrade: websocket" in head.lower()
            if is_socket and not self._is_whole:
                return
            # On a kept connection, a later request for a socket would pass without this check of its head.
            head = head if is_socket else head.replace(b"Connection: keep-alive", b"Connection: close")
            await self._pass_on(reader, writer, head, is_socket=is_socket)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes, *, is_socket: bool
    ) -> None:
        from_service, to_service = await asyncio.open_connection("localhost", self._service_port)
        ends = {writer, to_service}
        if is_socket:
            if not self._is_whole:  # pulled while this socket was connecting
                to_service.close()
                return
            self._sockets |= ends
        try:
            to_service.write(head)
            up = asyncio.create_task(self._pump(reader, to_service, asyncio.Event()))
            down = asyncio.create_task(
                self._pump(from_service, writer, self._brings_answers, waits=is_socket)
            )
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
            for pump in (up, down):
                pump.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
        finally:
            self._sockets -= ends
            to_service.close()

    @staticmethod
    async def _pump(
        source: asyncio.StreamReader, sink: asyncio.StreamWriter, gate: asyncio.Event, *, waits: bool = False
    ) -> None:
        while data := await source.read(65_536):
            if waits:
                await gate.wait()
            sink.write(data)
            await sink.drain()
