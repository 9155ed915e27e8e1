"""A question after false claims stays until it is answered; after a claim that may be true it does not (law 10).

Raw sockets against the running service; both pages have microphone and camera on.
"""

from __future__ import annotations

import pytest

from tests.stories.liars import Lesson, begin_lesson
from tests.stories.live import HandClock, Live


@pytest.fixture(autouse=True)
def _due_by_hand(monkeypatch: pytest.MonkeyPatch, _quick_ticks: None) -> None:
    """Let the lesson act on due deadlines itself, after the service has taken all frames."""
    monkeypatch.setattr("langdao_video.billing.monitor.SETTLE_SECONDS", 3_600.0)


async def lie_until_the_question_stays(lesson: Lesson) -> None:
    """Lie twice for twenty seconds. The first lie costs more than 20 s, so the question after the second one stays."""
    await lesson.run(5)
    for _ in range(2):
        lesson.student.lie = "frozen"
        await lesson.run(20)
        lesson.student.lie = "none"
        await lesson.run(5)


async def test_a_question_that_stays_ends_no_lesson_in_which_both_are_there(
    live: Live, clock: HandClock
) -> None:
    lesson = await begin_lesson(live, clock)
    await lie_until_the_question_stays(lesson)
    (warned,) = await lesson.events("connection-warning")
    assert await lesson.events("grace-resolved") == []  # the claim is over, but the question is open
    billed = await lesson.billed()

    await lesson.run(40)

    (resolved,) = await lesson.events("grace-resolved")
    assert resolved["at"] - warned["at"] == 30
    assert await lesson.events("session-ended") == []
    await lesson.tutor.expect("grace-resolved", outcome="returned")
    assert await lesson.billed() - billed in {15, 20}  # until the newest heartbeat of the 20 s since then


async def test_an_answer_to_a_question_that_stays_lets_the_meter_run_at_once(
    live: Live, clock: HandClock
) -> None:
    lesson = await begin_lesson(live, clock)
    await lie_until_the_question_stays(lesson)
    await lesson.tutor.expect("connection-warning")
    billed = await lesson.billed()

    await lesson.tutor.send("grace-decision", decision="wait")
    await lesson.tutor.expect("grace-resolved", outcome="wait")
    await lesson.run(20)

    assert await lesson.billed() - billed in {15, 20}  # until the newest heartbeat


async def test_a_claim_that_no_evidence_denies_leaves_no_question_open(live: Live, clock: HandClock) -> None:
    """Sound and picture may really have stopped, and the other browser cannot tell. After the return the meter runs."""
    lesson = await begin_lesson(live, clock)
    lesson.tutor.confirms = False
    await lie_until_the_question_stays(lesson)
    await lesson.run(5)
    billed = await lesson.billed()

    await lesson.run(20)

    assert (await lesson.events("connection-warning"))[-1]["at"] == 45
    assert (await lesson.events("grace-resolved"))[-1]["at"] == 55
    assert await lesson.billed() - billed == 20


async def test_a_question_that_stays_closes_when_its_answerer_is_gone(live: Live, clock: HandClock) -> None:
    """The participant whose page had lied is asked about the one who left, as after any drop."""
    lesson = await begin_lesson(live, clock)
    await lie_until_the_question_stays(lesson)
    await lesson.tutor.expect("connection-warning")

    await lesson.tutor.close()
    await lesson.leave_alone("student", 10)

    await lesson.student.expect("connection-warning", disconnectedRole="tutor")
    assert await lesson.events("session-ended") == []
