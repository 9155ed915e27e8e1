"""The thresholds of a room. The bill has thresholds of its own, in `billing/rules.py`."""

from __future__ import annotations

from dataclasses import dataclass

from langdao_video.session.claims import DisputeRule


@dataclass(frozen=True, slots=True)
class RoomRules:
    """When a socket is pinged, when it is dead, how long a seat is kept. All in ms."""

    ping_ms: int = 5_000
    heartbeat_ms: int = 10_000
    seat_kept_ms: int = 5_000
    """How long a seat is kept for a socket that went without goodbye."""
    socket_dead_ms: int = 15_000
    """A socket on which nothing came for this long is dead, and is closed."""
    media_ms: int = 15_000
    """A seat at which nothing arrives for this long is reported at once: the meter stands still."""
    media_start_ms: int = 30_000
    """Until media has arrived at both, a seat to which the other side sends counts as reached for this long."""
    restore_ms: int = 15_000
    """How long a seat is kept after a restart of the service: pages come back one after the other."""
    last_call_ms: int = 1_000
    """How long the end waits for the other side's last proof, so that the bill is right to the second."""
    bill_wait_ms: int = 5_000
    """How long the end waits for the final bill before both are told without it."""
    disputes: DisputeRule = "ask"
    """`bill`: a claim that the other side's evidence contradicts does not stop the meter."""
