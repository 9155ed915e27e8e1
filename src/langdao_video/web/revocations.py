"""Links that are to count no longer, named by the platform."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, status
from pydantic import Field, StrictInt

from langdao_video.access.revocations import plan_revocation
from langdao_video.errors import Conflict
from langdao_video.session.events import SessionId
from langdao_video.web.context import ApiKey, Service
from langdao_video.web.sessions import Body

router = APIRouter(prefix="/api", tags=["links"], dependencies=[ApiKey])

LINK_CHARACTERS_MAX = 8_000


class Revoke(Body):
    """One link; or a session's links, all or those made before a time; or all links made before a time."""

    link: (
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=LINK_CHARACTERS_MAX,
                description="The `linkId` that came with a link, or the link as a whole, to a call or a statement.",
            ),
        ]
        | None
    ) = None
    session_id: SessionId | None = None
    before: (
        Annotated[StrictInt, Field(description="Links made before this count no longer, Unix time in ms.")]
        | None
    ) = None


@router.post("/revocations", status_code=status.HTTP_201_CREATED)
async def revoke(body: Revoke, service: Service) -> dict[str, Any]:
    """Let links count no longer, at once and for good; whoever sits in a call by one of them is told and leaves it.

    Sent again, it changes nothing. A link made afterwards counts.
    """
    if service.settings.is_development:
        raise Conflict(
            "links-unsigned", "In development links carry no token, so none can be revoked: set LINK_KEYS."
        )
    now_ms = service.clock.now_ms()
    revocation = plan_revocation(
        service.tokens, now_ms, link=body.link, session_id=body.session_id, before_ms=body.before
    )
    if revocation.kind == "session":
        await service.sessions.load(revocation.subject)  # a wrong id is named instead of stored
    kept, closed = await service.revocations.revoke(revocation, now_ms)
    about = {"link": "linkId", "session": "sessionId"}.get(kept.kind)
    return {
        "kind": kept.kind,
        **({about: kept.subject} if about else {}),
        **({} if kept.kind == "link" else {"before": kept.before_ms}),
        "connectionsClosed": closed,
    }
