"""Endpoints over HTTP: secrets are shown once, and each refusal says what would be right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from langdao_video.delivery.endpoints import EVENT_TYPES
from langdao_video.delivery.signing import verify
from tests.recorder import Recorder
from tests.stories.lesson import make_session
from tests.stories.live import Live

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOOK = "http://localhost:4999"


async def add(live: Live, name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    made: dict[str, Any] = await live.post("/api/endpoints", {"url": f"{HOOK}/{name}", **more}, 201)
    return made


async def refused(live: Live, expect: int, **body: object) -> tuple[str, str]:
    answer = await live.post("/api/endpoints", body, expect)
    return answer["code"], answer["message"]


async def test_a_secret_is_shown_only_when_it_is_made(shared: Live) -> None:
    made = await add(shared, "once", types=["bill-final", "session-ended"])

    listed = await shared.get("/api/endpoints")

    assert made["secret"].startswith("whsec_")
    assert made["types"] == ["session-ended", "bill-final"]
    [known] = [row for row in listed["endpoints"] if row["id"] == made["id"]]
    assert known == {name: value for name, value in made.items() if name != "secret"}


async def test_two_endpoints_of_one_url_are_refused(shared: Live) -> None:
    await add(shared, "twice")

    assert (await refused(shared, 409, url=f"{HOOK}/twice"))[0] == "endpoint-known"


async def test_an_unknown_type_is_refused_with_the_list(shared: Live) -> None:
    code, message = await refused(shared, 400, url=f"{HOOK}/types", types=["user-left"])

    assert code == "endpoint-type"
    assert all(name in message for name in EVENT_TYPES)


@pytest.mark.parametrize("secret", ["whsec_no-base64!", "whsec_c2hvcnQ="])
async def test_a_secret_that_cannot_sign_is_refused(shared: Live, secret: str) -> None:
    code, message = await refused(shared, 400, url=f"{HOOK}/secret", secret=secret)

    assert code == "endpoint-secret"
    assert "base64" in message
    assert secret not in message


async def test_a_rotation_signs_with_both_until_the_old_one_is_removed(shared: Live) -> None:
    made = await add(shared, "rotates")
    path = f"/api/endpoints/{made['id']}/secrets"

    rotated = await shared.post(path, {}, 201)
    dropped = (await shared.http.delete(path)).json()

    assert (made["secrets"], rotated["secrets"], dropped["secrets"]) == (1, 2, 1)
    assert rotated["secret"] != made["secret"]
    [known] = [row for row in await shared.context.deliveries.load_endpoints() if row.id == made["id"]]
    assert known.secrets == (rotated["secret"],)


async def test_a_rotation_needs_no_body(shared: Live) -> None:
    made = await add(shared, "no-body")

    answer = await shared.http.post(f"/api/endpoints/{made['id']}/secrets")

    assert answer.status_code == 201


async def test_a_change_keeps_what_it_does_not_name(shared: Live) -> None:
    made = await add(shared, "changes", types=["bill-final"])
    path = f"/api/endpoints/{made['id']}"

    moved = (await shared.http.patch(path, json={"url": f"{HOOK}/moved"})).json()
    widened = (await shared.http.patch(path, json={"types": None})).json()

    assert (moved["url"], moved["types"]) == (f"{HOOK}/moved", ["bill-final"])
    assert (widened["url"], widened["types"]) == (f"{HOOK}/moved", None)


async def test_a_removed_endpoint_is_gone(shared: Live) -> None:
    made = await add(shared, "goes")

    first = await shared.http.delete(f"/api/endpoints/{made['id']}")
    second = await shared.http.delete(f"/api/endpoints/{made['id']}")

    assert (first.status_code, first.content) == (204, b"")
    assert (second.status_code, second.json()["code"]) == (404, "unknown-endpoint")


async def test_an_enabled_endpoint_stays_enabled(shared: Live) -> None:
    made = await add(shared, "enabled")

    assert (await shared.post(f"/api/endpoints/{made['id']}/enable", None))["disabled"] is None


@pytest.mark.asyncio(loop_scope="function")
async def test_a_new_endpoint_gets_events_with_a_signature_at_once(live: Live) -> None:
    with Recorder() as platform:
        made = await live.post("/api/endpoints", {"url": platform.url, "types": ["user-connected"]}, 201)
        session_id = (await make_session(live))["sessionId"]
        event = {"type": "user-connected", "sessionId": session_id, "userRole": "student", "epoch": 1}
        await live.post("/api/webrtc-events", event | {"timestamp": live.clock.now_ms()})
        await platform.wait_for(session_id, "user-connected")
        [post] = platform.posts

    body = json.dumps(post.body, ensure_ascii=False, separators=(",", ":")).encode()
    assert verify([made["secret"]], post.headers, body, live.clock.now_ms() / 1000).startswith("evt_")
    assert post.body["sessionId"] == session_id
