"""The platform backend as the call service sees it. Pure.

`in_process/` implements it; `apart/` shows the figures of another process in its place.
"""

from __future__ import annotations

from typing import Literal, Protocol

from langdao_video.session.events import PublicEvent
from langdao_video.session.links import Link
from langdao_video.session.roles import Role
from langdao_video.session.snapshot import SessionSnapshot


class EventTaker(Protocol):
    """Where an outbox delivers."""

    async def take_event(self, event: PublicEvent) -> object:
        """Take an event (R21–R26)."""
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
