"""The parts that the routers share. `app.py` puts them on the application; routers get them here with their types."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi import Path as InPath
from fastapi.requests import HTTPConnection
from pydantic import AfterValidator

from langdao_video.access.revocations import Revocations
from langdao_video.access.statement_links import StatementLinks
from langdao_video.access.throttle import RefusalThrottle
from langdao_video.access.tokens import Tokens
from langdao_video.across_nodes.joining import Carriages
from langdao_video.apart.rooms import PlatformRooms
from langdao_video.backplane.port import Backplane
from langdao_video.billing.service import SessionService
from langdao_video.clock import Clock
from langdao_video.errors import NotAllowed
from langdao_video.session.paths import read_segment
from langdao_video.settings import Settings
from langdao_video.signaling.admission import Admission
from langdao_video.signaling.hub import Hub
from langdao_video.store.delivery_port import DeliveryStore
from langdao_video.store.port import Store
from langdao_video.web.readiness import Vitals
from langdao_video.web.waiting import Waiting

STATIC: Final = Path(__file__).parent / "static"
TEMPLATES: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The parts of the running service."""

    settings: Settings
    clock: Clock
    wall_ms: Callable[[], int]
    """The wall clock, Unix ms: for times that another machine has written by its own."""
    store: Store
    deliveries: DeliveryStore
    reload_endpoints: Callable[[], object]
    """Tell the worker of this process that the endpoints have changed. Other processes notice it in seconds."""
    sessions: SessionService
    hub: Hub
    tokens: Tokens
    revocations: Revocations
    statements: StatementLinks
    admission: Admission
    throttle: RefusalThrottle
    backplane: Backplane
    carriages: Carriages
    """What this node carries to others: the sockets and requests of rooms that they own."""
    rooms: PlatformRooms | None
    """What another process tells the rooms of this one; None if the bill is made here."""
    hurry: Callable[[str], object]
    """Tries at once what failed at an endpoint. A signed request of its owner shows that it is there again."""
    loops: tuple[asyncio.Task[None], ...]
    """The tasks that run as long as the service does."""
    vitals: Vitals
    session_waits: Waiting = field(default_factory=lambda: Waiting(most=1_000, reread_ticks=5))
    event_waits: Waiting = field(default_factory=lambda: Waiting(most=50, reread_ticks=1))
    """Fewer, because each of them reads every second: no hint covers the events of all sessions on all nodes."""


def get_context(connection: HTTPConnection) -> Context:
    """Return the running service behind a request or a socket."""
    context: Context = connection.app.state.context
    return context


async def _get_service(connection: HTTPConnection) -> Context:
    """Return the same to a handler. FastAPI would call a plain function in a thread, and every request would wait."""
    return get_context(connection)


Service = Annotated[Context, Depends(_get_service)]


SessionPath = Annotated[
    str,
    # web/target.py has already rewritten the segment with `write_segment`.
    AfterValidator(read_segment),
    InPath(
        description="The session's id, percent-encoded. For an id that cannot be part of a path (with `/`, or `..`), "
        "write `~` and its UTF-8 in base64url.",
        examples=["session-abc123"],
    ),
]


class NotAuthorized(NotAllowed):
    """The request has no key, or a wrong one."""

    status = 401


class WrongKey(NotAuthorized):
    """The request has a key that is not ours. This may be a guess, so the answer may be delayed."""


async def check_api_key(request: Request) -> None:
    """Require `Authorization: Bearer KEY` in production. In development every caller on this machine may call."""
    settings = get_context(request).settings
    if settings.is_development:
        request.state.has_key = True
        return
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    known = (hmac.compare_digest(given.encode(), key.encode()) for key in settings.api_keys)
    if scheme.lower() != "bearer" or not any(known):
        message = "Send `Authorization: Bearer KEY` with one of this service's API_KEYS."
        if given:
            raise WrongKey("api-key-required", message)
        raise NotAuthorized("api-key-required", message)
    request.state.has_key = True


ApiKey = Depends(check_api_key)
