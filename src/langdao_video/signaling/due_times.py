"""Keeps when each of many names is due, so that nobody has to look at those that are not. Sans-I/O state.

A heap with one wake-up for each name, or a few. A time that moves away costs nothing: the wake-up stays, and when it
comes the name is put back. So a name whose time moves all the time, as a room's does, is looked at once in a while.

Bound: a name that moves nearer again and again leaves its old wake-ups behind. When there are twice as many wake-ups as
names, the heap is built anew.
"""

from __future__ import annotations

import heapq
from typing import Final

_SPARE_MAX: Final = 64
"""How many old wake-ups are always allowed, so that a small heap is not built anew all the time."""


class DueTimes:
    """Plan when names are due, and take those that are."""

    __slots__ = ("_due_ms", "_heap", "_wakes_ms")

    def __init__(self) -> None:
        self._due_ms: dict[str, int] = {}
        self._wakes_ms: dict[str, int] = {}
        """The earliest wake-up of each name in the heap."""
        self._heap: list[tuple[int, str]] = []

    def __len__(self) -> int:
        """Count the planned names."""
        return len(self._due_ms)

    def plan(self, name: str, due_ms: int) -> None:
        """Make *name* due at *due_ms* (Unix ms), whatever was planned before."""
        self._due_ms[name] = due_ms
        wakes_ms = self._wakes_ms.get(name)
        if wakes_ms is None or due_ms < wakes_ms:
            self._wake(name, due_ms)

    def forget(self, name: str) -> None:
        """Make *name* due no more."""
        self._due_ms.pop(name, None)

    def take_due(self, now_ms: int) -> list[str]:
        """Return the names that are due at *now_ms* or before, the longest due first, and plan them no more."""
        taken: list[tuple[int, str]] = []
        while self._heap and self._heap[0][0] <= now_ms:
            wake_ms, name = heapq.heappop(self._heap)
            if self._wakes_ms.get(name) != wake_ms:
                continue  # an earlier wake-up of this name has done its work
            del self._wakes_ms[name]
            due_ms = self._due_ms.get(name)
            if due_ms is None:
                continue
            if due_ms <= now_ms:
                del self._due_ms[name]
                taken.append((due_ms, name))
            else:
                self._wake(name, due_ms)
        return [name for _, name in sorted(taken)]

    def _wake(self, name: str, at_ms: int) -> None:
        if len(self._heap) >= 2 * len(self._due_ms) + _SPARE_MAX:
            self._wakes_ms = dict(self._due_ms)
            self._heap = [(due_ms, name) for name, due_ms in self._due_ms.items()]
            heapq.heapify(self._heap)
        if self._wakes_ms.get(name) != at_ms:
            self._wakes_ms[name] = at_ms
            heapq.heappush(self._heap, (at_ms, name))
