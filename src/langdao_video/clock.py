"""The one port through which the edges read time. Pure code gets `now_ms` as an argument instead."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tell Unix time."""

    def now_ms(self) -> int:
        """Return Unix time in whole milliseconds."""
        ...


class SystemClock:
    """Tell Unix time that never runs backwards within this process.

    The wall clock is read once; after that the monotonic clock carries it, so that an operator's or
    NTP's step of the wall clock neither stretches nor tears a running lesson.
    """

    def __init__(self) -> None:
        self._base_ms = time.time_ns() // 1_000_000 - time.monotonic_ns() // 1_000_000

    def now_ms(self) -> int:
        """Return Unix time in whole milliseconds."""
        return self._base_ms + time.monotonic_ns() // 1_000_000
