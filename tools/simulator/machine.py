"""The clock of the machine that the service runs on, and its readings at every true instant.

The oracle needs the readings: it knows the truth in true time, but the bill is in the service's time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from langdao_video.clock import plan_start
from tools.simulator.intervals import Intervals, union
from tools.simulator.world import World

EPOCH_MS: Final = 1_790_000_000_000
"""The time of a right wall clock when the lesson begins, Unix ms."""
_AHEAD_MS_MAX: Final = 30_000


@dataclass(slots=True)
class _ClockPiece:
    """From *from_ms* (true time) on, a reading is the machine's uptime + *base_ms*, but at most *limit_ms*."""

    from_ms: int
    base_ms: int
    limit_ms: int | None = None


@dataclass(slots=True)
class Machine:
    """A machine whose wall clock can be set and whose clocks can be slewed. It is the Clock of what runs on it."""

    world: World
    wall_base_ms: int = EPOCH_MS
    boot: int = 0
    torn_ms: int = 0
    """The reading before which another clock told the time."""
    _zeros_ms: dict[int, int] = field(default_factory=dict)
    """For each boot, the time that its newest start gave to uptime 0. The store keeps it (`store/server_clock.py`)."""
    _rates: list[tuple[int, int, int]] = field(default_factory=lambda: [(0, 0, 0)])
    _pieces: list[_ClockPiece] = field(default_factory=list)

    def now_ms(self) -> int:
        """Return the time of the service's clock."""
        return self._pieces[-1].base_ms + self._uptime_ms(self.world.now_ms)

    def start(self, newest_ms: int) -> None:
        """Start the service's clock as the real service does. *newest_ms* is the newest time in its store."""
        uptime_ms = self._uptime_ms(self.world.now_ms)
        wall_ms = self.wall_base_ms + uptime_ms
        zero_ms = self._zeros_ms.get(self.boot)
        start = plan_start(wall_ms, None if zero_ms is None else zero_ms + uptime_ms, newest_ms)
        self.torn_ms = 0 if start.goes_on else start.at_ms
        self._zeros_ms[self.boot] = start.at_ms - uptime_ms
        if self._pieces:
            self._pieces[-1].limit_ms = start.at_ms
        self._pieces.append(_ClockPiece(self.world.now_ms, start.at_ms - uptime_ms))

    def stop(self) -> None:
        """Stop the service. While it is down, readings go on as its clock would have gone on."""
        self._pieces.append(_ClockPiece(self.world.now_ms, self._pieces[-1].base_ms))

    def step(self, by_ms: int, *, is_believed: bool = False) -> None:
        """Set the wall clock by *by_ms*. *is_believed*: the service reads it all the time, so it follows at once."""
        self.wall_base_ms += by_ms
        if is_believed:
            base_ms = self._pieces[-1].base_ms + by_ms
            self._pieces.append(_ClockPiece(self.world.now_ms, base_ms))

    def move(self) -> None:
        """Continue on another machine, whose wall clock is right (docs/decisions/0007: machines agree on the time)."""
        self.boot += 1
        self.wall_base_ms = EPOCH_MS

    def slew(self, ppm: int) -> None:
        """Make every clock of this machine faster by *ppm* millionths, or slower if *ppm* is negative."""
        now_ms = self.world.now_ms
        self._rates.append((now_ms, self._uptime_ms(now_ms), ppm))

    def is_wrong(self) -> bool:
        """Tell whether the clock was ever so far ahead that another service may refuse its times."""
        return any(piece.base_ms - EPOCH_MS > _AHEAD_MS_MAX for piece in self._pieces)

    def is_off(self) -> bool:
        """Tell whether the service's clock differs from a right wall clock."""
        return bool(self._pieces) and self._pieces[-1].base_ms != EPOCH_MS

    def readings(self, pieces: Intervals) -> list[Intervals]:
        """Return the readings of the service's clock in *pieces* of true time; start a new set after each step back.

        The same reading before and after a step back stands for two different instants.
        """
        read: list[Intervals] = [[]]
        newest_ms = 0
        for piece, until_ms in zip(self._pieces, self._untils_ms(), strict=True):
            if piece.base_ms + self._uptime_ms(piece.from_ms) < newest_ms:
                read.append([])
                newest_ms = 0
            newest_ms = max(newest_ms, self._read(piece, min(until_ms, self.world.now_ms)))
            for start_ms, end_ms in pieces:
                a, b = max(start_ms, piece.from_ms), min(end_ms, until_ms)
                if a < b:
                    read[-1].append((self._read(piece, a), self._read(piece, b)))
        return [union(each) for each in read]

    def reaches_ms(self, reading_ms: int, from_ms: int) -> int:
        """Return from when on, at *from_ms* or later, the service's clock reads *reading_ms* or more. True times."""
        for piece, until_ms in zip(self._pieces, self._untils_ms(), strict=True):
            start_ms = max(from_ms, piece.from_ms)
            behind_ms = max(0, reading_ms - self._read(piece, start_ms))
            if start_ms + behind_ms < until_ms:
                return start_ms + behind_ms
        return from_ms

    def _untils_ms(self) -> list[int]:
        """Return when each piece ends, in true time."""
        return [*(piece.from_ms for piece in self._pieces[1:]), 2**62]

    def _read(self, piece: _ClockPiece, true_ms: int) -> int:
        reading_ms = piece.base_ms + self._uptime_ms(true_ms)
        return reading_ms if piece.limit_ms is None else min(reading_ms, piece.limit_ms)

    def _uptime_ms(self, true_ms: int) -> int:
        for from_ms, uptime_ms, ppm in reversed(self._rates):
            if true_ms >= from_ms:
                elapsed_ms = true_ms - from_ms
                return uptime_ms + elapsed_ms + elapsed_ms * ppm // 1_000_000
        return true_ms
