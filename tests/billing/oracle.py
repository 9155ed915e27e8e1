"""A slow meter that is obviously right: law 2 read aloud, with sets of milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Proofs = Sequence[Sequence[int]]
"""Sittings of one seat, each the times of its proofs."""


def there(sittings: Proofs, silence_ms: int) -> set[int]:
    """Return every millisecond in which the seat was there: between two proofs of one sitting, close enough."""
    alive: set[int] = set()
    for sitting in sittings:
        proofs = sorted(sitting)
        for earlier, later in pairwise(proofs):
            if later - earlier <= silence_ms:
                alive |= set(range(earlier, later))
    return alive


def billable_ms(student: Proofs, tutor: Proofs, silence_ms: int) -> int:
    """Count the milliseconds in which both were there."""
    return len(there(student, silence_ms) & there(tutor, silence_ms))
