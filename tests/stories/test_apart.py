"""Lessons over two processes with two databases: warnings, answers, the cap, the end and the bill (R36–R41)."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from langdao_video.session.facts import Ended, GraceResolved, ProofResumed, Recorded, SeatTaken, Warned
from tests.stories.apart import Apart, apart
from tests.stories.live import until, until_async
from tests.stories.page import Page

pytestmark = pytest.mark.slow
DELAY_MS_MAX = 1_000
ENDS_OF_BOTH = {"cap-reached", "grace-expired"}


async def assert_one_bill(both: Apart, session_id: str) -> int:
    """Check that both databases have the same bill; return its seconds.

    A question that closes because somebody is back closes at the backend when the news arrives. What was there before
    is free, so the backend's bill may be less by that delay. If the backend asked less than the call service, its bill
    may be more: by the time from a return to the fact that closed the question at the call service.

    At the cap, and when a question that both asked has no answer, both end by themselves: the backend keeps the earlier
    end.
    """
    await both.wait_for(session_id, lambda state: state["state"] == "ended")

    async def has_heard_of_the_end() -> bool:
        call, backend = await both.lessons(session_id)
        return call.ended is not None and backend.ended_at_ms <= call.ended_at_ms

    await until_async(has_heard_of_the_end)
    call, backend = await both.lessons(session_id)
    assert call.ended is not None
    assert backend.ended is not None
    records = await both.records(session_id)
    calls_questions, backends_questions = (
        sum(isinstance(record.fact, Warned) for record in each) for each in records
    )
    more_ms = unbilled_returns_ms(records[0]) if backends_questions < calls_questions else 0
    # On a busy machine the news comes later. The backend's own ledger says by how much.
    less_ms = max(DELAY_MS_MAX * backends_questions, unbilled_returns_ms(records[1]))
    assert -less_ms <= backend.billable_ms - call.billable_ms <= more_ms
    backends_end_ms = next(record.at_ms for record in records[1] if isinstance(record.fact, Ended))
    assert backends_end_ms == call.ended_at_ms or backend.ended.reason in ENDS_OF_BOTH
    assert backend.ended_at_ms == min(backends_end_ms, call.ended_at_ms)
    return backend.billable_ms // 1000


def unbilled_returns_ms(records: list[Recorded]) -> int:
    """Return the time from each return to the fact that closed a question, in ms."""
    total_ms = returned_ms = 0
    for record in records:
        match record.fact:
            case SeatTaken() | ProofResumed():
                returned_ms = record.at_ms
            case GraceResolved():
                total_ms += record.at_ms - returned_ms
            case _:
                pass
    return total_ms


async def be_there(pages: list[Page], beats: int) -> None:
    """Wait until each of *pages* has been pinged so many times more."""
    targets = [(page, len(page.of_type("ping")) + beats) for page in pages]
    await until(lambda: all(len(page.of_type("ping")) >= count for page, count in targets))


@pytest.mark.requirement("R36", "R38", "R39")
async def test_a_drop_that_nobody_answers_ends_with_one_warning_and_one_bill(tmp_path: Path) -> None:
    async with apart(tmp_path, GRACE_SECONDS="4") as both:
        session_id, student, tutor = await both.begin()
        await be_there([student, tutor], 2)

        tutor.cut()
        warning = await student.expect("connection-warning")
        end = await student.expect("session-ended")
        await student.closed()
        seconds = await assert_one_bill(both, session_id)

    assert warning["disconnectedRole"] == "tutor"
    assert len(student.of_type("connection-warning")) == 1
    assert end["reason"] == "grace-expired"
    assert (end["billableSeconds"], end["cost"]["currency"]) == (seconds, "EUR")
    assert end["cost"]["minor"] == seconds
    assert (
        f":{both.backend.port}/sessions/" in end["statementUrl"] or str(both.call.port) in end["statementUrl"]
    )
    assert {bill["cost"]["currency"] for bill in student.of_type("bill")} == {"EUR"}


@pytest.mark.requirement("R39", "R40", "R41")
async def test_wait_then_return_then_end(tmp_path: Path) -> None:
    async with apart(tmp_path) as both:
        session_id, student, tutor = await both.begin()
        await be_there([student, tutor], 1)

        tutor.cut()
        await student.expect("connection-warning")
        await student.send("grace-decision", decision="wait")
        await student.expect("grace-resolved")
        await both.wait_for(session_id, lambda state: state["reason"] == "alone")
        await tutor.rejoin()
        await both.wait_for(session_id, lambda state: state["state"] == "live")
        await be_there([student, tutor], 1)
        await student.send("end-session")
        end = await tutor.expect("session-ended")
        seconds = await assert_one_bill(both, session_id)

    assert len(student.of_type("connection-warning")) == 1
    assert (end["endedBy"], end["billableSeconds"]) == ("student", seconds)


@pytest.mark.requirement("R40")
async def test_the_answer_end_and_the_answer_of_the_platforms_frontend(tmp_path: Path) -> None:
    async with apart(tmp_path) as both:
        first, student, tutor = await both.begin()
        second, other_student, other_tutor = await both.begin()
        await be_there([student, tutor, other_student, other_tutor], 1)
        tutor.cut()
        other_tutor.cut()
        await student.expect("connection-warning")
        await other_student.expect("connection-warning")
        await both.wait_for(second, lambda state: state["state"] == "grace")

        await student.send("grace-decision", decision="end")
        answer = await both.http.post(
            "/api/grace-period-decision",
            json={"sessionId": second, "decision": "end", "decidedBy": "platform"},
        )
        ends = [await page.expect("session-ended") for page in (student, other_student)]
        await assert_one_bill(both, first)
        await assert_one_bill(both, second)

    assert answer.json() == {"success": True}
    assert [end["endedBy"] for end in ends] == ["student", "platform"]


async def test_the_cap_of_the_backend_gives_its_notice_and_ends_the_room(tmp_path: Path) -> None:
    async with apart(tmp_path) as both:
        prepaid, student, tutor = await both.begin(capSeconds=12)
        noticed, other_student, other_tutor = await both.begin(capSeconds=64)

        end = await student.expect("session-ended")
        notice = await other_student.expect("low-balance")
        seconds = await assert_one_bill(both, prepaid)
        await both.http.patch(f"/api/sessions/{noticed}", json={"capSeconds": 3_600})
        more = await other_tutor.expect("bill", capSeconds=3_600)

    assert (end["reason"], end["billableSeconds"], seconds) == ("cap-reached", 12, 12)
    assert end["cost"]["minor"] == 12
    assert 55 <= notice["remainingSeconds"] <= 60
    assert more["state"] == "live"
    assert tutor.of_type("session-ended")


@pytest.mark.parametrize("victim", ["call", "backend"])
@pytest.mark.requirement("R20", "R36")
async def test_either_process_is_killed_in_the_middle(tmp_path: Path, victim: str) -> None:
    async with apart(tmp_path) as both:
        session_id, student, tutor = await both.begin()
        await be_there([student, tutor], 2)
        process = getattr(both, victim)

        await process.stop(signal.SIGKILL)
        await asyncio.sleep(2)
        await process.start()
        if victim == "call":
            for page in (student, tutor):
                await page.rejoin()
        await be_there([student, tutor], 3)
        await both.wait_for(session_id, lambda state: state["state"] == "live")
        await student.send("end-session")
        end = await tutor.expect("session-ended")
        seconds = await assert_one_bill(both, session_id)

    assert end["billableSeconds"] == seconds
    assert student.of_type("connection-warning") == []


@pytest.mark.requirement("R39")
async def test_a_room_whose_backend_is_away_asks_and_ends_by_itself(tmp_path: Path) -> None:
    async with apart(tmp_path, GRACE_SECONDS="2") as both:
        session_id, student, tutor = await both.begin()
        await be_there([student, tutor], 1)
        await both.backend.stop(signal.SIGKILL)

        tutor.cut()
        await student.expect("connection-warning")
        end = await student.expect("session-ended")
        await both.backend.start()
        await assert_one_bill(both, session_id)

    assert (end["billableSeconds"], end["cost"]) == (None, None), "the bill is the backend's"
