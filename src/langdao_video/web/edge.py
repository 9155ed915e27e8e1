"""The outermost middleware: it finds the address that a request means, and gives each answer its security headers.

It also serves HEAD, and in development refuses callers from other machines. It is even around the handler of
unexpected errors, because that handler's answers need the headers, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import structlog
from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from langdao_video.access.headers import answer_headers
from langdao_video.access.origins import Origin, is_other_address, is_this_machine, receive_origin
from langdao_video.errors import LangDAOError, NotAllowed
from langdao_video.settings import Settings
from langdao_video.web.exception_handlers import answer_error
from langdao_video.web.target import check_query, receive_target

log = structlog.get_logger(__name__)

_ANSWERS: Final = ("http.response.start", "websocket.http.response.start")
_DENIAL: Final = "websocket.http.response"
_TEST_CLIENT: Final = "testserver"
"""The name that Starlette's TestClient gives to itself and its server. No browser can reach us by it."""


class HostNotLocal(NotAllowed):
    """Development mode trusts every caller, but this request used a name that is not this machine's.

    The status is 421 (RFC 9110 §15.5.20).
    """

    status = 421


class EdgeMiddleware:
    """Pass on each request with the address that it means, and each answer with its security headers."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._is_development = settings.is_development
        self._base_url, self._base_path = settings.base_url, settings.base_path
        self._base_origin = settings.base_origin
        self._headers = answer_headers(is_https=self._base_origin.scheme == "https")
        self._has_warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or socket. The lifespan is passed on unchanged."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        send = self._with_headers(scope, send)
        if scope.get("method") == "HEAD":
            scope, receive, send = _as_get(scope, receive, send)
        try:
            if self._is_development:
                check_machine(scope, self._base_origin)
            scope = {**scope, **self._find(scope)}
            if scope["type"] == "http":
                check_query(scope["query_string"])
        except LangDAOError as error:
            await _refuse(error, scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _find(self, scope: Scope) -> dict[str, Any]:
        target = receive_target(scope, self._base_path)
        root = scope.get("root_path", "")
        if root and not self._has_warned and not self._base_path.endswith(root):
            self._has_warned = True
            log.warning("mounted-elsewhere", mounted_at=root, links_lead_to=self._base_url)
        return {**target.as_scope(), "langdao_base": target.base}

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        is_open, can_answer = scope["type"] == "http", _DENIAL in (scope.get("extensions") or {})

        async def send_guarded(message: Message) -> None:
            nonlocal is_open
            is_open = is_open or message["type"] == "websocket.accept"
            if message["type"] in _ANSWERS:
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            elif message["type"] == "websocket.close" and not is_open and can_answer:
                # For a bare close the server would send an empty 403 without our headers.
                reason = message.get("reason") or "This service refuses this WebSocket."
                denial = JSONResponse({"code": "socket-refused", "message": reason}, 403)
                await denial(scope, _receive_disconnect, send_guarded)
                return
            await send(message)

        return send_guarded


def check_machine(scope: Mapping[str, Any], base_origin: Origin) -> None:
    """Raise HostNotLocal unless the request was sent to this machine, by one of its names or by WEBRTC_URL's.

    This stops DNS rebinding: if a site makes its name resolve to 127.0.0.1, its visitors' browsers send that name.
    """
    server = scope.get("server") or ("", None)
    names = Headers(raw=scope["headers"]).getlist("host")
    if server[0] == _TEST_CLIENT and names == [_TEST_CLIENT]:
        return
    if not is_other_address(server[0]) and all(_is_own_name(name, base_origin) for name in names):
        return
    raise HostNotLocal(
        "host-not-local",
        f"Development mode answers only this machine, as localhost and not as {', '.join(names)[:100]!r}. To let "
        "other machines in, set LINK_KEYS and API_KEYS. For another name of this machine, set WEBRTC_URL.",
    )


def _is_own_name(host: str, base_origin: Origin) -> bool:
    origin = receive_origin(f"{base_origin.scheme}://{host}")
    return is_this_machine(host) or (origin is not None and origin.host == base_origin.host)


def _as_get(scope: Scope, receive: Receive, send: Send) -> tuple[Scope, Receive, Send]:
    """Run a HEAD request as GET, and send only the headers (RFC 9110 §9.3.2). An endless feed is left at once."""
    is_answered = asyncio.Event()
    has_begun = False

    async def receive_until_answered() -> Message:
        nonlocal has_begun
        if not has_begun:
            has_begun = True
            return await receive()
        await is_answered.wait()
        return {"type": "http.disconnect"}

    async def send_headers(message: Message) -> None:
        if is_answered.is_set():
            return
        await send(message)
        if message["type"] == "http.response.start":
            is_answered.set()
            await send({"type": "http.response.body", "body": b""})

    return {**scope, "method": "GET"}, receive_until_answered, send_headers


async def _refuse(error: LangDAOError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "reason": error.message})
    elif isinstance(error, HostNotLocal):
        # The name may be an attacker's, so it gets no page of ours. A developer can read JSON.
        answer = JSONResponse({"code": error.code, "message": error.message}, error.status)
        await answer(scope, receive, send)
    else:
        await (await answer_error(Request(scope), error))(scope, receive, send)


async def _receive_disconnect() -> Message:
    return {"type": "websocket.disconnect"}
