"""Runs a private Redis on loopback, without a file, that a test can kill and start again."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.stories.live import PATIENCE_SECONDS


class RedisServer:
    """A Redis on a port that it keeps."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.port = free_port()
        self._folder = folder
        self._words = words
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    async def start(self) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            pytest.skip("Redis is not installed (Debian: apt-get install redis-server)")
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder))
        self._process = await asyncio.create_subprocess_exec(
            program, *options, *self._words, stdout=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                assert self._process.returncode is None, "Redis did not start"
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        await self.send_signal(signal.SIGKILL)

    async def send_signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)
            if number is signal.SIGKILL:
                await self._process.wait()


@asynccontextmanager
async def running_redis(folder: Path, *words: str) -> AsyncIterator[RedisServer]:
    """Run a Redis until the block ends."""
    server = RedisServer(folder, *words)
    await server.start()
    try:
        yield server
    finally:
        await server.send_signal(signal.SIGCONT)
        await server.kill()
