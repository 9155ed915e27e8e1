"""Whether this node can work: it answers, and its store answers."""

from __future__ import annotations

from fastapi import APIRouter

from langdao_video.web.context import Service

router = APIRouter(tags=["health"])


@router.head("/health", include_in_schema=False)
@router.get("/health")
async def read_health(service: Service) -> dict[str, str]:
    """Answer `ok`, or 503 while the store does not answer."""
    await service.store.load_due(0, 1)
    return {"status": "ok"}
