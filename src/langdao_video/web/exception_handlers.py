"""Answers each error as `{code, message}` with its status, or as a page if a browser asked for a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog
from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from langdao_video.access.throttle import GUESS_CODES
from langdao_video.errors import BadRequest, LangDAOError, NotOwner
from langdao_video.log_writer import escape_controls
from langdao_video.session.link_repair import repair_path
from langdao_video.session.paths import read_segment
from langdao_video.web.context import Context, WrongKey, get_context
from langdao_video.web.explanations import explain_invalid
from langdao_video.web.pages import redirect_to, show_problem

_PAGES: Final = ("", "demo", "docs")

log = structlog.get_logger(__name__)


def add_exception_handlers(app: FastAPI) -> None:
    """Answer our errors, invalid requests and unknown paths in the same shape."""
    app.add_exception_handler(LangDAOError, answer_error)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_unexpected)


async def answer_error(request: Request, error: Exception) -> Response:
    """Answer a LangDAOError as JSON or as a page. A request for the owner of a session is answered by it."""
    if isinstance(error, NotOwner) and error.session_id:
        try:
            return await get_context(request).carriages.requests.carry(request, error.session_id)
        except LangDAOError as not_carried:
            error = not_carried
    if not isinstance(error, LangDAOError):
        raise error
    headers = {"retry-after": "1"} if error.retry else None
    if getattr(request.state, "has_key", False):
        log.info("request-refused", path=_as_written(request.scope["path"]), code=error.code)
    elif not await _note_refusal(request, error):
        message = "Too many refused requests from your address are waiting for their answer: try again in 3 seconds."
        headers = {"retry-after": "3", "connection": "close"}
        return JSONResponse({"code": "too-many-refusals", "message": message}, 429, headers)
    if _wants_page(request):
        return show_problem(request, error.status, code=error.code)
    return JSONResponse(
        {"code": error.code, "message": escape_controls(error.message)}, error.status, headers
    )


async def _answer_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    wrong = explain_invalid(error.errors())
    message = "; ".join(f"{problem['field']}: {problem['message']}" for problem in wrong)
    if getattr(request.state, "has_key", False):
        log.info(
            "request-invalid",
            path=_as_written(request.scope["path"]),
            fields=[problem["field"] for problem in wrong],
        )
    else:
        service: Context = request.app.state.context
        service.throttle.note(request.client.host if request.client else None, "request-invalid")
    return JSONResponse({"code": "request-invalid", "message": message, "fields": wrong}, 422)


async def _answer_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == status.HTTP_404_NOT_FOUND and request.method in ("GET", "HEAD"):
        repaired = repair_path(_as_written(request.scope["path"]), _PAGES)
        if repaired is not None:
            return redirect_to(request, repaired)
    if _wants_page(request):
        return show_problem(request, error.status_code)
    code = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}.get(
        error.status_code, "request-refused"
    )
    headers = _with_head(error.headers)
    message = escape_controls(_say(request, error, headers))
    return JSONResponse({"code": code, "message": message}, error.status_code, headers)


def _say(request: Request, error: HTTPException, headers: Mapping[str, str]) -> str:
    """Return what the caller should do, where the framework only names the status."""
    if error.status_code == status.HTTP_404_NOT_FOUND:
        return f"There is nothing at {_as_written(request.scope['path'])[:100]!r}: check the path."
    if error.status_code == status.HTTP_405_METHOD_NOT_ALLOWED:
        return f"Send {headers.get('allow', 'another method')} here, not {request.method[:20]}."
    if error.status_code == status.HTTP_400_BAD_REQUEST:
        return (
            "The body is no JSON that can be read: its brackets are nested too deeply, a number in it has too many "
            "digits, or its bytes are no UTF-8."
        )
    return str(error.detail)


async def _answer_unexpected(request: Request, _error: Exception) -> Response:
    """Tell the caller that the mistake is ours. Starlette raises the error again, and the server logs it."""
    if _wants_page(request):
        return show_problem(request, 500)
    message = "The service made a mistake. Its log has the details. The same request may work later."
    return JSONResponse({"code": "internal-error", "message": message}, 500)


def _with_head(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Add HEAD to the methods that a path allows, because it works wherever GET does."""
    allowed = {name.lower(): value for name, value in (headers or {}).items()}
    methods = allowed.get("allow", "").split(", ")
    if "GET" in methods and "HEAD" not in methods:
        allowed["allow"] = ", ".join([*methods, "HEAD"])
    return allowed


async def _note_refusal(request: Request, error: LangDAOError) -> bool:
    """Count the refusal, and delay the answer to a guess. Return False if too many answers wait already."""
    service: Context = request.app.state.context
    host = request.client.host if request.client else None
    if error.code in GUESS_CODES or isinstance(error, WrongKey):
        return await service.throttle.delay(host, error.code)
    service.throttle.note(host, error.code)
    return True


def _wants_page(request: Request) -> bool:
    return request.scope.get("method") == "GET" and "text/html" in request.headers.get("accept", "")


def _as_written(path: str) -> str:
    """Return *path* as the caller wrote it, because web/edge.py has rewritten unusual segments."""
    try:
        return "/".join(map(read_segment, path.split("/")))
    except BadRequest:
        return path
