"""The statement of a session: JSON and CSV for platforms, a page for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from langdao_video.access.headers import page_headers
from langdao_video.billing.statement import Statement, fold_statement
from langdao_video.billing.statement_view import (
    draw_picture,
    list_history,
    view_statement,
    write_csv,
)
from langdao_video.session.languages import LANGUAGES
from langdao_video.web.context import ApiKey, Context, Service
from langdao_video.web.pages import templates
from langdao_video.web.words import Words, choose_words

router = APIRouter(tags=["statement"])


@router.get("/api/sessions/{session_id}/statement", dependencies=[ApiKey])
async def read_statement(session_id: str, service: Service, language: str = "en") -> dict[str, Any]:
    """Show the bill with the history that explains it."""
    return view_statement(await _fold(service, session_id), language if language in LANGUAGES else "en")


@router.get("/api/sessions/{session_id}/statement.csv", dependencies=[ApiKey])
async def read_statement_csv(session_id: str, service: Service) -> Response:
    """Give the statement's rows for a spreadsheet."""
    headers = {"content-disposition": 'attachment; filename="statement.csv"'}
    return Response(
        write_csv(await _fold(service, session_id)), media_type="text/csv; charset=utf-8", headers=headers
    )


@router.get("/sessions/{session_id}", include_in_schema=False)
async def open_statement(
    session_id: str, request: Request, service: Service, token: Annotated[str, Query(max_length=4_096)] = ""
) -> Response:
    """Show the statement as a page; in production its link carries a token of its own."""
    if not service.settings.is_development:
        service.tokens.check_statement_token(token, session_id, service.clock.now_ms())
    statement = await _fold(service, session_id)
    created = statement.lesson.created
    words = choose_words(request, created.language if created else None)
    host = request.headers.get("host", "")
    headers = page_headers(host, service.settings.parent_origins)
    return HTMLResponse(render_statement(words, statement), headers=headers)


def render_statement(words: Words, statement: Statement) -> str:
    """Write the page of a statement."""
    lesson = statement.lesson
    return templates.get_template("statement.html").render(
        words=words,
        lesson=lesson,
        began=datetime.fromtimestamp(statement.start_ms / 1000, UTC),
        language=LANGUAGES[lesson.created.language] if lesson.created else None,
        picture=draw_picture(statement),
        history=list_history(statement),
        corrections=statement.corrections,
        disputes=statement.disputes,
        start_ms=statement.start_ms,
        total_ms=statement.end_ms - statement.start_ms,
    )


async def _fold(service: Context, session_id: str) -> Statement:
    return fold_statement(*await service.sessions.load_history(session_id))
