"""Signed events of a call service: what came too late is no failure, or its sender would try for three days."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx2

from langdao_video.delivery.signing import sign_headers
from tests.stories.live import HandClock, Live, serving

SECRET = "whsec_" + base64.b64encode(b"b" * 32).decode()


async def send(live: Live, kind: str, **more: object) -> httpx2.Response:
    event: dict[str, Any] = {
        "type": kind,
        "sessionId": "late",
        "userRole": "student",
        "timestamp": live.clock.now_ms(),
        **more,
    }
    raw = json.dumps(event).encode()
    headers = sign_headers([SECRET], "evt_1", live.clock.now_ms() // 1000, raw)
    return await live.http.post(
        "/api/webrtc-events", content=raw, headers={"content-type": "application/json", **headers}
    )


async def test_an_event_after_the_end_is_taken_without_effect(tmp_path: Path) -> None:
    clock = HandClock()
    async with serving(tmp_path, clock, SERVICE_ROLE="backend", backend_secret=(SECRET,)) as live:
        await send(live, "user-connected", epoch=1)
        await send(live, "session-ended", totalSeconds=0, endedBy="student", userAddress="0x1")
        clock.advance(1_000)
        late = await send(live, "user-connected", epoch=2)
        unsigned = await live.http.post(
            "/api/webrtc-events",
            json={
                "type": "user-connected",
                "sessionId": "late",
                "userRole": "student",
                "timestamp": clock.now_ms(),
                "epoch": 2,
            },
        )

    assert (late.status_code, late.json()) == (200, {"success": True, "code": "session-over"})
    assert (unsigned.status_code, unsigned.json()["code"]) == (422, "session-over")


async def test_an_answer_of_the_room_without_a_question_has_no_effect(tmp_path: Path) -> None:
    async with serving(tmp_path, HandClock(), SERVICE_ROLE="backend", backend_secret=(SECRET,)) as live:
        await send(live, "user-connected", epoch=1)
        answers = [await send(live, "grace-decision", decision="wait", decidedBy="student") for _ in "ab"]

    assert [answer.json() for answer in answers] == [{"success": True, "code": "no-grace"}] * 2
