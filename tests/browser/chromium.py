"""Chromium for tests and benches: the system's browser with fake devices, one process, a new context a person.

Most tests use its headless shell: the same engine without the browser's own windows, for three fifths of the work.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.async_api import async_playwright

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

PROBE: Final = (Path(__file__).parent / "probe.js").read_text(encoding="utf-8")

UNWANTED: Final = (
    "WebRtcHideLocalIpsWithMdns",  # there is no mDNS responder on a server
    # Two pages of the address bar, which each new window loads: 0.7 s of CPU each, in the middle of a join.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
)
FLAGS: Final = (
    "--no-sandbox",  # the suite may run as root in a container
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-features=" + ",".join(UNWANTED),
    "--host-resolver-rules=MAP *.test 127.0.0.1",  # stranger.test: a site that may not embed us
)


WHOLE_FLAGS: Final = ("--headless=new", *FLAGS)
CAMERAS: Final = 3  # the second shows nothing
# Enough to see that a picture moves, at a sixth of the work. The benches use 30, like a real camera.
TEST_FRAMES_PER_SECOND: Final = 5


def find_chromium(*, whole: bool) -> Path:
    """Return the program: the *whole* browser or its headless shell. CHROMIUM names one that serves as both."""
    usual = "/usr/bin/chromium" if whole else "/usr/bin/chromium-headless-shell"
    return Path(os.environ.get("CHROMIUM", usual))


@asynccontextmanager
async def launch_chromium(
    *more_flags: str,
    frames_per_second: int = TEST_FRAMES_PER_SECOND,
    whole: bool = False,
    program: Path | None = None,
) -> AsyncIterator[Browser]:
    """Start one Chromium with a profile of its own. Its contexts are isolated from each other.

    *whole*: the browser that people use, not its headless shell. *program* runs it in another way than by itself, such
    as in a network of its own.
    """
    devices = f"--use-fake-device-for-media-stream=device-count={CAMERAS},fps={frames_per_second}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program or find_chromium(whole=whole),
            headless=True,
            args=[*(WHOLE_FLAGS if whole else FLAGS), devices, *more_flags],
        )
        try:
            yield browser
        finally:
            await browser.close()
