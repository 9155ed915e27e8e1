"""Freezes a browser: its processes are stopped, as when a laptop's lid is closed. No goodbye, no network."""

from __future__ import annotations

import os
import signal
from contextlib import asynccontextmanager, suppress
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
    send_to_all(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        send_to_all(pids, signal.SIGCONT)


def send_to_all(pids: list[int], number: signal.Signals) -> None:
    """Send a signal to each process that still runs: a browser ends some of its processes by itself at any time."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
