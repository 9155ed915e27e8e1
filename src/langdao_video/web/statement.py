"""Serves the statement of a session: JSON and CSV for platforms, a page for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from langdao_video.billing.reading import read_history, read_lesson
from langdao_video.billing.statement import Statement, fold_statement
from langdao_video.errors import NotFound
from langdao_video.session.address import shorten
from langdao_video.session.languages import LANGUAGES
from langdao_video.session.link_repair import repair_query, repair_token, strip_junk
from langdao_video.session.paths import write_segment
from langdao_video.views.statement import draw_picture, list_history, view_statement
from langdao_video.views.statement_csv import write_csv
from langdao_video.web.context import ApiKey, Context, Service, SessionPath
from langdao_video.web.pages import guard_page, redirect_to, templates, write_base
from langdao_video.web.translations import Translation, choose_translation

router = APIRouter(tags=["statement"])


@router.get("/api/sessions/{session_id}/statement", dependencies=[ApiKey])
async def read_statement(session_id: SessionPath, service: Service, language: str = "en") -> dict[str, Any]:
    """Show the bill with the history that explains it."""
    return view_statement(await _fold(service, session_id), language if language in LANGUAGES else "en")


@router.get("/api/sessions/{session_id}/statement.csv", dependencies=[ApiKey])
async def read_statement_csv(session_id: SessionPath, service: Service) -> Response:
    """Send the statement as CSV for a spreadsheet."""
    return _send_csv(await _fold(service, session_id))


@router.get("/sessions/{session_id}", include_in_schema=False)
async def open_statement(
    session_id: SessionPath,
    request: Request,
    service: Service,
    format: Literal["page", "csv"] = "page",  # noqa: A002 - a name in public links
) -> Response:
    """Show the statement as a page, or send its CSV. In production its link carries a token of its own."""
    token = ""
    if service.settings.is_development:
        try:
            statement = await _fold(service, session_id)
        except NotFound:
            meant = strip_junk(session_id)  # the link may have been copied with the end of a sentence
            if meant == session_id:
                raise
            await read_lesson(service.sessions, meant)
            return redirect_to(request, write_segment(meant))
    else:
        session_id, token = _read_token(session_id, request)
        service.revocations.check(
            service.tokens.check_statement_token(token, session_id, service.clock.now_ms())
        )
        statement = await _fold(service, session_id)
    if format == "csv":
        return _send_csv(statement)
    created = statement.lesson.created
    translation = choose_translation(request, created.language if created else None)
    page = render_statement(translation, statement, token, write_base(request))
    return HTMLResponse(page, headers=guard_page(request))


def _read_token(session_id: str, request: Request) -> tuple[str, str]:
    """Return the session and the token of a statement's link, even if a mailer has damaged the link."""
    repaired = repair_query(request.query_params.multi_items(), request.url.query)
    token = repaired.fragment[1] if repaired.fragment else repair_token(request.query_params.get("token", ""))
    if (
        not token and "?token=" in session_id
    ):  # the question mark was escaped, so the token became part of the path
        session_id, _, token = session_id.rpartition("?token=")
    return session_id, repair_token(token)


def render_statement(translation: Translation, statement: Statement, token: str = "", base: str = "") -> str:
    """Write the page of a statement. *token* opened the page, and opens the CSV too.

    *base* is the prefix of our other pages.
    """
    lesson = statement.lesson
    created = lesson.created
    return templates.get_template("statement.html").render(
        translation=translation,
        base=base,
        lesson=lesson,
        brand=(created.brand if created else None) or translation.say("start.brand"),
        # A query alone is relative to the page's own address, so that it needs no prefix.
        csv_url=f"?{urlencode({'format': 'csv'} | ({'token': token} if token else {}))}",
        began=_at(statement.start_ms),
        ended=_at(lesson.ended_at_ms) if lesson.ended else None,
        at=_at,
        shorten=shorten,
        language=LANGUAGES.get(created.language) if created else None,
        picture=draw_picture(statement),
        history=list_history(statement),
        corrections=statement.corrections,
        disputes=statement.disputes,
        start_ms=statement.start_ms,
        total_ms=statement.end_ms - statement.start_ms,
    )


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _send_csv(statement: Statement) -> Response:
    headers = {
        "content-disposition": 'attachment; filename="statement.csv"',
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    return Response(write_csv(statement), media_type="text/csv; charset=utf-8", headers=headers)


async def _fold(service: Context, session_id: str) -> Statement:
    return fold_statement(*await read_history(service.sessions, session_id))
