"""Shows operators what was delivered, what waits and what was parked, and sends events again."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field, StrictInt

from langdao_video.delivery.endpoint_book import EndpointBook
from langdao_video.errors import BadRequest
from langdao_video.session.events import SessionId
from langdao_video.web.bodies import Body
from langdao_video.web.context import ApiKey, Context, Service
from langdao_video.web.delivery_views import (
    view_attempt,
    view_counts,
    view_endpoint,
    view_parked,
    view_stream,
)
from langdao_video.web.idempotency import IdempotentRoute, KeyInDocs
from langdao_video.web.pages import guard_page, templates, write_base
from langdao_video.web.translations import ENGLISH

router = APIRouter(tags=["deliveries"], route_class=IdempotentRoute)

SESSIONS_AT_ONCE: Final = 200
"""How many sessions one request replays: one transaction, which holds up no call."""
_TIME_MAX: Final = 2**53

EndpointFilter = Annotated[str | None, Query(max_length=256, description="Only this endpoint.")]
SessionFilter = Annotated[str | None, Query(min_length=1, max_length=256, description="Only this session.")]
Rows = Annotated[int, Query(ge=1, le=1_000, description="At most so many rows of each list.")]


class Replay(Body):
    """Which events are sent again: of one session, of a time, of one endpoint, or those that were parked.

    Several choices together choose what fits all of them.
    """

    session_id: SessionId | None = None
    endpoint_id: Annotated[str, Field(max_length=256)] | None = None
    from_: Annotated[
        StrictInt | None, Field(alias="from", ge=0, lt=_TIME_MAX, description="Unix time in ms, included.")
    ] = None
    to: Annotated[
        StrictInt | None, Field(ge=0, lt=_TIME_MAX, description="Unix time in ms, not included.")
    ] = None
    parked: Annotated[bool, Field(strict=True, description="Only events that were parked.")] = False
    next: Annotated[
        str,
        Field(
            max_length=256,
            description="The `next` of the answer before, to go on. The choice stays the same.",
        ),
    ] = ""


@router.get("/api/deliveries", dependencies=[ApiKey])
async def read_deliveries(
    service: Service,
    endpoint: EndpointFilter = None,
    session: SessionFilter = None,
    *,
    failing: Annotated[bool, Query(description="Only sessions whose next event has failed.")] = False,
    limit: Rows = 50,
) -> dict[str, Any]:
    """Show the endpoints with their counts, the sessions that wait, the parked events and the newest attempts."""
    store, now_ms = service.deliveries, service.clock.now_ms()
    endpoints = await store.load_endpoints()
    if endpoint is not None:
        endpoints = [await _book(service).find(endpoint)]
    streams = await store.load_streams(endpoint, session, limit, only_failing=failing)
    return {
        "endpoints": [
            view_endpoint(known) | view_counts(await store.count(known.id, now_ms)) for known in endpoints
        ],
        "waiting": [view_stream(stream) for stream in streams],
        "parked": [view_parked(event) for event in await store.load_parked(endpoint, session, limit)],
        "attempts": [view_attempt(tried) for tried in await store.load_attempts(endpoint, session, limit)],
        "serverTime": now_ms,
    }


@router.post("/api/deliveries/replay", dependencies=[ApiKey, KeyInDocs])
async def replay(body: Replay, service: Service) -> dict[str, Any]:
    """Send events again, in order, from the first one that was chosen to the newest of its session.

    One request takes at most 1,000 sessions. If `next` is not null, send the same request again with it.
    """
    check_choice(body)
    if body.endpoint_id is not None:
        await _book(service).find(body.endpoint_id)
    if body.session_id is not None:
        await service.sessions.load(body.session_id)  # raises for an unknown id, which would replay nothing
    streams, events, after = await service.deliveries.rewind(
        service.clock.now_ms(),
        limit=SESSIONS_AT_ONCE,
        endpoint_id=body.endpoint_id,
        session_id=body.session_id,
        from_ms=body.from_,
        to_ms=body.to,
        only_parked=body.parked,
        after_session=body.next,
    )
    return {"sessions": streams, "events": events, "next": after}


def check_choice(wish: Replay) -> None:
    """Refuse a replay of everything, which may be a mistake, and a time that ends before it begins."""
    chosen = (wish.session_id, wish.endpoint_id, wish.from_, wish.to)
    if not wish.parked and all(choice is None for choice in chosen):
        raise BadRequest(
            "replay-unbounded",
            "Say what is sent again: sessionId, from and to, endpointId, or parked. `from: 0` means everything.",
        )
    if wish.from_ is not None and wish.to is not None and wish.from_ >= wish.to:
        raise BadRequest(
            "replay-time", f"from ({wish.from_}) must be before to ({wish.to}): both are Unix ms."
        )


@router.get("/deliveries", include_in_schema=False)
async def open_deliveries(request: Request) -> HTMLResponse:
    """Show the page of deliveries. It holds no data: its script asks for them with the API key that is typed in."""
    service: Context = request.app.state.context
    page = templates.get_template("deliveries.html").render(
        translation=ENGLISH, base=write_base(request), needs_key=not service.settings.is_development
    )
    return HTMLResponse(page, headers=guard_page(request))


def _book(service: Context) -> EndpointBook:
    return EndpointBook(service.deliveries, needs_https=not service.settings.is_development)
