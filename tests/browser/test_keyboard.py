"""A lesson without a mouse, from the lobby to the bill. After each change the focus is at the next useful place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.browser import chat, stage
from tests.browser.keyboard import Keyboard
from tests.browser.people import Person
from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

MESSAGE = "textarea"


@pytest_asyncio.fixture(loop_scope="session")
async def tab(people: People) -> ChromiumTab:
    """Open the tab of the student, who uses only the keyboard."""
    return await people.open_tab()


@pytest.mark.requirement("R6", "R7", "R12")
async def test_a_lesson_from_the_lobby_to_the_statement_by_keyboard_alone(
    people: People, lesson: Lesson, tab: ChromiumTab
) -> None:
    student, keys, tutor = Person(tab, lesson, "student"), Keyboard(tab), await people.bring("tutor", lesson)

    await join(student, keys)
    await tutor.enter()
    await student.wait_for_picture()
    await keys.wait_for_focus("[data-part=stage]")
    await keys.go_to("[data-part=microphone]")
    await switch_by_button_and_by_letter(tab, keys, tutor)
    await close_the_chat_open_it_write_and_read(student, keys, tutor)
    await keys.go_to("[data-part=move-own]", back=True)
    await keys.press("ArrowUp", "ArrowLeft")
    await stage.wait_for_corner(tab, "top left")

    await keys.go_to("[aria-label='End call']")
    await keys.press("Enter")
    await student.wait_for_state("ended")
    await keys.wait_for_focus("[data-part=summary] h1")
    await keys.go_to("main a")
    async with tab.page.context.expect_page() as opened:
        await keys.press("Enter")
    await (await opened.value).wait_for_selector(f"text={lesson.room}")


async def join(student: Person, keys: Keyboard) -> None:
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("picture")
    await keys.go_to("[data-part=microphone]")
    await keys.press("Space", "Space")
    await keys.go_to("[data-part=join]")
    await keys.press("Enter")
    await student.wait_for_state("waiting")
    await keys.wait_for_focus("h1")


async def switch_by_button_and_by_letter(tab: ChromiumTab, keys: Keyboard, tutor: Person) -> None:
    await keys.press("Enter")
    await stage.wait_for_pressed(tab, "microphone", pressed=False)
    await keys.press("m")
    await stage.wait_for_pressed(tab, "microphone", pressed=True)
    await keys.go_to("[data-part=camera]")
    await keys.press("Space")
    await stage.wait_for_pressed(tab, "camera", pressed=False)
    await wait_until(tutor.tab, "document.querySelector('[data-part=remote-camera-off]')")
    await keys.press("v")
    await stage.wait_for_pressed(tab, "camera", pressed=True)
    await keys.go_to("[data-part=hand]")
    await keys.press("Space")
    await wait_until(tutor.tab, "document.querySelector('[data-part=remote-hand]')")


async def close_the_chat_open_it_write_and_read(student: Person, keys: Keyboard, tutor: Person) -> None:
    await keys.go_to("[data-part=panel]")
    await keys.press("Enter")
    await wait_until(student.tab, "!document.querySelector('.panel')")
    await keys.press("c")
    await keys.wait_for_focus(MESSAGE)
    await keys.write("¿Empezamos?")
    await tutor.write_chat("Sí, página 12.")
    await chat.wait_for_text(student, "Sí, página 12.")
    await keys.focused()
    await keys.go_to("[data-part=chat-log]", back=True)
    await keys.go_to("[aria-label='Close the panel']", back=True)
    await keys.press("Enter")
    await keys.wait_for_focus("[data-part=panel]")


async def test_what_opens_takes_the_focus_and_gives_it_back(
    people: People, lesson: Lesson, tab: ChromiumTab
) -> None:
    student, keys, tutor = Person(tab, lesson, "student"), Keyboard(tab), await people.bring("tutor", lesson)
    await student.enter()
    await student.wait_for_state("waiting")
    await tutor.enter()
    await student.wait_for_picture()
    await student.wait_for_state("live")  # before that, the connection has no figures
    await wait_until(tab, "document.querySelector('[data-part=hand]')")

    await keys.go_to("[data-part=hand]")
    await keys.press("?")
    await keys.wait_for_focus("[data-part=shortcuts] *")
    await keys.press("Escape")
    await keys.wait_for_focus("[data-part=hand]")

    await keys.go_to("[data-part=more]")
    await keys.press("Enter")
    await keys.wait_for_focus("[data-part=more-menu] button")
    await keys.press("Escape")
    await keys.wait_for_focus("[data-part=more]")
    for entry, dialog in (("settings", "settings"), ("shortcuts", "shortcuts")):
        await keys.press("Enter")
        await keys.go_to(f"[data-part=more-{entry}]")
        await keys.press("Enter")
        await keys.wait_for_focus(f"[data-part={dialog}] *")
        await keys.press("Escape")
        await keys.wait_for_focus("[data-part=more]")
    await keys.press("Enter")
    await keys.go_to("[data-part=more-shortcuts]")
    await keys.press("Enter")
    await keys.wait_for_focus("[data-part=shortcuts] .panel-close")
    await keys.press("Enter")
    await keys.wait_for_focus("[data-part=more]")

    await keys.go_to("[data-part=connection-status]", back=True)
    await keys.press("Enter")
    await keys.wait_for_focus("[data-part=connection]")
    await keys.press("Escape")
    await keys.wait_for_focus("[data-part=connection-status]")
    await wait_until(tab, "document.querySelector('[aria-label=Emoji]')")
    await keys.go_to("[aria-label='Emoji']")
    await keys.press("Space")
    await keys.wait_for_focus("[data-part=emoji] button")
    await keys.press("Tab", "Enter")
    await keys.wait_for_focus(MESSAGE)
    assert await tab.evaluate("document.activeElement.value") != ""


@pytest.mark.requirement("R39")
async def test_the_question_about_who_is_gone_is_answered_by_key_and_one_goes_on_in_the_room(
    people: People, lesson: Lesson, tab: ChromiumTab
) -> None:
    student, keys, tutor = Person(tab, lesson, "student"), Keyboard(tab), await people.bring("tutor", lesson)
    await student.enter()
    await student.wait_for_state("waiting")
    await tutor.enter()
    await student.wait_for_picture()
    await wait_until(tab, "document.querySelector('[data-part=camera]')")
    await keys.go_to("[data-part=camera]")

    await tutor.tab.close()
    await student.wait_for_question()

    await keys.wait_for_focus("[data-part=grace-dialog] button.primary")
    await keys.press("Enter")
    await wait_until(tab, "!document.querySelector('[data-part=grace-dialog]')")
    await keys.focused()


async def test_a_move_to_another_tab_and_back_keeps_the_keyboard_on_the_page(
    people: People, lesson: Lesson, tab: ChromiumTab
) -> None:
    student, keys = Person(tab, lesson, "student"), Keyboard(tab)
    await student.enter()
    await student.wait_for_state("waiting")
    await wait_until(tab, "document.querySelector('[data-part=camera]')")
    await keys.go_to("[data-part=camera]")
    second = await people.bring("student", lesson)
    await second.enter()
    await second.use_here()

    await keys.wait_for_focus("[data-part=moved] h1")
    await keys.go_to("main button")
    await keys.press("Enter")

    await student.wait_for_state("waiting")
    await wait_until(tab, "!document.querySelector('[data-part=moved]')")
    await keys.focused()
