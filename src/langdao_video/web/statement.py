"""The statement of a session: JSON and CSV for platforms, a page for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from langdao_video.billing.statement import Statement, fold_statement
from langdao_video.billing.statement_view import (
    draw_picture,
    list_history,
    view_statement,
    write_csv,
)
from langdao_video.errors import NotFound
from langdao_video.session.languages import LANGUAGES
from langdao_video.session.mending import mend_query, mend_token, strip_junk
from langdao_video.session.paths import write_segment
from langdao_video.web.context import ApiKey, Context, Service, SessionPath
from langdao_video.web.pages import guard_page, lead_to, templates, write_base
from langdao_video.web.words import Words, choose_words

router = APIRouter(tags=["statement"])


@router.get("/api/sessions/{session_id}/statement", dependencies=[ApiKey])
async def read_statement(session_id: SessionPath, service: Service, language: str = "en") -> dict[str, Any]:
    """Show the bill with the history that explains it."""
    return view_statement(await _fold(service, session_id), language if language in LANGUAGES else "en")


@router.get("/api/sessions/{session_id}/statement.csv", dependencies=[ApiKey])
async def read_statement_csv(session_id: SessionPath, service: Service) -> Response:
    """Give the statement's rows for a spreadsheet."""
    headers = {"content-disposition": 'attachment; filename="statement.csv"'}
    return Response(
        write_csv(await _fold(service, session_id)), media_type="text/csv; charset=utf-8", headers=headers
    )


@router.get("/sessions/{session_id}", include_in_schema=False)
async def open_statement(session_id: SessionPath, request: Request, service: Service) -> Response:
    """Show the statement as a page; in production its link carries a token of its own."""
    if service.settings.is_development:
        try:
            statement = await _fold(service, session_id)
        except NotFound:
            meant = strip_junk(session_id)  # the link stood at the end of a sentence
            if meant == session_id:
                raise
            await service.sessions.load(meant)
            return lead_to(request, write_segment(meant))
    else:
        session_id, token = _read_token(session_id, request)
        service.revocations.check(
            service.tokens.check_statement_token(token, session_id, service.clock.now_ms())
        )
        statement = await _fold(service, session_id)
    created = statement.lesson.created
    words = choose_words(request, created.language if created else None)
    page = render_statement(words, statement, write_base(request))
    return HTMLResponse(page, headers=guard_page(request))


def _read_token(session_id: str, request: Request) -> tuple[str, str]:
    """Return the session and the token of a statement's link, whatever a mailer did to it."""
    mended = mend_query(request.query_params.multi_items())
    token = mended.fragment[1] if mended.fragment else mend_token(request.query_params.get("token", ""))
    if not token and "?token=" in session_id:  # the question mark was escaped: it is the end of the path
        session_id, _, token = session_id.rpartition("?token=")
    return session_id, mend_token(token)


def render_statement(words: Words, statement: Statement, base: str = "") -> str:
    """Write the page of a statement; *base* is the prefix below which our other pages are."""
    lesson = statement.lesson
    return templates.get_template("statement.html").render(
        words=words,
        base=base,
        lesson=lesson,
        began=datetime.fromtimestamp(statement.start_ms / 1000, UTC),
        language=LANGUAGES[lesson.created.language] if lesson.created else None,
        picture=draw_picture(statement),
        history=list_history(statement),
        corrections=statement.corrections,
        total_ms=statement.end_ms - statement.start_ms,
    )


async def _fold(service: Context, session_id: str) -> Statement:
    return fold_statement(*await service.sessions.load_history(session_id))
