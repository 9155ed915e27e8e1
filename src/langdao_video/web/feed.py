"""The live feed of a session for a platform (R42): Server-Sent Events, resumable with Last-Event-ID."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Response, status
from sse_starlette import EventSourceResponse, ServerSentEvent

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.reading import read_lesson
from langdao_video.billing.records import read_record
from langdao_video.views.session import view_lesson, view_record
from langdao_video.web.context import ApiKey, Context, Service, SessionPath

router = APIRouter(prefix="/api/sessions", tags=["feed"], dependencies=[ApiKey])

_SEQ_DIGITS_MAX: Final = 15
COMMENT_SECONDS: Final = 15
"""How often a comment tells proxies that the feed lives: some cut a connection that is quiet for 30 s."""
_REREAD_SECONDS: Final = 15.0
"""The feed reads the store at least this often, in case a hint is lost."""


@router.get("/{session_id}/feed", response_class=EventSourceResponse)
async def read_feed(
    session_id: SessionPath, service: Service, last_event_id: Annotated[str | None, Header()] = None
) -> Response:
    """Stream the session's events, each by its type and with its seq as `id`, and `bill` messages with its state.

    The first message is a `bill`. After the end of the session and its last event the stream closes. A reader who
    reconnects with the id of that event gets 204, at which an EventSource stops (HTML §9.2.3). A reader who reconnects
    with an id that this session never gave, as after a restored backup, gets `reset` and then all events.
    """
    lesson = await read_lesson(service.sessions, session_id)
    after = _read_seq(last_event_id)
    if lesson.is_final and after == lesson.version:
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    is_unknown = bool(last_event_id) and (after is None or after > lesson.version)
    stream = _stream(service, session_id, 0 if is_unknown else after or 0)
    if is_unknown:
        stream = _begin_again(stream, session_id, lesson.version)
    return EventSourceResponse(stream, ping=COMMENT_SECONDS, headers={"cache-control": "no-store"})


async def _begin_again(
    stream: AsyncIterator[ServerSentEvent], session_id: str, newest: int
) -> AsyncIterator[ServerSentEvent]:
    yield _message("reset", {"type": "reset", "sessionId": session_id, "newestSeq": newest})
    async for message in stream:
        yield message


async def _stream(service: Context, session_id: str, seen: int) -> AsyncIterator[ServerSentEvent]:
    told = Lesson(session_id)  # as it was at each event: an event reads the same in the feed and in a webhook
    with service.backplane.watch(session_id) as news:
        while True:
            news.clear()
            lesson = await read_lesson(service.sessions, session_id)
            version, is_over = lesson.version, lesson.is_final
            yield _message("bill", view_lesson(lesson, service.clock.now_ms()))
            while told.version < version:
                page = await service.store.load_events(session_id, told.version)
                if not page:
                    break
                for stored in page:
                    if stored.seq > version:  # stored after the bill: the next round sends it with its bill
                        break
                    record = read_record(stored)
                    told.apply(record)
                    if record.seq > seen:
                        event = view_record(record, told)
                        yield _message(event["type"], event, id_=str(record.seq))
            if is_over:
                return
            try:
                await asyncio.wait_for(news.wait(), _REREAD_SECONDS)
            except TimeoutError:
                continue


def _message(event: str, body: dict[str, Any], id_: str | None = None) -> ServerSentEvent:
    return ServerSentEvent(
        data=json.dumps(body, ensure_ascii=False, separators=(",", ":")), event=event, id=id_
    )


def _read_seq(last_event_id: str | None) -> int | None:
    """Return the seq that a reader saw last; None for a new reader and for an id that is not ours."""
    if not last_event_id or not last_event_id.isdecimal() or len(last_event_id) > _SEQ_DIGITS_MAX:
        return None
    return int(last_event_id)
