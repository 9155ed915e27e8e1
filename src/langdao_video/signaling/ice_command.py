"""Runs the operator's command that prints ICE servers, and keeps its last good answer.

Law: nobody waits for the command. A page gets the answer that is there, and newer servers when they come.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog

from langdao_video.signaling.ice_urls import LIST_SIZE_BYTES_MAX, receive_ice_servers
from langdao_video.signaling.messages import IceServer

log = structlog.get_logger(__name__)

COMMAND_SECONDS_MAX: Final = 5.0
_RETRY_SECONDS: Final = 5.0
_RETRY_SECONDS_MAX: Final = 60.0


class IceCommand:
    """Ask the command *words* for ICE servers when half of *good_seconds* is over."""

    def __init__(
        self, words: Sequence[str], good_seconds: float, seconds_max: float = COMMAND_SECONDS_MAX
    ) -> None:
        self._words = words
        self._good_seconds = good_seconds
        self._seconds_max = seconds_max
        self._servers: tuple[IceServer, ...] = ()

    def answer(self) -> tuple[IceServer, ...]:
        """Return the last good answer; nothing before the first."""
        return self._servers

    async def run(self) -> None:
        """Ask again and again, until cancelled."""
        retry_seconds = _RETRY_SECONDS
        while True:
            if await self.refresh():
                retry_seconds = _RETRY_SECONDS
                await asyncio.sleep(self._good_seconds / 2)
            else:
                await asyncio.sleep(min(retry_seconds, self._good_seconds / 2))
                retry_seconds = min(2 * retry_seconds, _RETRY_SECONDS_MAX)

    async def refresh(self) -> bool:
        """Ask once; tell whether the answer is good. A bad answer changes nothing but the log."""
        try:
            self._servers = receive_ice_servers(await self._ask())
        except (OSError, ValueError) as error:
            log.warning("ice-servers-command-failed", error=str(error), servers_kept=len(self._servers))
            return False
        return True

    async def _ask(self) -> bytes:
        """Return what the command prints. Raises ValueError if it is late, prints too much or fails; OSError."""
        process = await asyncio.create_subprocess_exec(
            *self._words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # it may have credentials, and the log has none
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._seconds_max):
                return await _read(process)
        except TimeoutError:
            raise ValueError(f"The command took over {self._seconds_max:g} s.") from None
        finally:
            # Also what the command itself has started.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _read(process: asyncio.subprocess.Process) -> bytes:
    if process.stdout is None:
        raise RuntimeError("the command was started without a pipe")
    printed = b""
    while chunk := await process.stdout.read(LIST_SIZE_BYTES_MAX):
        printed += chunk
        if len(printed) > LIST_SIZE_BYTES_MAX:
            raise ValueError(f"The command printed over {LIST_SIZE_BYTES_MAX} bytes.")
    if status := await process.wait():
        raise ValueError(f"The command ended with status {status}.")
    return printed
