"""The lesson's board: two people draw on it, in real browsers."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Final

import pytest_asyncio

from tests.browser.cable import Cable
from tests.browser.drawing import BOARD, draw, open_board, take, wait_for_count
from tests.browser.lesson import Lesson
from tests.browser.looks import AXE
from tests.browser.pdfs import NEEDS_A_PASSWORD, RUBBISH, RUNS_A_SCRIPT, write_endless_pdf, write_pdf
from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.people import Person
    from tests.browser.server import Service

PASTE: Final = f"""(async (type, size) => {{
    const canvas = Object.assign(document.createElement("canvas"), {{ width: size, height: size / 2 }});
    canvas.getContext("2d").fillRect(0, 0, size, size);
    const drawn = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    const svg = new Blob(["<svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"]);
    const data = new DataTransfer();
    data.items.add(new File([type === "svg" ? svg : drawn], "../../x", {{ type: `image/${{type}}` }}));
    {BOARD}.dispatchEvent(new ClipboardEvent("paste", {{ clipboardData: data, bubbles: true, cancelable: true }}));
}})"""
COLOUR: Final = f"""((x, y) => {{
    const canvas = {BOARD}.querySelector("canvas");
    const ratio = canvas.width / canvas.clientWidth;
    return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data].join();
}})"""
EMPTY: Final = "0,0,0,0"
HURRY: Final = """void (() => {
    const later = setTimeout.bind(globalThis);
    globalThis.setTimeout = (act, ms, ...more) => later(act, ms === 20_000 ? 3_000 : ms, ...more);
    const { terminate } = Worker.prototype;
    Worker.prototype.terminate = function () { globalThis.__ended = true; terminate.call(this); };
})()"""
"""Lets a page wait 3 s for a PDF instead of 20, and note that it has ended a worker."""
DROP: Final = f"""((encoded) => {{
    const dataTransfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
    dataTransfer.items.add(new File([bytes], "photo.png", {{ type: "image/png" }}));
    {BOARD}.dispatchEvent(new DragEvent("drop", {{ dataTransfer, bubbles: true, cancelable: true }}));
}})"""


@pytest_asyncio.fixture(loop_scope="session")
async def cable(service: Service) -> AsyncIterator[Cable]:
    async with Cable(service.port) as cable:
        yield cable


async def test_both_draw_at_once_see_each_other_and_undo_only_their_own(
    people: People, lesson: Lesson, tutors_browser: Browser | Bidi
) -> None:
    student, tutor = await people.meet(lesson, tutors_browser)
    await open_board(student)
    await take(student, "box", "red", "bold")
    await draw(student.tab, (40, 40), (140, 120))
    await wait_until(tutor.tab, "document.querySelector('[data-part=board-sign]')")
    await tutor.tab.press_part("board-sign")
    await wait_for_count([tutor], 1)
    await wait_until(tutor.tab, f"{COLOUR}(40, 80) === '200,30,30,255'")

    for step in range(3):
        await draw(student.tab, (40, 160 + 20 * step), (140, 160 + 20 * step))
        await draw(tutor.tab, (160, 40 + 20 * step), (240, 40 + 20 * step))
    await wait_for_count([student, tutor], 7)
    for _ in range(3):
        await tutor.tab.press_part("board-undo")
    await wait_for_count([student, tutor], 4)
    await take(tutor, "eraser")
    await draw(tutor.tab, (90, 150), (90, 210))

    await wait_for_count([student, tutor], 1)
    await wait_until(student.tab, f"{COLOUR}(40, 80) === '200,30,30,255'")
    await wait_until(student.tab, f"{COLOUR}(90, 160) === '{EMPTY}'")


async def test_one_is_brought_where_the_other_is_and_goes_back(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await open_board(tutor)
    for _ in range(3):
        await tutor.tab.press_part("board-zoom-out")
    await take(tutor, "line", "bold")
    await draw(tutor.tab, (20, 20), (300, 20))
    await wait_until(student.tab, "document.querySelector('[data-part=board-sign]')")

    await tutor.tab.press_part("board-look")
    await wait_until(student.tab, "document.querySelector('[data-part=board-back]')")
    await student.tab.press_part("board-back")

    await wait_until(student.tab, "!document.querySelector('[data-part=board-back]')")
    await student.wait_for_state("live")


async def test_what_both_draw_while_they_are_cut_off_and_over_a_reload_is_there_when_they_are_back(
    people: People, lesson: Lesson, cable: Cable
) -> None:
    student, tutor = await people.meet(Lesson(cable.url, room=lesson.room, start_ms=lesson.start_ms))
    for person in (student, tutor):
        await open_board(person)
    await draw(student.tab, (40, 40), (140, 120))
    await wait_for_count([student, tutor], 1)

    cable.pull()
    for person in (student, tutor):
        await person.tab.evaluate("__probe.connections.at(-1).close()")
        await wait_until(person.tab, "document.querySelector('[data-part=tools-missing]')")
    await draw(student.tab, (40, 140), (140, 140))
    await draw(tutor.tab, (160, 40), (240, 40))
    cable.plug_in()
    await wait_for_count([student, tutor], 3)

    await student.tab.reload()
    await draw(tutor.tab, (160, 80), (240, 80))
    await open_board(student)

    await wait_for_count([student, tutor], 4)


async def test_by_keyboard_a_text_a_picture_and_rubbish_without_a_broken_policy(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    for person in (student, tutor):
        await open_board(person)
        await person.tab.evaluate(
            "(globalThis.broken = [], document.addEventListener('securitypolicyviolation',"
            " ({ violatedDirective }) => broken.push(violatedDirective)))"
        )
    assert isinstance(student.tab, ChromiumTab)
    keyboard = student.tab.page.keyboard
    await student.tab.evaluate(f"{BOARD}.focus()")

    for key in ("l", "Space", "Space", "Shift+ArrowRight", "Shift+ArrowRight", "Space", "t", "Enter"):
        await keyboard.press(key)
    await wait_until(student.tab, "document.activeElement.matches('[data-part=board-text]')")
    await keyboard.type("<b>el gato</b>")
    await keyboard.press("Escape")
    await wait_for_count([tutor], 2)
    await student.tab.evaluate(f"{PASTE}('png', 3000)")
    await wait_for_count([student, tutor], 3)
    await wait_until(
        tutor.tab, f"{COLOUR}({BOARD}.clientWidth / 2, {BOARD}.clientHeight / 2) === '0,0,0,255'"
    )
    await student.tab.evaluate(f"{PASTE}('svg', 0)")
    await wait_until(student.tab, "document.querySelector('[data-part=board-no-picture]')")
    await tutor.tab.evaluate("__probe.channels.at(-1).send(new Uint8Array(300).fill(1))")
    await wait_until(student.tab, "document.querySelector('[data-part=tools-dropped]')")

    await wait_until(
        tutor.tab, "document.querySelector('[data-part=board] li')?.innerText === '<b>el gato</b>'"
    )
    assert [await person.tab.evaluate("broken") for person in (student, tutor)] == [[], []]
    assert isinstance(tutor.tab, ChromiumTab)
    await tutor.tab.page.evaluate(AXE.read_text("utf-8"))
    result = await tutor.tab.evaluate("axe.run('[data-part=board]', { resultTypes: ['violations'] })")
    assert [violation["id"] for violation in result["violations"]] == []
    await student.wait_for_state("live")


async def test_a_page_of_a_pdf_lies_below_what_is_drawn_and_a_file_that_is_none_says_so(
    people: People, lesson: Lesson, tutors_browser: Browser | Bidi
) -> None:
    student, tutor = await people.meet(lesson, tutors_browser)
    for person in (student, tutor):
        await open_board(person)
    await tutor.tab.evaluate(
        "(globalThis.broken = [], document.addEventListener('securitypolicyviolation',"
        " ({ violatedDirective }) => broken.push(violatedDirective)))"
    )
    middle = f"{COLOUR}({BOARD}.clientWidth / 2, {BOARD}.clientHeight / 2)"

    await drop_pdf(tutor, write_pdf(pages=10_000, black=[9_999], side=14_400, catalog=RUNS_A_SCRIPT))
    await wait_until(tutor.tab, "document.querySelector('[data-part=pdf-preview]')?.naturalWidth === 1280")
    await tutor.tab.evaluate("""(() => {
        const field = document.querySelector("[data-part=pdf-number]");
        field.value = "9998";
        field.dispatchEvent(new Event("input", { bubbles: true }));
    })()""")
    await tutor.tab.press_part("pdf-next")
    await wait_until(tutor.tab, "document.querySelector('[data-part=pdf-number]').value === '9999'")
    await wait_until(tutor.tab, "document.querySelector('[data-part=pdf-put]').ariaDisabled === 'false'")
    await tutor.tab.press_part("pdf-put")
    await wait_for_count([student, tutor], 1)
    for person in (student, tutor):
        await wait_until(person.tab, f"{middle} === '0,0,0,255'")

    x, y = await tutor.tab.evaluate(f"[{BOARD}.clientWidth / 2, {BOARD}.clientHeight / 2]")
    await take(tutor, "pen", "red", "bold")
    await draw(tutor.tab, (x - 40, y), (x + 40, y))
    await wait_for_count([student, tutor], 2)
    await take(tutor, "eraser")
    await draw(tutor.tab, (x, y - 30), (x, y + 30))
    await wait_for_count([student, tutor], 1)
    await draw(tutor.tab, (x, y + 60))
    await tutor.tab.press_part("board-remove")
    await wait_for_count([student, tutor], 0)

    for pdf, said in (
        (write_pdf(pages=1, black=[], side=500, trailer=NEEDS_A_PASSWORD), "password"),
        (RUBBISH, "read"),
    ):
        await drop_pdf(tutor, pdf)
        await wait_for_said(tutor, said)
        await tutor.tab.evaluate("document.querySelector('[data-part=pdf] .panel-close').click()")
        await wait_until(tutor.tab, "!document.querySelector('[data-part=pdf]')")
    await tutor.tab.evaluate(HURRY)
    await drop_pdf(tutor, write_endless_pdf())
    await wait_for_said(tutor, "too long")
    assert await tutor.tab.evaluate("globalThis.__ended")
    assert await tutor.tab.evaluate("[broken.length, globalThis.__ran ?? null]") == [0, None]
    await student.wait_for_state("live")


async def drop_pdf(person: Person, pdf: bytes) -> None:
    """Drop *pdf* on the board, as a file that calls itself a picture."""
    await person.tab.evaluate(f"{DROP}({json.dumps(b64encode(pdf).decode())})")
    await wait_until(person.tab, "document.querySelector('[data-part=pdf]')")


async def wait_for_said(person: Person, said: str) -> None:
    """Wait until the page says why it has no page of the PDF."""
    await wait_until(
        person.tab, f"document.querySelector('[data-part=pdf-said]')?.innerText.includes('{said}')"
    )
