"""How long a node may decide after it has last said that it lives. Sans-I/O state: it is fed this machine's uptime.

Law: a node stops deciding before another one can take its rooms. Its own clock counts from before it asked the store,
and the store's from after it was asked; both count while the process is stopped.
"""

from __future__ import annotations

from typing import Final

DECIDES_MS: Final = 3_000
"""How long a node decides after a renewal began. The second less than LEASE_MS is for clocks that run unevenly."""
GIVES_UP_MS: Final = 10_000
"""After so long without a renewal a node gives its rooms up, so that its pages look for another one. Not earlier: when
a database restarts, no node can renew, and the pages are best off where they are."""


class Lease:
    """The lease of this node. All times are uptimes in ms."""

    def __init__(self) -> None:
        self._began_ms: int | None = None

    def renew(self, began_ms: int) -> None:
        """Note a renewal that was answered. *began_ms* is when the store was asked."""
        self._began_ms = began_ms

    def decides(self, uptime_ms: int) -> bool:
        """Tell whether this node may decide."""
        return self._began_ms is not None and uptime_ms - self._began_ms < DECIDES_MS

    def is_given_up(self, uptime_ms: int) -> bool:
        """Tell whether this node has to give its rooms up."""
        return self._began_ms is None or uptime_ms - self._began_ms >= GIVES_UP_MS
