"""Events of other types: POST /api/webrtc-events takes them without effect, so that no sender hangs on one."""

from __future__ import annotations

import pytest

from tests.stories.lesson import make_session
from tests.stories.live import Live


@pytest.mark.requirement("R35")
@pytest.mark.parametrize(
    "type_", ["connection-warning", "low-balance", "bill-final", "of-a-newer-version", "x" * 999]
)
async def test_an_event_that_we_do_not_know_is_taken_without_effect(live: Live, type_: str) -> None:
    session_id = (await make_session(live))["sessionId"]
    before = await live.get(f"/api/sessions/{session_id}/events")

    answer = await live.post(
        "/api/webrtc-events", {"type": type_, "sessionId": session_id, "timestamp": "soon"}
    )

    assert answer == {"success": True, "code": "not-understood"}
    assert await live.get(f"/api/sessions/{session_id}/events") == before


@pytest.mark.parametrize("type_", [None, "", 7, ["user-connected"]])
async def test_an_event_without_a_type_is_refused(live: Live, type_: object) -> None:
    answer = await live.post("/api/webrtc-events", {"type": type_, "sessionId": "s", "timestamp": 1}, 422)

    assert answer["code"] == "request-invalid"


async def test_a_known_event_with_wrong_fields_is_refused(live: Live) -> None:
    answer = await live.post("/api/webrtc-events", {"type": "user-connected", "sessionId": "s"}, 422)

    assert {field["field"] for field in answer["fields"]} >= {"user-connected.timestamp"}
