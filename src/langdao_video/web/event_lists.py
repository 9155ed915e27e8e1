"""Lets platforms pull events: those of one session after a seq, and those of all sessions after a cursor."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request

from langdao_video.billing.reading import read_lesson
from langdao_video.billing.records import read_record
from langdao_video.store.port import StoredEvent
from langdao_video.views.event_list import list_events
from langdao_video.web.context import ApiKey, Context, Service, SessionPath
from langdao_video.web.waiting import WAIT_SECONDS_MAX

router = APIRouter(prefix="/api", tags=["events"], dependencies=[ApiKey])

CURSOR_CHARACTERS_MAX: Final = 400
_LOGS_AT_ONCE: Final = 50
"""How many whole sessions are in memory at once while their events are shown."""

Limit = Annotated[int, Query(ge=1, le=1_000)]
Wait = Annotated[
    int,
    Query(
        ge=0,
        le=WAIT_SECONDS_MAX,
        description="If there is no event yet, wait for one for so many seconds. The list may then still be empty.",
    ),
]


@router.get("/sessions/{session_id}/events")
async def read_events(
    request: Request,
    session_id: SessionPath,
    service: Service,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Limit = 1_000,
    wait: Wait = 0,
) -> dict[str, Any]:
    """List the session's events with seq > *after*, for a platform that missed some.

    If *after* is beyond the newest event, this ledger never gave it, as after a restored backup. Then `reset` is true,
    and the list begins with the first event.
    """
    lesson = await read_lesson(service.sessions, session_id)
    is_unknown = after > lesson.version
    first = 0 if is_unknown else after

    async def read() -> list[StoredEvent] | None:
        return await service.store.load_events(session_id, first, limit) or None

    with service.backplane.watch(session_id) as news:
        stored = await service.session_waits.read(request, news, wait, read) or []
    return {"events": await _show(service, stored), "reset": is_unknown}


@router.get("/events")
async def read_all_events(
    request: Request,
    service: Service,
    after: Annotated[
        str,
        Query(
            max_length=CURSOR_CHARACTERS_MAX,
            description="The `next` of the answer before. Without it the list begins with the oldest event.",
        ),
    ] = "",
    limit: Limit = 100,
    wait: Wait = 0,
) -> dict[str, Any]:
    """List the events of all sessions after a cursor, to compare your books with ours.

    Events of one session come in order. No event that is stored later comes before a `next` that you have.
    """
    cursor = after

    async def read() -> list[StoredEvent] | None:
        nonlocal cursor
        stored, cursor = await service.deliveries.load_all_events(after, limit)
        return stored or None

    stored = await service.event_waits.read(request, asyncio.Event(), wait, read) or []
    return {"events": await _show(service, stored), "next": cursor}


async def _show(service: Context, stored: list[StoredEvent]) -> list[dict[str, Any]]:
    """Show each event with its session as it was then, as a webhook does."""
    wanted: dict[str, set[int]] = {}
    for event in stored:
        wanted.setdefault(event.session_id, set()).add(event.seq)
    ids = list(wanted)
    shown: dict[str, dict[int, dict[str, Any]]] = {}
    for first in range(0, len(ids), _LOGS_AT_ONCE):
        logs = await service.deliveries.load_logs(ids[first : first + _LOGS_AT_ONCE])
        shown |= {
            id_: list_events(id_, map(read_record, log.events), wanted[id_]) for id_, log in logs.items()
        }
    return [shown[event.session_id][event.seq] for event in stored]
