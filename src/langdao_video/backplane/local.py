"""The backplane of one process: hints that a session has news. A hint carries no content; the store has it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class LocalBackplane:
    """Wake all watchers of a session. Several hints before a watcher looks count as one."""

    def __init__(self) -> None:
        self._watchers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

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
