"""Pull beside push: the events of one session and of all, with and without waiting."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.stories.feed import Feed
from tests.stories.lesson import events_of, make_session
from tests.stories.live import HandClock, Live, until
from tests.stories.page import ADDRESSES


@pytest.fixture(autouse=True)
def _quick_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langdao_video.web.waiting._TICK_SECONDS", 0.02)


async def connect(live: Live, session_id: str, role: str) -> None:
    event = {"type": "user-connected", "sessionId": session_id, "userRole": role, "epoch": 1}
    event |= {"userAddress": ADDRESSES[role], "timestamp": live.clock.now_ms()}
    await live.post("/api/webrtc-events", event)


async def page_through(live: Live, limit: int) -> list[dict[str, Any]]:
    """Read the events of all sessions in pages of *limit*."""
    events: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = await live.get(f"/api/events?limit={limit}&after={cursor}")
        if not answer["events"]:
            return events
        events += answer["events"]
        cursor = answer["next"]


async def test_the_events_of_all_sessions_are_those_of_each(live: Live) -> None:
    ids = [(await make_session(live))["sessionId"] for _ in range(3)]
    for role in ("student", "tutor"):
        for session_id in ids:
            await connect(live, session_id, role)

    events = await page_through(live, 2)

    assert len(events) == 9
    for session_id in ids:
        own = [event for event in events if event["sessionId"] == session_id]
        assert own == (await live.get(f"/api/sessions/{session_id}/events"))["events"]


async def test_the_end_of_the_list_keeps_its_cursor(live: Live) -> None:
    await make_session(live)

    first = await live.get("/api/events")
    end = await live.get(f"/api/events?after={first['next']}")

    assert end == {"events": [], "next": first["next"]}


async def test_a_request_waits_for_the_event_of_its_session(live: Live) -> None:
    session_id = (await make_session(live))["sessionId"]
    waits = asyncio.create_task(live.get(f"/api/sessions/{session_id}/events?after=1&wait=60"))
    await until(lambda: live.context.session_waits._count)

    await connect(live, session_id, "student")

    assert [event["type"] for event in (await waits)["events"]] == ["user-connected"]


async def test_a_request_waits_for_the_event_of_any_session(live: Live) -> None:
    cursor = (await live.get("/api/events"))["next"]
    waits = asyncio.create_task(live.get(f"/api/events?after={cursor}&wait=60"))
    await until(lambda: live.context.event_waits._count)

    made = await make_session(live)

    [event] = (await waits)["events"]
    assert (event["type"], event["sessionId"]) == ("session-created", made["sessionId"])


async def test_a_wait_without_an_event_ends_with_an_empty_list(live: Live) -> None:
    session_id = (await make_session(live))["sessionId"]

    assert (await live.get(f"/api/sessions/{session_id}/events?after=1&wait=1"))["events"] == []


async def test_no_more_requests_wait_than_the_bound(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    session_id = (await make_session(live))["sessionId"]
    monkeypatch.setattr(live.context.session_waits, "_most", 0)

    answer = await live.http.get(f"/api/sessions/{session_id}/events?after=1&wait=60")

    assert (answer.status_code, answer.json()["code"]) == (503, "too-many-waiting")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("after=rubbish!", 400, "cursor-invalid"),
        ("wait=61", 422, "request-invalid"),
        ("limit=0", 422, "request-invalid"),
    ],
)
async def test_a_wrong_question_is_refused(live: Live, query: str, status: int, code: str) -> None:
    answer = await live.http.get(f"/api/events?{query}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_event_keeps_its_words_after_what_came_later(live: Live) -> None:
    session_id = (await make_session(live))["sessionId"]
    await connect(live, session_id, "student")
    before = await page_through(live, 100)

    await connect(live, session_id, "tutor")
    await events_of(live, session_id, "user-connected", 2)

    assert (await page_through(live, 100))[: len(before)] == before


async def test_an_event_reads_the_same_wherever_it_is_read_and_whenever(live: Live, clock: HandClock) -> None:
    session_id = (await make_session(live))["sessionId"]
    for epoch, address in ((1, "0xa"), (2, "0xb")):
        event = {"type": "user-connected", "sessionId": session_id, "userRole": "student", "epoch": epoch}
        await live.post(
            "/api/webrtc-events", event | {"userAddress": address, "timestamp": live.clock.now_ms()}
        )
        act = {"type": "user-action", "sessionId": session_id, "userRole": "student", "action": "muted"}
        await live.post("/api/webrtc-events", act | {"timestamp": live.clock.now_ms()})
        clock.advance(1_000)

    of_all = (await live.get("/api/events"))["events"]
    of_one = (await live.get(f"/api/sessions/{session_id}/events"))["events"]
    async with Feed(live, session_id) as feed:
        await until(lambda: len(feed.messages) > len(of_one))
    fed = [message.data for message in feed.messages if message.event != "bill"]

    assert of_all == of_one == fed
    acts = [event for event in of_one if event["type"] == "user-action"]
    assert [(act["userAddress"], act["proven"]["student"]["epoch"]) for act in acts] == [
        ("0xa", 1),
        ("0xb", 2),
    ]
