"""What the store of this node counts: how long appends take, what failed, and how many writes share a commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from langdao_video.clock import read_elapsed_us
from langdao_video.errors import NotOwner, Unavailable
from langdao_video.tallies import SIZE_BOUNDS, Histogram


@dataclass(slots=True)
class StoreTally:
    """What the store did since the start."""

    append_us: Histogram = field(default_factory=Histogram)
    """From the call until the facts are on disk."""
    appends_failed: int = 0
    """How many appends the database did not take. A lost race or another owner is no failure."""
    commits: Histogram = field(default_factory=lambda: Histogram(SIZE_BOUNDS))
    """How many writes each group commit had. PostgreSQL joins commits by itself, so there it counts none."""

    @contextmanager
    def append(self) -> Iterator[None]:
        """Count one append."""
        began_us = read_elapsed_us()
        try:
            yield
        except NotOwner:
            raise
        except Unavailable:
            self.appends_failed += 1
            raise
        self.append_us.note(read_elapsed_us() - began_us)
