"""`/metrics` for Prometheus: with an API key here, or without one on METRICS_PORT (server/metrics_port.py)."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from langdao_video.access.network import ON_METRICS_PORT
from langdao_video.metrics.collector import render
from langdao_video.web.context import Service, check_api_key

router = APIRouter(include_in_schema=False)


async def check_reader(request: Request) -> None:
    """Require an API key in production, except on the port that is for metrics only."""
    if ON_METRICS_PORT not in (request.scope.get("extensions") or {}):
        await check_api_key(request)


@router.get("/metrics", dependencies=[Depends(check_reader)])
async def read_metrics(request: Request, service: Service) -> Response:
    """Answer with all metrics of this process, as text or OpenMetrics."""
    await service.vitals.readiness.find_hindrance()  # so that `langdao_ready` is of now
    text, content_type = render(service.vitals.registry, request.headers.get("accept", ""))
    return Response(text, headers={"content-type": content_type})
