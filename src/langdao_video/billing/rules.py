"""The thresholds of the bill. A room has thresholds of its own, in `signaling/rules.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from langdao_video.session.claims import DisputeRule

HEARTBEAT_MS: Final = 10_000
"""How often a call service proves that a seat is alive (R22)."""
SILENCE_MS: Final = 25_000
"""2.5 × the heartbeat interval (R38). Two proofs further apart prove nothing about the time between them."""


@dataclass(frozen=True, slots=True)
class BillRules:
    """When the meter stands still, when somebody is asked, and when a session ends by itself. All in ms."""

    silence_ms: int = SILENCE_MS
    """A taken seat that has no proof for longer than this is lost (R38)."""
    warn_after_ms: int = 5_000
    """A seat that is back within this time after its last proof causes no warning: it was a reload or a short drop."""
    grace_ms: int = 30_000
    """How long a question stays open before the session ends by itself (R39)."""
    media_ms: int = 15_000
    """The meter stands still when no media from the other side has arrived for longer than this."""
    starved_ms: int = 20_000
    """If a page says that nothing arrives, two proofs around that are joined only if they are at most this far apart:
    a stop of 15 s, and a ping to find its end."""
    disputes: DisputeRule = "ask"
    """`pause`: nobody is asked about a page's claim, and the meter stands still as long as the claim lasts."""
    vacant_ms: int = 3_600_000
    """A waiting session with nobody in it counts as under way for this long after its last proof. A clock that restarts
    must not start before that proof (docs/decisions/0007)."""
