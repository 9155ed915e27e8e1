"""The thresholds of the bill. A room has thresholds of its own, in `signaling/rules.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from langdao_video.session.claims import DisputeRule

HEARTBEAT_MS: Final = 10_000
"""How often a call service proves that a seat is alive (R22)."""
SILENCE_MS: Final = 25_000
"""2.5 × the heartbeat interval (R38): two proofs further apart prove nothing about the time between them."""


@dataclass(frozen=True, slots=True)
class BillRules:
    """When the meter stands still, when somebody is asked, when a session ends by itself. All in ms."""

    silence_ms: int = SILENCE_MS
    """A taken seat without proof for longer than this is lost (R38)."""
    warn_after_ms: int = 5_000
    """A seat that comes back within this time after its last proof causes no warning: a reload, a short drop."""
    grace_ms: int = 30_000
    """How long the other is asked before the session ends by itself (R39)."""
    media_ms: int = 15_000
    """Without media from the other side for longer than this the meter stands still."""
    starved_ms: int = 20_000
    """Two proofs further apart are not joined if it was said between them that nothing arrives: a stop of 15 s, and
    a ping to find its end."""
    disputes: DisputeRule = "ask"
    """`pause`: nobody is asked about what a page claims; the meter stands still as long as it does."""
    vacant_ms: int = 3_600_000
    """A lesson that waits with nobody in it is under way for this long after its last proof: a clock that starts again
    must not start before it (docs/decisions/0007)."""
