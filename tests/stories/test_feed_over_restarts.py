"""The live feed outlives a killed service, and tells proxies every 15 s that it lives."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.stories.forked import ForkedService
from tests.stories.lesson import make_session
from tests.stories.live import NO_TLS, Live
from tests.stories.page import ADDRESSES


async def read_events(url: str, last_id: str | None, count: int) -> list[tuple[str, str]]:
    """Read the feed until it has sent *count* events with an id; return their ids and types."""
    found: list[tuple[str, str]] = []
    name = id_ = ""
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    async with (
        httpx2.AsyncClient(trust_env=False, verify=NO_TLS, timeout=60) as http,
        http.stream("GET", url, headers=headers) as answer,
    ):
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("id: "):
                id_ = line.removeprefix("id: ")
            elif not line:
                if id_:
                    found.append((id_, name))
                    if len(found) == count:
                        return found
                name = id_ = ""
    return found


async def post(service: ForkedService, path: str, body: dict[str, Any]) -> dict[str, Any]:
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False, verify=NO_TLS, timeout=60) as http:
        answer = await http.post(path, json=body)
        assert answer.is_success, answer.text
        made: dict[str, Any] = answer.json()
        return made


@pytest.mark.requirement("R42")
async def test_a_feed_goes_on_after_the_service_was_killed(tmp_path: Path) -> None:
    async with ForkedService(tmp_path, {"STUN_URLS": "none"}) as service:
        made = await post(
            service, "/api/sessions", {"studentAddress": ADDRESSES["student"], "language": "es"}
        )
        feed = f"{service.url}/api/sessions/{made['sessionId']}/feed"
        before = await read_events(feed, None, 1)
        await service.stop(signal.SIGKILL)
        await service.start()

        goes_on = asyncio.create_task(read_events(feed, before[-1][0], 1))
        event = {"type": "user-connected", "sessionId": made["sessionId"], "userRole": "student", "epoch": 1}
        await post(service, "/api/webrtc-events", event | {"timestamp": time.time_ns() // 1_000_000})

        assert before == [("1", "session-created")]
        assert await goes_on == [("2", "user-connected")]


@pytest.mark.requirement("R42")
async def test_a_quiet_feed_sends_comments(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await make_session(live)
    monkeypatch.setattr("langdao_video.web.feed.COMMENT_SECONDS", 0.05)

    async with live.http.stream("GET", f"/api/sessions/{made['sessionId']}/feed") as answer:
        async for line in answer.aiter_lines():
            if line.startswith(":"):
                return
    pytest.fail("The feed ended without a comment")
