"""A question that false claims have earned stays until it is answered; one that may be honest does not (law 10).

Raw sockets against the running service; both pages have microphone and camera on.
"""

from __future__ import annotations

import pytest

from tests.stories.liars import Lesson, begin_lesson
from tests.stories.live import HandClock, Live


@pytest.fixture(autouse=True)
def _due_by_hand(monkeypatch: pytest.MonkeyPatch, _quick_ticks: None) -> None:
    """Let the lesson itself look for what is due, once all that was said has been taken."""
    monkeypatch.setattr("langdao_video.billing.monitor.SETTLE_SECONDS", 3_600.0)


async def lie_until_the_question_stays(lesson: Lesson) -> None:
    """Lie twice for twenty seconds: the first time has cost more than 20 s, so the second time the question stays."""
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
    assert await lesson.events("grace-resolved") == []  # the claim is over, the question is not
    billed = await lesson.billed()

    await lesson.run(40)

    (resolved,) = await lesson.events("grace-resolved")
    assert resolved["at"] - warned["at"] == 30
    assert await lesson.events("session-ended") == []
    await lesson.tutor.expect("grace-resolved", outcome="returned")
    assert await lesson.billed() - billed in {15, 20}  # up to the newest heartbeat of the 20 s since


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

    assert await lesson.billed() - billed in {15, 20}  # up to the newest heartbeat


async def test_a_claim_that_no_evidence_denies_leaves_no_question_open(live: Live, clock: HandClock) -> None:
    """Sound and pictures may really have stopped: the other browser cannot tell. Who is back is billed again."""
    lesson = await begin_lesson(live, clock)
    lesson.tutor.confirms = False
    await lie_until_the_question_stays(lesson)
    await lesson.run(5)
    billed = await lesson.billed()

    await lesson.run(20)

    assert (await lesson.events("connection-warning"))[-1]["at"] == 45
    assert (await lesson.events("grace-resolved"))[-1]["at"] == 55
    assert await lesson.billed() - billed == 20


async def test_a_question_that_stays_is_over_when_who_should_answer_it_is_gone(
    live: Live, clock: HandClock
) -> None:
    """Whose page had lied is there, and is asked about the one who left, as after any drop."""
    lesson = await begin_lesson(live, clock)
    await lie_until_the_question_stays(lesson)
    await lesson.tutor.expect("connection-warning")

    await lesson.tutor.close()
    await lesson.leave_alone("student", 10)

    await lesson.student.expect("connection-warning", disconnectedRole="tutor")
    assert await lesson.events("session-ended") == []
