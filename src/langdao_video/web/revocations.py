"""Lets a platform revoke links."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, status
from pydantic import Field, StrictInt

from langdao_video.access.revocations import plan_revocation
from langdao_video.errors import Conflict
from langdao_video.session.events import SessionId
from langdao_video.web.bodies import Body
from langdao_video.web.context import ApiKey, Service
from langdao_video.web.idempotency import IdempotentRoute, KeyInDocs

router = APIRouter(prefix="/api", tags=["links"], dependencies=[ApiKey], route_class=IdempotentRoute)

LINK_CHARACTERS_MAX = 8_000


class Revoke(Body):
    """What to revoke: one link, a session's links (or those from before a time), or all links from before a time."""

    link: (
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=LINK_CHARACTERS_MAX,
                description="The `linkId` that came with a link, or the whole link to a call or a statement.",
            ),
        ]
        | None
    ) = None
    session_id: SessionId | None = None
    before: (
        Annotated[StrictInt, Field(description="Revoke links that were made before this Unix time in ms.")]
        | None
    ) = None


@router.post("/revocations", status_code=status.HTTP_201_CREATED, dependencies=[KeyInDocs])
async def revoke(body: Revoke, service: Service) -> dict[str, Any]:
    """Revoke links, at once and for good. A participant who is in a call by such a link is told, and has to leave.

    A repeated request changes nothing. Links that are made later are valid.
    """
    if service.settings.is_development:
        raise Conflict(
            "links-unsigned", "In development links have no token, so they cannot be revoked: set LINK_KEYS."
        )
    now_ms = service.clock.now_ms()
    revocation = plan_revocation(
        service.tokens, now_ms, link=body.link, session_id=body.session_id, before_ms=body.before
    )
    if revocation.kind == "session":
        await service.sessions.load(revocation.subject)  # raises for an unknown id, so that none is stored
    kept, closed = await service.revocations.revoke(revocation, now_ms)
    about = {"link": "linkId", "session": "sessionId"}.get(kept.kind)
    return {
        "kind": kept.kind,
        **({about: kept.subject} if about else {}),
        **({} if kept.kind == "link" else {"before": kept.before_ms}),
        "connectionsClosed": closed,
    }
