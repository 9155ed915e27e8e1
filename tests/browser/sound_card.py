"""A sound card that nobody hears, for Firefox: on a computer without one its Web Audio stands still."""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

START_SECONDS_MAX: Final = 30
LOOK_EVERY_SECONDS: Final = 0.05


@asynccontextmanager
async def silent_sound_card() -> AsyncIterator[dict[str, str]]:
    """Start PulseAudio with a sink that drops its sound; yield the environment in which a browser finds it.

    It is stopped by its own process id.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        socket = Path(folder) / "native"
        process = await asyncio.create_subprocess_exec(
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--use-pid-file=no",
            "--exit-idle-time=-1",
            "--load=module-null-sink",
            f"--load=module-native-protocol-unix socket={socket} auth-anonymous=1",
            env={**os.environ, "HOME": folder, "XDG_RUNTIME_DIR": folder},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                while not socket.exists():  # noqa: ASYNC110 - another process makes it
                    await asyncio.sleep(LOOK_EVERY_SECONDS)
            yield {"PULSE_SERVER": f"unix:{socket}"}
        finally:
            process.terminate()
            await process.wait()
