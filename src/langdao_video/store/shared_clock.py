"""The time that all nodes of one database share: the database's clock, carried on by each machine's uptime. Sans-I/O.

Machines' own clocks may be hours apart: nobody reads them. The database's clock may be set, too: a step of it changes
nothing for a node that runs, and a node that begins takes over how far the others are ahead of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from langdao_video.clock import read_uptime_ms

SAMPLES_KEPT: Final = 30
"""Half a minute of them. The one with the shortest way counts: what delays an answer makes it worth less."""
NEAR_MS: Final = 5
"""So far a node may be from the others without being moved."""
STEP_MS: Final = 250
"""If the database's clock is further away than this at once, somebody has set it: crystals drift by less in an hour."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the database's clock said (Unix ms), and this machine's uptimes before and after it was asked (ms)."""

    database_ms: int
    asked_ms: int
    answered_ms: int

    @property
    def way_ms(self) -> int:
        """How long the question was under way."""
        return self.answered_ms - self.asked_ms

    @property
    def zero_ms(self) -> int:
        """The database's clock at uptime 0, if the answer was made halfway."""
        return self.database_ms - (self.asked_ms + self.answered_ms) // 2


class SharedClock:
    """Tell Unix time that never runs backwards within this process, and that nodes agree on within some ms."""

    def __init__(self, zero_ms: int, sample: Sample, uptime_ms: Callable[[], int] = read_uptime_ms) -> None:
        """Start with *zero_ms* as the time at uptime 0. *sample* says how far that is ahead of the database."""
        self._zero_ms = zero_ms
        self._uptime_ms = uptime_ms
        self._samples = deque([sample], SAMPLES_KEPT)
        self._newest_ms = 0
        self.offset_ms = zero_ms - sample.zero_ms
        """How far this clock is ahead of the database's."""

    @property
    def zero_ms(self) -> int:
        """This clock's time at uptime 0."""
        return self._zero_ms

    def now_ms(self) -> int:
        """Return Unix time in whole milliseconds."""
        self._newest_ms = max(self._newest_ms, self._zero_ms + self._uptime_ms())
        return self._newest_ms

    def note(self, sample: Sample) -> None:
        """Compare with the database's clock, once a second: move by a millisecond if it drifts away, not if it jumps.

        So this clock runs at most 0.1 % faster or slower than the machine's.
        """
        newest = self._samples[-1]
        self._samples.append(sample)
        best = min(self._samples, key=lambda each: each.way_ms)
        off_ms = best.zero_ms + self.offset_ms - self._zero_ms
        if abs(sample.zero_ms - newest.zero_ms) > STEP_MS + sample.way_ms + newest.way_ms:
            self._samples = deque([sample], SAMPLES_KEPT)
            self.offset_ms = self._zero_ms - sample.zero_ms
        elif abs(off_ms) > NEAR_MS + best.way_ms // 2:
            self._zero_ms += 1 if off_ms > 0 else -1
