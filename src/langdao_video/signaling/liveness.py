"""When the sockets of a room or a lobby are pinged, and when one is dead. Sans-I/O state.

Law: the ticks' lateness does not add up: the next ping is due from when this one was, not from when it went out.
"""

from __future__ import annotations

from langdao_video.signaling.rules import RoomRules


class Liveness:
    """Ping every `ping_ms`; a socket on which nothing came for longer than `socket_dead_ms` is dead."""

    def __init__(self, rules: RoomRules, next_ping_ms: int | None = None) -> None:
        self._rules = rules
        self._next_ping_ms = next_ping_ms
        """Unix ms; None: at the next tick."""

    def is_dead(self, heard_ms: int, now_ms: int) -> bool:
        """Tell whether a socket that was heard last at *heard_ms* is dead."""
        return now_ms - heard_ms > self._rules.socket_dead_ms

    def restart(self, now_ms: int) -> None:
        """Note that all were pinged at *now_ms*, whatever was due."""
        self._next_ping_ms = now_ms + self._rules.ping_ms

    def take_due(self, now_ms: int) -> bool:
        """Tell whether all are to be pinged now; if so, the next time is set."""
        if self._next_ping_ms is None:
            self._next_ping_ms = now_ms
        if now_ms < self._next_ping_ms:
            return False
        late_ms = min(now_ms - self._next_ping_ms, self._rules.ping_ms // 2)
        self._next_ping_ms = now_ms + self._rules.ping_ms - late_ms
        return True
