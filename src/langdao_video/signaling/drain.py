"""A process that stops soon: what it tells its rooms, and when. Sans-I/O state.

Law: the pages of one room are told together, because two pages in two processes do not hear each other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from langdao_video.errors import Unavailable
from langdao_video.signaling.messages import Moving

ROOMS_PER_SECOND: Final = 100
"""How many rooms are told to move. Another process opens more in a second, even on one core."""


class Drain:
    """Tell the rooms *names* to move, evenly, in the first half of the *window_ms* that are left (from *now_ms*)."""

    def __init__(self, process: str, names: Iterable[str], now_ms: int, window_ms: int) -> None:
        self._process = process
        self._untold = deque(names)
        self._rooms = len(self._untold)
        self._began_ms = now_ms
        self._spread_ms = min(window_ms // 2, self._rooms * 1_000 // ROOMS_PER_SECOND)
        self._ends_ms = now_ms + window_ms

    def take_due(self, now_ms: int) -> list[str]:
        """Return the rooms to be told by now, each once."""
        passed_ms = min(now_ms - self._began_ms, self._spread_ms)
        due = self._rooms if passed_ms == self._spread_ms else 1 + self._rooms * passed_ms // self._spread_ms
        told = self._rooms - len(self._untold)
        return [self._untold.popleft() for _ in range(due - told)]

    def write(self, now_ms: int) -> Moving:
        """Return the frame for a page."""
        return Moving(leaving=self._process, within_ms=max(0, self._ends_ms - now_ms))

    def refuse_room(self) -> Unavailable:
        """Return the answer to someone whose room is not here."""
        return Unavailable("service-moving", "This process is about to stop; the page tries again by itself.")

    def check(self, leaving: str | None) -> None:
        """Refuse a socket that looks for another process than this one. Raises Unavailable `service-moving`."""
        if leaving == self._process:
            raise self.refuse_room()
