"""Freezes a browser: its processes are stopped, as when a laptop's lid is closed. No goodbye, no network."""

from __future__ import annotations

import os
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser


@asynccontextmanager
async def frozen(browser: Browser) -> AsyncIterator[None]:
    """Stop all processes of *browser*, which only this test uses, until the block ends."""
    devtools = await browser.new_browser_cdp_session()
    info = await devtools.send("SystemInfo.getProcessInfo")
    pids = [process["id"] for process in info["processInfo"]]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
