"""One participant is gone in the middle of a lesson: the other is asked, and decides (R39)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.people import wait_for_more_of_both
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.recorder import Recorder

ASKED: Final = "document.querySelector('[data-part=grace-dialog]')?.open"
COUNTDOWN: Final = (
    "Number(document.querySelector('[data-part=grace-countdown]').innerText.match(/[0-9]+/)[0])"
)
CLAIMS: Final = """[...document.querySelectorAll("[data-part=grace-claims] > div")]
    .map((claim) => [...claim.children].map(({ innerText }) => innerText))"""
# A page that lies: its counters of received media stay as they were first, and its sent counters go on.
COUNTERS_FROZEN: Final = """void (() => {
    const { getStats } = RTCPeerConnection.prototype;
    const told = new Map();
    RTCPeerConnection.prototype.getStats = async function () {
        const report = new Map(await getStats.call(this));
        for (const [id, stat] of report) {
            if (stat.type !== "inbound-rtp") continue;
            if (!told.has(id)) told.set(id, stat);
            report.set(id, told.get(id));
        }
        return report;
    };
})()"""
RING: Final = "Number(document.querySelector('[data-part=grace-ring]').dataset.left)"


@pytest.mark.requirement("R39", "R40", "R41")
async def test_who_waits_for_the_other_goes_on_with_the_lesson_when_they_return(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    await tutor.tab.close()
    await student.wait_for_question()
    seconds = await student.tab.evaluate(COUNTDOWN)
    assert 0 < seconds <= 30
    await wait_until(student.tab, f"{COUNTDOWN} <= {seconds} - 2 && {RING} === {COUNTDOWN} / 30")

    await student.tab.press("Wait")
    await wait_until(student.tab, f"!({ASKED})")
    returned = await people.bring("tutor", lesson)
    await returned.enter()

    for person in (student, returned):
        await person.wait_for_state("live")
    await wait_for_more_of_both(student, returned)
    assert [warning["disconnectedRole"] for warning in await student.frames("connection-warning")] == [
        "tutor"
    ]


@pytest.mark.requirement("R39", "R40")
async def test_who_does_not_want_to_wait_ends_the_lesson_at_once(
    people: People, lesson: Lesson, backend: Recorder
) -> None:
    student, tutor = await people.meet(lesson)
    await tutor.tab.close()
    await student.wait_for_question()

    await student.tab.press("End lesson")

    await student.wait_for_state("ended")
    [ended] = await backend.wait_for(lesson.room, "session-ended")
    [left] = backend.of(lesson.room, "user-disconnected", "tutor")
    assert ended["endedBy"] == "student"
    assert ended["billableSeconds"] * 1000 <= left["timestamp"] - lesson.start_ms


@pytest.mark.requirement("R41")
async def test_a_return_before_the_answer_takes_the_question_back(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await tutor.tab.close()
    await student.wait_for_question()

    returned = await people.bring("tutor", lesson)
    await returned.enter()

    await wait_until(student.tab, f"!({ASKED})")
    await wait_for_more_of_both(student, returned)


@pytest.mark.requirement("R39")
async def test_who_is_told_that_nothing_of_theirs_arrives_sees_whose_page_says_what_and_decides(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)

    await student.tab.evaluate(COUNTERS_FROZEN)

    await tutor.wait_for_question()
    claims = [
        ["The student’s page", "No sound or picture arrives here."],
        ["Your page", "The other browser confirms that sound and picture arrive there."],
    ]
    await wait_until(tutor.tab, f"JSON.stringify({CLAIMS}) === JSON.stringify({json.dumps(claims)})")
    await tutor.tab.press("Wait")
    await wait_until(tutor.tab, f"!({ASKED})")
    assert await student.frames("connection-warning") == []
    await tutor.wait_for_state("live")
