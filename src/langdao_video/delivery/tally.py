"""What the deliveries of this node count: how each try ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from langdao_video.tallies import WordCounts


@dataclass(slots=True)
class DeliveryTally:
    """The tries since the start, of all endpoints."""

    tries: WordCounts = field(default_factory=WordCounts)
    """`taken`; `refused` with a status that is not 2xx; `failed` without any answer."""
    parked: int = 0
    """How many events were given up after three days."""

    def note(self, status: int | None, *, is_taken: bool, parked: int) -> None:
        """Count a try."""
        self.tries.note("taken" if is_taken else "failed" if status is None else "refused")
        self.parked += parked
