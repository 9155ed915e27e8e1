"""What the bill of this node counts: how long proofs wait until they are saved, and how many go together."""

from __future__ import annotations

from dataclasses import dataclass, field

from langdao_video.tallies import SIZE_BOUNDS, Histogram


@dataclass(slots=True)
class ProofTally:
    """The batches of proofs that were tried since the start."""

    saved_us: Histogram = field(default_factory=Histogram)
    """From the first proof of a batch until the store has saved the batch."""
    sizes: Histogram = field(default_factory=lambda: Histogram(SIZE_BOUNDS))
    """How many proofs each batch had."""
    failed: int = 0
    """How many batches the store did not take as a whole."""
