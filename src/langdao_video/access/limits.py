"""Limits how much one socket may send: a token bucket. Sans-I/O state: it gets the time as *now_ms*."""

from __future__ import annotations


class TokenBucket:
    """Allow *burst* takes at once, and *per_second* takes a second in the long run."""

    __slots__ = ("_full", "_level", "_per_second", "_seen_ms")

    def __init__(self, per_second: int, burst: int, now_ms: int) -> None:
        self._per_second = per_second
        # In thousandths, so that a level is an integer after any number of ms.
        self._full = self._level = burst * 1000
        self._seen_ms = now_ms

    def take(self, now_ms: int) -> bool:
        """Take one token; return False if there is none."""
        if now_ms != self._seen_ms:
            level = self._level + (now_ms - self._seen_ms) * self._per_second
            self._level = level if level < self._full else self._full  # noqa: FURB136 - a call costs twice as much
            self._seen_ms = now_ms
        if self._level < 1000:  # noqa: PLR2004 - one token
            return False
        self._level -= 1000
        return True
