"""Events from a call service (R35), and answers to a warning (R40)."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from langdao_video.session.events import AnyPublicEvent, SessionId
from langdao_video.web.context import ApiKey, Service
from langdao_video.web.sessions import Body

router = APIRouter(prefix="/api", tags=["events"], dependencies=[ApiKey])


class GraceDecision(Body):
    """What to do about the one who is gone."""

    session_id: SessionId
    decision: Literal["wait", "end"]
    decided_by: Annotated[Literal["student", "tutor", "platform"], Field(description="Who answers.")]


@router.post("/webrtc-events")
async def take_event(event: AnyPublicEvent, service: Service) -> dict[str, bool]:
    """Take one of R21–R24 or R26. One that is known already is taken again without effect."""
    await service.sessions.take_event(event)
    return {"success": True}


@router.post("/grace-period-decision")
async def decide_grace(body: GraceDecision, service: Service) -> dict[str, bool]:
    """Answer a connection warning: wait, or end the session."""
    await service.sessions.decide_grace(body.session_id, body.decision, body.decided_by)
    return {"success": True}
