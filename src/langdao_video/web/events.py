"""Takes events from a call service (R35), and answers to a question (R40)."""

from __future__ import annotations

from typing import Annotated, Literal

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, Field

from langdao_video.billing.intake import Idle
from langdao_video.session.events import AnyPublicEvent, SessionId
from langdao_video.web.context import ApiKey, Service
from langdao_video.web.sessions import Body

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api", tags=["events"], dependencies=[ApiKey])


class GraceDecision(Body):
    """The answer to a question: wait for the missing participant, or end the session."""

    session_id: SessionId
    decision: Literal["wait", "end"]
    decided_by: Annotated[
        Literal["student", "tutor", "platform"], Field(description="Who answers the question.")
    ]


class Taken(BaseModel):
    """The response to a valid event (R35)."""

    success: Literal[True] = True
    code: Annotated[Idle | None, Field(description="Why the event had no effect; missing if it had one.")] = (
        None
    )


@router.post("/webrtc-events", response_model_exclude_none=True)
async def take_event(event: AnyPublicEvent, service: Service) -> Taken:
    """Take an event of R21–R24 or R26. A repeated or outdated event has no effect, and `code` says why."""
    idle = await service.sessions.take_event(event, is_from_elsewhere=True)
    if idle is not None:
        log.info("event-without-effect", session=event.session_id, type=event.type, code=idle)
    return Taken(code=idle)


@router.post("/grace-period-decision")
async def decide_grace(body: GraceDecision, service: Service) -> dict[str, bool]:
    """Answer the question of a connection warning: wait, or end the session."""
    await service.sessions.decide_grace(body.session_id, body.decision, body.decided_by)
    return {"success": True}
