"""The one port through which the edges read time. Pure code gets `now_ms` as an argument instead."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final, Protocol

BRIDGED_MS: Final = 25_000
"""Two proofs further apart than this prove nothing about the time between (law 2)."""
_WALL_OFF_MS_MAX: Final = 60_000
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """Tell Unix time."""

    def now_ms(self) -> int:
        """Return Unix time in whole milliseconds."""
        ...


class SystemClock:
    """Tell Unix time that never runs backwards within this process.

    The wall clock is read once; after that the machine's uptime carries it, so that an operator's or
    NTP's step of the wall clock neither stretches nor tears a running lesson.
    """

    def __init__(self, start_ms: int | None = None) -> None:
        self._base_ms = (read_wall_ms() if start_ms is None else start_ms) - read_uptime_ms()

    def now_ms(self) -> int:
        """Return Unix time in whole milliseconds."""
        return self._base_ms + read_uptime_ms()


def read_wall_ms() -> int:
    """Read the clock that can be set: Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


def read_uptime_ms() -> int:
    """Read the clock that nobody can set; where the system has one, it counts from the boot and through sleep."""
    if sys.platform == "linux":
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return time.monotonic_ns() // 1_000_000


def read_boot_id() -> str | None:
    """Read which boot of which machine this is; None where the system does not say."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return None


def plan_start_ms(wall_ms: int, carried_ms: int | None, newest_ms: int) -> int:
    """Decide what time it is when the service starts again.

    *carried_ms* is what the clock of the first start since the machine's boot says now, carried on by the uptime, which
    nobody can set; None on another machine or after a boot. *newest_ms* is the newest time in the store.

    Time never runs back behind the store. A wall clock that was set while the service was down would stretch or
    shrink the time between two proofs of a running lesson, so the carried time is kept as long as anyone could notice.
    Where no clock can be trusted, time starts just far enough ahead that no proof from before can be joined to one
    from after.
    """
    if carried_ms is None:
        is_believed, start_ms = wall_ms >= newest_ms, wall_ms
    else:
        is_near = abs(wall_ms - carried_ms) <= _WALL_OFF_MS_MAX or carried_ms - newest_ms <= BRIDGED_MS
        is_believed, start_ms = carried_ms >= newest_ms and is_near, carried_ms
    return start_ms if is_believed else max(wall_ms, newest_ms + BRIDGED_MS + 1)
