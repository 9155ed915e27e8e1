"""Runs several processes of the service on one port, for `langdao-video serve --workers N`.

The parent listens and serves nothing: its children accept from the same socket, so no connection is lost when one of
them dies. It starts a dead one again, later each time if it keeps dying; it passes signals on and ends after the last.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

from langdao_video.settings import Settings

log = structlog.get_logger(__name__)

WORKERS_MAX: Final = 64
BACKLOG: Final = 2_048
STEADY_SECONDS: Final = 30.0
"""A worker that lived so long was well: its next start is not delayed."""
DELAY_SECONDS: Final = 0.5
DELAY_SECONDS_MAX: Final = 30.0
REFUSALS: Final = frozenset({2, 3})
"""The exit statuses of `serve` for settings or a store that do not allow a start. To start again mends nothing."""
_PR_SET_PDEATHSIG: Final = 1
_PORT_MAX: Final = 65_535


def find_contradiction(settings: Settings, workers: int) -> str | None:
    """Return why *workers* processes cannot share these settings, as a sentence that says what to set."""
    if not 1 <= workers <= WORKERS_MAX:
        return f"--workers must be between 1 and {WORKERS_MAX}, not {workers}."
    if settings.metrics_port + workers > _PORT_MAX + 1:
        return f"METRICS_PORT={settings.metrics_port} leaves no ports for {workers} workers, which take one each."
    is_shared = settings.database_url.startswith("postgres") and settings.redis_url
    if workers == 1 or is_shared:
        return None
    return (
        f"--workers {workers} needs a database and a Redis that the processes share: set "
        "DATABASE_URL=postgresql+asyncpg://… and REDIS_URL=redis://…"
    )


@dataclass(slots=True)
class RestartPlan:
    """When to start the next process of a worker. Sans-I/O state."""

    is_proven: bool = False
    """Whether a process of this worker has ever lived for STEADY_SECONDS."""
    _failures: int = 0

    def note_end(self, status: int, lived_seconds: float) -> float | None:
        """Return after how many seconds to start again; None if the settings or the store do not allow it."""
        if lived_seconds >= STEADY_SECONDS:
            self.is_proven, self._failures = True, 0
        elif status in REFUSALS and not self.is_proven:
            return None
        delay: float = min(DELAY_SECONDS * 2**self._failures, DELAY_SECONDS_MAX)
        self._failures = min(self._failures + 1, 16)
        return delay


@dataclass(slots=True)
class Supervisor:
    """Keep *count* processes of *command* running, until a signal comes. *now* is monotonic, in seconds."""

    command: Sequence[str]
    count: int
    listener: socket.socket
    now: Callable[[], float] = time.monotonic
    _processes: set[asyncio.subprocess.Process] = field(default_factory=set)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _signal: int = 0
    """The newest signal; 0 before the first."""
    _status: int = 0

    async def run(self) -> int:
        """Return the exit status when all processes have ended: 0 after a signal, or that of a refusal."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop, number)
        async with asyncio.TaskGroup() as workers:
            for worker in range(self.count):
                workers.create_task(self._keep(worker))
        return self._status

    def stop(self, number: int) -> None:
        """Pass a signal on, and start nothing any more."""
        self._signal = number
        self._stopping.set()
        for process in self._processes:
            with suppress(ProcessLookupError):
                process.send_signal(number)

    async def _keep(self, number: int) -> None:
        plan = RestartPlan()
        while not self._stopping.is_set():
            began = self.now()
            status = await self._run_once(number)
            if self._stopping.is_set():
                return
            delay = plan.note_end(status, self.now() - began)
            if delay is None:
                self._status = status
                self.stop(signal.SIGTERM)
                return
            log.warning("worker-ended", worker=number, status=status, again_in_seconds=delay)
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._stopping.wait()

    async def _run_once(self, number: int) -> int:
        # In a session of its own, so that Ctrl-C reaches it once, by way of the parent.
        process = await asyncio.create_subprocess_exec(
            *self.command,
            f"--listen-fd={self.listener.fileno()}",
            f"--parent={os.getpid()}",
            f"--worker={number}",
            pass_fds=(self.listener.fileno(),),
            start_new_session=True,
        )
        self._processes.add(process)
        if self._stopping.is_set():  # the signal came while this process began, so it was not passed on
            process.send_signal(self._signal)
        try:
            return await process.wait()
        finally:
            self._processes.discard(process)


def supervise(settings: Settings, workers: int, arguments: Sequence[str]) -> int:
    """Listen on the port of *settings*, run the workers, and return the exit status."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG) as listener:
        command = [sys.executable, "-m", "langdao_video", "serve", *arguments]
        return asyncio.run(Supervisor(command, workers, listener).run())


def follow_parent(parent: int) -> bool:
    """Let the kernel end this process when its parent dies. Return False if it has died already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    return os.getppid() == parent


def take_listener(number: int) -> socket.socket:
    """Return the parent's listening socket, which this process inherited as file *number*."""
    return socket.socket(fileno=number)
