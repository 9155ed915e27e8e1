"""Chrome 70, Firefox 65, Safari 14 and Edge 80 (R18): a browser of today without the APIs that they lack.

tests/test_build.py searches the built scripts for APIs that are newer than these browsers. Each must be among those
that are missing here, so that a new API cannot come without a fallback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.lacking import LACKING
from tests.browser.people import Person
from tests.browser.tab import wait_until
from tests.browser.words import read_catalogue

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

pytestmark = pytest.mark.requirement("R18")

TAKE: Final = """for (const path of %s) {
    const names = path.split(".");
    const name = names.pop();
    let owner = names.reduce((found, name) => found?.[name], window);
    for (; owner; owner = Object.getPrototypeOf(owner)) delete owner[name];
}"""
NO_STORAGE: Final = """for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("", "SecurityError"); } });"""
EVERYTHING: Final = [name for names in LACKING.values() for name in names]
TITLE: Final = "problem.unsupported.title"
ESSENTIAL: Final = (
    "RTCPeerConnection",
    "WebSocket",
    "Navigator.prototype.mediaDevices",
    "RTCPeerConnection.prototype.addTransceiver",
)


async def hold_a_lesson(people: People, lesson: Lesson, script: str) -> None:
    """Hold a whole lesson between a student in an old browser and a tutor in a new one."""
    tab = await people.open_tab(scripts=(script,))
    student, tutor = Person(tab, lesson, "student"), await people.bring("tutor", lesson)

    await student.enter()
    await student.wait_for_state("waiting")
    await tutor.enter()
    for person in (student, tutor):
        await person.wait_for_picture()
        await person.wait_for_state("live")
    await student.write_chat("Hola")
    await tutor.write_chat("Buenas")
    await wait_until(tab, "document.querySelectorAll('[data-part=chat-line]').length === 2")
    for device, sign in (("microphone", "remote-muted"), ("camera", "remote-camera-off")):
        await student.switch(device)  # type: ignore[arg-type]
        await wait_until(tutor.tab, f"document.querySelector('[data-part={sign}]')")
    await tutor.tab.close()
    await student.end_lesson_when_asked()
    await student.wait_for_state("ended")

    assert [line for line in tab.console if line.startswith("uncaught")] == []


@pytest.mark.parametrize("what", LACKING)
async def test_a_lesson_does_without_what_an_old_browser_lacks(
    people: People, lesson: Lesson, what: str
) -> None:
    await hold_a_lesson(people, lesson, TAKE % list(LACKING[what]))


async def test_a_lesson_does_without_all_of_it_and_without_storage(people: People, lesson: Lesson) -> None:
    await hold_a_lesson(people, lesson, TAKE % EVERYTHING + NO_STORAGE)


async def test_the_lobby_does_without_all_of_it(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab(scripts=(TAKE % EVERYTHING + NO_STORAGE,))
    student, tutor = Person(tab, lesson, "student"), await people.bring("tutor", lesson)
    await tutor.enter()

    await student.enter_lobby()
    await student.allow_devices_if_asked()
    await student.wait_for_lobby_to_show("picture")
    await tab.page.click("[data-part=device-choice] summary")
    await wait_until(tab, "document.querySelector('[data-part=choose-camera]')?.options.length > 1")
    await student.join_from_lobby()

    for person in (student, tutor):
        await person.wait_for_picture()
        await person.wait_for_state("live")
    assert [line for line in tab.console if line.startswith("uncaught")] == []


@pytest.mark.parametrize(
    ("path", "button", "shows"),
    [
        ("", "Make the links", "document.querySelectorAll('[data-seat] input').length === 2"),
        ("demo", "Start the lesson", "document.querySelectorAll('[data-seat] iframe').length === 2"),
    ],
)
async def test_the_pages_around_the_call_do_without_all_of_it(
    people: People, lesson: Lesson, path: str, button: str, shows: str
) -> None:
    tab = await people.open_tab(scripts=(TAKE % EVERYTHING + NO_STORAGE,))
    await tab.open(f"{lesson.base}/{path}")

    await tab.press(button)

    await wait_until(tab, shows)
    assert [line for line in tab.console if line.startswith("uncaught")] == []


@pytest.mark.parametrize(
    ("entry", "part"), [("Sound and picture", "settings"), ("Keyboard shortcuts", "shortcuts")]
)
async def test_a_window_that_is_no_native_dialog_has_its_role_and_the_keyboard(
    people: People, lesson: Lesson, entry: str, part: str
) -> None:
    tab = await people.open_tab(scripts=(TAKE % ["HTMLDialogElement.prototype.showModal"],))
    student = Person(tab, lesson, "student")
    await student.enter()
    await student.wait_for_state("waiting")

    await student.choose_in_menu(entry)

    window = f"document.querySelector('[data-part={part}]')"
    await wait_until(tab, f"{window}?.getAttribute('role') === 'dialog'")
    await wait_until(tab, f"{window}.contains(document.activeElement)")
    await tab.page.keyboard.press("Escape")
    await wait_until(tab, f"!{window}")


@pytest.mark.parametrize("what", ESSENTIAL)
async def test_a_browser_that_cannot_make_calls_is_told_so_in_the_readers_language(
    people: People, lesson: Lesson, what: str
) -> None:
    tab = await people.open_tab(scripts=(TAKE % [what],), locale="de")

    await Person(tab, lesson, "student").enter()

    await wait_until(tab, f"document.querySelector('h1')?.innerText === {read_catalogue('de')[TITLE]!r}")
    assert [line for line in tab.console if line.startswith("uncaught")] == []


@pytest.mark.parametrize("path", ["", "demo", "call"])
async def test_a_browser_without_modules_gets_a_page_in_words(
    people: People, lesson: Lesson, path: str
) -> None:
    tab = await people.open_tab(locale="ja")
    url = lesson.link("student") if path == "call" else f"{lesson.base}/{path}"
    answer = await tab.page.request.get(url)
    body = await answer.text()
    for module in ('type="module"', 'rel="modulepreload"'):
        body = body.replace(module, module.replace("module", "unknown"))
    body = body.replace(" nomodule", "")
    await tab.page.route(url, lambda route: route.fulfill(response=answer, body=body))

    await tab.open(url)

    await wait_until(tab, f"document.querySelector('h1')?.innerText === {read_catalogue('ja')[TITLE]!r}")
    assert await tab.evaluate("document.querySelector('main p').innerText.length > 20")
