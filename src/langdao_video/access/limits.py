"""Limits how much one socket may send: a token bucket. Sans-I/O state: it gets the time as *now_ms*."""

from __future__ import annotations


class TokenBucket:
    """Allow *burst* takes at once, and *per_second* takes a second in the long run."""

    __slots__ = ("_burst", "_level", "_per_second", "_seen_ms")

    def __init__(self, per_second: int, burst: int, now_ms: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._level = float(burst)
        self._seen_ms = now_ms

    def take(self, now_ms: int) -> bool:
        """Take one token; return False if there is none."""
        self._level = min(self._burst, self._level + (now_ms - self._seen_ms) * self._per_second / 1000)
        self._seen_ms = now_ms
        if self._level < 1:
            return False
        self._level -= 1
        return True
