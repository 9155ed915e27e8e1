"""Shortcuts: each key does what the list says, no key disturbs writing, and all can be switched off."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.browser import stage
from tests.browser.people import Person
from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson


async def wait_alone(people: People, lesson: Lesson) -> ChromiumTab:
    tab = await people.open_tab()
    student = Person(tab, lesson, "student")
    await student.enter()
    await student.wait_for_state("waiting")
    await stage.leave_fields(tab)
    return tab


@pytest.mark.requirement("R12")
async def test_letters_switch_microphone_camera_and_hand_and_change_panel_and_layout(
    people: People, lesson: Lesson
) -> None:
    tab = await wait_alone(people, lesson)

    for key, part, pressed in (("m", "microphone", False), ("v", "camera", False), ("h", "hand", True)):
        await stage.press_key(tab, key)
        await stage.wait_for_pressed(tab, part, pressed=pressed)
        await stage.press_key(tab, key)
        await stage.wait_for_pressed(tab, part, pressed=not pressed)
    await stage.press_key(tab, "c")
    await wait_until(tab, "!document.querySelector('.panel')")
    await stage.press_key(tab, "l")
    await stage.wait_for_layout(tab, "side")


async def test_letters_share_the_screen_fill_it_and_take_the_other_along(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    tab = student.tab
    await stage.leave_fields(tab)

    for key, is_so in (
        ("p", "document.pictureInPictureElement?.dataset.part === 'remote-video'"),
        ("f", "document.fullscreenElement !== null"),
    ):
        await stage.press_key(tab, key)
        await wait_until(tab, is_so)
        await stage.press_key(tab, key)
        await wait_until(tab, f"!({is_so})")
    await stage.press_key(tab, "s")
    await tutor.wait_for_screen()


async def test_a_key_that_is_pressed_before_the_keyboard_is_there_opens_the_chat_to_write(
    people: People, lesson: Lesson
) -> None:
    tab = await people.open_tab(width=800)
    student, comes = Person(tab, lesson, "student"), asyncio.Event()

    async def hold(route: Route) -> None:
        await comes.wait()
        await route.continue_()

    await tab.page.route("**/later-*.js", hold)
    await tab.page.goto(lesson.link("student"), wait_until="commit")
    await student.wait_for_state("waiting")
    await wait_until(tab, "document.querySelector('[data-part=panel]')")

    await stage.press_key(tab, "c")
    assert not await tab.evaluate("document.querySelector('.panel') !== null")
    comes.set()

    await wait_until(tab, "document.activeElement?.matches('textarea')")
    await stage.press_key(tab, "m")
    assert await tab.evaluate("document.activeElement.value") == "m"


async def test_a_letter_in_a_message_is_a_letter(people: People, lesson: Lesson) -> None:
    tab = await wait_alone(people, lesson)
    box = tab.page.get_by_role("textbox", name="Message", exact=True)

    await box.click()
    await tab.page.keyboard.type("my hello?")

    assert await box.input_value() == "my hello?"
    await stage.wait_for_pressed(tab, "microphone", pressed=True)
    await stage.wait_for_pressed(tab, "hand", pressed=False)
    assert not await tab.evaluate("document.querySelector('[data-part=shortcuts]') !== null")


async def test_a_letter_with_a_modifier_belongs_to_the_browser(people: People, lesson: Lesson) -> None:
    tab = await wait_alone(people, lesson)

    for modifier in ("Control", "Alt", "Meta"):
        await stage.press_key(tab, f"{modifier}+m")
    await stage.press_key(tab, "h")

    await stage.wait_for_pressed(tab, "hand", pressed=True)
    await stage.wait_for_pressed(tab, "microphone", pressed=True)


async def test_space_held_opens_a_muted_microphone_for_as_long_as_it_is_held(
    people: People, lesson: Lesson
) -> None:
    tab = await wait_alone(people, lesson)
    await stage.press_key(tab, "m")
    await stage.wait_for_pressed(tab, "microphone", pressed=False)

    await tab.page.keyboard.down(" ")
    await stage.wait_for_pressed(tab, "microphone", pressed=True)
    await tab.page.keyboard.up(" ")

    await stage.wait_for_pressed(tab, "microphone", pressed=False)


async def test_space_is_there_to_talk_from_the_moment_one_comes_in_from_the_lobby(
    people: People, lesson: Lesson
) -> None:
    tab = await people.open_tab()
    student, tutor = Person(tab, lesson, "student"), await people.bring("tutor", lesson)
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("picture")
    await student.join_from_lobby()
    await tutor.enter()
    await student.wait_for_picture()
    await stage.press_key(tab, "m")
    await stage.wait_for_pressed(tab, "microphone", pressed=False)

    await tab.page.keyboard.down(" ")
    await stage.wait_for_pressed(tab, "microphone", pressed=True)
    await tab.page.keyboard.up(" ")

    await stage.wait_for_pressed(tab, "microphone", pressed=False)


async def test_space_on_a_button_presses_the_button_and_nothing_else(people: People, lesson: Lesson) -> None:
    tab = await wait_alone(people, lesson)
    await stage.press_key(tab, "m")
    await stage.wait_for_pressed(tab, "microphone", pressed=False)

    await tab.page.focus("[data-part=hand]")
    await stage.press_key(tab, " ")

    await stage.wait_for_pressed(tab, "hand", pressed=True)
    await stage.wait_for_pressed(tab, "microphone", pressed=False)


async def test_the_list_opens_with_a_question_mark_and_closes_with_escape(
    people: People, lesson: Lesson
) -> None:
    tab = await wait_alone(people, lesson)

    await stage.press_key(tab, "?")
    await wait_until(tab, "document.querySelector('[data-part=shortcuts]')?.open")
    listed: list[str] = await tab.evaluate(
        "[...document.querySelectorAll('[data-part=shortcuts] kbd')].map((key) => key.textContent)"
    )
    await stage.press_key(tab, "Escape")

    assert {"M", "Space", "V", "H", "C", "L", "?"} <= set(listed)
    await wait_until(tab, "!document.querySelector('[data-part=shortcuts]')")


async def test_keys_that_are_switched_off_do_nothing_in_the_next_lesson_either(
    people: People, lesson: Lesson
) -> None:
    tab = await wait_alone(people, lesson)
    await stage.press_key(tab, "?")
    await wait_until(tab, "document.querySelector('[data-part=shortcuts]')?.open")

    await tab.page.get_by_role("checkbox").uncheck()
    await stage.press_key(tab, "Escape")
    await wait_until(tab, "!document.querySelector('[data-part=shortcuts]')")
    await tab.reload()
    await wait_until(tab, "document.querySelector('[data-part=hand]')")
    await stage.press_key(tab, "m")
    await tab.press_part("hand")

    await stage.wait_for_pressed(tab, "hand", pressed=True)
    await stage.wait_for_pressed(tab, "microphone", pressed=True)
