"""Wrong input of a platform: each kind gets one status with `{code, message}`, and no bill changes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio

from tests.stories.lesson import make_session
from tests.stories.live import Live
from tests.stories.page import ADDRESSES

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW_MS: Final = 1_764_000_000_000
DEEP: Final = "[" * 60_000
SESSION: Final[dict[str, Any]] = {"studentAddress": ADDRESSES["student"], "language": "es"}


@pytest_asyncio.fixture(loop_scope="module")
async def session_id(shared: Live) -> AsyncIterator[str]:
    """Make a session, and check at the end that the test has not changed it."""
    made = await make_session(shared)
    path = f"/api/sessions/{made['sessionId']}"
    before = await shared.get(path)
    yield made["sessionId"]
    assert await shared.get(path) == before


async def refused(live: Live, path: str, body: str | bytes | dict[str, Any], status: int, code: str) -> str:
    """POST, expect the refusal, and return its message."""
    content = json.dumps(body) if isinstance(body, dict) else body
    answer = await live.http.post(path, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    message: str = answer.json()["message"]
    assert message
    return message


BROKEN: Final = {
    "nothing": "",
    "no JSON": "{",
    "text": "hello",
    "null": "null",
    "array": "[]",
    "number": "5",
    "bytes": b"\xff\xfe",
    "surrogate": '{"type":"\\ud800","sessionId":"\\ud800"}',
}


@pytest.mark.parametrize("path", ["/api/sessions", "/api/webrtc-events", "/api/grace-period-decision"])
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
async def test_a_body_that_is_no_json_object_is_refused(shared: Live, path: str, body: str | bytes) -> None:
    answer = await shared.http.post(path, content=body, headers={"content-type": "application/json"})

    assert answer.status_code in {400, 422}
    assert set(answer.json()) >= {"code", "message"}


@pytest.mark.parametrize(
    ("content", "headers", "says"),
    [
        (json.dumps(SESSION), {"content-type": "text/plain"}, "Content-Type: application/json"),
        ("", {}, "Content-Type: application/json"),
        ('{"language": "es",}', {"content-type": "application/json"}, "at character 18"),
        (DEEP, {"content-type": "application/json"}, "nested too deeply"),
        (f'{{"capMinor": {"9" * 5_000}}}', {"content-type": "application/json"}, "too many digits"),
    ],
    ids=["text", "nothing", "comma", "deep", "digits"],
)
async def test_a_common_mistake_is_told_with_what_is_right(
    shared: Live, content: str, headers: dict[str, str], says: str
) -> None:
    answer = await shared.http.post("/api/sessions", content=content, headers=headers)

    assert says in answer.json()["message"]


async def test_what_is_missing_is_named(shared: Live) -> None:
    lacking = {name: value for name, value in SESSION.items() if name != "language"}
    session = await shared.http.post("/api/sessions", json=lacking)
    event = await shared.http.post("/api/webrtc-events", json={"sessionId": "s"})

    assert session.json()["message"] == "language: this field is missing"
    assert event.json()["message"] == "body: say in `type` what this is"


async def test_a_wrong_path_and_a_wrong_method_are_told_with_what_is_right(shared: Live) -> None:
    lost = await shared.http.get("/api/session/x%1b")
    put = await shared.http.put("/api/sessions")

    assert lost.json()["message"] == "There is nothing at '/api/session/x\\x1b': check the path."
    assert put.json()["message"] == "Send POST here, not PUT."


@pytest.mark.parametrize("path", ["/api/sessions", "/api/webrtc-events"])
@pytest.mark.parametrize(
    "body", [DEEP, '{"a":' * 12_000, '{"type":' + DEEP], ids=["arrays", "objects", "inside"]
)
async def test_a_body_as_deep_as_it_is_long_is_refused(shared: Live, path: str, body: str) -> None:
    answer = await shared.http.post(path, content=body, headers={"content-type": "application/json"})

    assert answer.status_code in {400, 422}
    assert set(answer.json()) >= {"code", "message"}


@pytest.mark.parametrize("path", ["/api/sessions", "/api/webrtc-events"])
async def test_a_body_without_bound_is_not_read_to_its_end(shared: Live, path: str) -> None:
    message = await refused(shared, path, b'{"pad":"' + b"x" * 2_000_000 + b'"}', 413, "body-too-large")

    assert "65536" in message


class TestMakingASession:
    @pytest.mark.parametrize(
        ("change", "status", "code", "names"),
        [
            ({"initiatedBy": "tutor"}, 403, "only-student-initiates", "student"),
            ({"initiatedBy": "platform"}, 422, "request-invalid", "initiatedBy"),
            ({"studentAddress": "bob"}, 400, "address-invalid", "studentAddress"),
            ({"studentAddress": ""}, 400, "address-invalid", "studentAddress"),
            ({"studentAddress": 5}, 422, "request-invalid", "studentAddress"),
            ({"studentAddress": "0x" + "a" * 10_240}, 422, "request-invalid", "studentAddress"),
            ({"tutorAddress": "0xzz"}, 400, "address-invalid", "tutorAddress"),
            ({"language": "xx"}, 400, "language-unknown", "es, fr, de"),
            ({"language": "x" * 10_240}, 422, "request-invalid", "language"),
            ({"language": None}, 422, "request-invalid", "language"),
            ({"ratePerHourMinor": 0}, 422, "request-invalid", "ratePerHourMinor"),
            ({"ratePerHourMinor": -1}, 422, "request-invalid", "ratePerHourMinor"),
            ({"ratePerHourMinor": 19.99}, 422, "request-invalid", "ratePerHourMinor"),
            ({"ratePerHourMinor": "2000"}, 422, "request-invalid", "ratePerHourMinor"),
            ({"ratePerHourMinor": 10**16}, 422, "request-invalid", "ratePerHourMinor"),
            ({"ratePerHourMinor": 10**400}, 422, "request-invalid", "ratePerHourMinor"),
            ({"currency": "XYZ"}, 400, "currency-unknown", "XYZ"),
            ({"currency": ""}, 422, "request-invalid", "currency"),
            ({"currency": "<b>", "decimals": 2}, 400, "currency-unknown", "<b>"),
            (
                {"currency": "RSD", "decimals": 0, "ratePerHourMinor": 1},
                400,
                "currency-unknown",
                "2 decimals",
            ),
            ({"currency": "JPY"}, 400, "rate-invalid", "ratePerHourMinor in JPY"),
            ({"decimals": 6}, 400, "currency-unknown", "USD has 2"),
            ({"capMinor": 1, "ratePerHourMinor": 10**14}, 400, "cap-invalid", "not one second"),
            ({"displayName": "\u3164\u200b"}, 422, "request-invalid", "displayName"),
            ({"displayName": "\u202eatraM"}, 422, "request-invalid", "displayName"),
            ({"displayName": "M" + "\u0336" * 60}, 422, "request-invalid", "displayName"),
            ({"displayName": "Marta\x1b[2J"}, 422, "request-invalid", "displayName"),
            ({"rate": 5}, 422, "request-invalid", "rate"),
        ],
        ids=lambda value: repr(value)[:40] if isinstance(value, dict) else "",
    )
    async def test_each_wrong_field_is_named(
        self, shared: Live, change: dict[str, Any], status: int, code: str, names: str
    ) -> None:
        message = await refused(shared, "/api/sessions", SESSION | change, status, code)

        assert names in message
        assert len(message) < 500

    async def test_the_decimals_of_a_currency_are_those_of_iso_4217(self, shared: Live) -> None:
        body = SESSION | {"currency": "RSD", "decimals": 2, "ratePerHourMinor": 250_000}

        made = await shared.post("/api/sessions", body, 201)

        rate = (await shared.get(f"/api/sessions/{made['sessionId']}"))["ratePerHour"]
        assert (made["currency"], made["decimals"]) == ("RSD", 2)
        assert rate["formatted"] == "RSD\u00a02,500.00"

    @pytest.mark.parametrize("field", SESSION)
    async def test_a_missing_field_is_named(self, shared: Live, field: str) -> None:
        body = {name: value for name, value in SESSION.items() if name != field}

        assert field in await refused(shared, "/api/sessions", body, 422, "request-invalid")


class TestAskingForASession:
    @pytest.mark.parametrize(
        "room", ["no-such-session", "x" * 5_000, "%00", "%ff", "a%2Fb", "\u202e", "'; --"]
    )
    async def test_an_unknown_one_with_any_name_is_not_found(self, shared: Live, room: str) -> None:
        for path in (f"/api/sessions/{room}", f"/api/sessions/{room}/events", f"/api/sessions/{room}/feed"):
            answer = await shared.http.get(path)

            assert answer.status_code in {400, 404}, answer.text
            assert set(answer.json()) >= {"code", "message"}

    @pytest.mark.parametrize(
        "query", ["after=-1", "after=x", "limit=0", "limit=1001", "limit=x", "after=1e3"]
    )
    async def test_a_wrong_page_of_events_is_named(self, shared: Live, session_id: str, query: str) -> None:
        answer = await shared.http.get(f"/api/sessions/{session_id}/events?{query}")

        assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")
        assert query.split("=", maxsplit=1)[0] in answer.json()["message"]

    @pytest.mark.requirement("R3")
    async def test_a_tutor_s_link_for_somebody_else_is_refused(self, shared: Live) -> None:
        made = await make_session(shared, tutorAddress=ADDRESSES["tutor"])
        body = {"tutorAddress": "0x" + "9" * 40}

        for path in ("accept", "tutor-link"):
            await refused(shared, f"/api/sessions/{made['sessionId']}/{path}", body, 409, "tutor-known")

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
    async def test_a_method_that_is_not_offered_is_refused_with_a_code(
        self, shared: Live, method: str
    ) -> None:
        answer = await shared.http.request(method, "/api/sessions")

        assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")


def event(session_id: str, **change: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Make a valid event with the fields of *change*."""
    right = {"type": "user-connected", "sessionId": session_id, "userRole": "student", "timestamp": NOW_MS}
    return {name: value for name, value in (right | change).items() if value is not ...}


@pytest.mark.requirement("R35")
class TestEvents:
    @pytest.mark.parametrize(
        ("change", "names"),
        [
            ({"type": ...}, "type"),
            ({"type": None}, "type"),
            ({"timestamp": ...}, "timestamp"),
            ({"timestamp": str(NOW_MS)}, "timestamp"),
            ({"timestamp": NOW_MS + 0.5}, "timestamp"),
            ({"timestamp": -1}, "timestamp"),
            ({"timestamp": 2**60}, "timestamp"),
            ({"userRole": ...}, "userRole"),
            ({"userRole": "teacher"}, "userRole"),
            ({"sessionId": ""}, "sessionId"),
            ({"sessionId": "x" * 10_240}, "sessionId"),
            ({"sessionId": 5}, "sessionId"),
            ({"epoch": 0}, "epoch"),
            ({"epoch": "1"}, "epoch"),
            ({"epoch": 2**52}, "epoch"),
            ({"epoch": 10**400}, "epoch"),
            ({"seq": 2**53}, "seq"),
            ({"id": "x" * 65}, "id"),
        ],
        ids=lambda value: repr(value)[:40] if isinstance(value, dict) else "",
    )
    async def test_a_wrong_field_is_named(
        self, shared: Live, session_id: str, change: dict[str, Any], names: str
    ) -> None:
        message = await refused(
            shared, "/api/webrtc-events", event(session_id, **change), 422, "request-invalid"
        )

        assert names in message

    async def test_the_future_is_refused(self, shared: Live, session_id: str) -> None:
        ahead = event(session_id, timestamp=NOW_MS + 60_001)

        await refused(shared, "/api/webrtc-events", ahead, 422, "event-from-the-future")

    @pytest.mark.parametrize(
        "kind", ["session-heartbeat", "user-disconnected", "session-ended", "user-action"]
    )
    async def test_of_a_session_nobody_made_is_not_found(self, shared: Live, kind: str) -> None:
        body = event(
            "no-such-session", type=kind, reason="x", action="muted", userAddress="0x1", endedBy="student"
        )
        body |= {"totalSeconds": 1, "language": "es", "startTime": 1, "heartbeat": True, "elapsedSeconds": 1}
        body |= {"isAudioEnabled": True, "isVideoEnabled": True}

        await refused(shared, "/api/webrtc-events", body, 404, "unknown-session")

    async def test_a_leave_without_a_connect_waits_for_the_connect(
        self, shared: Live, session_id: str
    ) -> None:
        body = event(session_id, type="user-disconnected", reason="connection-closed")

        answer = await shared.post("/api/webrtc-events", body)

        assert answer == {"success": True, "code": "event-early"}

    async def test_a_decision_without_a_question_is_refused(self, shared: Live, session_id: str) -> None:
        for decision in ("wait", "end"):
            body = {"sessionId": session_id, "decision": decision, "decidedBy": "student"}
            await refused(shared, "/api/grace-period-decision", body, 409, "no-grace")

    async def test_a_right_one_is_taken_and_taken_again_without_effect(self, shared: Live) -> None:
        made = await make_session(shared)
        body = event(made["sessionId"], id="e-" + made["sessionId"][-20:], epoch=1)

        answers = [await shared.post("/api/webrtc-events", body) for _ in range(3)]

        events = (await shared.get(f"/api/sessions/{made['sessionId']}/events"))["events"]
        assert answers == [{"success": True}, *[{"success": True, "code": "event-known"}] * 2]
        assert [entry["type"] for entry in events] == ["session-created", "user-connected"]
