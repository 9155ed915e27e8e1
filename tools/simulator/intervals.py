"""Sets of milliseconds as ordered lists of half open intervals. Pure, simple and slow: the oracle's arithmetic.

Law: nothing here is shared with the meter it judges.
"""

from __future__ import annotations

from collections.abc import Iterable

Intervals = list[tuple[int, int]]
"""Ordered, disjoint, none empty."""


def union(*sets: Iterable[tuple[int, int]]) -> Intervals:
    """Return every millisecond that is in one of *sets*, whose pieces may be in any order and overlap."""
    joined: Intervals = []
    for start, end in sorted(piece for pieces in sets for piece in pieces if piece[0] < piece[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def intersect(one: Intervals, two: Intervals) -> Intervals:
    """Return every millisecond that is in both."""
    return union((max(a, c), min(b, d)) for a, b in one for c, d in two if c < b and a < d)


def subtract(one: Intervals, two: Intervals) -> Intervals:
    """Return every millisecond of *one* that is not in *two*."""
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
    """Count the milliseconds."""
    return sum(end - start for start, end in pieces)


def covers(pieces: Intervals, start: int, end: int) -> bool:
    """Tell whether every millisecond from *start* to *end* is in *pieces*."""
    return any(a <= start and end <= b for a, b in pieces)
