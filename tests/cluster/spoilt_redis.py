"""A wire before a Redis that delays or spoils what the Redis says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

CHUNKS_MAX: Final = 10_000
RUBBISH: Final = b"HTTP/1.1 400 Bad Request\r\n\r\n\x00\xff"


@dataclass(slots=True)
class SpoiltRedis:
    """The wire to the Redis on *target* of this machine. Change its fields at any time."""

    target: int
    port: int = 0
    lag_seconds: float = 0.0
    """How late each answer comes."""
    talks_rubbish: bool = False
    """Whether each answer is replaced by something else."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side closes it."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with suppress(OSError, asyncio.CancelledError):
            redis_reader, redis_writer = await asyncio.open_connection("127.0.0.1", self.target)
            asking = asyncio.create_task(_pump(reader, redis_writer))
            answering = asyncio.create_task(self._delay(redis_reader, writer))
            try:
                await asyncio.wait({asking, answering}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in (asking, answering):
                    each.cancel()
                await asyncio.gather(asking, answering, return_exceptions=True)
                redis_writer.close()
                writer.close()
        self._tasks.discard(task)

    async def close(self) -> None:
        """End all connections."""
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _delay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        chunks: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(CHUNKS_MAX)

        async def collect() -> None:
            while chunk := await reader.read(65_536):
                await chunks.put((loop.time() + self.lag_seconds, chunk))
            await chunks.put((loop.time(), b""))

        collecting = asyncio.create_task(collect())
        try:
            while True:
                due_s, chunk = await chunks.get()
                await asyncio.sleep(due_s - loop.time())
                if not chunk:
                    return
                writer.write(RUBBISH if self.talks_rubbish else chunk)
                await writer.drain()
        finally:
            collecting.cancel()
            await asyncio.gather(collecting, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65_536):
        writer.write(chunk)
        await writer.drain()


@asynccontextmanager
async def spoilt(target: int) -> AsyncIterator[SpoiltRedis]:
    """Yield a wire to the Redis on *target*, which spoils nothing yet."""
    wire = SpoiltRedis(target)
    async with await asyncio.start_server(wire.connect, "127.0.0.1", 0) as server:
        wire.port = server.sockets[0].getsockname()[1]
        try:
            yield wire
        finally:
            await wire.close()
