"""Which addresses a process answers, by its role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter

from langdao_video.web import (
    corrections,
    deliveries,
    endpoints,
    event_lists,
    events,
    feed,
    health,
    metrics,
    pages,
    revocations,
    rooms,
    sessions,
    socket,
    statement,
)


def choose_routers(role: Literal["both", "call", "backend"]) -> Sequence[APIRouter]:
    """Return the routers of a call service, of a platform's backend, or of both in one process."""
    call = (pages.router, socket.router, revocations.router)
    backend = (
        *(sessions.router, corrections.router, events.router, event_lists.router, feed.router),
        statement.router,
    )
    by_role = {
        "both": (*backend, *call),
        "call": (*call, rooms.router),
        "backend": (*backend, pages.router, revocations.router),
    }
    outbox = (endpoints.router, deliveries.router)
    return *by_role[role], *outbox, health.router, metrics.router
