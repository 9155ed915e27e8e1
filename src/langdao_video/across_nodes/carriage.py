"""The carriage between an edge node and an owner: numbered messages, and what a lost one means. Sans-I/O state.

One carriage takes everything that one edge carries to one owner, and the owner's replies. The edge alone begins one,
and gives it a number that is higher than that of any before. Each side numbers its messages from 1.

Law: what is taken was sent, once and in order. After a gap nothing more of the carriage is taken: both sides close what
it carried, and the pages come back over the next one. So neither side ever guesses what the other has heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

BEAT_MS: Final = 1_000
"""A side that has sent nothing for so long sends a beat."""
SILENCE_MS: Final = 4_000
"""A side that hears nothing for longer takes the carriage for broken. As long as the lease of a node."""
IDLE_MS: Final = 10_000
"""An edge that has carried nothing for so long lets its carriage end."""


class SeqVerdict(StrEnum):
    """What follows from a message."""

    TAKE = "take"
    """It is the next one."""
    FRESH = "fresh"
    """It begins a new carriage: what an older one carried is lost, and this message is to be taken."""
    KNOWN = "known"
    """It was taken before."""
    GAP = "gap"
    """A message before it is lost: the carriage is broken, and what it carried is to be closed."""
    STALE = "stale"
    """It belongs to a carriage that is over on this side."""


@dataclass(slots=True)
class _Carriage:
    """One side's count of a carriage. Times are in ms of a clock that nobody sets."""

    number: int
    heard_ms: int
    sent_ms: int
    used_ms: int
    sent: int = 0
    taken: int = 0

    def receive(self, seq: int, now_ms: int) -> SeqVerdict:
        if seq <= self.taken:
            return SeqVerdict.KNOWN
        if seq > self.taken + 1:
            return SeqVerdict.GAP
        self.taken = seq
        self.heard_ms = now_ms
        return SeqVerdict.TAKE

    def stamp(self, now_ms: int) -> tuple[int, int]:
        self.sent += 1
        self.sent_ms = now_ms
        return self.number, self.sent


class _Side:
    """What both sides have in common."""

    def __init__(self) -> None:
        self._carriage: _Carriage | None = None

    @property
    def is_open(self) -> bool:
        """Whether a carriage is under way."""
        return self._carriage is not None

    def stamp(self, now_ms: int) -> tuple[int, int]:
        """Return the carriage's number and the seq of the next message. Raises LookupError if none is under way."""
        if self._carriage is None:
            raise LookupError("no carriage is under way")
        return self._carriage.stamp(now_ms)

    def is_beat_due(self, now_ms: int) -> bool:
        """Tell whether the other side must hear something."""
        return self._carriage is not None and now_ms - self._carriage.sent_ms >= BEAT_MS

    def is_silent(self, now_ms: int) -> bool:
        """Tell whether the other side has been silent for too long."""
        return self._carriage is not None and now_ms - self._carriage.heard_ms > SILENCE_MS

    def _begin(self, number: int, now_ms: int) -> _Carriage:
        self._carriage = _Carriage(number, now_ms, now_ms, now_ms)
        return self._carriage


class EdgeSide(_Side):
    """The edge's side of the carriages to one owner."""

    def __init__(self) -> None:
        super().__init__()
        self._number = 0

    @property
    def number(self) -> int:
        """The number of the newest carriage; 0 before the first."""
        return self._number

    def begin(self, now_ms: int) -> None:
        """Begin a carriage, unless one is under way.

        Its number is at least the time: a side that was forgotten, and made anew, begins above all that it had before.
        """
        if self._carriage is None:
            self._number = max(self._number + 1, now_ms)
            self._begin(self._number, now_ms)

    def receive(self, number: int, seq: int, now_ms: int) -> SeqVerdict:
        """Count a message of the owner. After GAP the carriage is over."""
        if self._carriage is None or number != self._carriage.number:
            return SeqVerdict.STALE
        verdict = self._carriage.receive(seq, now_ms)
        if verdict is SeqVerdict.GAP:
            self._carriage = None
        return verdict

    def end(self, number: int | None = None) -> bool:
        """End the carriage under way, or only if it has this *number*; tell whether it did."""
        if self._carriage is None or number not in {None, self._carriage.number}:
            return False
        self._carriage = None
        return True

    def note_use(self, now_ms: int) -> None:
        """Note that something is carried."""
        if self._carriage is not None:
            self._carriage.used_ms = now_ms

    def is_idle(self, now_ms: int) -> bool:
        """Tell whether nothing has been carried for so long that the carriage may end."""
        return self._carriage is not None and now_ms - self._carriage.used_ms > IDLE_MS


class OwnerSide(_Side):
    """The owner's side of the carriages from one edge."""

    def __init__(self) -> None:
        super().__init__()
        self.over = 0
        """The newest carriage that is over on this side. A message of it, or of one before, is stale."""

    def receive(self, number: int, seq: int, now_ms: int) -> SeqVerdict:
        """Count a message of the edge. After GAP the carriage is over."""
        if number <= self.over:
            return SeqVerdict.STALE
        carriage = self._carriage
        if carriage is not None and number == carriage.number:
            verdict = carriage.receive(seq, now_ms)
        elif carriage is not None and number < carriage.number:
            return SeqVerdict.STALE
        else:
            verdict = self._begin(number, now_ms).receive(seq, now_ms)
            if verdict is SeqVerdict.TAKE:
                return SeqVerdict.FRESH
        if verdict is SeqVerdict.GAP:
            self.end()
        return verdict

    def end(self, number: int | None = None) -> bool:
        """End the carriage under way, or only if it has this *number*; tell whether it did."""
        carriage = self._carriage
        if carriage is None or number not in {None, carriage.number}:
            return False
        self.over = max(self.over, carriage.number)
        self._carriage = None
        return True
