"""Firefox ESR for tests: a new profile with fake devices, driven over WebDriver BiDi."""

from __future__ import annotations

import asyncio
import json
import os
import re
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.browser.bidi import connect_bidi
from tests.browser.sound_card import silent_sound_card

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.browser.bidi import Bidi

PREFERENCES: Final[dict[str, bool | int | str]] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.peerconnection.ice.obfuscate_host_addresses": False,  # there is no mDNS responder on a server
    # Like Chromium's camera in the tests. With 30 frames a second and 60 drawn, a call took 1.1 cores instead of 0.56.
    "media.navigator.video.default_fps": 5,
    "layout.frame_rate": 15,
    "remote.active-protocols": 1,  # BiDi only
    # Firefox must load nothing but the pages under test.
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
}
READY: Final = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


@asynccontextmanager
async def launch_firefox() -> AsyncIterator[Bidi]:
    """Start one headless Firefox with a new profile and a sound card. It is stopped by its own process id."""
    async with silent_sound_card() as sound, launch_with(sound) as bidi:
        yield bidi


@asynccontextmanager
async def launch_with(sound: dict[str, str]) -> AsyncIterator[Bidi]:
    """Start one whose environment has *sound*, too."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        lines = (f"user_pref({json.dumps(key)}, {json.dumps(value)});" for key, value in PREFERENCES.items())
        (Path(profile) / "user.js").write_text("\n".join(lines), encoding="utf-8")
        program = os.environ.get("FIREFOX", "/usr/bin/firefox-esr")
        flags = (
            "--headless",
            "--no-remote",
            "--profile",
            profile,
            "--remote-debugging-port",
            "0",
            "about:blank",
        )
        environment = {**os.environ, **sound, "HOME": profile, "MOZ_CRASHREPORTER_DISABLE": "1"}
        process = await asyncio.create_subprocess_exec(
            program,
            *flags,
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(120):
                address = await read_address(process)
            draining = asyncio.create_task(drain(process))
            async with connect_bidi(f"{address}/session") as bidi:
                yield bidi
            draining.cancel()
        finally:
            await end(process)


async def read_address(process: asyncio.subprocess.Process) -> str:
    """Read the address of Firefox from its output. With port 0 it chooses a free port itself."""
    assert process.stderr is not None
    printed = []
    while line := (await process.stderr.readline()).decode(errors="replace"):
        printed.append(line)
        if found := READY.search(line):
            return found[1]
    raise RuntimeError("Firefox ended before it listened:\n" + "".join(printed[-50:]))


async def drain(process: asyncio.subprocess.Process) -> None:
    """Keep reading the output of Firefox, so that it never waits for a full pipe."""
    assert process.stderr is not None
    while await process.stderr.readline():
        pass


async def end(process: asyncio.subprocess.Process) -> None:
    """Terminate this process; kill it after ten seconds."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 10)
    except TimeoutError:
        process.kill()
        await process.wait()
