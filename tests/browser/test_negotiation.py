"""Descriptions come late, twice or not at all, and two real browsers still connect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.people import Person, wait_for_more_of_both
from tests.browser.tab import ChromiumTab, wait_until
from tests.browser.way import Way
from tests.stories.live import until_async

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.async_api import Browser

    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.way import Direction, Frame


HURRY: Final = """(() => {
    const now = performance.now.bind(performance);
    let aheadMs = 0;
    performance.now = () => now() + aheadMs;
    const timer = setInterval(() => {
        aheadMs += 2_500;
        if (aheadMs >= 20_000) clearInterval(timer);
    }, 400);
})()"""
"""Let twenty seconds of a page's clock pass in three: it begins over then, before the other side's patience ends. In
steps, because a page whose clock jumps takes it that the machine has slept."""


@pytest.mark.requirement("R20")
async def test_a_late_answer_is_not_taken_for_that_to_a_later_offer(people: People, lesson: Lesson) -> None:
    first, second = await people.bring("student", lesson), await people.bring("tutor", lesson)
    assert isinstance(first.tab, ChromiumTab)
    way = Way()
    await way.lay(first.tab)
    await first.enter()
    await first.wait_for_state("waiting")

    way.hold("answer")
    await second.enter()
    await way.wait_until_held(1)
    await second.tab.evaluate("void dispatchEvent(new Event('online'))")
    await way.wait_until_held(2)
    way.release()

    for person in (first, second):
        await person.wait_for_picture()

    # Chrome could still connect by the ports of the earlier candidates, until it drops them.
    async def are_of_one_generation() -> bool:
        return await generation(second, "remote") == await generation(first, "local")

    await until_async(are_of_one_generation)


@pytest.mark.requirement("R20")
async def test_a_page_that_counts_no_offers_is_understood(people: People, lesson: Lesson) -> None:
    first, second = await people.bring("student", lesson), await people.bring("tutor", lesson)
    assert isinstance(first.tab, ChromiumTab)
    way = Way()
    way.change = lambda _, frame: {name: value for name, value in frame.items() if name != "number"}
    await way.lay(first.tab)
    await first.enter()
    await first.wait_for_state("waiting")
    await second.enter()
    await first.wait_for_picture()
    seen = await second.wait_for_picture()

    await first.tab.reload()  # now this side offers

    await first.wait_for_picture()
    await second.wait_for_new_picture(seen)


@pytest.mark.requirement("R20")
async def test_offers_of_two_connections_that_are_read_at_once_do_not_mix(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)
    assert isinstance(student.tab, ChromiumTab)
    way = Way()
    await way.lay(student.tab)
    await student.enter()
    await student.wait_for_state("waiting")

    way.hold("offer", "ice")
    await tutor.enter()
    await way.wait_until_held(1)
    await tutor.tab.evaluate(HURRY)
    await way.wait_until_held(2)
    await way.release_at_once(student.tab)

    for person in (student, tutor):
        await person.wait_for_picture()
    states = await student.tab.evaluate("__probe.connections.map(({ connectionState }) => connectionState)")
    assert states[-1] == "connected"
    assert set(states[:-1]) == {"closed"}
    assert any("begin over" in line for line in student.tab.console)


@pytest.mark.requirement("R20")
async def test_a_page_that_has_only_answered_and_gives_way_goes_on_sending_by_the_same_connection(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)
    assert isinstance(student.tab, ChromiumTab)
    way = Way()
    await way.lay(student.tab)
    await student.enter()
    await student.wait_for_state("waiting")
    await tutor.enter()
    for person in (student, tutor):
        await person.wait_for_picture()
    assert await student.tab.evaluate("__probe.connections.at(-1).currentRemoteDescription.type") == "offer"
    made = [await person.tab.evaluate("__probe.connections.length") for person in (student, tutor)]

    await wait_until_watching(student, tutor)
    way.change = lambda direction, frame: None if (direction, frame["type"]) == ("up", "offer") else frame
    await student.tab.evaluate("void dispatchEvent(new Event('online'))")
    await wait_until(student.tab, "__probe.connections.at(-1).signalingState === 'have-local-offer'")
    await tutor.tab.evaluate("void dispatchEvent(new Event('online'))")
    await wait_until(student.tab, "__probe.connections.at(-1).signalingState === 'stable'")

    await wait_for_more_of_both(student, tutor)
    assert [await person.tab.evaluate("__probe.connections.length") for person in (student, tutor)] == made


@pytest.mark.requirement("R20")
async def test_who_has_only_answered_restarts_by_the_same_connection_also_with_firefox(
    people: People, lesson: Lesson, firefox: Bidi
) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson, firefox)
    await student.enter()
    await student.wait_for_state("waiting")
    await tutor.enter()
    for person in (student, tutor):
        await person.wait_for_picture()
    assert await student.tab.evaluate("__probe.connections.at(-1).currentRemoteDescription.type") == "offer"
    made = [await person.tab.evaluate("__probe.connections.length") for person in (student, tutor)]
    await wait_until_watching(student)
    before = await generation(student, "local")

    await student.tab.evaluate("void dispatchEvent(new Event('online'))")

    async def is_restarted() -> bool:
        return before not in (await generation(student, "local"), await generation(tutor, "remote"))

    await until_async(is_restarted)
    await wait_for_more_of_both(student, tutor)
    assert [await person.tab.evaluate("__probe.connections.length") for person in (student, tutor)] == made


@pytest.mark.requirement("R20")
async def test_a_step_of_the_call_that_fails_does_not_keep_the_two_from_meeting(
    people: People, lesson: Lesson
) -> None:
    no_servers = "RTCPeerConnection.prototype.setConfiguration = () => { throw new Error('no servers'); };"
    student = await people.bring("student", lesson)
    tutor = Person(await people.open_tab(scripts=(no_servers,)), lesson, "tutor")
    await student.enter()
    await student.wait_for_state("waiting")

    await tutor.enter()

    for person in (student, tutor):
        await person.wait_for_picture()
    assert any("no servers" in line for line in tutor.tab.console)


@pytest.mark.requirement("R20")
async def test_two_who_never_meet_begin_over(
    people: People, lesson: Lesson, tutors_browser: Browser | Bidi
) -> None:
    student = await people.bring("student", lesson)
    tutor = await people.bring("tutor", lesson, tutors_browser)
    assert isinstance(student.tab, ChromiumTab)
    way = Way()
    way.change = lose_candidates_of_the_first_connection()
    await way.lay(student.tab)
    await student.enter()
    await student.wait_for_state("waiting")

    await tutor.enter()

    for person in (student, tutor):
        await person.wait_for_picture()
    assert await student.tab.evaluate("__probe.connections.length") > 1


async def wait_until_watching(*people: Person) -> None:
    """Wait until their pages watch the path: before that, another network changes nothing."""

    async def are_watching() -> bool:
        return all(any("ladder" in line for line in person.tab.console) for person in people)

    await until_async(are_watching)


async def generation(person: Person, side: str) -> str:
    """Return the user fragment that names one generation of candidates (RFC 8839 §5.4)."""
    fragment: str = await person.tab.evaluate(
        f"__probe.connections.at(-1).{side}Description.sdp.match(/^a=ice-ufrag:(.*)$/m)[1].trim()"
    )
    return fragment


def lose_candidates_of_the_first_connection() -> Callable[[Direction, Frame], Frame | None]:
    """Lose all candidates of the first connection, so that it neither succeeds nor fails."""
    certificates: list[str] = []

    def change(direction: Direction, frame: Frame) -> Frame | None:
        if direction == "up" and "sdp" in frame:
            certificates.append(re.findall("a=fingerprint:.*", frame["sdp"])[0])
        if len(set(certificates)) > 1:
            return frame
        if frame["type"] == "ice":
            return None
        if "sdp" in frame:
            return {**frame, "sdp": re.sub("a=candidate:.*\r\n", "", frame["sdp"])}
        return frame

    return change
