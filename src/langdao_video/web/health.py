"""Whether this node can work: it answers, its store answers, and its loops run."""

from __future__ import annotations

from fastapi import APIRouter

from langdao_video.errors import Unavailable
from langdao_video.logs import count_dropped_lines
from langdao_video.web.context import Service

router = APIRouter(tags=["health"])


@router.get("/health")
async def read_health(service: Service) -> dict[str, str | int]:
    """Answer `ok`, or 503 while the store does not answer, or when a loop has stopped that should never end.

    `logLinesDropped` is there once a line of the log could not be written.
    """
    if any(loop.done() for loop in service.loops):
        raise Unavailable("loop-stopped", "A part of the service has stopped: restart it; its log says why.")
    await service.store.load_due(0, 1)
    dropped = count_dropped_lines()
    return {"status": "ok", **({"logLinesDropped": dropped} if dropped else {})}
