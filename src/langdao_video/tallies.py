"""Counts what happens, for /metrics. Pure: a part of the service adds to its own tally, and the collector reads it.

Law: a tally costs its owner an addition. It knows no library, no name of a metric, no session and no address.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Final

MICROSECONDS: Final = 1_000_000
LATENCY_BOUNDS_US: Final = (
    *(500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000),
    *(250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000),
)
SIZE_BOUNDS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
LABELS_MAX: Final = 64
"""How many words a `WordCounts` keeps apart. What comes then counts as `other`."""


class Histogram:
    """Count values by size. *bounds* ascend; a value counts in the first bucket whose bound it does not exceed."""

    __slots__ = ("_bounds", "_counts", "total")

    def __init__(self, bounds: Iterable[int] = LATENCY_BOUNDS_US) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)
        self.total = 0
        """The sum of all values."""

    def note(self, value: int) -> None:
        """Count *value*."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self.total += value

    @property
    def count(self) -> int:
        """How many values were counted."""
        return sum(self._counts)

    def cumulate(self) -> Iterator[tuple[int | None, int]]:
        """Yield each bound with how many values are at most that, and at last None with how many there are."""
        count = 0
        for bound, more in zip((*self._bounds, None), self._counts, strict=True):
            count += more
            yield bound, count


class WordCounts:
    """Count by a word, such as a reason. At most LABELS_MAX words are kept apart, however many come."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def note(self, word: str) -> None:
        """Count *word*."""
        counts = self._counts
        if word not in counts and len(counts) >= LABELS_MAX:
            word = "other"
        counts[word] = counts.get(word, 0) + 1

    def items(self) -> list[tuple[str, int]]:
        """Return each word with its count."""
        return [*self._counts.items()]
