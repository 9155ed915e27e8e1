"""The port for monitors: what it serves, to whom, and beside which other port."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import httpx2
import structlog

from langdao_video.app import create_app
from langdao_video.server.metrics_port import listen
from langdao_video.server.run import make_metrics_port, run_server
from langdao_video.settings import Settings
from tests.stories.live import NO_TLS, PATIENCE_SECONDS, HandClock, serving

PRODUCTION: dict[str, Any] = {"link_keys": "k" * 32, "api_keys": "the-platform-s-own-key"}


async def test_it_serves_three_paths_without_a_key_and_nothing_else(tmp_path: Path) -> None:
    async with serving(tmp_path, HandClock(), **PRODUCTION) as live:
        settings = Settings(metrics_port=0, **PRODUCTION)
        listener = listen("127.0.0.1", 0)
        port = make_metrics_port(live.app, settings, listener)
        port.open()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx2.AsyncClient(
            base_url=url, trust_env=False, timeout=PATIENCE_SECONDS, verify=NO_TLS
        ) as monitor:
            paths = ("/metrics", "/ready", "/health", "/", "/api/sessions", "/metrics/x", "/static/embed.js")
            statuses = {path: (await monitor.get(path)).status_code for path in paths}
            upgraded = await monitor.get(
                "/?room=r",
                headers={
                    "connection": "upgrade",
                    "upgrade": "websocket",
                    "sec-websocket-version": "13",
                    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
                },
            )
        await port.close()

        public = (await live.http.get("/metrics")).status_code

    assert statuses == {"/metrics": 200, "/ready": 200, "/health": 200} | dict.fromkeys(paths[3:], 404)
    assert upgraded.status_code == 403
    assert public == 401, "the mark of the port stays on the port"


def test_an_address_that_is_not_free_is_told_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, structlog.testing.capture_logs() as logs:
        settings = Settings(metrics_port=taken.getsockname()[1])

        assert not run_server(create_app(settings), settings)

    assert [(line["event"], line["port"]) for line in logs] == [("metrics-not-served", settings.metrics_port)]
