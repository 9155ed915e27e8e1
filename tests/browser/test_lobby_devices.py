"""The lobby's switches before the browser has asked for camera and microphone, and their effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.browser.people import Person
from tests.browser.tab import ChromiumTab, wait_until
from tests.browser.test_devices import CAMERA, COUNTS_NOTES
from tests.browser.test_lobby import ASKED, WOULD_ASK

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

COPIES: Final = """
    window.copies = [];
    const clone = MediaStreamTrack.prototype.clone;
    MediaStreamTrack.prototype.clone = function () {
        const copy = clone.call(this);
        window.copies.push(copy);
        return copy;
    };
"""
"""The level is measured on a copy of the microphone's track."""
LEVEL: Final = "document.querySelector('[data-part=level]')"


async def stand_before_the_question(people: People, lesson: Lesson) -> tuple[Person, Person]:
    """Bring the student into the lobby with a browser that would ask for permission. The tutor waits in the call."""
    student = Person(await people.open_tab(scripts=(WOULD_ASK,)), lesson, "student")
    tutor = await people.bring("tutor", lesson)
    await tutor.enter()
    await tutor.wait_for_state("waiting")
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("ask")
    return student, tutor


async def open_device_choice(person: Person) -> None:
    """Open the choice of camera, microphone and speaker."""
    assert isinstance(person.tab, ChromiumTab)
    await person.tab.page.click("[data-part=device-choice] summary")


async def test_what_is_switched_before_anybody_was_asked_is_neither_seen_nor_heard_by_anyone(
    people: People, lesson: Lesson
) -> None:
    student, _tutor = await stand_before_the_question(people, lesson)

    await student.switch("microphone")
    assert not await student.tab.evaluate(ASKED)
    await student.join_from_lobby()
    await student.wait_for_state("live")

    assert not await student.tab.evaluate(ASKED)
    await student.wait_until_sends("microphone", None)
    await student.wait_until_sends("camera", None)


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


async def test_the_level_follows_the_microphone(people: People, lesson: Lesson) -> None:
    student = Person(await people.open_tab(scripts=(COPIES,)), lesson, "student")
    await student.enter_lobby()

    await wait_until(student.tab, f"{LEVEL}?.value > 0.2")  # the fake microphone beeps
    await student.switch("microphone")

    await wait_until(student.tab, "window.copies.every(({ readyState }) => readyState === 'ended')")
    await wait_until(student.tab, f"{LEVEL}.value === 0")


async def test_what_is_chosen_before_joining_is_what_the_other_gets(people: People, lesson: Lesson) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)
    await tutor.enter()
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("picture")

    await open_device_choice(student)
    await wait_until(
        student.tab, f"document.querySelector('[data-part=choose-camera]')?.innerText.includes('{CAMERA}')"
    )
    await student.tab.choose("Camera", CAMERA)
    await student.join_from_lobby()

    await student.wait_for_state("live")
    await student.wait_until_sends("camera", CAMERA)
    await tutor.wait_for_picture()


async def test_the_speaker_can_be_tried_before_joining(people: People, lesson: Lesson) -> None:
    student = Person(await people.open_tab(scripts=(COUNTS_NOTES,)), lesson, "student")
    await student.enter_lobby()

    await open_device_choice(student)
    await student.tab.press("Play a test sound")

    await wait_until(student.tab, "window.notes === 4")
