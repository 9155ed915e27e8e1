"""Measures how late the event loop is. All sockets wait that long."""

from __future__ import annotations

import asyncio
from typing import Final

from langdao_video.clock import read_elapsed_us
from langdao_video.tallies import MICROSECONDS, Histogram

EVERY_SECONDS: Final = 1


class LoopLag:
    """Sleep for a second, again and again, and count how much longer it took."""

    def __init__(self) -> None:
        self.late_us = Histogram()

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            began_us = read_elapsed_us()
            await asyncio.sleep(EVERY_SECONDS)
            self.late_us.note(max(0, read_elapsed_us() - began_us - EVERY_SECONDS * MICROSECONDS))
