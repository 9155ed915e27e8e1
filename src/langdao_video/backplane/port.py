"""The backplane, as the other parts see it: hints that a session has news, and letters from node to node. Pure.

Law: nothing that comes over it is believed without the store. It may lose, repeat and delay everything; a hint that is
lost delays its readers, and a letter that is lost ends the carriage that it belonged to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol


class Backplane(Protocol):
    """Connects the nodes of one service."""

    take_letter: Callable[[bytes], object]
    """Gets each letter to this node. The composition root sets it. It must not block or raise."""
    note_down: Callable[[], object]
    """Is called when letters may have been lost: the connection is gone. It must not block or raise."""

    def publish_hint(self, session_id: str) -> None:
        """Tell the watchers of *session_id* on all nodes that it has news. At its bound a hint is dropped."""
        ...

    def watch(self, session_id: str) -> AbstractContextManager[asyncio.Event]:
        """Yield an asyncio.Event that is set when there is news. Clear it before you read the store."""
        ...

    def send_letter(self, node: str, letter: bytes) -> asyncio.Future[None]:
        """Put *letter* behind the earlier ones to *node*. The future is done when the backplane has passed it on.

        It fails with Unavailable `backplane-down`, `backplane-full` at the bound, or `node-gone` if nobody listens.
        """
        ...
