"""The thresholds of a room. The bill has thresholds of its own, in `billing/rules.py`."""

from __future__ import annotations

from dataclasses import dataclass

from langdao_video.session.claims import DisputeRule


@dataclass(frozen=True, slots=True)
class RoomRules:
    """When a socket is pinged, when it is dead, and how long a seat is kept. All in ms."""

    ping_ms: int = 5_000
    heartbeat_ms: int = 10_000
    seat_kept_ms: int = 5_000
    """How long a seat is kept after its socket is gone without a goodbye."""
    socket_dead_ms: int = 15_000
    """A socket that has sent nothing for this long is dead, and is closed."""
    media_ms: int = 15_000
    """When no media has arrived at a seat for this long, the room reports it at once: the meter stands still."""
    media_start_ms: int = 30_000
    """How long a seat counts as reached although no media arrives, until media has arrived at both seats."""
    restore_ms: int = 15_000
    """How long a seat is kept after a restart of the service, because pages come back one after the other."""
    last_call_ms: int = 1_000
    """How long the end waits for both sides' last proofs, so that the bill is right to the second."""
    bill_wait_ms: int = 5_000
    """How long the end waits for the final bill before both are told without it."""
    disputes: DisputeRule = "ask"
    """`bill`: a claim that the other side's evidence contradicts does not stop the meter."""
