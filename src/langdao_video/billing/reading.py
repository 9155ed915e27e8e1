"""Reads sessions on any node: as its owner knows a session, if this node owns it; else as the store has it.

What is stored is what was told. An owner elsewhere may know proofs of the last half second that are not stored yet.
"""

from __future__ import annotations

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.live import load_history, load_lesson, unknown_session
from langdao_video.billing.service import SessionService
from langdao_video.errors import NotOwner
from langdao_video.session.facts import Recorded


async def read_lesson(sessions: SessionService, session_id: str) -> Lesson:
    """Return a session as it stands; read it at once and do not keep it. Raises NotFound `unknown-session`."""
    try:
        return await sessions.load(session_id)
    except NotOwner:
        lesson = await load_lesson(sessions.store, session_id)
    if lesson.version == 0:
        raise unknown_session(session_id)
    return lesson


async def read_history(sessions: SessionService, session_id: str) -> tuple[Lesson, list[Recorded]]:
    """Return a session and its facts, both of one moment; as with `read_lesson`, read them at once."""
    try:
        return await sessions.load_history(session_id)
    except NotOwner:
        lesson, records = await load_history(sessions.store, session_id)
    if lesson.version == 0:
        raise unknown_session(session_id)
    return lesson, records
