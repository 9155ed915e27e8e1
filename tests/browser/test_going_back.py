"""A page goes away and comes back in the middle of a call: by the browser's Back, and by two reloads in a second."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import Error

from tests.browser.api import get_json
from tests.browser.people import wait_for_more_of_both
from tests.browser.tab import LOOK_EVERY_SECONDS, WAIT_SECONDS_MAX, ChromiumTab

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

TWICE_WITHIN_SECONDS = 0.5


@pytest.mark.requirement("R20")
async def test_who_leaves_and_presses_back_is_in_the_call_again(people: People, lesson: Lesson) -> None:
    """Browsers keep no page with a live camera for Back (Chromium: `notRestoredReasons` says `mediastream`)."""
    student, tutor = await people.meet(lesson)
    assert isinstance(student.tab, ChromiumTab)
    before = await tutor.wait_for_picture()

    await student.tab.open("about:blank")
    await tutor.wait_for_frame("peer-left")
    await student.tab.page.go_back()

    await tutor.wait_for_new_picture(before)
    for person in (student, tutor):
        await person.wait_for_state("live")
    await wait_for_more_of_both(student, tutor)


@pytest.mark.requirement("R20")
async def reload_while_loading(tab: ChromiumTab) -> None:
    """Reload again, as soon as Chromium takes it: in the middle of the change of documents it refuses."""
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        while True:
            try:
                await tab.reload()
            except Error as error:
                if "Not attached to an active page" not in str(error):
                    raise
                await asyncio.sleep(LOOK_EVERY_SECONDS)
            else:
                return


async def test_two_reloads_in_a_second_leave_one_page_in_the_seat(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    assert isinstance(tutor.tab, ChromiumTab)
    before = await student.wait_for_picture()

    reloading = asyncio.create_task(tutor.tab.page.reload(wait_until="commit"))
    await asyncio.wait([reloading], timeout=TWICE_WITHIN_SECONDS)
    await reload_while_loading(tutor.tab)
    await asyncio.gather(reloading, return_exceptions=True)  # the second reload may have ended the first

    await student.wait_for_new_picture(before)
    for person in (student, tutor):
        await person.wait_for_state("live")
    await wait_for_more_of_both(student, tutor)
    bill = await get_json(f"{lesson.base}/api/sessions/{lesson.room}")
    assert [bill["participants"][role]["connected"] for role in ("student", "tutor")] == [True, True]
