"""Two people see and hear each other: real pictures and real sound, browser to browser."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from tests.browser.link import LINK_LOST
from tests.browser.screens import hear
from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.standing import Pair

SELECTED_PAIR = """(async () => {
    const stats = await __probe.connections.at(-1).getStats();
    const pairs = [...stats.values()].filter(({ type }) => type === "candidate-pair");
    const pair = pairs.find(({ state, nominated }) => state === "succeeded" && nominated);
    return pair && [pair.localCandidateId, pair.remoteCandidateId].map((id) => stats.get(id).candidateType);
})()"""


@pytest.mark.requirement("R6", "R18", "R19")
@pytest.mark.usefixtures("tutors_browser")
async def test_two_people_see_and_hear_each_other(standing_call: Pair) -> None:
    student, tutor = standing_call

    before = [await person.wait_for_picture() for person in (student, tutor)]
    after = [await person.wait_for_more(seen) for person, seen in zip((student, tutor), before, strict=True)]

    for earlier, later in zip(before, after, strict=True):
        assert later.frames > earlier.frames > 0
        assert later.audio_energy > earlier.audio_energy > 0
        assert later.picture != earlier.picture


@pytest.mark.requirement("R19")
async def test_media_goes_from_browser_to_browser_without_a_relay(standing_call: Pair) -> None:
    student, tutor = standing_call

    for person in (student, tutor):
        pair = await wait_until(person.tab, SELECTED_PAIR)

        assert set(pair) <= {"host", "prflx"}


@pytest.mark.requirement("R6")
async def test_it_does_not_matter_who_comes_first(people: People, lesson: Lesson) -> None:
    tutor, student = await people.bring("tutor", lesson), await people.bring("student", lesson)

    await tutor.enter()
    await tutor.wait_for_state("waiting")
    await student.enter()

    for person in (tutor, student):
        assert (await person.wait_for_picture()).frames > 0


@pytest.mark.requirement("R6")
async def test_two_who_click_at_the_same_moment_meet(people: People, lesson: Lesson) -> None:
    tutor, student = await people.bring("tutor", lesson), await people.bring("student", lesson)

    await asyncio.gather(tutor.enter(), student.enter())

    for person in (tutor, student):
        assert (await person.wait_for_picture()).frames > 0


@pytest.mark.requirement("R20")
async def test_a_broken_candidate_does_not_disturb_the_call(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    [joined] = await student.frames("peer-joined")
    broken = {"candidate": "candidate:1 1 udp 1 no-address 0 typ host", "sdpMid": "7", "sdpMLineIndex": 7}
    frame = json.dumps({"type": "ice", "to": joined["peer"]["page"], "candidate": broken})

    await student.tab.evaluate(f"__probe.sockets.at(-1).send({json.dumps(frame)})")

    await wait_until(tutor.tab, "__probe.frames.some(({ text }) => text.includes('no-address'))")
    await tutor.wait_for_more(await tutor.wait_for_picture())
    assert not [line for line in tutor.tab.console if line.startswith("uncaught")]


@pytest.mark.requirement("R5")
async def test_the_socket_is_at_the_services_own_host(people: People, lesson: Lesson) -> None:
    student = await people.bring("student", lesson)

    await student.enter()
    await student.wait_for_state("waiting")

    url = await student.tab.evaluate("__probe.sockets[0].url")
    assert url == f"{lesson.base.replace('http:', 'ws:')}/?room={lesson.room}"


@pytest.mark.requirement("R20")
async def test_who_begins_a_new_connection_is_met_by_one_that_is_still_open(
    people: People, lesson: Lesson, tutors_browser: Browser | Bidi
) -> None:
    student, tutor = await people.meet(lesson, tutors_browser)
    assert isinstance(student.tab, ChromiumTab)
    seen = [await person.wait_for_picture() for person in (student, tutor)]

    # As after a tunnel: the service has given the tutor up, and the tutor's page has not noticed.
    await student.tab.evaluate(LINK_LOST)
    await hear(student.tab, type="peer-left", role="tutor", reason="connection-lost", timestamp=1)
    await student.tab.evaluate("void dispatchEvent(new Event('online'))")

    for person, before in zip((student, tutor), seen, strict=True):
        await person.wait_for_new_picture(before)
