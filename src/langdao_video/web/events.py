"""Takes events from a call service (R35), and answers to a question (R40)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal, get_args

import structlog
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, GetPydanticSchema, ValidatorFunctionWrapHandler, WrapValidator

from langdao_video.billing.intake import Idle
from langdao_video.delivery.signing import SIGNATURE_HEADER
from langdao_video.delivery.worker import ROOM_ENDPOINT
from langdao_video.errors import EventRefused
from langdao_video.log_writer import escape_controls
from langdao_video.session.events import AnyPublicEvent, PublicEvent, SessionId
from langdao_video.web.bodies import Body
from langdao_video.web.context import ApiKey, Service, check_api_key, get_context
from langdao_video.web.signatures import check_signed

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api", tags=["events"])


async def check_sender(request: Request) -> None:
    """Require an API key; on a backend for a call service elsewhere, a signature of BACKEND_SECRET will do."""
    context = get_context(request)
    if _may_be_signed(request):
        await check_signed(request, context.settings.backend_secret)
        context.hurry(ROOM_ENDPOINT)
    else:
        await check_api_key(request)


def _may_be_signed(request: Request) -> bool:
    """Tell whether *request* shows its right by a signature.

    Where rooms are in this process, BACKEND_SECRET signs what we send, and its receiver must not send us events.
    """
    settings = get_context(request).settings
    return (
        settings.role == "backend"
        and bool(settings.backend_secret)
        and bool(request.headers.get(SIGNATURE_HEADER))
    )


class GraceDecision(Body):
    """The answer to a question: wait for the missing participant, or end the session."""

    session_id: SessionId
    decision: Literal["wait", "end"]
    decided_by: Annotated[
        Literal["student", "tutor", "platform"], Field(description="Who answers the question.")
    ]


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """An event of a type that this service does not know: a newer one, or one that only tells a platform something."""

    type: str


_KNOWN: Final = frozenset(
    get_args(event.model_fields["type"].annotation)[0] for event in get_args(PublicEvent)
)


def _receive(body: object, receive_known: ValidatorFunctionWrapHandler) -> PublicEvent | NotUnderstood:
    """Set events of an unknown type apart. A sender that keeps the order would otherwise try them for days."""
    type_ = body.get("type") if isinstance(body, dict) else None
    if isinstance(type_, str) and type_ and type_.isprintable() and type_ not in _KNOWN:
        return NotUnderstood(type_)
    known: PublicEvent = receive_known(body)
    return known


_IncomingJson: Final = Annotated[AnyPublicEvent, WrapValidator(_receive)]
IncomingEvent = Annotated[
    PublicEvent | NotUnderstood, GetPydanticSchema(lambda _, handler: handler.generate_schema(_IncomingJson))
]
"""Documented as the events that we understand."""


Overtaken = Idle | Literal["session-over", "old-epoch", "seat-left"]
_OVERTAKEN: Final[dict[str, Overtaken]] = {
    "session-over": "session-over",
    "old-epoch": "old-epoch",
    "seat-left": "seat-left",
}
"""Refusals which only mean that the event came too late. A signed event gets them as a code of its success."""


class Taken(BaseModel):
    """The response to a valid event (R35)."""

    success: Literal[True] = True
    code: Annotated[
        Overtaken | Literal["not-understood"] | None,
        Field(description="Why the event had no effect; missing if it had one."),
    ] = None


@router.post("/webrtc-events", response_model_exclude_none=True, dependencies=[Depends(check_sender)])
async def take_event(event: IncomingEvent, service: Service, request: Request) -> Taken:
    """Take an event of R21–R24 or R26. A repeated or outdated event has no effect, and `code` says why.

    An event of another type has no effect either, and the code `not-understood`. In the role `backend`,
    with BACKEND_SECRET, a request that is signed as Standard Webhooks asks needs no API key.
    """
    if isinstance(event, NotUnderstood):
        log.info("event-not-understood", type=escape_controls(event.type[:64]))
        return Taken(code="not-understood")
    try:
        idle: Overtaken | None = await service.sessions.take_event(event, is_from_elsewhere=True)
    except EventRefused as error:
        # A sender that signs sends again until it is told to stop, and keeps back what comes after.
        if not _may_be_signed(request) or error.code not in _OVERTAKEN:
            raise
        idle = _OVERTAKEN[error.code]
    if idle is not None:
        log.info("event-without-effect", session=event.session_id, type=event.type, code=idle)
    return Taken(code=idle)


@router.post("/grace-period-decision", dependencies=[ApiKey])
async def decide_grace(body: GraceDecision, service: Service) -> dict[str, bool]:
    """Answer the question of a connection warning: wait, or end the session."""
    await service.sessions.decide_grace(body.session_id, body.decision, body.decided_by)
    return {"success": True}
