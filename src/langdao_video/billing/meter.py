"""The meter: takes the spans in which each seat was there, and counts the milliseconds in which both were (law 2).

Three laws:
- A millisecond counts once, and only where spans of *both* seats cover it.
- No millisecond counts in a question (from a warning to its resolution) or after the end.
- The count follows from the spans alone. So the bill and the statement, which read the same meter, show one figure.

`Meter` is sans-I/O state: it takes spans and proofs, and knows no clock and no store.

A span runs from a proof to a proof. The newest span of a seat may be open: its edge moves with each proof. Time that
nothing can change any more is settled: the meter adds it up and forgets its spans. So a session of any length needs
the memory of its last minutes only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from langdao_video.session.roles import ROLES, Role

NEVER_MS: Final = -1
"""Stands for a time that has not come. It is before all times, so that the newer of two times is their maximum."""
Piece = tuple[int, int]
"""From and to, Unix ms, half open."""


@dataclass(slots=True)
class Span:
    """A time in which a seat was there: from a proof to the newest proof that continues it, Unix ms, half open."""

    start_ms: int
    end_ms: int
    sitting: int = 0
    closed_by: str | None = None
    """Why the span does not go on: `silence`, `media`, `end`, or the reason of a leave. None: it may go on."""
    left_ms: int = NEVER_MS
    """The time that the leave which closed the span carries, Unix ms."""
    cut_ms: int = NEVER_MS
    """Where the span began before its first part was settled, Unix ms; NEVER_MS if none was."""

    @property
    def since_ms(self) -> int:
        """Where the span began, with what is settled of it, Unix ms."""
        return self.start_ms if self.cut_ms == NEVER_MS else self.cut_ms


@dataclass(slots=True)
class _SeatSpans:
    spans: list[Span] = field(default_factory=list)
    is_open: bool = False
    edge_ms: int = NEVER_MS


class Meter:
    """Count the milliseconds in which both seats were there."""

    __slots__ = ("_floor_ms", "_known_ms", "_questions", "_seats", "_settled_ms")

    def __init__(self) -> None:
        self._seats: dict[Role, _SeatSpans] = {role: _SeatSpans() for role in ROLES}
        self._questions: list[tuple[int, int | None]] = []
        self._settled_ms = 0
        self._floor_ms = NEVER_MS
        self._known_ms: int | None = 0

    @property
    def billable_ms(self) -> int:
        """The time in which both were there, without questions, ms."""
        if self._known_ms is None:
            self._known_ms = self._settled_ms + measure(self.pieces())
        return self._known_ms

    @property
    def floor_ms(self) -> int:
        """Up to when the count is settled, Unix ms: nothing before it may be revised. NEVER_MS: nothing is settled."""
        return self._floor_ms

    @property
    def is_asking(self) -> bool:
        """Whether a question is open. Nothing counts until it is resolved."""
        return bool(self._questions) and self._questions[-1][1] is None

    def pieces(self) -> list[Piece]:
        """Return the unsettled times that count, in order. Pieces that touch are joined."""
        student, tutor = (
            [(span.start_ms, span.end_ms) for span in self._seats[role].spans] for role in ROLES
        )
        return subtract(intersect(student, tutor), self._questions)

    def billable_until(self, at_ms: int) -> int:
        """Return what would count if the session ended at *at_ms*, which must not be before the floor, in ms."""
        return self._settled_ms + measure(
            (start, min(end, at_ms)) for start, end in self.pieces() if start < at_ms
        )

    def spans(self, role: Role) -> Sequence[Span]:
        """Return the spans of *role* that are not settled, in order."""
        return self._seats[role].spans

    def stay(self, role: Role, at_ms: int) -> tuple[int, int] | None:
        """Return the sitting of *role* at *at_ms*, and since when it has gone on there without a gap; None if not.

        Spans that touch are one stay: a revision may have cut it. It counts from its start, also if that is settled.
        """
        found: tuple[int, int] | None = None
        end_ms = NEVER_MS
        for span in self._seats[role].spans:
            if span.start_ms > at_ms:
                break
            is_one = found is not None and (span.sitting, span.start_ms) == (found[0], end_ms)
            found = found if is_one else (span.sitting, span.since_ms)
            end_ms = span.end_ms
        return found if at_ms <= end_ms else None

    def questions(self) -> Sequence[tuple[int, int | None]]:
        """Return the questions that are not settled: from, to; Unix ms."""
        return self._questions

    def is_open(self, role: Role) -> bool:
        """Tell whether *role* has a span that can still grow."""
        return self._seats[role].is_open

    def edge_ms(self, role: Role) -> int:
        """Return the newest proof of *role*, Unix ms; NEVER_MS before the first."""
        return self._seats[role].edge_ms

    # ── Changes ──────────────────────────────────────────────────────────────────────────────────

    def open(self, role: Role, at_ms: int, sitting: int = 0) -> None:
        """Begin a span of *role* at *at_ms*, or at its newest proof if that is later."""
        seat = self._seats[role]
        seat.edge_ms = max(at_ms, seat.edge_ms)
        seat.spans.append(Span(seat.edge_ms, seat.edge_ms, sitting))
        seat.is_open = True

    def extend(self, role: Role, at_ms: int) -> None:
        """Move the edge of *role*'s open span to *at_ms*, because a proof continues it. The edge never moves back."""
        seat = self._seats[role]
        if seat.is_open and at_ms > seat.edge_ms:
            seat.spans[-1].end_ms = seat.edge_ms = at_ms
            self._known_ms = None

    def close(self, role: Role, at_ms: int, why: str, left_ms: int | None = None) -> None:
        """End the open span of *role* at its last proof *at_ms*. If it is closed already, change only the reason."""
        self.extend(role, at_ms)
        seat = self._seats[role]
        seat.is_open = False
        if seat.spans:
            seat.spans[-1].closed_by = why
            seat.spans[-1].left_ms = NEVER_MS if left_ms is None else left_ms

    def revise(
        self, role: Role, within: Piece, spans: Sequence[Span], edge_ms: int, *, is_open: bool
    ) -> None:
        """Replace the presence of *role* *within* these times (both included) by *spans*; set its edge to *edge_ms*."""
        seat, (from_ms, to_ms) = self._seats[role], within
        before = [_clip(span, 0, from_ms) for span in seat.spans if span.start_ms < from_ms]
        after = [_clip(span, to_ms, span.end_ms) for span in seat.spans if span.end_ms > to_ms]
        seat.spans = [*before, *(_clip(span, 0, span.end_ms) for span in spans), *after]
        seat.edge_ms, seat.is_open = edge_ms, is_open and bool(seat.spans)
        if seat.is_open:
            seat.spans[-1].closed_by = None
        self._known_ms = None

    def ask(self, from_ms: int) -> None:
        """Stand still from *from_ms* on. Later proofs do not change that."""
        if not self.is_asking:
            self._questions.append((from_ms, None))
            self._known_ms = None

    def resolve(self, at_ms: int) -> None:
        """Count again from *at_ms* on."""
        if self.is_asking:
            from_ms, _ = self._questions.pop()
            self._questions.append((from_ms, max(from_ms, at_ms)))
            self._known_ms = None

    def end(self, at_ms: int) -> None:
        """Forget everything after the end at *at_ms*, which must not be before the floor."""
        for seat in self._seats.values():
            seat.spans = [_clip(span, 0, at_ms) for span in seat.spans if span.start_ms <= at_ms]
        self._known_ms = None

    def settle(self, floor_ms: int) -> None:
        """Add up the time before *floor_ms*, before which the caller will revise nothing. The count stays the same."""
        if floor_ms <= self._floor_ms:
            return
        self._settled_ms += measure(
            (start, min(end, floor_ms)) for start, end in self.pieces() if start < floor_ms
        )
        self._floor_ms = floor_ms
        for seat in self._seats.values():
            last = seat.spans[-1] if seat.is_open else None
            seat.spans = [span for span in seat.spans if span.end_ms > floor_ms or span is last]
            for span in seat.spans:
                cut_to_ms = min(floor_ms, span.end_ms)
                if span.start_ms < cut_to_ms:
                    span.cut_ms, span.start_ms = span.since_ms, cut_to_ms
        self._questions = [asked for asked in self._questions if asked[1] is None or asked[1] > floor_ms]


def _clip(span: Span, from_ms: int, to_ms: int) -> Span:
    start_ms, end_ms = max(span.start_ms, from_ms), min(span.end_ms, to_ms)
    cut_ms = span.cut_ms if start_ms == span.start_ms else NEVER_MS
    return Span(start_ms, end_ms, span.sitting, span.closed_by, span.left_ms, cut_ms)


def measure(pieces: Iterable[Piece]) -> int:
    """Count the milliseconds of disjoint *pieces*."""
    return sum(end_ms - start_ms for start_ms, end_ms in pieces)


def intersect(one: Sequence[Piece], two: Sequence[Piece]) -> list[Piece]:
    """Return the overlaps of two ordered lists of pieces, in order. Overlaps that touch are joined."""
    overlaps: list[Piece] = []
    i = j = 0
    while i < len(one) and j < len(two):
        start_ms, end_ms = max(one[i][0], two[j][0]), min(one[i][1], two[j][1])
        if start_ms < end_ms:
            if overlaps and overlaps[-1][1] == start_ms:
                start_ms = overlaps.pop()[0]
            overlaps.append((start_ms, end_ms))
        if one[i][1] <= two[j][1]:
            i += 1
        else:
            j += 1
    return overlaps


def subtract(pieces: Sequence[Piece], holes: Iterable[tuple[int, int | None]]) -> list[Piece]:
    """Return what is left of ordered *pieces* without *holes*. A hole whose end is None never ends."""
    rest = list(pieces)
    for from_ms, to_ms in holes:
        before = [(start_ms, min(end_ms, from_ms)) for start_ms, end_ms in rest if start_ms < from_ms]
        after = (
            [] if to_ms is None else [(max(start_ms, to_ms), end) for start_ms, end in rest if end > to_ms]
        )
        rest = before + after
    return rest
