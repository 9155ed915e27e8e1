"""The port through which the service reads time. Pure code gets *now_ms* as an argument instead."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Protocol

_WALL_OFF_MS_MAX: Final = 60_000
_QUIET_MS: Final = 300_000
"""After this long without a proof, no session is live."""
_MACHINES_AGREE_MS: Final = 1_000
"""How far one machine's wall clock may be behind another's."""
_STORE_LAG_MS: Final = 30_000
"""How far the store may be behind another backend: proofs go to both, and the store may have failed for a while."""
_read_uptime_ns: Final[Callable[[], int]] = (
    partial(time.clock_gettime_ns, time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic_ns
)
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """Tell Unix time."""

    def now_ms(self) -> int:
        """Return Unix time in whole milliseconds."""
        ...


class SystemClock:
    """Tell Unix time that never runs backwards within this process.

    It reads the wall clock once, and then adds the machine's uptime. So a step of the wall clock, by an operator or
    NTP, neither lengthens nor interrupts a live session.
    """

    def __init__(self, zero_ms: int | None = None) -> None:
        """Start with the wall clock's time, or with *zero_ms* as the Unix time at uptime 0."""
        self._zero_ms = read_wall_ms() - read_uptime_ms() if zero_ms is None else zero_ms

    def now_ms(self) -> int:
        """Return Unix time in whole milliseconds."""
        return self._zero_ms + _read_uptime_ns() // 1_000_000


def read_wall_ms() -> int:
    """Read the wall clock, which can be set: Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


def read_uptime_ms() -> int:
    """Read the monotonic clock, which nobody can set, in ms. On Linux it counts from the boot, also in sleep."""
    return _read_uptime_ns() // 1_000_000


def read_elapsed_us() -> int:
    """Read a clock for durations within this process, in µs."""
    return time.perf_counter_ns() // 1_000


def read_boot_id() -> str | None:
    """Read the id of this machine's current boot; None if the system has no such id."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class Start:
    """The time at which a service starts. If it *goes_on*, times from before and after the start can be compared."""

    at_ms: int
    goes_on: bool


def plan_start(wall_ms: int, carried_ms: int | None, newest_ms: int) -> Start:
    """Decide what time it is when the service starts again.

    *carried_ms* is the time of the previous service's clock now: its last known time plus the uptime since, which
    nobody can set. It is None on another machine and after a boot. *newest_ms* is the newest time in the store.

    The time is never before the newest time in the store. The old time continues only by a clock that nobody set in
    between: by the carried clock, or on another machine by its wall clock, if that is not behind the store by more than
    machines differ. Otherwise the wall clock takes over: if there is no usable carried clock, or if both clocks say
    that no session is live. Then times from before and after the start cannot be compared. The new time begins after
    all times that another backend may have got: a time that came twice could make two people count as there together
    who were not.
    """
    if carried_ms is None and wall_ms >= newest_ms - _MACHINES_AGREE_MS:
        return Start(max(wall_ms, newest_ms), goes_on=True)
    if carried_ms is not None and carried_ms >= newest_ms:
        is_off = abs(wall_ms - carried_ms) > _WALL_OFF_MS_MAX
        if not is_off or min(wall_ms, carried_ms) - newest_ms < _QUIET_MS:
            return Start(carried_ms, goes_on=True)
    return Start(max(wall_ms, newest_ms + _STORE_LAG_MS), goes_on=False)
