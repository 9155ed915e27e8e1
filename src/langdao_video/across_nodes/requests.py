"""HTTP requests that need the owner of a session: the edge carries them to it, and the owner's answers back.

The owner runs a carried request through its whole application: key, signature, body and Idempotency-Key are checked
there as if it had come directly.

Bounds: an edge waits 5 s for an answer and has at most 1,000 requests under way; an owner runs at most 200 at once and
each for 30 s. Beyond that the caller gets 503 and tries again: what was stored meanwhile is stored once.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Scope

from langdao_video.across_nodes.exchange import Exchange
from langdao_video.across_nodes.messages import CarriedAnswer, CarriedAsk, FromEdge, FromOwner
from langdao_video.errors import NotOwner, Unavailable

log = structlog.get_logger(__name__)

CARRIED: Final = "langdao.carried"
"""The ASGI extension of a request that another node has carried here. It is not carried on."""
ANSWER_SECONDS_MAX: Final = 5.0
WAITING_MAX: Final = 1_000
RUN_SECONDS_MAX: Final = 30.0
RUNNING_MAX: Final = 200
_OWN_HEADERS: Final = frozenset({b"content-length", b"transfer-encoding", b"connection", b"date", b"server"})
"""What the edge's own server writes."""


@dataclass(slots=True)
class CarriedRequests:
    """The edge's half. *find_owner* asks the store."""

    exchange: Exchange
    find_owner: Callable[[str], Awaitable[str | None]]
    _waiting: dict[int, tuple[str, asyncio.Future[CarriedAnswer]]] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def carry(self, request: Request, session_id: str) -> Response:
        """Return the owner's answer to *request*. Raises Unavailable if there is none in time."""
        if CARRIED in (request.scope.get("extensions") or {}):
            raise NotOwner("owner-changes", "The session is moving to another node; try again.", session_id)
        owner = await self.find_owner(session_id)
        if owner is None or owner == self.exchange.node:
            raise NotOwner("owner-changes", "The session is moving to another node; try again.", session_id)
        if len(self._waiting) >= WAITING_MAX:
            raise Unavailable("too-many-carried", f"{WAITING_MAX} requests wait for other nodes: try again.")
        answer = await self._ask(owner, await _write_ask(next(self._ids), request))
        response = Response(answer.body, answer.status)
        for name, value in answer.headers:
            if name.lower() not in _OWN_HEADERS:
                response.headers.append(name.decode("latin-1"), value.decode("latin-1"))
        return response

    async def _ask(self, owner: str, ask: CarriedAsk) -> CarriedAnswer:
        answered: asyncio.Future[CarriedAnswer] = asyncio.get_running_loop().create_future()
        self._waiting[ask.id] = owner, answered
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                await self.exchange.send_to_owner(owner, ask)
                return await answered
        except TimeoutError:
            seconds = int(ANSWER_SECONDS_MAX)
            text = f"The node that owns this session did not answer within {seconds} s: try again."
            raise Unavailable("owner-silent", text) from None
        finally:
            del self._waiting[ask.id]

    def take_from_owner(self, owner: str, message: FromOwner) -> None:
        """Give an answer to the request that waits for it."""
        if isinstance(message, CarriedAnswer):
            asked, answered = self._waiting.get(message.id, ("", None))
            if answered is not None and asked == owner and not answered.done():
                answered.set_result(message)

    def lose_owner(self, owner: str) -> None:
        """Tell the waiting callers to try again."""
        for asked, answered in self._waiting.values():
            if asked == owner and not answered.done():
                answered.set_exception(Unavailable("owner-lost", "The node that owns this session has gone."))

    def carries_to(self, owner: str) -> bool:
        """Tell whether a request waits for *owner*."""
        return any(asked == owner for asked, _ in self._waiting.values())


@dataclass(slots=True)
class RemoteRequests:
    """The owner's half: run what edges carry here through *app*."""

    exchange: Exchange
    app: ASGIApp
    _running: dict[asyncio.Task[None], str] = field(default_factory=dict)

    def take_from_edge(self, edge: str, message: FromEdge) -> None:
        """Run a request in a task."""
        if isinstance(message, CarriedAsk):
            if len(self._running) >= RUNNING_MAX:
                self._answer(edge, CarriedAnswer(message.id, 503, [(b"retry-after", b"1")], b""))
                return
            task = asyncio.get_running_loop().create_task(self._run(edge, message))
            self._running[task] = edge
            task.add_done_callback(lambda done: self._running.pop(done, None))

    def lose_edge(self, edge: str) -> None:
        """Do nothing: what a request has begun goes on, and nobody waits for its answer."""

    async def close(self) -> None:
        """Cancel what runs."""
        for task in [*self._running]:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _run(self, edge: str, ask: CarriedAsk) -> None:
        try:
            async with asyncio.timeout(RUN_SECONDS_MAX):
                answer = await _run(self.app, ask)
        except Exception:
            log.exception("carried-request-failed")
            answer = CarriedAnswer(ask.id, 500, [], b"")
        self._answer(edge, answer)

    def _answer(self, edge: str, answer: CarriedAnswer) -> None:
        sent = self.exchange.send_to_edge(edge, answer)
        sent.add_done_callback(lambda done: done.cancelled() or done.exception())


async def _write_ask(id_: int, request: Request) -> CarriedAsk:
    scope = request.scope
    return CarriedAsk(
        id=id_,
        method=scope["method"],
        path=scope["path"],
        root_path=scope.get("root_path", ""),
        query=scope["query_string"],
        headers=[(bytes(name), bytes(value)) for name, value in scope["headers"]],
        host=request.client.host if request.client else None,
        body=await request.body(),
    )


async def _run(app: ASGIApp, ask: CarriedAsk) -> CarriedAnswer:
    """Run a request as a server would, and collect its answer."""
    status, headers, parts = 500, list[tuple[bytes, bytes]](), list[bytes]()
    is_read = False

    async def receive() -> Message:
        nonlocal is_read
        if is_read:
            await asyncio.Event().wait()  # the caller stays
        is_read = True
        return {"type": "http.request", "body": ask.body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", ())]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(_make_scope(ask), receive, send)
    return CarriedAnswer(ask.id, status, headers, b"".join(parts))


def _make_scope(ask: CarriedAsk) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": ask.method,
        "scheme": "http",
        "path": ask.path,
        "root_path": ask.root_path,
        "query_string": ask.query,
        # Compressed once is enough: the edge does it.
        "headers": [(name, value) for name, value in ask.headers if name != b"accept-encoding"],
        "client": (ask.host, 0) if ask.host else None,
        "server": ("127.0.0.1", 0),
        "extensions": {CARRIED: {}},
    }
