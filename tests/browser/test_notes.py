"""The lesson's notes: two people write in one text, in real browsers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest_asyncio

from tests.browser.cable import Cable
from tests.browser.lesson import Lesson
from tests.browser.looks import AXE
from tests.browser.stage import open_tab
from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from playwright.async_api import Browser

    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.people import Person
    from tests.browser.server import Service
    from tests.browser.tab import Tab

NOTES: Final = "document.querySelector('[data-part=notes-text]')"
SHOWN: Final = f"{NOTES}?.innerText.trim()"
PLACE_CARET: Final = f"""(place) => {{
    const notes = {NOTES};
    notes.focus();
    const range = document.createRange();
    range.selectNodeContents(notes);
    range.collapse(place === "start");
    const selection = document.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
}}"""
PASTE: Final = """((html) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    data.setData("text/plain", "plain");
    NOTES.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
})""".replace("NOTES", NOTES)
RUBBISH: Final = """<meta charset="utf-8"><style>p { color: red }</style>
<b style="font-weight:normal;" id="docs-internal-guid-1">
<h1 style="color:red" onclick="alert(1)">Los animales</h1>
<p class="MsoNormal" style="mso-x:1">El <b>gato</b> y el <span style="font-weight:700">perro</span><o:p></o:p></p>
<img src="https://elsewhere.example/pixel.png" onerror="alert(1)"><script>alert(1)</script>
<p><a href="javascript:alert(1)">malo</a> <a href="https://example.com/bien" onclick="x()">bueno</a></p>
<table><tr><td>uno</td><td>dos</td></tr></table></b>"""


@pytest_asyncio.fixture(loop_scope="session")
async def cable(service: Service) -> AsyncIterator[Cable]:
    async with Cable(service.port) as cable:
        yield cable


async def open_notes(person: Person) -> None:
    await open_tab(person.tab, "notes")
    await wait_until(person.tab, f"{NOTES} !== null")


async def place_caret(tab: Tab, place: str) -> None:
    """Put the caret at the *start* or the *end* of the notes."""
    await tab.evaluate(f"({PLACE_CARET})({json.dumps(place)})")


async def type_text(tab: Tab, text: str) -> None:
    """Type *text* where the caret is, as an input method writes it into a page."""
    await tab.evaluate(f"document.execCommand('insertText', false, {json.dumps(text)})")


async def type_text_at(tab: Tab, place: str, text: str) -> None:
    """Type *text* at the *start* or the *end* before anything of the other page comes in between."""
    await tab.evaluate(
        f"({PLACE_CARET})({json.dumps(place)}); document.execCommand('insertText', false, {json.dumps(text)})"
    )


async def wait_for_notes(people: Sequence[Person], text: str) -> None:
    for person in people:
        await wait_until(person.tab, f"{SHOWN} === {json.dumps(text)}")


def chromium(person: Person) -> ChromiumTab:
    assert isinstance(person.tab, ChromiumTab)
    return person.tab


async def test_two_write_in_one_paragraph_at_once_and_each_sees_where_the_other_is(
    people: People, lesson: Lesson, tutors_browser: Browser | Bidi
) -> None:
    student, tutor = await people.meet(lesson, tutors_browser)
    for person in (student, tutor):
        await open_notes(person)
    await place_caret(student.tab, "start")
    await type_text(student.tab, "el gato")
    await wait_for_notes([student, tutor], "el gato")

    await place_caret(tutor.tab, "end")
    for word in (" negro", " duerme"):
        await type_text(tutor.tab, word)
        await type_text_at(student.tab, "start", "¡")

    await wait_for_notes([student, tutor], "¡¡el gato negro duerme")
    await wait_until(
        student.tab,
        "(([caret]) => caret?.dataset.name === 'Tutor' && getComputedStyle(caret, '::after').height !== 'auto')"
        "(document.querySelectorAll('.notes-caret.tutor'))",
    )


async def test_what_both_write_while_they_are_cut_off_and_over_a_reload_is_there_when_they_are_back(
    people: People, lesson: Lesson, cable: Cable
) -> None:
    student, tutor = await people.meet(Lesson(cable.url, room=lesson.room, start_ms=lesson.start_ms))
    for person in (student, tutor):
        await open_notes(person)
    await place_caret(student.tab, "start")
    await type_text(student.tab, "juntos")
    await wait_for_notes([student, tutor], "juntos")

    cable.pull()
    for person in (student, tutor):
        await person.tab.evaluate("__probe.connections.at(-1).close()")
        await wait_until(person.tab, "document.querySelector('[data-part=tools-missing]')")
    await place_caret(student.tab, "start")
    await type_text(student.tab, "antes ")
    await place_caret(tutor.tab, "end")
    await type_text(tutor.tab, " después")
    cable.plug_in()
    await wait_for_notes([student, tutor], "antes juntos después")

    await student.tab.reload()
    await place_caret(tutor.tab, "end")
    await type_text(tutor.tab, " y más")
    await open_notes(student)

    await wait_for_notes([student, tutor], "antes juntos después y más")


async def test_a_document_is_pasted_without_its_rubbish_and_no_policy_is_broken(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    for person in (student, tutor):
        await open_notes(person)
        await person.tab.evaluate(
            "(globalThis.broken = [], document.addEventListener('securitypolicyviolation',"
            " ({ violatedDirective }) => broken.push(violatedDirective)))"
        )
    await place_caret(student.tab, "start")

    await student.tab.evaluate(f"{PASTE}({json.dumps(RUBBISH)})")
    await wait_until(tutor.tab, f"{SHOWN}?.includes('dos')")

    html = await tutor.tab.evaluate(f"{NOTES}.innerHTML")
    for wanted in ("Los animales</h3>", "<strong>gato</strong>", "<strong>perro</strong>", "malo", "<p dir"):
        assert wanted in html, html
    for rubbish in ("style=", "onclick", "<img src", "javascript:", "script", "Mso", "<b"):
        assert rubbish not in html.replace("<br", ""), html
    assert 'href="https://example.com/bien"' in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert [await person.tab.evaluate("broken") for person in (student, tutor)] == [[], []]


async def test_who_uses_the_keyboard_writes_markdown_uses_the_buttons_and_undoes(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    for person in (student, tutor):
        await open_notes(person)
    keyboard = chromium(student).page.keyboard
    await place_caret(student.tab, "start")

    await keyboard.type("# Hoy\n- uno\ndos\n\nfin **bien**")
    await wait_until(
        tutor.tab,
        f"{NOTES}.querySelector('h3')?.innerText === 'Hoy' && {NOTES}.querySelectorAll('li').length === 2"
        f" && {NOTES}.querySelector('strong')?.innerText === 'bien'",
    )
    await keyboard.press("Control+a")
    await student.tab.press_part("notes-green")
    await wait_until(tutor.tab, f"{NOTES}.querySelectorAll('mark.highlight-green').length > 2")
    await wait_until(student.tab, "document.activeElement.dataset.part === 'notes-text'")
    await keyboard.press("Control+z")
    await wait_until(tutor.tab, f"!{NOTES}.querySelector('mark') && {NOTES}.querySelector('h3')")
    await chromium(student).page.evaluate(AXE.read_text("utf-8"))
    await keyboard.press("Control+Home")
    await keyboard.press("Shift+End")
    await student.tab.press_part("notes-link")
    await wait_until(student.tab, "document.activeElement.dataset.part === 'notes-address'")
    await keyboard.type("example.com/hoy")
    await keyboard.press("Enter")
    await wait_until(
        tutor.tab, f"{NOTES}.querySelector('h3 a[href=\"https://example.com/hoy\"]')?.innerText === 'Hoy'"
    )
    await wait_until(student.tab, "document.querySelector('[data-part=notes-open]')?.target === '_blank'")
    faults = await student.tab.evaluate(
        "axe.run('.panel').then(({ violations }) => violations.map(({ id, nodes }) =>"
        " `${id}: ${nodes[0].html}`))"
    )
    assert faults == []


async def test_a_word_that_is_selected_in_the_notes_becomes_a_card(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    for person in (student, tutor):
        await open_notes(person)
    keyboard = chromium(student).page.keyboard
    await place_caret(student.tab, "start")
    await keyboard.type("el murciélago")

    await keyboard.press("Control+Shift+ArrowLeft")
    await wait_until(student.tab, "document.querySelector('[data-part=add-selected]')")
    await student.tab.press_part("add-selected")
    await tutor.tab.press_part("tab-vocabulary")

    await wait_until(tutor.tab, "document.querySelector('[data-part=card] input')?.value === 'murciélago'")
    await wait_for_notes([student], "el murciélago")


async def test_a_word_that_is_being_composed_is_not_broken_off_by_what_the_other_writes(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    for person in (student, tutor):
        await open_notes(person)
    await place_caret(student.tab, "start")
    await type_text(student.tab, "猫")
    await wait_for_notes([student, tutor], "猫")
    page = chromium(student).page
    ime = await page.context.new_cdp_session(page)
    await place_caret(student.tab, "end")

    await ime.send("Input.imeSetComposition", {"text": "ね", "selectionStart": 1, "selectionEnd": 1})
    await wait_for_notes([tutor], "猫ね")
    await place_caret(tutor.tab, "start")
    await type_text(tutor.tab, "黒い")
    await wait_for_notes([tutor], "黒い猫ね")
    await ime.send("Input.imeSetComposition", {"text": "ねむ", "selectionStart": 2, "selectionEnd": 2})
    await ime.send("Input.insertText", {"text": "眠る"})

    await wait_for_notes([student, tutor], "黒い猫眠る")


async def test_one_brings_the_other_to_the_notes_where_one_is_and_they_go_back(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    await open_notes(tutor)
    await place_caret(tutor.tab, "start")
    lines = "".join(f"<p>línea {number}</p>" for number in range(60))
    await tutor.tab.evaluate(f"{PASTE}({json.dumps(lines)})")
    await place_caret(tutor.tab, "end")
    await wait_until(student.tab, "document.querySelector('[data-part=tab-notes]')")
    assert await student.tab.evaluate(f"{NOTES} === null")

    await tutor.tab.press_part("notes-look")

    await wait_until(student.tab, f"{NOTES}?.innerText.includes('línea 59')")
    await wait_until(student.tab, f"{NOTES}.parentElement.scrollTop > 500")
    await student.wait_for_text("Tutor brought you here.")
    await student.tab.press_part("tab-back")
    await wait_until(student.tab, "document.querySelector('[data-part=tab-chat]').ariaSelected === 'true'")
    await wait_until(student.tab, "!document.querySelector('[data-part=tab-led]')")

    await wait_until(student.tab, "document.querySelector('textarea')")
    await student.tab.evaluate("document.querySelector('textarea').focus()")
    await open_tab(tutor.tab, "vocabulary")
    await ask_to_look(tutor, student)
    await student.wait_for_text("Tutor wants to show you a place.")
    await student.tab.press_part("tab-go")

    await wait_until(student.tab, "document.querySelector('[data-part=new-word]')")


async def ask_to_look(tutor: Person, student: Person) -> None:
    """Ask until it is heard: after one a person is left alone for three seconds."""
    for _ in range(30):
        await tutor.tab.press_part("vocabulary-look")
        if await student.tab.evaluate(
            "new Promise((wake) => setTimeout(wake, 300)).then(() => !!document.querySelector('[data-part=tab-led]'))"
        ):
            return
    raise AssertionError("the student never heard it")
