"""Tells whether this process works (`/health`: keep it alive) and may get more to do (`/ready`: send pages there)."""

from __future__ import annotations

from fastapi import APIRouter

from langdao_video.logs import count_dropped_lines
from langdao_video.web.context import Service
from langdao_video.web.readiness import find_stopped_loop

router = APIRouter(tags=["health"])


@router.get("/health")
async def read_health(service: Service) -> dict[str, str | int]:
    """Answer `ok`, or 503 if the store does not answer or a background task has stopped.

    `logLinesDropped` is present if lines of the log could not be written.
    """
    if stopped := find_stopped_loop(service.loops):
        raise stopped
    await service.store.load_due(0, 1)
    dropped = count_dropped_lines()
    return {"status": "ok", **({"logLinesDropped": dropped} if dropped else {})}


@router.get("/ready")
async def read_readiness(service: Service) -> dict[str, str]:
    """Answer `ready`, or 503 with what is in the way of new rooms: the store takes no writes, or the rooms move.

    Rooms that are here already go on. A process that is not ready must not be killed for it: that is what /health says.
    """
    if hindrance := await service.vitals.readiness.find_hindrance():
        raise hindrance
    return {"status": "ready"}
