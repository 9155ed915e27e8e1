"""Decides when the sockets of a room or a lobby are pinged, and when one is dead. Sans-I/O state.

Law: late ticks do not add up. Each ping is due one interval after the previous ping was due, not after it was sent.
"""

from __future__ import annotations

from langdao_video.signaling.rules import RoomRules


class Liveness:
    """Ping every `ping_ms`. A socket that has sent nothing for longer than `socket_dead_ms` is dead."""

    __slots__ = ("_next_ping_ms", "_rules")

    def __init__(self, rules: RoomRules, next_ping_ms: int | None = None) -> None:
        self._rules = rules
        self._next_ping_ms = next_ping_ms
        """When the next ping is due, Unix ms; None: at the next tick."""

    @property
    def due_ms(self) -> int:
        """When all sockets must be pinged next, Unix ms; 0: at once."""
        return self._next_ping_ms or 0

    def dies_ms(self, heard_ms: int) -> int:
        """Return from when on a socket is dead whose newest frame came at *heard_ms*, Unix ms."""
        return heard_ms + self._rules.socket_dead_ms + 1

    def is_dead(self, heard_ms: int, now_ms: int) -> bool:
        """Tell whether a socket is dead whose newest frame came at *heard_ms*."""
        return now_ms >= self.dies_ms(heard_ms)

    def restart(self, now_ms: int) -> None:
        """Count the interval anew from *now_ms*, when all sockets were pinged."""
        self._next_ping_ms = now_ms + self._rules.ping_ms

    def take_due(self, now_ms: int) -> bool:
        """Tell whether all sockets must be pinged now; if so, set the next time."""
        if self._next_ping_ms is None:
            self._next_ping_ms = now_ms
        if now_ms < self._next_ping_ms:
            return False
        late_ms = min(now_ms - self._next_ping_ms, self._rules.ping_ms // 2)
        self._next_ping_ms = now_ms + self._rules.ping_ms - late_ms
        return True
