"""The pages: start, call, demo, documentation; and a page in words for every link that is not right."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Final

import jinja2
from babel.core import Locale
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from langdao_video.access.headers import hash_script, page_headers
from langdao_video.session.links import Link, LinkRules, make_link, receive_link
from langdao_video.web.context import STATIC, TEMPLATES, Context, Service
from langdao_video.web.words import ENGLISH, Words, choose_words

router = APIRouter(include_in_schema=False)

_PARENTS_LINE: Final = '<meta name="langdao:parent-origins" content="">'
_EXAMPLE: Final = Link(
    room="session-abc123",
    role="student",
    address="0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1",
    language="es",
    session_start_ms=None,
)
_SAID: Final = re.compile(r' data-say="([a-z.-]+)">[^<]*')
_INLINE: Final = re.compile("<script>(.*?)</script>", re.DOTALL)
_TOPICS: Final = {
    401: "refused",
    403: "refused",
    404: "not-found",
    405: "method",
    410: "over",
    503: "busy",
}
_NEXT_STEPS: Final = {
    "link": "link",
    "refused": "refused",
    "not-found": "not-found",
    "demo": "not-found",
    "over": "over",
}
templates: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, enable_async=False
)


@router.head("/", include_in_schema=False)
@router.get("/")
async def open_call(request: Request, service: Service) -> Response:
    """Open the call (R1); without a query the start page; with a wrong one a page that says what is wrong."""
    if not set(request.query_params) - {"ui"}:
        return _page(request, service, "start.html")
    now_ms = service.clock.now_ms()
    query = {name: request.query_params.getlist(name) for name in request.query_params}
    rules = service.admission.rules
    # Who reloads a long lesson comes with the link of its beginning: the age is looked at when they join.
    if not service.settings.is_development:
        rules = LinkRules(start_age_ms_max=now_ms)
    link = receive_link(query, now_ms, rules)
    if isinstance(link, Link):
        return _page(request, service, "room.html", request.query_params.get("language"))
    example = make_link(service.settings.base_url, _EXAMPLE).replace(
        "sessionStart=0", f"sessionStart={now_ms}"
    )
    return show_problem(request, 400, "link", problems=link, example=example)


@router.get("/demo")
async def open_demo(request: Request, service: Service) -> Response:
    """Show a platform in miniature; it makes sessions without a key, so it is there in development only."""
    if not service.settings.is_development:
        return show_problem(request, 404, "demo")
    return _page(request, service, "demo.html")


@router.get("/docs")
async def open_docs(request: Request, service: Service) -> Response:
    """Show the HTTP interface, from our own files."""
    return HTMLResponse(
        templates.get_template("docs.html").render(words=ENGLISH),
        headers=page_headers(_host(request), service.settings.parent_origins, inline_styles=True),
    )


@router.get("/embed.js")
async def get_embed() -> Response:
    """Give platforms the script they include; its name is stable, so it is asked for again after a while."""
    headers = {
        "cache-control": "public, max-age=300",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
    }
    return FileResponse(STATIC / "embed.js", media_type="text/javascript", headers=headers)


@router.get("/robots.txt")
async def get_robots() -> Response:
    """Keep lessons out of search engines."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def show_problem(
    request: Request, status: int, topic: str | None = None, *, code: str = "", **details: object
) -> HTMLResponse:
    """Show what is wrong in words of the reader, and what to do next; *code* is the error's, if there is one."""
    service: Context = request.app.state.context
    words = choose_words(request)
    page = render_problem(words, status, topic or _TOPICS.get(status, "other"), code=code, **details)
    return HTMLResponse(
        page,
        status_code=status,
        headers=page_headers(_host(request), service.settings.parent_origins),
    )


def render_problem(words: Words, status: int, topic: str, *, code: str = "", **details: object) -> str:
    """Write the page of a problem: what it is about (*topic*), why (*code*) where that has words, what to do next."""
    title, because = f"refused.title.{code}", f"refused.text.{code}"
    return templates.get_template("problem.html").render(
        words=words,
        status=status,
        heading=words.say(title if words.has(title) else f"page.problem.{topic}.title"),
        advice=words.say(
            because if words.has(because) else f"page.problem.{_NEXT_STEPS.get(topic, 'other')}.advice"
        ),
        **details,
    )


def _page(request: Request, service: Context, name: str, lesson_language: str | None = None) -> HTMLResponse:
    origins = service.settings.parent_origins
    # The demo embeds calls by the links' own base, which may be another name of this machine.
    frames = (service.settings.base_url,) if name == "demo.html" else ()
    page, scripts = _read_page(name, origins, choose_words(request, lesson_language).code)
    return HTMLResponse(page, headers=page_headers(_host(request), origins, frames=frames, scripts=scripts))


@lru_cache(maxsize=64)
def _read_page(name: str, origins: tuple[str, ...], code: str) -> tuple[str, tuple[str, ...]]:
    """Put into a page what can be known before its scripts run: who may embed it, and its language.

    Returns the page, and what its policy calls the scripts inside it.
    """
    parents = html.escape(" ".join(origins), quote=True)
    words = Words(code, Locale.parse(code))
    page = (
        (STATIC / name).read_text("utf-8").replace(_PARENTS_LINE, _PARENTS_LINE.replace('""', f'"{parents}"'))
    )
    page = _SAID.sub(lambda said: f">{html.escape(words.say(said[1]))}", page)
    page = re.sub("<html [^>]*>", f'<html lang="{code}" dir="{words.direction}">', page, count=1)
    return page, tuple(hash_script(script) for script in _INLINE.findall(page))


def _host(request: Request) -> str:
    return request.headers.get("host", "")
