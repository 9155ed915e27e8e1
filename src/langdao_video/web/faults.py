"""Every refusal as `{code, message}` with its status; a page for people who asked for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from langdao_video.errors import LangDAOError
from langdao_video.log_writer import escape_controls
from langdao_video.session.mending import mend_path
from langdao_video.web.pages import lead_to, show_problem

_PAGES: Final = ("", "demo", "docs")

log = structlog.get_logger(__name__)


def add_fault_handlers(app: FastAPI) -> None:
    """Answer our errors, invalid requests and unknown paths in one shape."""
    app.add_exception_handler(LangDAOError, _answer_ours)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)


async def _answer_ours(request: Request, error: Exception) -> Response:
    if not isinstance(error, LangDAOError):
        raise error
    log.info("request-refused", path=request.url.path, code=error.code)
    headers = {"retry-after": "1"} if error.retry else None
    if _wants_page(request):
        return show_problem(request, error.status, code=error.code)
    return JSONResponse(
        {"code": error.code, "message": escape_controls(error.message)}, error.status, headers
    )


async def _answer_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    # Someone may read this in a terminal, and the names of fields are the caller's own.
    wrong = [
        {"field": escape_controls(_path(problem["loc"])), "message": escape_controls(problem["msg"])}
        for problem in error.errors()[:10]
    ]
    message = "; ".join(f"{problem['field']}: {problem['message']}" for problem in wrong)
    log.info("request-invalid", path=request.url.path, fields=[problem["field"] for problem in wrong])
    return JSONResponse({"code": "request-invalid", "message": message, "fields": wrong}, 422)


async def _answer_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == status.HTTP_404_NOT_FOUND and request.method in ("GET", "HEAD"):
        meant = mend_path(request.scope["path"], _PAGES)
        if meant is not None:
            return lead_to(request, meant)
    if _wants_page(request):
        return show_problem(request, error.status_code)
    code = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}.get(
        error.status_code, "request-refused"
    )
    return JSONResponse({"code": code, "message": str(error.detail)}, error.status_code, error.headers)


def _wants_page(request: Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def _path(location: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in location if part not in ("body", "query", "path")) or "body"
