"""Signed events: with BACKEND_SECRET a signature opens POST /api/webrtc-events as an API key does, and nothing else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from langdao_video.delivery.signing import sign_headers
from tests.stories.live import HandClock, Live, serving
from tests.stories.page import ADDRESSES

SECRET: Final = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"  # noqa: S105 - of a test
NEWER: Final = "whsec_bmV3ZXJuZXdlcm5ld2VybmV3ZXJuZXdlcm5ld2Vy"
API_KEY: Final = "the-key"
PRODUCTION: Final = {"link_keys": "k" * 32, "api_keys": API_KEY, "backend_secret": f"{NEWER}, {SECRET}"}


def connected(live: Live, session_id: str) -> dict[str, Any]:
    return {
        "type": "user-connected",
        "sessionId": session_id,
        "userRole": "student",
        "userAddress": ADDRESSES["student"],
        "timestamp": live.clock.now_ms(),
    }


@pytest.fixture
async def backend(tmp_path: Path, clock: HandClock) -> AsyncIterator[Live]:
    """Run a backend in production that knows two secrets."""
    async with serving(tmp_path, clock, **PRODUCTION, SERVICE_ROLE="backend") as live:
        yield live


async def make_one(live: Live) -> str:
    answer = await live.http.post(
        "/api/sessions",
        json={"studentAddress": ADDRESSES["student"], "language": "es"},
        headers={"authorization": f"Bearer {API_KEY}"},
    )
    session_id: str = answer.json()["sessionId"]
    return session_id


async def send(
    live: Live, event: object, secret: str, *, late_seconds: int = 0, id_: str | None = None
) -> tuple[int, Any]:
    body = json.dumps(event).encode()
    signed = sign_headers([secret], "evt_1", live.clock.now_ms() // 1000 - late_seconds, body)
    headers = {"content-type": "application/json", **signed} | ({"webhook-id": id_} if id_ else {})
    answer = await live.http.post(
        "/api/webrtc-events", content=body, headers={"content-type": "application/json", **signed, **headers}
    )
    return answer.status_code, answer.json()


@pytest.mark.parametrize("secret", [SECRET, NEWER])
async def test_a_signed_event_needs_no_api_key(backend: Live, secret: str) -> None:
    event = connected(backend, await make_one(backend))

    assert await send(backend, event, secret) == (200, {"success": True})


async def test_a_wrong_or_old_signature_is_refused(backend: Live) -> None:
    event = connected(backend, await make_one(backend))

    wrong = await send(backend, event, "whsec_" + "QUJD" * 10)
    old = await send(backend, event, SECRET, late_seconds=301)
    changed = await send(backend, event, SECRET, id_="evt_2")

    assert {status for status, _ in (wrong, old, changed)} == {401}
    assert {answer["code"] for _, answer in (wrong, old, changed)} == {"signature-invalid"}


async def test_an_event_without_signature_needs_the_api_key(backend: Live) -> None:
    event = connected(backend, await make_one(backend))

    without = await backend.http.post("/api/webrtc-events", json=event)
    with_key = await backend.http.post(
        "/api/webrtc-events", json=event, headers={"authorization": f"Bearer {API_KEY}"}
    )

    assert (without.status_code, without.json()["code"]) == (401, "api-key-required")
    assert with_key.status_code == 200


async def test_a_signature_opens_nothing_else(backend: Live) -> None:
    session_id = await make_one(backend)
    body = json.dumps({"sessionId": session_id, "decision": "wait", "decidedBy": "platform"}).encode()
    signed = sign_headers([SECRET], "evt_1", backend.clock.now_ms() // 1000, body)

    answer = await backend.http.post("/api/grace-period-decision", content=body, headers=signed)

    assert answer.status_code == 401


async def test_who_gets_our_events_cannot_send_us_any(tmp_path: Path, clock: HandClock) -> None:
    async with serving(tmp_path, clock, **PRODUCTION) as live:  # the rooms are in this process
        event = connected(live, await make_one(live))

        status, answer = await send(live, event, SECRET)

    assert (status, answer["code"]) == (401, "api-key-required")


async def test_a_signature_is_as_old_as_the_wall_clock_says(backend: Live) -> None:
    event = connected(backend, await make_one(backend))
    now_ms = backend.clock.now_ms()
    backend.app.state.context = replace(backend.context, wall_ms=lambda: now_ms - 400_000)

    by_the_services_clock = await send(backend, event, SECRET)
    by_the_wall = await send(backend, event, SECRET, late_seconds=400)

    assert (by_the_services_clock[0], by_the_wall[0]) == (401, 200)
