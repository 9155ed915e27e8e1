"""One HTTP/1.1 connection: uvicorn's, with a deadline for each wait and a bound on everything that it reads.

Laws: at each moment either an answer is being sent or a deadline runs. A peer without an open request at its deadline
is cut off. A refused connection gets at most one answer that says why, and is closed soon after it.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import Any, Final, cast
from urllib.parse import unquote

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from langdao_video.errors import LangDAOError
from langdao_video.server.answers import (
    ADDRESS_BUSY,
    BAD_HOST,
    BODY_BYTES_MAX,
    BODY_LATE,
    BODY_TOO_LARGE,
    BUSY,
    CHUNKS_MAX,
    HEAD_BYTES_MAX,
    HEAD_LATE,
    HEAD_TOO_LARGE,
    HEADER_LINES_MAX,
    NOT_HTTP,
    PIPELINE_FULL,
    PIPELINE_MAX,
    TOO_MANY_CHUNKS,
    URL_BYTES_MAX,
    URL_TOO_LONG,
    HttpAnswer,
    refuse_socket,
)
from langdao_video.server.budget import SocketAccount
from langdao_video.server.connection_limiter import ConnectionSlot
from langdao_video.server.edge import LEAVE_SECONDS, Edge, close_soon, send_at_once
from langdao_video.server.fast_socket import FastSocket
from langdao_video.server.handshake import answer_handshake
from langdao_video.server.websocket import Handshake, SocketConnection
from langdao_video.signaling.port import SocketService

HEALTH_PATH: Final = b"/health"
PROGRESS_SECONDS: Final = 30.0
"""How often we check that a peer reads our answer. A peer that reads nothing for that long is cut off."""
_SCHEMES: Final = {b"http": "http", b"https": "https", b"ws": "http", b"wss": "https"}


class RequestPhase(Enum):
    """What a connection is waiting for."""

    HEAD = "head"
    BODY = "body"
    ANSWER = "answer"
    IDLE = "idle"


class _RefusedError(Exception):
    """Stops the parser. The connection keeps the answer."""


class HttpConnection(HttpToolsProtocol):
    """Serve requests until a deadline or a bound is reached."""

    def __init__(self, edge: Edge, **uvicorn: Any) -> None:  # noqa: ANN401 - what uvicorn gives its protocols
        super().__init__(**uvicorn)
        limits = edge.limits
        self.headers = []
        self._edge = edge
        self._seconds = {
            RequestPhase.HEAD: limits.head_seconds,
            RequestPhase.BODY: limits.body_seconds,
            RequestPhase.ANSWER: PROGRESS_SECONDS,
            RequestPhase.IDLE: limits.idle_seconds,
        }
        self._phase = RequestPhase.HEAD
        self._deadline: asyncio.TimerHandle | None = None
        self._slot: ConnectionSlot | None = None
        self._peer = ""
        self._answer: HttpAnswer | None = None
        self._is_closing = False
        self._running: RequestResponseCycle | None = None
        self._head_bytes = self._header_bytes = self._header_lines = self._body_bytes = self._chunks = 0
        self._unsent_bytes = self._drains = self._drains_checked = 0

    # ── The connection ───────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Ask the limiter for a slot. The deadline for the head of the first request starts here."""
        super().connection_made(transport)
        send_at_once(transport)
        self._peer = self.client[0] if self.client else ""
        self._slot = self._edge.admit(self._peer, self._evict)
        self._enter(RequestPhase.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the slot back."""
        self._leave()
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        """Note that the peer reads our bytes."""
        self._drains += 1
        super().resume_writing()

    def shutdown(self) -> None:
        """Close because the service stops, after the current answer is sent."""
        super().shutdown()
        if self.transport.is_closing():
            self.loop.call_later(LEAVE_SECONDS, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        """Parse *data*. If it is refused, send the answer and read nothing more."""
        if self._is_closing:
            return
        self._unset_keepalive_if_required()
        if self._phase is RequestPhase.IDLE:
            self._head_bytes = 0
            self._enter(RequestPhase.HEAD)
        self._head_bytes = self._head_bytes + len(data) if self._phase is RequestPhase.HEAD else 0
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
        except httptools.HttpParserError:
            self._refuse(self._answer or NOT_HTTP)
        else:
            if self._phase is RequestPhase.HEAD and self._head_bytes > HEAD_BYTES_MAX:
                self._refuse(HEAD_TOO_LARGE)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over to a driver of WebSockets."""
        slot, caller = self._slot, self._find_caller()
        if slot is None or self._open_cycle() is not None:
            self._refuse(NOT_HTTP)
            return
        account = self._edge.open_socket(caller)
        if account is None:
            self._refuse(ADDRESS_BUSY)
        elif self._edge.sockets is None:
            self._begin_portable(slot, account, caller)
        else:
            self._begin_fast(self._edge.sockets, slot, account, caller)

    def _begin_portable(self, slot: ConnectionSlot, account: SocketAccount, caller: str) -> None:
        url = httptools.parse_url(self.url)
        handshake = Handshake(
            method=self.scope["method"],
            raw_path=url.path,
            query_string=url.query or b"",
            headers=self.headers,
            caller=caller,
            scheme="wss" if self.scope["scheme"] == "https" else "ws",
        )
        socket = SocketConnection(
            self._edge,
            slot,
            account,
            handshake,
            config=self.config,
            server_state=self.server_state,
            app_state=self.app_state,
        )
        transport = self.transport
        self._hand_over(socket)
        socket.begin(transport)

    def _begin_fast(
        self, service: SocketService, slot: ConnectionSlot, account: SocketAccount, caller: str
    ) -> None:
        answer = answer_handshake(self.scope["method"], self.headers)
        if isinstance(answer, HttpAnswer):
            self._refuse(answer)
            return
        url = httptools.parse_url(self.url)
        scope = {
            "path": self.root_path + unquote(url.path.decode("ascii")),
            "raw_path": self.root_path.encode("ascii") + url.path,
            "query_string": url.query or b"",
            "root_path": self.root_path,
            "headers": self.headers,
            "server": self.server,
            "client": (caller, 0),
        }
        try:
            opening = service.check_opening(scope)
        except LangDAOError as error:
            self._refuse(refuse_socket(error))
            return
        socket = FastSocket(self._edge, slot, account, self.transport)
        siblings = self.connections
        self._hand_over(socket)
        socket.begin(service, opening, answer, siblings)

    def _hand_over(self, socket: asyncio.Protocol) -> None:
        self.connections.discard(self)
        self._forget_deadline()
        self.transport.set_protocol(socket)
        vars(self).clear()  # the parser and this object refer to each other, and a lesson is long

    # ── What the parser finds ────────────────────────────────────────────────────────────────────

    def on_message_begin(self) -> None:
        """Begin the head of a request."""
        if len(self.pipeline) >= PIPELINE_MAX:
            self._stop(PIPELINE_FULL)
        super().on_message_begin()
        self._chunks = self._header_bytes = self._header_lines = self._body_bytes = 0
        if self._phase is not RequestPhase.HEAD:
            self._head_bytes = 1
            self._enter(RequestPhase.HEAD)

    def on_url(self, url: bytes) -> None:
        """Take a piece of the request's target."""
        super().on_url(url)
        if len(self.url) > URL_BYTES_MAX:
            self._stop(URL_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. A trailer after a chunked body is only counted: no proxy has checked it (RFC 9110 §6.5.1)."""
        self._header_lines += 1
        self._header_bytes += len(name) + len(value) + 4
        if self._header_lines > HEADER_LINES_MAX or self._header_bytes > HEAD_BYTES_MAX:
            self._stop(HEAD_TOO_LARGE)
        if self._phase is RequestPhase.HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Find out the caller, and begin the request if its address may have another connection."""
        self._enter(RequestPhase.BODY)
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            self._stop(BAD_HOST)
        url = httptools.parse_url(self.url)
        url.path.decode("ascii")
        caller = self._find_caller()
        self.scope["client"] = self.client if caller == self._peer else (caller, 0)
        self.scope["scheme"] = self._find_scheme()
        if self._slot is not None:
            if not self._edge.begin(self._slot, caller):
                self._stop(ADDRESS_BUSY)
            if self._slot.is_reserve and url.path != HEALTH_PATH:
                self._stop(BUSY)
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """Count a chunk of the body."""
        self._chunks += 1
        if self._chunks > CHUNKS_MAX:
            self._stop(TOO_MANY_CHUNKS)

    def on_body(self, body: bytes) -> None:
        """Take and count a piece of the body, even if nobody reads it any more."""
        self._body_bytes += len(body)
        if self._body_bytes > BODY_BYTES_MAX:
            self._stop(BODY_TOO_LARGE)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the answer, unless it has been sent already."""
        super().on_message_complete()
        if self.parser.should_upgrade() and self._should_upgrade():
            return  # the bytes that follow belong to the WebSocket
        if self._open_cycle() is None:
            self._rest()
        else:
            self._enter(RequestPhase.ANSWER)

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the rest of a request that is answered already."""
        super().on_response_complete()
        self._unset_keepalive_if_required()  # our own deadline replaces it, and lets a slow reader finish
        if self._phase is RequestPhase.ANSWER and self._open_cycle() is None:
            self._rest()

    # ── Deadlines ────────────────────────────────────────────────────────────────────────────────

    def _enter(self, phase: RequestPhase) -> None:
        self._phase = phase
        self._unsent_bytes = 0
        self._wait(self._seconds[phase])

    def _wait(self, seconds: float) -> None:
        self._forget_deadline()
        self._deadline = self.loop.call_later(seconds, self._end_wait)

    def _rest(self) -> None:
        if self._slot is not None and self._slot.is_reserve:
            self._close_soon(b"")
            return
        self._enter(RequestPhase.IDLE)
        if self.transport.is_closing():
            self._wait(PROGRESS_SECONDS)
        if self._slot is not None:
            self._edge.rest(self._slot)

    def _end_wait(self) -> None:
        self._deadline = None
        if self._phase is RequestPhase.BODY:
            self._refuse(BODY_LATE)
        elif self._phase is RequestPhase.HEAD and self._head_bytes:
            self._refuse(HEAD_LATE)
        elif self._phase is RequestPhase.HEAD:
            self._edge.refuse(self._peer, "silent")
            self._close_soon(b"")
        elif self.transport.get_write_buffer_size() or (
            self._phase is RequestPhase.ANSWER and not self.transport.is_closing()
        ):
            self._check_progress()
        else:
            self._close_soon(b"")

    def _check_progress(self) -> None:
        """Cut off a peer that has read nothing of its answer since the last check."""
        unsent, before = self.transport.get_write_buffer_size(), self._unsent_bytes
        is_stuck = unsent == before or (self.flow.write_paused and unsent > before)
        if before and is_stuck and self._drains == self._drains_checked:
            self._edge.refuse(self._peer, "reads-nothing")
            self.transport.abort()
            return
        self._unsent_bytes, self._drains_checked = unsent, self._drains
        self._wait(PROGRESS_SECONDS)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    # ── Closing ──────────────────────────────────────────────────────────────────────────────────

    def _stop(self, answer: HttpAnswer) -> None:
        self._answer = answer
        raise _RefusedError

    def _refuse(self, answer: HttpAnswer) -> None:
        self._edge.refuse(self._find_caller(), answer.code)
        running = self._running_cycle()
        is_answering = running is not None and (running.response_started or running is not self.cycle)
        self._close_soon(b"" if is_answering else answer.encode(self._edge.headers))

    def _close_soon(self, farewell: bytes) -> None:
        if self._is_closing:
            return
        self._is_closing = True
        self._forget_deadline()
        if running := self._running_cycle():
            running.disconnected = True
            running.message_event.set()
        close_soon(self.transport, farewell)

    def _evict(self) -> None:
        self._edge.refuse(self._peer, "made-room")
        self._is_closing = True
        self._forget_deadline()
        self.transport.abort()

    def _leave(self) -> None:
        self._forget_deadline()
        if self._slot is not None:
            self._edge.leave(self._slot)

    # ── The caller ───────────────────────────────────────────────────────────────────────────────

    def _find_caller(self) -> str:
        forwarded = [value for name, value in self.headers if name == b"x-forwarded-for"]
        if not forwarded:
            return self._peer
        if not self._edge.proxies.has(self._peer):
            self._edge.warn_of_proxy(self._peer)
            return self._peer
        return self._edge.proxies.find_caller(self._peer, b",".join(forwarded).decode("latin-1"))

    def _find_scheme(self) -> str:
        if self._edge.proxies.has(self._peer):
            for name, value in reversed(self.headers):
                if name == b"x-forwarded-proto" and value.strip() in _SCHEMES:
                    return _SCHEMES[value.strip()]
        return self.scheme or "http"

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _running_cycle(self) -> RequestResponseCycle | None:
        """Return the request that the application is working on, or None. Other requests may wait behind it."""
        return None if self._running is None or self._running.response_complete else self._running

    def _open_cycle(self) -> RequestResponseCycle | None:
        """Return the newest request, or None if it is answered in full."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return None if cycle is None or cycle.response_complete else cycle

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing: a request for an unknown upgrade is served as an ordinary request."""
