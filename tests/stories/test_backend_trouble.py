"""A platform backend fails, hangs, lies, or is this service itself: the call goes on, and failures are logged (R27)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from websockets.exceptions import InvalidStatus

from tests.recorder import Recorder
from tests.stories.lesson import begin, events_of, pass_time
from tests.stories.live import HandClock, Live, serving, until
from tests.stories.page import Page, two_pages

pytestmark = pytest.mark.slow


@pytest.fixture
def backend() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


async def live_through_a_lesson(live: Live, clock: HandClock) -> int:
    """Hold a lesson of ten seconds, and return the billed seconds that both pages show."""
    session_id, student, tutor = await begin(live)
    await pass_time(clock, [student, tutor], 10_000)
    await student.send("chat", id="m-1", text="Hola")
    await tutor.expect("chat")
    await tutor.send("user-status", audio=False, video=True)
    await student.expect("user-status")
    await student.send("end-session")
    ends = [await page.expect("session-ended") for page in (student, tutor)]
    await student.closed()
    await tutor.closed()
    bill = await live.get(f"/api/sessions/{session_id}")
    assert {end["billableSeconds"] for end in ends} == {bill["billableSeconds"]}
    return int(bill["billableSeconds"])


@pytest.mark.requirement("R27")
@pytest.mark.parametrize("status", [301, 400, 404, 410, 422, 500, 503])
async def test_a_backend_that_refuses_everything_changes_nothing(
    tmp_path: Path, clock: HandClock, backend: Recorder, status: int
) -> None:
    backend.answers_with = status
    async with serving(tmp_path, clock, backend_url=backend.url) as live:
        with structlog.testing.capture_logs() as logs:
            seconds = await live_through_a_lesson(live, clock)
            await until(lambda: any(line["event"] == "delivery-refused" for line in logs))

    assert seconds == 10
    refused = next(line for line in logs if line["event"] == "delivery-refused")
    assert (refused["status"], refused["log_level"]) == (status, "warning")


@pytest.mark.requirement("R27")
async def test_a_backend_that_hangs_is_not_waited_for_and_gets_everything_in_order_later(
    tmp_path: Path, clock: HandClock, backend: Recorder
) -> None:
    backend.hang()
    async with serving(tmp_path, clock, backend_url=backend.url) as live:
        seconds = await live_through_a_lesson(live, clock)
        waiting = len(backend.posts)
        backend.resume()
        await until(lambda: any(post.body["type"] == "session-ended" for post in backend.posts))

    assert seconds == 10
    assert waiting <= 1
    numbers = [post.body["seq"] for post in backend.posts]
    assert numbers == sorted(numbers)


@pytest.mark.requirement("R27")
@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api/webrtc-events", "http://nowhere.invalid/events"])
async def test_a_backend_that_is_not_there_is_logged(tmp_path: Path, clock: HandClock, url: str) -> None:
    async with serving(tmp_path, clock, backend_url=url) as live:
        with structlog.testing.capture_logs() as logs:
            seconds = await live_through_a_lesson(live, clock)
            await until(lambda: any(line["event"] == "delivery-failed" for line in logs))

    assert seconds == 10


@pytest.mark.requirement("R27")
async def test_a_backend_that_hangs_does_not_keep_the_service_from_stopping(
    tmp_path: Path, clock: HandClock, backend: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("langdao_video.app._SETTLE_SECONDS", 2.9)
    backend.hang()

    with structlog.testing.capture_logs() as logs:
        async with serving(tmp_path, clock, backend_url=backend.url) as live:
            await live_through_a_lesson(live, clock)

    assert any(line["event"] == "deliveries-cut-off" for line in logs)
    backend.resume()
    async with serving(tmp_path, clock, backend_url=backend.url):
        await until(lambda: any(post.body["type"] == "session-ended" for post in backend.posts))


async def test_a_backend_url_that_leads_back_to_ourselves_is_harmless(
    tmp_path: Path, clock: HandClock
) -> None:
    itself = "http://localhost:{port}/api/webrtc-events"

    async with serving(tmp_path, clock, backend_url=itself) as live:
        seconds = await live_through_a_lesson(live, clock)
        with structlog.testing.capture_logs() as logs:
            async with two_pages(live.ws_url, "echo") as (student, tutor):
                await events_of(live, "echo", "user-connected", 2)
                await pass_time(clock, [student, tutor], 10_000)
                events = (await live.get("/api/sessions/echo/events"))["events"]

    assert seconds == 10
    assert [event["type"] for event in events] == ["session-created", "user-connected", "user-connected"]
    assert not [line for line in logs if line["log_level"] == "error"]


async def test_the_call_side_alone_needs_no_platform_here(
    tmp_path: Path, clock: HandClock, backend: Recorder
) -> None:
    async with serving(tmp_path, clock, SERVICE_ROLE="call", backend_url=backend.url) as live:
        async with two_pages(live.ws_url, "apart") as (student, tutor):
            await pass_time(clock, [student, tutor], 10_000)
            await backend.wait_for("apart", "session-heartbeat")  # a newer fact would overtake it
            await tutor.send("end-session")
            end = await student.expect("session-ended")
        answers = [
            await live.http.post("/api/webrtc-events", json={}),
            await live.http.post("/api/sessions", json={}),
            await live.http.get("/api/sessions/apart"),
        ]
        await backend.wait_for("apart", "session-ended")

    assert (end["endedBy"], end["totalSeconds"]) == ("tutor", 10)
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert [answer.json()["code"] for answer in answers] == ["not-found"] * 3
    kinds = {post.body["type"] for post in backend.posts}
    assert kinds == {"user-connected", "session-heartbeat", "session-ended"}


async def test_the_platform_side_alone_has_no_rooms(tmp_path: Path, clock: HandClock) -> None:
    async with serving(tmp_path, clock, SERVICE_ROLE="backend") as live:
        made = await live.post("/api/sessions", {"studentAddress": "0x" + "a" * 40, "language": "es"}, 201)
        page = Page(live.ws_url, made["sessionId"], "student")
        with pytest.raises(InvalidStatus) as refused:
            await page.open()

    assert made["state"] == "waiting"
    assert refused.value.response.status_code == 403
