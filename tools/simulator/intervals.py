"""The oracle's arithmetic: sets of milliseconds as ordered lists of half open intervals. Pure, simple and slow.

Law: it shares no code with the meter that the oracle judges.
"""

from __future__ import annotations

from collections.abc import Iterable

Intervals = list[tuple[int, int]]
"""Half open intervals: ordered, disjoint, and none is empty."""


def union(*sets: Iterable[tuple[int, int]]) -> Intervals:
    """Return all milliseconds that are in any of *sets*. Their pieces may be in any order and may overlap."""
    joined: Intervals = []
    for start, end in sorted(piece for pieces in sets for piece in pieces if piece[0] < piece[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def intersect(one: Intervals, two: Intervals) -> Intervals:
    """Return all milliseconds that are in both."""
    return union((max(a, c), min(b, d)) for a, b in one for c, d in two if c < b and a < d)


def subtract(one: Intervals, two: Intervals) -> Intervals:
    """Return all milliseconds of *one* that are not in *two*."""
    rest: Intervals = []
    for start, end in one:
        for a, b in two:
            if a < end and start < b:
                if start < a:
                    rest.append((start, a))
                start = max(start, b)  # noqa: PLW2901 - what is left of this piece
        if start < end:
            rest.append((start, end))
    return rest


def close_gaps(pieces: Intervals, gap_max: int) -> Intervals:
    """Join pieces that are at most *gap_max* apart."""
    joined: Intervals = []
    for start, end in pieces:
        if joined and start - joined[-1][1] <= gap_max:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def measure(pieces: Intervals) -> int:
    """Count the milliseconds in *pieces*."""
    return sum(end - start for start, end in pieces)


def covers(pieces: Intervals, start: int, end: int) -> bool:
    """Tell whether every millisecond from *start* to *end* is in *pieces*."""
    return any(a <= start and end <= b for a, b in pieces)
