"""What the rooms of this node count: sockets and frames of each driver, joins, and why seats and sockets were left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from langdao_video.errors import LangDAOError
from langdao_video.session.events import UserConnected, UserDisconnected
from langdao_video.signaling.effects import Close, Decide, Effect, Emit
from langdao_video.tallies import Histogram, WordCounts

Driver = Literal["portable", "fast", "node"]
"""What carries the frames of a socket (decision 0004)."""
DRIVERS: Final[tuple[Driver, ...]] = ("portable", "fast", "node")


@dataclass(slots=True)
class DriverTally:
    """The sockets of one driver, and their frames."""

    opened: int = 0
    closed: int = 0
    seated: int = 0
    """How many sockets have a seat now."""
    frames_in: int = 0
    frames_out: int = 0
    frames_dropped: int = 0
    """How many frames came faster than a page may send."""


@dataclass(slots=True)
class SignalingTally:
    """What happened in the rooms since the start."""

    drivers: defaultdict[Driver, DriverTally] = field(default_factory=lambda: defaultdict(DriverTally))
    joins: WordCounts = field(default_factory=WordCounts)
    """`new`, `resumed`, `taken-over`; `asked` whether to take over; `refused`, `unavailable`, `failed`."""
    join_us: Histogram = field(default_factory=Histogram)
    """From the frame `join` until the page is seated, with the time that its room takes to open."""
    left: WordCounts = field(default_factory=WordCounts)
    """The sittings that ended, by the reason of `user-disconnected`."""
    closed: WordCounts = field(default_factory=WordCounts)
    """The sockets that we closed, by the reason in the close frame."""

    def note_join(self, effects: Iterable[Effect], *, is_seated: bool) -> None:
        """Count a join that a room has answered with *effects*."""
        came = (effect.event for effect in effects if isinstance(effect, Emit))
        begun = next((event for event in came if isinstance(event, UserConnected)), None)
        if not is_seated:
            is_final = any(isinstance(effect, Close) for effect in effects)
            self.joins.note("refused" if is_final else "asked")
        elif begun is None:
            self.joins.note("resumed")
        else:
            self.joins.note("taken-over" if begun.took_over else "new")

    def note_failure(self, error: Exception) -> None:
        """Count a join that did not reach its room, or whose room did not open."""
        if not isinstance(error, LangDAOError):
            self.joins.note("failed")
        else:
            self.joins.note("unavailable" if error.retry else "refused")

    def note_reported(self, effect: Emit | Decide) -> None:
        """Count the end of a sitting."""
        if isinstance(effect, Emit) and isinstance(effect.event, UserDisconnected):
            self.left.note(effect.event.reason)
