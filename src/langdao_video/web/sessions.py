"""Lets platforms make a session, make its links (R3), read it and change its cap."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, status
from pydantic import StrictInt

from langdao_video.billing.quota import receive_cap
from langdao_video.billing.reading import read_lesson
from langdao_video.session.languages import LANGUAGES
from langdao_video.views.session import view_lesson
from langdao_video.web.bodies import Body
from langdao_video.web.context import ApiKey, Context, Service, SessionPath
from langdao_video.web.idempotency import IdempotentRoute, KeyInDocs, Seed, derive_id
from langdao_video.web.links import CreateSession, LinkMaker, NameTutor

router = APIRouter(
    prefix="/api/sessions", tags=["sessions"], dependencies=[ApiKey], route_class=IdempotentRoute
)


class ChangeSession(Body):
    """The new cap, in place of the whole old one. Without both fields the cap is lifted."""

    cap_seconds: StrictInt | None = None
    cap_minor: StrictInt | None = None


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_session(body: CreateSession, service: Service, seed: Seed) -> dict[str, Any]:
    """Make a session and the student's link. The tutor's link is made later by `tutor-link` or `accept`."""
    return await _links(service).begin(f"session-{derive_id(seed, 'session')}", body)


@router.post("/{session_id}/accept", dependencies=[KeyInDocs])
async def accept(session_id: SessionPath, body: NameTutor, service: Service) -> dict[str, Any]:
    """Note that the tutor accepted, and make the tutor's link with the same session and start."""
    return await _links(service).accept(session_id, body)


@router.post("/{session_id}/tutor-link", dependencies=[KeyInDocs])
async def make_tutor_link(session_id: SessionPath, body: NameTutor, service: Service) -> dict[str, Any]:
    """Make the tutor's link after the student has connected or the tutor has accepted (R3)."""
    return await _links(service).invite(session_id, body)


@router.get("/{session_id}")
async def read_session(session_id: SessionPath, service: Service, language: str = "en") -> dict[str, Any]:
    """Show a session as it is now: state, billable seconds, cost, participants."""
    lesson = await read_lesson(service.sessions, session_id)
    now_ms = service.clock.now_ms()
    view = view_lesson(lesson, now_ms, language if language in LANGUAGES else "en")
    return view | {"statementUrl": service.statements.make(session_id, now_ms)}


@router.patch("/{session_id}")
async def change_session(session_id: SessionPath, body: ChangeSession, service: Service) -> dict[str, Any]:
    """Set, raise or lift the cap of a running session."""
    rate = (await service.sessions.load(session_id)).rate
    cap = receive_cap(body.cap_seconds, body.cap_minor, rate)
    return view_lesson(await service.sessions.change_cap(session_id, cap), service.clock.now_ms())


def _links(service: Context) -> LinkMaker:
    return LinkMaker(
        settings=service.settings,
        sessions=service.sessions,
        tokens=service.tokens,
        admission=service.admission,
        cutoff_ms=service.revocations.cutoff_ms,
    )
