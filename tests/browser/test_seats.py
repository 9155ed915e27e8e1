"""Who may take a seat: a reload, a second tab, a third person."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.browser.people import Person, wait_for_more_of_both
from tests.browser.tab import open_another_tab, wait_until
from tests.browser.way import Way

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.recorder import Recorder

OTHER_ADDRESS = "0x52908400098527886E0F7030069857D2E4169EE7"


@pytest.mark.requirement("R10", "R20")
async def test_a_reload_takes_the_own_seat_back_silently_and_the_call_goes_on(
    people: People, lesson: Lesson, tutors_browser: Browser | Bidi
) -> None:
    student, tutor = await people.meet(lesson, tutors_browser)
    seen_by_student = await student.wait_for_picture()

    await tutor.tab.reload()

    await tutor.wait_for_more(await tutor.wait_for_picture())
    await student.wait_for_new_picture(seen_by_student)
    assert await tutor.frames("error") == []
    assert (await tutor.frames("welcome"))[0]["epoch"] == 2
    assert await student.frames("session-ended") == []


@pytest.mark.requirement("R10")
async def test_the_timer_runs_from_the_start_of_the_session_and_a_reload_does_not_reset_it(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    before = await tutor.shown_seconds()

    await tutor.tab.reload()
    await tutor.wait_for_picture()
    earlier = await student.shown_seconds()
    after = await tutor.shown_seconds()
    later = await student.shown_seconds()

    assert before >= 10  # by the link, the lesson began ten seconds ago
    assert after >= before
    assert earlier - 2 <= after <= later + 2


@pytest.mark.requirement("R16")
async def test_a_third_person_is_refused_on_a_page_that_says_why(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    third = await people.bring("tutor", lesson)

    await third.enter(address=OTHER_ADDRESS)

    await third.wait_for_state("error")
    [refusal] = await third.frames("error")
    assert (refusal["code"], refusal["final"]) == ("seat-belongs-to-another", True)
    assert await third.headline() != ""
    await wait_for_more_of_both(student, tutor)
    for person in (student, tutor):
        assert await person.frames("peer-left") == []


@pytest.mark.requirement("R16")
async def test_the_same_link_in_a_second_tab_asks_first_and_then_takes_over(
    people: People, lesson: Lesson, backend: Recorder
) -> None:
    student, tutor = await people.meet(lesson)
    second_tab = Person(await people.open_tab(), lesson, "tutor")

    await second_tab.enter()
    await second_tab.wait_for_frame("error")
    assert [error["code"] for error in await second_tab.frames("error")] == ["seat-open-elsewhere"]
    await tutor.wait_for_more(await tutor.wait_for_picture())  # the first tab is not affected yet
    # A page that asks whether to move the call has no camera and no socket open, so it cannot take the seat by itself.
    await second_tab.wait_for_lost_socket()
    await wait_until(second_tab.tab, "__probe.connections.every((each) => each.signalingState === 'closed')")
    await wait_until(second_tab.tab, "!document.querySelector('video')?.srcObject?.active")
    await second_tab.use_here()

    await second_tab.wait_for_more(await second_tab.wait_for_picture())
    await tutor.wait_for_text("The lesson goes on elsewhere")
    assert [error["code"] for error in await tutor.frames("error")] == ["moved-elsewhere"]
    await tutor.wait_for_text("If it was not you, tell your platform")
    await student.wait_for_text("The tutor goes on in another tab or on another device")
    await student.wait_for_state("live")
    assert len(await backend.wait_for(lesson.room, "user-connected", "tutor", count=2)) == 2


@pytest.mark.requirement("R16")
async def test_a_tab_that_takes_over_on_a_bad_network_is_asked_no_second_time(
    people: People, lesson: Lesson
) -> None:
    """Its socket fails before the service has heard it."""
    student, tutor = await people.meet(lesson)
    tab, way = await people.open_tab(), Way()
    second_tab, lost = Person(tab, lesson, "tutor"), asyncio.Event()
    await way.lay(tab)
    await second_tab.enter()
    await second_tab.wait_for_frame("error")
    way.change = lambda _, frame: lost.set() if frame["type"] == "join" else frame
    await second_tab.use_here()
    await lost.wait()

    way.change = lambda _, frame: frame
    await way.fail()

    await second_tab.wait_for_more(await second_tab.wait_for_picture())
    await tutor.wait_for_text("The lesson goes on elsewhere")
    await student.wait_for_state("live")


@pytest.mark.requirement("R16")
async def test_a_duplicated_tab_does_not_steal_the_seat_without_a_word(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    context = tutor.tab.page.context  # type: ignore[attr-defined]
    copied = await tutor.tab.evaluate("JSON.stringify({ ...sessionStorage })")
    script = f"for (const [key, value] of Object.entries({copied})) sessionStorage.setItem(key, value)"
    duplicate = Person(await open_another_tab(context, scripts=(script,)), lesson, "tutor")

    await duplicate.enter()

    await duplicate.wait_for_frame("error")
    assert [error["code"] for error in await duplicate.frames("error")] == ["seat-open-elsewhere"]
    await wait_for_more_of_both(student, tutor)
