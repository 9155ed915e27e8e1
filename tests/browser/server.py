"""Runs a server as a child process: on a free port, in its own folder, with a log file, stopped by its own pid."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, Self

from langdao_video.clock import read_wall_ms
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType


class Process(Protocol):
    """A child process with the methods of asyncio's processes."""

    @property
    def returncode(self) -> int | None:
        """Return the exit status; None while it runs."""

    def send_signal(self, signal: int, /) -> None:
        """Send a signal to this process alone."""

    def kill(self) -> None:
        """Kill it."""

    async def wait(self) -> int:
        """Wait for its end; return the exit status."""


class Server:
    """Run `python -m <module> …` until the `async with` block ends. A test can kill it and start it again."""

    ready_seconds_max = 60.0
    stop_seconds_max = 10.0

    def __init__(
        self, folder: Path, module: str, *arguments: str, env: Mapping[str, str] | None = None
    ) -> None:
        self.port = free_port()
        self.log = folder / f"{module}-{self.port}.log"
        self._command = (sys.executable, "-m", module, *arguments)
        self._env = {**os.environ, "PORT": str(self.port), "PYTHONUNBUFFERED": "1", **(env or {})}
        self._process: Process | None = None
        self.slept_ms: list[tuple[int, int]] = []
        """From when to when it stood still (Unix ms)."""

    @property
    def url(self) -> str:
        """Return the address of the start page without a slash at the end."""
        return f"http://localhost:{self.port}"

    @property
    def exit_status(self) -> int | None:
        """Return the status with which the process ended last; None while it runs."""
        return None if self._process is None else self._process.returncode

    def set(self, **env: str) -> None:
        """Change the environment of the next start."""
        self._env |= env

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start the process and wait until /health answers."""
        self._process = process = await self._spawn()
        try:
            async with asyncio.timeout(self.ready_seconds_max):
                while True:
                    is_healthy = await asyncio.to_thread(self._healthy)
                    if process.returncode is not None:  # any answer now comes from another process
                        break
                    if is_healthy:
                        return
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise RuntimeError(f"{self._command} does not answer:\n{self.read_log()}") from None
        raise RuntimeError(f"{self._command} ended with {process.returncode}:\n{self.read_log()}")

    async def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        """Send *with_signal* to this process alone and wait for its end. After `stop_seconds_max` send SIGKILL."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(with_signal)
        try:
            await asyncio.wait_for(process.wait(), self.stop_seconds_max)
        except TimeoutError:
            with suppress(ProcessLookupError):  # it may end by itself at last
                process.kill()
            await process.wait()

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to this process alone."""
        assert self._process is not None
        self._process.send_signal(number)

    async def stand_still(self, seconds: float) -> None:
        """Stop the process for *seconds*, as on a machine that is paused or swaps."""
        assert self._process is not None
        began_ms = read_wall_ms()
        self._process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._process.send_signal(signal.SIGCONT)
            self.slept_ms.append((began_ms, read_wall_ms()))

    def read_log(self) -> str:
        """Return the last lines of the process's log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-60:])

    async def _spawn(self) -> Process:
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(*self._command, env=self._env, stdout=log, stderr=log)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


class Service(Server):
    """The real service with an SQLite file of its own. Unless *env* says otherwise, it stops without draining."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        database = {"DATABASE_URL": f"sqlite:///{folder / 'lessons.sqlite'}"}
        env = {**database, "DRAIN_SECONDS": "0", **(env or {})}
        super().__init__(folder, "langdao_video", "serve", env=env)
