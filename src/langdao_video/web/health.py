"""Tells whether this node works: it answers, its store answers, and its background tasks run."""

from __future__ import annotations

from fastapi import APIRouter

from langdao_video.errors import Unavailable
from langdao_video.logs import count_dropped_lines
from langdao_video.web.context import Service

router = APIRouter(tags=["health"])


@router.get("/health")
async def read_health(service: Service) -> dict[str, str | int]:
    """Answer `ok`, or 503 if the store does not answer or a background task has stopped.

    `logLinesDropped` is present if lines of the log could not be written.
    """
    if any(loop.done() for loop in service.loops):
        raise Unavailable(
            "loop-stopped", "A part of the service has stopped: restart the service. Its log says why."
        )
    await service.store.load_due(0, 1)
    dropped = count_dropped_lines()
    return {"status": "ok", **({"logLinesDropped": dropped} if dropped else {})}
