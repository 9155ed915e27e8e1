"""The operator's view over HTTP, the replay and its page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from langdao_video.store.delivery_port import Attempt, Endpoint, Outcome, Parked
from tests.stories.lesson import make_session
from tests.stories.live import HandClock, Live, serving
from tests.stories.page import ADDRESSES

ENDPOINT = "http://localhost:9/hook"


async def add_still_endpoint(live: Live, url: str = ENDPOINT) -> str:
    """Add an endpoint to which the service's own worker sends nothing, because the test is its worker."""
    endpoint = Endpoint(id="ep_still", url=url, types=("bill-final",), disabled="by the test")
    return (await live.context.deliveries.save_endpoint(endpoint)).id


@pytest.fixture
async def waiting(live: Live) -> tuple[Live, str, str]:
    """Return a service, an endpoint that nobody serves, and a session of which it has taken nothing."""
    endpoint = await add_still_endpoint(live)
    session_id = (await make_session(live))["sessionId"]
    await live.post(f"/api/sessions/{session_id}/accept", {"tutorAddress": ADDRESSES["tutor"]})
    return live, endpoint, session_id


async def fail(live: Live, endpoint: str, session_id: str) -> None:
    """Note a failed attempt and a parked event, as a worker does."""
    store, now_ms = live.context.deliveries, live.clock.now_ms()
    [stream] = await store.claim(
        endpoint,
        token="t",  # noqa: S106 - the token of a claim
        now_ms=now_ms,
        lease_until_ms=now_ms + 1_000,
        limit=1,
        sessions=[session_id],
    )
    event: dict[str, Any] = {
        "endpoint_id": endpoint,
        "session_id": session_id,
        "seq": 1,
        "event_id": "e",
        "type": "bill-final",
    }
    attempt = Attempt(**event, at_ms=now_ms, duration_ms=7, status=500, error=None, answer="<b>oops</b>")
    parked = Parked(**event, parked_ms=now_ms, attempts=10, error="500")
    failed = Outcome(
        stream=stream,
        position=1,
        beats_until_ms=0,
        attempts=1,
        failing_since_ms=now_ms,
        due_ms=now_ms + 10**9,
        parked=[parked],
        log=[attempt],
    )
    assert await store.settle([failed]) == [True]


async def take_all(live: Live) -> None:
    """Take everything that waits, as a worker does."""
    store, now_ms = live.context.deliveries, live.clock.now_ms()
    [endpoint] = await store.load_endpoints()
    streams = await store.claim(
        endpoint.id,
        token="t",  # noqa: S106 - the token of a claim
        now_ms=now_ms,
        lease_until_ms=now_ms + 1_000,
        limit=100,
    )
    await store.settle(
        [Outcome(stream=stream, position=stream.newest_seq, beats_until_ms=0) for stream in streams]
    )


async def look(live: Live, **query: Any) -> dict[str, Any]:  # noqa: ANN401 - a value of a query
    answer = await live.http.get("/api/deliveries", params=query)
    found: dict[str, Any] = answer.json()
    return found


async def test_an_operator_sees_what_failed_and_why(waiting: tuple[Live, str, str]) -> None:
    live, endpoint, session_id = waiting
    await fail(live, endpoint, session_id)

    found = await look(live, endpoint=endpoint)

    [counted] = found["endpoints"]
    assert (counted["sessionsFailing"], counted["eventsParked"]) == (1, 1)
    [row] = found["waiting"]
    assert (row["sessionId"], row["attempts"]) == (session_id, 1)
    [parked] = found["parked"]
    assert (parked["seq"], parked["error"]) == (1, "500")
    [tried] = found["attempts"]
    assert (tried["status"], tried["durationMs"], tried["answer"]) == (500, 7, "<b>oops</b>")


async def test_the_lists_are_filtered(waiting: tuple[Live, str, str]) -> None:
    live, endpoint, session_id = waiting
    await fail(live, endpoint, session_id)
    other = (await make_session(live))["sessionId"]

    assert (await look(live, session=other))["attempts"] == []
    assert [row["sessionId"] for row in (await look(live, session=session_id))["waiting"]] == [session_id]
    assert [row["sessionId"] for row in (await look(live, failing="true"))["waiting"]] == [session_id]
    assert (await look(live, endpoint="ep_none"))["code"] == "unknown-endpoint"


async def test_a_replay_says_how_much_it_sends(waiting: tuple[Live, str, str]) -> None:
    live, endpoint, session_id = waiting
    await fail(live, endpoint, session_id)

    answer = await live.post("/api/deliveries/replay", {"endpointId": endpoint, "parked": True})

    assert (answer["sessions"], answer["next"]) == (1, None)
    assert answer["events"] >= 1
    assert (await look(live, endpoint=endpoint))["parked"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "replay-unbounded"),
        ({"from": 2, "to": 2}, 400, "replay-time"),
        ({"sessionId": "no-such"}, 404, "unknown-session"),
        ({"endpointId": "no-such"}, 404, "unknown-endpoint"),
        ({"from": -1}, 422, "request-invalid"),
        ({"everything": True}, 422, "request-invalid"),
    ],
)
async def test_a_replay_that_is_unclear_is_refused(live: Live, body: object, status: int, code: str) -> None:
    assert (await live.post("/api/deliveries/replay", body, status))["code"] == code


async def test_a_large_replay_goes_on_in_steps(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langdao_video.web.deliveries.SESSIONS_AT_ONCE", 2)
    await add_still_endpoint(live)
    for _ in range(5):
        await make_session(live)
    await take_all(live)

    body: dict[str, object] = {"from": 0}
    steps = []
    while body.get("next", "") is not None:
        step = await live.post("/api/deliveries/replay", body)
        steps.append(step["sessions"])
        body["next"] = step["next"]

    assert sum(steps) == 5
    assert max(steps) == 2


async def test_the_page_holds_no_data_and_no_script_of_its_own(waiting: tuple[Live, str, str]) -> None:
    live, endpoint, session_id = waiting
    await fail(live, endpoint, session_id)

    page = await live.http.get("/deliveries")

    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert re.findall(r"<script(?![^>]* src=)", page.text) == []
    assert session_id not in page.text
    for file in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
        assert (await live.http.get(file)).status_code == 200


async def test_the_page_asks_for_the_key_in_production(tmp_path: Path, clock: HandClock) -> None:
    keys = {"link_keys": "k" * 32, "api_keys": "the-key"}
    async with serving(tmp_path, clock, **keys) as live:
        page = await live.http.get("/deliveries")
        refused = await live.http.get("/api/deliveries")

    assert 'type="password"' in page.text
    assert refused.status_code == 401


async def test_the_page_asks_for_no_key_in_development(live: Live) -> None:
    assert 'type="password"' not in (await live.http.get("/deliveries")).text
