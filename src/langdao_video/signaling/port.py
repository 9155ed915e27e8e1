"""The platform backend and the keeper of the chat, as the call service sees them. Pure.

`in_process/` implements them; `apart/` shows the figures of another process in the backend's place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from langdao_video.session.events import PublicEvent
from langdao_video.session.links import Link
from langdao_video.session.roles import Role
from langdao_video.session.snapshot import KeptLine, SessionSnapshot


class EventTaker(Protocol):
    """Where an outbox delivers."""

    async def take_event(self, event: PublicEvent) -> object:
        """Take an event (R21–R26)."""
        ...

    def take_at_once(self, event: PublicEvent) -> bool:
        """Take an event that nothing has to be waited for; return False if it has to go through `take_event`."""
        ...

    async def decide_grace(
        self, session_id: str, decision: Literal["wait", "end"], decided_by: Role
    ) -> object:
        """Take the answer to a question (R40)."""
        ...


class Backend(EventTaker, Protocol):
    """The platform backend."""

    async def open_session(self, link: Link, now_ms: int) -> SessionSnapshot:
        """Return the session of *link*; make the session if it is new."""
        ...

    async def load_preview(self, link: Link, now_ms: int) -> SessionSnapshot:
        """Return the session as `open_session` would, for the lobby; store nothing."""
        ...


class ChatKeeper(Protocol):
    """Keeps the chat of each session until it ends."""

    async def load_lines(self, session_id: str) -> Sequence[KeptLine]:
        """Return the kept lines of a session in their order. Raises Unavailable."""
        ...

    async def keep_lines(self, session_id: str, lines: Sequence[KeptLine], first_number: int) -> None:
        """Keep *lines*, and forget those below *first_number*. A line that is known stays as it was.

        Raises Unavailable, or Conflict `chat-over` if the session has ended.
        """
        ...
