"""The backplane of one process: hints that a session has news. A hint carries no content; the store has it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from langdao_video.errors import Unavailable


class LocalBackplane:
    """Wake all watchers of a session. Several hints before a watcher looks count as one. There is no other node."""

    def __init__(self) -> None:
        self._watchers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.take_letter: Callable[[bytes], object] = drop_letter
        self.note_down: Callable[[], object] = note_nothing

    def publish_hint(self, session_id: str) -> None:
        """Tell the watchers that *session_id* has news."""
        for event in self._watchers.get(session_id, ()):
            event.set()

    @contextmanager
    def watch(self, session_id: str) -> Iterator[asyncio.Event]:
        """Yield an asyncio.Event that is set when there is news. Clear it before you read the store."""
        event = asyncio.Event()
        self._watchers[session_id].add(event)
        try:
            yield event
        finally:
            self._watchers[session_id].discard(event)
            if not self._watchers[session_id]:
                del self._watchers[session_id]

    def send_letter(self, node: str, letter: bytes) -> asyncio.Future[None]:  # noqa: ARG002 - the port's
        """Refuse: no other node can be reached without REDIS_URL."""
        refused: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        refused.set_exception(
            Unavailable("node-gone", f"Node {node!r} cannot be reached: set REDIS_URL on all nodes.")
        )
        return refused


def drop_letter(_letter: bytes) -> None:
    """Take a letter for which nobody is there."""


def note_nothing() -> None:
    """Do nothing."""
