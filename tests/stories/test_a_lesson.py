"""One whole lesson over real sockets, HTTP and SQLite: from the platform's first request to the final bill."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest

from langdao_video.store.port import EVENTS_PAGE, StoredEvent
from tests.recorder import Recorder
from tests.stories.feed import Feed
from tests.stories.lesson import begin, events_of, make_session, make_tutor_link, page_of, pass_time
from tests.stories.live import HandClock, Live, serving, until
from tests.stories.page import ADDRESSES

ASKED_FOR: Final[dict[str, dict[str, type]]] = {
    "user-connected": {"type": str, "sessionId": str, "userRole": str, "timestamp": int},
    "session-heartbeat": {
        "type": str,
        "sessionId": str,
        "userRole": str,
        "userAddress": str,
        "language": str,
        "startTime": int,
        "heartbeat": bool,
        "timestamp": int,
        "isAudioEnabled": bool,
        "isVideoEnabled": bool,
        "elapsedSeconds": int,
    },
    "user-disconnected": {"type": str, "sessionId": str, "userRole": str, "reason": str, "timestamp": int},
    "session-ended": {
        "type": str,
        "sessionId": str,
        "totalSeconds": int,
        "endedBy": str,
        "userAddress": str,
        "timestamp": int,
    },
}
ADDED: Final[dict[str, dict[str, type]]] = {
    "user-connected": {"epoch": int, "userAddress": str, "language": str},
    "session-heartbeat": {"epoch": int},
    "user-disconnected": {"epoch": int},
    "session-ended": {"reason": str, "cost": dict, "settling": bool},
}
IN_ALL: Final[dict[str, type]] = {"id": str, "seq": int, "billableSeconds": int}


@pytest.fixture
def backend() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture
async def live(tmp_path: Path, clock: HandClock, backend: Recorder) -> AsyncIterator[Live]:
    async with serving(tmp_path, clock, backend_url=backend.url) as service:
        yield service


@pytest.mark.requirement("R3", "R4")
async def test_the_student_asks_first_and_the_tutor_s_link_comes_after_the_student(live: Live) -> None:
    made = await make_session(live)
    path = f"/api/sessions/{made['sessionId']}/tutor-link"

    too_early = await live.post(path, {"tutorAddress": ADDRESSES["tutor"]}, 409)
    student = page_of(live, made["studentUrl"])
    await student.join()
    await events_of(live, made["sessionId"], "user-connected", 1)
    tutor = await make_tutor_link(live, made["sessionId"])

    assert "tutorUrl" not in made
    assert too_early["code"] == "student-not-connected"
    assert made["studentUrl"].startswith(f"{live.url}/?room={made['sessionId']}&role=student&")
    start = f"sessionStart={made['sessionStart']}"
    assert made["studentUrl"].endswith(start)
    assert tutor["tutorUrl"].endswith(start)
    assert f"room={made['sessionId']}&role=tutor" in tutor["tutorUrl"]
    await student.close()


@pytest.mark.requirement("R3")
async def test_a_tutor_cannot_begin_and_one_who_accepts_needs_no_student_yet(live: Live) -> None:
    refused = await live.post(
        "/api/sessions",
        {"studentAddress": ADDRESSES["student"], "language": "es", "initiatedBy": "tutor"},
        403,
    )
    made = await make_session(live)

    accepted = await live.post(
        f"/api/sessions/{made['sessionId']}/accept", {"tutorAddress": ADDRESSES["tutor"]}
    )

    assert refused["code"] == "only-student-initiates"
    assert accepted["sessionStart"] == made["sessionStart"]
    assert f"address={ADDRESSES['tutor']}" in accepted["tutorUrl"]


@pytest.mark.requirement("R16", "R36", "R37", "R42", "R43")
async def test_a_lesson_of_thirty_seconds_costs_thirty_cents_and_everyone_sees_it(
    live: Live, clock: HandClock
) -> None:
    session_id, student, tutor = await begin(live)

    async with Feed(live, session_id) as feed:
        await pass_time(clock, [student, tutor], 30_000)
        await student.send("chat", id="m-1", text="¡Gracias!")
        line = await tutor.expect("chat")
        await tutor.send("end-session")
        ends = [await page.expect("session-ended") for page in (student, tutor)]
        closed = [await page.closed() for page in (student, tutor)]
        await feed.until_ended()

    bill = await live.get(f"/api/sessions/{session_id}")
    assert line["line"]["timestamp"] == clock.now_ms()
    assert ends[0] == ends[1]
    assert (ends[0]["endedBy"], ends[0]["billableSeconds"], ends[0]["totalSeconds"]) == ("tutor", 30, 30)
    assert ends[0]["cost"] == {"minor": 30, "currency": "USD", "decimals": 2}
    assert closed == [4410, 4410]
    assert (bill["state"], bill["billableSeconds"], bill["cost"]["minor"]) == ("ended", 30, 30)
    assert bill["cost"]["formatted"] == "$0.30"
    assert (bill["ended"]["endedBy"], bill["ended"]["reason"]) == ("tutor", "ended-by-user")

    assert feed.headers["content-type"].startswith("text/event-stream")
    assert feed.messages[0].event == "bill"
    assert [message.data["state"] for message in feed.of_type("bill")][-1] == "ended"
    assert feed.messages[-1].event == "session-ended"
    running = [message.data["billableSeconds"] for message in feed.of_type("bill")]
    assert running == sorted(running)
    async with Feed(live, session_id, last_event_id=feed.messages[-1].id) as again:
        assert again.status == 204


@pytest.mark.requirement("R24", "R35")
async def test_a_platform_ends_a_lesson_and_both_pages_hear_it_at_once(live: Live, clock: HandClock) -> None:
    session_id, student, tutor = await begin(live)
    await pass_time(clock, [student, tutor], 30_000)
    end = {
        "type": "session-ended",
        "sessionId": session_id,
        "endedBy": "platform",
        "totalSeconds": 0,
        "userAddress": ADDRESSES["student"],
        "timestamp": clock.now_ms(),
    }

    await live.post("/api/webrtc-events", end)
    ends = [await page.expect("session-ended", endedBy="platform") for page in (student, tutor)]
    bill = await live.get(f"/api/sessions/{session_id}")

    assert [each["totalSeconds"] for each in ends] == [30, 30]
    assert (bill["state"], bill["billableSeconds"], bill["settling"]) == ("ended", 30, True)
    assert bill["finalAt"] == clock.now_ms() + 30_000


@pytest.mark.requirement("R42")
async def test_a_feed_that_was_cut_goes_on_after_the_last_event_it_had(live: Live, clock: HandClock) -> None:
    session_id, student, tutor = await begin(live)
    async with Feed(live, session_id) as first:
        await student.send("user-status", audio=False, video=True)
        await events_of(live, session_id, "user-action", 1)
        await pass_time(clock, [student, tutor], 5_000)
        await until(lambda: any(message.id for message in first.messages))
    seen = [message.id for message in first.messages if message.id]

    await student.send("end-session")
    await student.closed()
    async with Feed(live, session_id, last_event_id=seen[0]) as second:
        await second.until_ended()

    rest = [int(message.id) for message in second.messages if message.id]
    assert rest == list(range(int(seen[0]) + 1, rest[-1] + 1))
    assert second.messages[-1].event == "session-ended"


@pytest.mark.requirement("R42")
async def test_an_end_that_comes_while_the_feed_reads_is_the_last_thing_it_tells(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id, student, _tutor = await begin(live)
    store, reads = live.context.store, 0
    load_events = store.load_events

    async def load_while_it_ends(
        session: str, after_seq: int = 0, limit: int = EVENTS_PAGE
    ) -> list[StoredEvent]:
        nonlocal reads
        reads += 1
        if reads == 1:
            await student.send("end-session")
            await student.closed()
        return await load_events(session, after_seq, limit)

    monkeypatch.setattr(store, "load_events", load_while_it_ends)
    async with Feed(live, session_id) as feed:
        await feed.until_ended()

    assert reads > 1
    assert [message.data["state"] for message in feed.of_type("bill")][-1] == "ended"
    assert feed.messages[-1].event == "session-ended"


@pytest.mark.requirement("R21", "R22", "R23", "R24", "R25", "R26")
async def test_the_platform_gets_the_four_events_with_exactly_these_fields_and_types(
    live: Live, clock: HandClock, backend: Recorder
) -> None:
    session_id, student, tutor = await begin(live)
    is_told = partial(has_heartbeat, backend, session_id, clock)
    for _ in range(2):
        await pass_time(clock, [student, tutor], 10_000)
        await until(is_told)  # a later one would take its place, because here ten seconds pass in no time
    student.video = False
    await student.send("user-status", audio=True, video=False)
    await pass_time(clock, [student, tutor], 10_000)
    await until(is_told)
    await tutor.close()
    await pass_time(clock, [student], 5_000)
    await backend.wait_for(session_id, "user-disconnected", "tutor")
    await student.send("end-session")
    await student.closed()
    await backend.wait_for(session_id, "session-ended")

    for kind, fields in ASKED_FOR.items():
        for event in backend.of(session_id, kind):
            is_first = (kind, event.get("userRole")) == ("user-connected", "student")
            expected = fields | ADDED[kind] | IN_ALL | ({} if is_first else {"proven": dict})
            assert {name: type(value) for name, value in event.items()} == expected, event
    assert {post.headers["Content-Type"] for post in backend.posts} == {"application/json"}
    assert [event["userRole"] for event in backend.of(session_id, "user-connected")] == ["student", "tutor"]
    (action,) = backend.of(session_id, "user-action")
    assert (action["action"], action["userRole"]) == ("video-disabled", "student")
    assert_heartbeats(backend.of(session_id, "session-heartbeat", "student"), clock)
    (ended,) = backend.of(session_id, "session-ended")
    assert (ended["endedBy"], ended["userAddress"]) == ("student", ADDRESSES["student"])
    assert ended["cost"]["minor"] == ended["billableSeconds"] == 30


def has_heartbeat(backend: Recorder, session_id: str, clock: HandClock) -> bool:
    """Tell whether a heartbeat of the student of the last ten seconds has come."""
    beats = backend.of(session_id, "session-heartbeat", "student")
    return any(beat["timestamp"] > clock.now_ms() - 10_000 for beat in beats)


def assert_heartbeats(beats: list[dict[str, Any]], clock: HandClock) -> None:
    """Check the times, the language, the address as in the link, and the camera that was switched off."""
    times = sorted({beat["timestamp"] for beat in beats})
    assert {later - earlier for earlier, later in pairwise(times)} <= {5_000, 10_000}
    assert times[-1] <= clock.now_ms()
    assert {beat["userAddress"] for beat in beats} == {ADDRESSES["student"]}
    assert {beat["language"] for beat in beats} == {"es"}
    assert all(beat["elapsedSeconds"] == (beat["timestamp"] - beat["startTime"]) // 1000 for beat in beats)
    assert (beats[0]["isVideoEnabled"], beats[-1]["isVideoEnabled"]) == (True, False)


@pytest.mark.requirement("R25")
async def test_events_arrive_in_the_order_of_their_seq_and_each_id_once(
    live: Live, clock: HandClock, backend: Recorder
) -> None:
    session_id, student, tutor = await begin(live)
    await pass_time(clock, [student, tutor], 10_000)
    await student.send("end-session")
    await student.closed()
    await backend.wait_for(session_id, "session-ended")

    posts = [post.body for post in backend.posts]
    numbers = [post["seq"] for post in posts]
    totals = [post["billableSeconds"] for post in posts]
    listed = (await live.get(f"/api/sessions/{session_id}/events"))["events"]
    assert numbers == sorted(numbers)
    assert totals == sorted(totals)
    assert len({post["id"] for post in posts}) == len(posts)
    assert [post for post in posts if post["type"] != "session-heartbeat"] == [
        event for event in listed if event["type"] not in {"session-created", "tutor-accepted"}
    ]
    await tutor.close()


@pytest.mark.requirement("R36")
async def test_a_lesson_in_which_nothing_ever_arrives_is_billed_for_thirty_seconds_at_most(
    live: Live, clock: HandClock
) -> None:
    _, student, tutor = await begin(live)
    student.media = tutor.media = {"audioPackets": 0, "videoFrames": 0, "bytes": 0}

    await pass_time(clock, [student, tutor], 50_000)
    await until(lambda: student.last("bill")["state"] == "paused")  # the backend decides after the room
    bill = student.last("bill")
    for _ in range(7):  # both are asked and choose to wait, for two minutes in all
        await pass_time(clock, [student, tutor], 10_000)
        for page in (student, tutor):
            await page.send("grace-decision", decision="wait")
    await student.send("end-session")
    end = await student.expect("session-ended")

    assert (bill["state"], bill["reason"]) == ("paused", "no-media")
    assert end["totalSeconds"] == 120
    assert 25 <= end["billableSeconds"] == bill["billableSeconds"] <= 30
    await tutor.close()


@pytest.mark.requirement("R39", "R40", "R41")
async def test_a_lost_participant_is_not_billed_asked_about_and_welcomed_back(
    live: Live, clock: HandClock
) -> None:
    session_id, student, tutor = await begin(live)
    await pass_time(clock, [student, tutor], 10_000)

    tutor.cut()
    await pass_time(clock, [student], 10_000)
    warning = await student.expect("connection-warning")
    await student.send("grace-decision", decision="wait")
    await student.expect("grace-resolved", outcome="wait")
    await pass_time(clock, [student], 10_000)
    await tutor.rejoin()
    await events_of(live, session_id, "user-connected", 3)
    await pass_time(clock, [student, tutor], 10_000)
    await student.send("end-session")
    end = await student.expect("session-ended")

    assert (warning["disconnectedRole"], warning["gracePeriodSeconds"]) == ("tutor", 30)
    assert end["billableSeconds"] == 20
    assert end["totalSeconds"] == 40
    await tutor.close()


@pytest.mark.requirement("R39", "R41")
async def test_a_participant_who_returns_to_an_empty_room_is_asked_about_the_other(
    live: Live, clock: HandClock
) -> None:
    session_id, student, tutor = await begin(live)
    await pass_time(clock, [student, tutor], 10_000)
    tutor.cut()
    await pass_time(clock, [student], 10_000)
    await student.expect("connection-warning")
    student.cut()
    await until(lambda: not live.context.hub._rooms[session_id].sockets)
    await pass_time(clock, [], 5_000)
    await until(lambda: live.context.hub.rooms_open == 0)

    await student.rejoin()
    warning = await student.expect("connection-warning")
    await student.send("grace-decision", decision="end")
    end = await student.expect("session-ended")

    assert warning["disconnectedRole"] == "tutor"
    assert (end["endedBy"], end["reason"], end["billableSeconds"]) == ("student", "ended-during-grace", 10)
