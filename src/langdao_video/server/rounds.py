"""Which sockets are due for a look, in the order in which they were looked at last. Sans-I/O state.

Law: a look costs the same however many sockets there are, and a socket has no timer of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

Socket = TypeVar("Socket")


class Rounds(Generic[Socket]):
    """The sockets, each with the time of its next look."""

    def __init__(self, every_ms: int) -> None:
        self._every_ms = every_ms
        # All wait for the same time, so the first one in is the first one due.
        self._next: deque[tuple[int, Socket]] = deque()

    def __len__(self) -> int:
        return len(self._next)

    def add(self, socket: Socket, now_ms: int) -> None:
        """Look at *socket* one interval after *now_ms*."""
        self._next.append((now_ms + self._every_ms, socket))

    def take_due(self, now_ms: int) -> Iterator[Socket]:
        """Remove and return the sockets that are due. Who is to be looked at again is added again."""
        while self._next and self._next[0][0] <= now_ms:
            yield self._next.popleft()[1]
