"""The one port through which the edges read time. Pure code gets `now_ms` as an argument instead."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

_WALL_OFF_MS_MAX: Final = 60_000
_QUIET_MS: Final = 300_000
"""Without a proof for so long no lesson is under way."""
_MACHINES_AGREE_MS: Final = 1_000
"""What one machine's wall clock may be behind another's."""
_TOLD_MS: Final = 30_000
"""How far behind what was told elsewhere the store may be: proofs go to both, and it may have failed for a while."""
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

    def __init__(self, zero_ms: int | None = None) -> None:
        """Begin with the wall clock's time, or with *zero_ms* as the Unix time of uptime 0."""
        self._zero_ms = read_wall_ms() - read_uptime_ms() if zero_ms is None else zero_ms

    def now_ms(self) -> int:
        """Return Unix time in whole milliseconds."""
        return self._zero_ms + read_uptime_ms()


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


@dataclass(frozen=True, slots=True)
class Start:
    """What time it is when a service starts. *goes_on*: a time from before can be compared with one from after."""

    at_ms: int
    goes_on: bool


def plan_start(wall_ms: int, carried_ms: int | None, newest_ms: int) -> Start:
    """Decide what time it is when the service starts again.

    *carried_ms* is what the clock of the service before says now, carried on by the uptime, which nobody can set; None
    on another machine or after a boot. *newest_ms* is the newest time in the store.

    Time never runs back behind the store, and it goes on only by a clock that nobody set meanwhile: the carried one;
    on another machine the wall clock, as far as machines agree. A wall clock takes over where nothing is left to go
    on with, or where both say that no lesson is under way. What was before then cannot be compared with what is after,
    and no time that a backend elsewhere was told may come twice: it would take two people for there together.
    """
    if carried_ms is None and wall_ms >= newest_ms - _MACHINES_AGREE_MS:
        return Start(max(wall_ms, newest_ms), goes_on=True)
    if carried_ms is not None and carried_ms >= newest_ms:
        is_off = abs(wall_ms - carried_ms) > _WALL_OFF_MS_MAX
        if not is_off or min(wall_ms, carried_ms) - newest_ms < _QUIET_MS:
            return Start(carried_ms, goes_on=True)
    return Start(max(wall_ms, newest_ms + _TOLD_MS), goes_on=False)
