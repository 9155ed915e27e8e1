"""In the lobby: what is switched before the browser was asked for a camera and a microphone, and what that leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.people import Person
from tests.browser.tab import wait_until
from tests.browser.test_lobby import ASKED, WOULD_ASK

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson


async def stand_before_the_question(people: People, lesson: Lesson) -> tuple[Person, Person]:
    """Bring the student into the lobby, whose browser would ask them, while the tutor waits in the call."""
    student = Person(await people.open_tab(scripts=(WOULD_ASK,)), lesson, "student")
    tutor = await people.bring("tutor", lesson)
    await tutor.enter()
    await tutor.wait_for_state("waiting")
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("ask")
    return student, tutor


async def test_what_is_switched_before_anybody_was_asked_is_neither_seen_nor_heard_by_anyone(
    people: People, lesson: Lesson
) -> None:
    student, _tutor = await stand_before_the_question(people, lesson)

    await student.switch("microphone")
    assert not await student.tab.evaluate(ASKED)
    await student.join_from_lobby()
    await student.wait_for_state("live")

    assert not await student.tab.evaluate(ASKED)
    assert [await student.sends(device) for device in ("microphone", "camera")] == [None, None]


async def test_switching_a_device_on_is_a_gesture_too(people: People, lesson: Lesson) -> None:
    student, tutor = await stand_before_the_question(people, lesson)

    await student.switch("microphone")
    await student.switch("microphone")

    await student.wait_for_lobby_to_show("picture")
    await student.join_from_lobby()
    await tutor.wait_for_picture()


async def test_who_was_never_asked_joins_without_and_may_switch_the_camera_on_later(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await stand_before_the_question(people, lesson)

    await student.join_from_lobby()
    await student.wait_for_state("live")

    assert await student.tab.evaluate(ASKED) is False
    await student.switch("camera")
    await wait_until(tutor.tab, "__probe.picture()")
