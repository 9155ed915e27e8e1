"""Makes two events of a call service for the tests of the service."""

from __future__ import annotations

from langdao_video.session.events import SessionEnded, UserConnected
from langdao_video.session.roles import Role
from tests.billing.timeline import ADDRESS, SESSION, START_MS


def hello(session_id: str = SESSION, role: Role = "student", language: str | None = "de") -> UserConnected:
    """Make the event of a participant who joins at the start."""
    return UserConnected(
        session_id=session_id,
        user_role=role,
        timestamp=START_MS,
        epoch=1,
        user_address=ADDRESS[role],
        language=language,
    )


def end_at(seconds: float, id_: str | None = None) -> SessionEnded:
    """Make the event of an end by the student."""
    return SessionEnded(
        session_id=SESSION,
        total_seconds=round(seconds),
        ended_by="student",
        user_address=ADDRESS["student"],
        timestamp=START_MS + round(seconds * 1_000),
        id=id_,
    )
