"""A prepaid lesson over real sockets and HTTP: both notices, a raised cap, its end, its statement."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.recorder import Recorder
from tests.stories.feed import Feed
from tests.stories.lesson import events_of, make_session, make_tutor_link, page_of, pass_time
from tests.stories.live import HandClock, Live, serving
from tests.stories.page import Page


@pytest.fixture
def backend() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture
async def live(tmp_path: Path, clock: HandClock, backend: Recorder) -> AsyncIterator[Live]:
    async with serving(tmp_path, clock, backend_url=backend.url) as service:
        yield service


async def begin_prepaid(live: Live, **cap: int) -> tuple[str, Page, Page]:
    made = await make_session(live, currency="EUR", **cap)
    student = page_of(live, made["studentUrl"])
    await student.join()
    await events_of(live, made["sessionId"], "user-connected", 1)
    tutor = page_of(live, (await make_tutor_link(live, made["sessionId"]))["tutorUrl"])
    await tutor.join()
    await events_of(live, made["sessionId"], "user-connected", 2)
    return made["sessionId"], student, tutor


@pytest.mark.requirement("R42")
async def test_both_are_told_twice_the_platform_too_and_the_lesson_ends_at_the_raised_cap(
    live: Live, clock: HandClock, backend: Recorder
) -> None:
    session_id, student, tutor = await begin_prepaid(live, capSeconds=305)

    async with Feed(live, session_id) as feed:
        await pass_time(clock, [student, tutor], 10_000)
        first = [await page.expect("low-balance") for page in (student, tutor)]
        await pass_time(clock, [student, tutor], 240_000)
        second = [await page.expect("low-balance") for page in (student, tutor)]
        raised = await live.http.patch(f"/api/sessions/{session_id}", json={"capSeconds": 320})
        third = [await page.expect("low-balance") for page in (student, tutor)]
        await pass_time(clock, [student, tutor], 10_000)
        fourth = [await page.expect("low-balance") for page in (student, tutor)]
        await pass_time(clock, [student, tutor], 50_000)
        for page in (student, tutor):
            await page.expect("bill", billableSeconds=310)
        still = await live.get(f"/api/sessions/{session_id}")
        await pass_time(clock, [student, tutor], 5_000)
        clock.advance(5_000)
        ends = [await page.expect("session-ended") for page in (student, tutor)]
        await feed.until_ended()

    told = [frame["remainingSeconds"] for frame in (*first, *second, *third, *fourth)]
    assert told == [300, 300, 60, 60, 70, 70, 60, 60], "a raised cap is a new reason to be told"
    assert (raised.status_code, raised.json()["cap"]["seconds"]) == (200, 320)
    assert (still["state"], still["billableSeconds"]) == ("live", 310)
    assert [(end["reason"], end["billableSeconds"], end["cost"]["minor"]) for end in ends] == [
        ("cap-reached", 320, 320)
    ] * 2
    streamed = [message.data["remainingSeconds"] for message in feed.of_type("low-balance")]
    await backend.wait_for(session_id, "session-ended")
    posted = [event["remainingSeconds"] for event in backend.of(session_id, "low-balance")]
    assert streamed == posted == [300, 60, 70, 60]


@pytest.mark.requirement("R43")
async def test_an_amount_that_buys_years_bills_as_any_other(live: Live, clock: HandClock) -> None:
    session_id, student, tutor = await begin_prepaid(live, capMinor=10**15)

    await pass_time(clock, [student, tutor], 10_000)
    bill = await student.expect("bill", billableSeconds=10)
    known = await live.get(f"/api/sessions/{session_id}")

    assert bill["capSeconds"] == 7 * 24 * 3600
    assert known["cap"] == {"seconds": None, "minor": 10**15, "remainingSeconds": 7 * 24 * 3600 - 10}


async def test_the_statement_says_the_same_as_json_as_csv_and_as_a_page(live: Live, clock: HandClock) -> None:
    session_id, student, tutor = await begin_prepaid(live, capSeconds=3_600)
    await pass_time(clock, [student, tutor], 60_000)
    tutor.cut()
    await pass_time(clock, [student], 20_000)
    await student.send("end-session")
    await student.expect("session-ended")

    told = await live.get(f"/api/sessions/{session_id}/statement?language=de")
    csv_text = (await live.http.get(f"/api/sessions/{session_id}/statement.csv")).text
    page = (await live.http.get(f"/sessions/{session_id}", headers={"accept-language": "de"})).text

    rows = list(csv.DictReader(io.StringIO(csv_text.removeprefix("\ufeff"))))
    assert (told["billableSeconds"], told["cost"]["minor"], told["cost"]["formatted"]) == (
        60,
        60,
        "0,60\u00a0€",
    )
    assert [pause["missing"] for pause in told["pauses"]] == [["tutor"]]
    assert [(row["seconds"], row["amount_minor"]) for row in rows if row["kind"] == "billed"] == [
        ("60.0", "60")
    ]
    assert (rows[-1]["total_minor"], rows[-1]["currency"]) == ("60", "EUR")
    before_the_picture, _, after = page.partition("<svg")
    assert "0,60\u00a0€" in before_the_picture
    assert after.count('<rect class="billed"') == len(told["billed"]) == 1


@pytest.mark.parametrize("by", ["student", "platform"])
@pytest.mark.requirement("R40")
async def test_a_platform_answers_for_who_stayed_or_for_itself(live: Live, clock: HandClock, by: str) -> None:
    session_id, student, tutor = await begin_prepaid(live, capSeconds=3_600)
    await pass_time(clock, [student, tutor], 10_000)
    tutor.cut()
    await pass_time(clock, [student], 10_000)
    await student.expect("connection-warning")

    body = {"sessionId": session_id, "decision": "wait", "decidedBy": by}
    assert await live.post("/api/grace-period-decision", body) == {"success": True}
    await student.expect("grace-resolved", outcome="wait")
    await pass_time(clock, [student], 30_000)
    await student.expect("connection-warning")
    assert await live.post("/api/grace-period-decision", body | {"decision": "end"}) == {"success": True}

    end = await student.expect("session-ended")
    assert (end["endedBy"], end["reason"], end["billableSeconds"]) == (by, "ended-during-grace", 10)
