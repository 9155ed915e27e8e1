"""Prints the small plain-text tables of the benches, and compares what was measured in rounds."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print *rows* under *head*: the first column is flush left, the others are flush right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    print(f"\n{title}")
    for row in (head, ["─" * width for width in widths], *rows):
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())


def paired_ratio(values: Sequence[float], references: Sequence[float]) -> float:
    """Return the median of each value ÷ the reference of its round. What slows a whole round down is in neither."""
    return median(value / reference for value, reference in zip(values, references, strict=True))
