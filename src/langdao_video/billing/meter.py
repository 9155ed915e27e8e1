"""The meter: from proofs that a seat is alive to the milliseconds in which both were (law 2).

Two laws: time is billed only where a span of *both* seats covers it; a proof that comes late, twice or out
of order changes nothing that was already counted.

A seat has spans, each a start and an edge (its newest proof). When an edge moves, the piece it moved over is
intersected with the spans of the other seat, so every overlap is counted exactly once, by whichever edge
passes it last. Spans that the other seat's edge has passed are forgotten: O(1) memory a session.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from langdao_video.session.roles import Role, other

HEARTBEAT_MS: Final = 10_000
"""How often a call service proves that a seat is alive (R22)."""
SILENCE_MS: Final = 25_000
"""2.5 × the heartbeat interval (R38): two proofs further apart prove nothing about the time between them."""
_SPANS_MAX: Final = 64
"""Spans kept of one seat while the other's edge stands still; the oldest goes first, which can only bill less."""


@dataclass(slots=True)
class Span:
    """Time a seat was alive: from its first proof to its newest, Unix ms, half open."""

    start_ms: int
    edge_ms: int


@dataclass(slots=True)
class _Seat:
    spans: deque[Span] = field(default_factory=deque)
    is_open: bool = False
    edge_ms: int = -1


def continues(edge_ms: int, at_ms: int, silence_ms: int = SILENCE_MS) -> bool:
    """Tell whether a proof at *at_ms* proves the time since the proof at *edge_ms*: at most *silence_ms* apart."""
    return at_ms - edge_ms <= silence_ms


class Meter:
    """Count the milliseconds in which both seats were alive. The order between the two seats does not matter."""

    __slots__ = ("_seats", "billable_ms")

    def __init__(self) -> None:
        self._seats: dict[Role, _Seat] = {"student": _Seat(), "tutor": _Seat()}
        self.billable_ms = 0

    def open(self, role: Role, at_ms: int) -> None:
        """Begin a span of *role* at *at_ms*, or at its newest proof if that is later."""
        seat = self._seats[role]
        seat.edge_ms = max(at_ms, seat.edge_ms)
        seat.spans.append(Span(seat.edge_ms, seat.edge_ms))
        seat.is_open = True
        if len(seat.spans) > _SPANS_MAX:
            seat.spans.popleft()

    def extend(self, role: Role, at_ms: int) -> None:
        """Move the edge of *role*'s open span to *at_ms*. The caller has asked `continues` before."""
        seat = self._seats[role]
        if not seat.is_open or at_ms <= seat.edge_ms:
            return
        across = self._seats[other(role)]
        self.billable_ms += sum(
            max(0, min(at_ms, span.edge_ms) - max(seat.edge_ms, span.start_ms)) for span in across.spans
        )
        seat.spans[-1].edge_ms = seat.edge_ms = at_ms
        _forget_passed(across, at_ms)

    def close(self, role: Role, at_ms: int) -> None:
        """End the open span of *role* at its last proof *at_ms*."""
        self.extend(role, at_ms)
        self._seats[role].is_open = False

    def is_open(self, role: Role) -> bool:
        """Tell whether *role* has a span that can still grow."""
        return self._seats[role].is_open

    def edge_ms(self, role: Role) -> int:
        """Return the newest proof of *role*, Unix ms; -1 before the first."""
        return self._seats[role].edge_ms


def _forget_passed(seat: _Seat, passed_ms: int) -> None:
    while len(seat.spans) > int(seat.is_open) and seat.spans[0].edge_ms <= passed_ms:
        seat.spans.popleft()
