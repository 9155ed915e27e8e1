"""Makes facts for cases in which only the id matters."""

from __future__ import annotations

from typing import Any, Final

from langdao_video.store.port import NewEvent

SESSION: Final = "session-abc123"


def fact(id_: str, body: dict[str, Any] | None = None) -> NewEvent:
    """Make a fact of which only the id matters."""
    return NewEvent(id_, "seat-taken", 1_698_234_567_890, body or {})
