"""The pages: start, call, demo and documentation, and a page that explains what is wrong with a bad link."""

from __future__ import annotations

import gzip
import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote

import jinja2
from babel.core import Locale
from fastapi import APIRouter, Request, status
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from langdao_video.access.headers import hash_inline, page_headers
from langdao_video.session.link_repair import group_values, repair_query
from langdao_video.session.links import Link, LinkRules, make_link, receive_link
from langdao_video.settings import Settings
from langdao_video.web.assets import Assets
from langdao_video.web.context import STATIC, TEMPLATES, Context, Service
from langdao_video.web.translations import ENGLISH, Translation, choose_translation

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as it is sent. It is compressed once, because the first picture waits for it."""

    plain: bytes
    compressed: bytes
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    """The hash-sources of what stands inside it, for the policy."""


_PARENTS_LINE: Final = '<meta name="langdao:parent-origins" content="">'
_BASE_LINE: Final = '<meta name="langdao:base" content="/">'
_NO_DOCS_LINE: Final = '<meta name="langdao:no-docs" content="">'
_EXAMPLE: Final = Link(
    room="session-abc123",
    role="student",
    address="0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1",
    language="es",
    session_start_ms=None,
)
_OWN_ADDRESS: Final = re.compile(r'\b(?:src|href)="(?=/(?!/))')
_SAID: Final = re.compile(r' data-say="([a-z.-]+)">[^<]*')
_ASSEMBLY: Final = "'wasm-unsafe-eval'"
"""WebAssembly, and no other `eval` (CSP3 §2.3.1). The worklet that takes noise out has its page's policy."""
_SCRIPT: Final = re.compile("<script>(.*?)</script>", re.DOTALL)
_STYLE: Final = re.compile("<style>(.*?)</style>", re.DOTALL)
_TOPICS: Final = {
    400: "link",
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
_embed: Final = Assets(
    STATIC,
    {
        "cache-control": "public, max-age=300",
        "access-control-allow-origin": "*",
        # A platform's page that isolates itself (COEP) loads only files with this header.
        "cross-origin-resource-policy": "cross-origin",
    },
    pattern="embed.js",
)
templates: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, enable_async=False
)


@router.get("/")
async def open_call(request: Request, service: Service) -> Response:
    """Open the call (R1). Without a query show the start page; with a bad query show what is wrong with it."""
    repaired = repair_query(request.query_params.multi_items(), request.url.query)
    if all(name == "ui" for name, _ in repaired.pairs) and repaired.fragment is None:
        return _page(request, service, "start.html")
    now_ms = service.clock.now_ms()
    query = group_values(request.query_params.multi_items())
    rules = service.admission.rules
    # A participant may reload the page late in a long session with its first link, so its age is checked at the join.
    if not service.settings.is_development:
        rules = LinkRules(start_age_ms_max=now_ms)
    link = receive_link(query, now_ms, rules)
    if isinstance(link, Link) and repaired.fragment is None:
        return _page(request, service, "room.html", request.query_params.get("language"))
    link = receive_link(repaired.as_query(), now_ms, rules)
    if isinstance(link, Link):
        return redirect_to(request, repaired.as_reference())
    example = make_link(service.settings.base_url, _EXAMPLE).replace(
        "sessionStart=0", f"sessionStart={now_ms}"
    )
    return show_problem(request, 400, "link", problems=link, example=example, is_changed=repaired.is_changed)


@router.get("/demo")
async def open_demo(request: Request, service: Service) -> Response:
    """Show a small demo platform. It makes sessions without a key, so it exists only in development."""
    if not service.settings.is_development:
        return show_problem(request, 404, "demo")
    return _page(request, service, "demo.html")


@router.get("/docs")
async def open_docs(request: Request, service: Service) -> Response:
    """Show the documentation of the HTTP interface from our own files, unless the operator has turned it off."""
    if not service.settings.api_docs:
        return show_problem(request, 404)
    return HTMLResponse(
        templates.get_template("docs.html").render(translation=ENGLISH, base=write_base(request)),
        headers=guard_page(request, styles=("'unsafe-inline'",)),
    )


@router.get("/embed.js")
async def get_embed(request: Request) -> Response:
    """Send the script that platforms include. Its name never changes, so browsers keep it only for five minutes."""
    return await _embed.answer("embed.js", request.headers)


@router.get("/robots.txt")
async def get_robots() -> Response:
    """Keep search engines away from all pages."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def redirect_to(request: Request, reference: str) -> Response:
    """Redirect to the repaired link. *reference* is relative, so that the caller's Host cannot change its target."""
    headers = guard_page(request) | {"location": reference}
    return Response(status_code=status.HTTP_303_SEE_OTHER, headers=headers)


def show_problem(
    request: Request, status_code: int, topic: str | None = None, *, code: str = "", **details: object
) -> HTMLResponse:
    """Show in the reader's language what is wrong and what to do next. *code* is the code of the error, if any."""
    translation = choose_translation(request)
    page = render_problem(
        translation,
        status_code,
        topic or _TOPICS.get(status_code, "other"),
        code=code,
        base=write_base(request),
        **details,
    )
    return HTMLResponse(page, status_code=status_code, headers=guard_page(request, is_call=True))


def render_problem(
    translation: Translation, status_code: int, topic: str, *, code: str = "", **details: object
) -> str:
    """Write the page of a problem: its *topic*, the reason if *code* has a text, and what to do next.

    The *details* include `base`, the prefix of our other pages.
    """
    title, because = f"refused.title.{code}", f"refused.text.{code}"
    return templates.get_template("problem.html").render(
        translation=translation,
        status=status_code,
        heading=translation.say(title if translation.has(title) else f"page.problem.{topic}.title"),
        advice=translation.say(
            because if translation.has(because) else f"page.problem.{_NEXT_STEPS.get(topic, 'other')}.advice"
        ),
        **details,
    )


def write_base(request: Request) -> str:
    """Return the prefix of our paths as browsers see it, encoded for a URL; empty if there is none."""
    return quote(request.scope.get("langdao_base", ""))


def guard_page(
    request: Request,
    *,
    frames: tuple[str, ...] = (),
    scripts: tuple[str, ...] = (),
    styles: tuple[str, ...] = (),
    is_call: bool = False,
) -> dict[str, str]:
    """Return the security headers of a page for *request* (see `page_headers`)."""
    settings: Settings = request.app.state.settings
    hosts = (request.headers.get("host", ""), settings.base_origin.authority)
    return page_headers(
        hosts,
        settings.parent_origins,
        frames=frames,
        scripts=scripts,
        styles=styles,
        is_call=is_call,
    )


def _page(request: Request, service: Context, name: str, lesson_language: str | None = None) -> HTMLResponse:
    settings = service.settings
    # The demo embeds calls by the origin of the links, which may be another name of this machine.
    frames = (str(settings.base_origin),) if name == "demo.html" else ()
    code = choose_translation(request, lesson_language).code
    page = _read_page(name, settings.parent_origins, code, write_base(request), has_docs=settings.api_docs)
    is_call = name == "room.html"
    scripts = (*page.scripts, _ASSEMBLY) if is_call else page.scripts
    headers = guard_page(request, frames=frames, scripts=scripts, styles=page.styles, is_call=is_call)
    if "gzip" in request.headers.get("accept-encoding", ""):
        encoded = {"content-encoding": "gzip", "vary": "Accept-Encoding"}
        return HTMLResponse(page.compressed, headers=headers | encoded)
    return HTMLResponse(page.plain, headers=headers)


@lru_cache(maxsize=64)
def _read_page(name: str, origins: tuple[str, ...], code: str, base: str, *, has_docs: bool) -> _Page:
    """Write into a page what its scripts would find out too late: its prefix, who may embed it, and its language."""
    parents = html.escape(" ".join(origins), quote=True)
    translation = Translation(code, Locale.parse(code))
    page = (STATIC / name).read_text("utf-8")
    page = page.replace(_PARENTS_LINE, _PARENTS_LINE.replace('""', f'"{parents}"'))
    page = page.replace(_BASE_LINE, _BASE_LINE.replace('"/"', f'"{base}/"'))
    page = page.replace(_NO_DOCS_LINE, "" if has_docs else _NO_DOCS_LINE)
    page = _OWN_ADDRESS.sub(rf"\g<0>{base}", page)
    page = _SAID.sub(lambda said: f">{html.escape(translation.say(said[1]))}", page)
    page = re.sub("<html [^>]*>", f'<html lang="{code}" dir="{translation.direction}">', page, count=1)
    plain = page.encode()
    scripts, styles = (tuple(map(hash_inline, kind.findall(page))) for kind in (_SCRIPT, _STYLE))
    return _Page(plain, gzip.compress(plain, mtime=0), scripts, styles)
