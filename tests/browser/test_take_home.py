"""A lesson is taken home: words, notes and chat as files, with which the next lesson goes on."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING, Final

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.sound import TTSTag
from playwright.async_api import FilePayload

from tests.browser.drawing import draw, open_board
from tests.browser.files import choose, wait_for_state
from tests.browser.lesson import Lesson
from tests.browser.looks import AXE
from tests.browser.tab import ChromiumTab, wait_until
from tests.browser.test_notes import open_notes, place_caret, type_text, wait_for_notes
from tests.browser.test_vocabulary import add, open_words, wait_for_words, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import People
    from tests.browser.people import Person

TAKE_HOME: Final = "document.querySelector('[data-part=take-home]')"
SAID: Final = "document.querySelector('[data-part=lesson-file-said]').innerText"
NASTY: Final = "<script>alert(1)</script>"


def page_of(person: Person) -> ChromiumTab:
    assert isinstance(person.tab, ChromiumTab)
    return person.tab


async def save(person: Person, part: str, folder: Path) -> Path:
    """Press *part*, and return the file that the browser saves."""
    async with page_of(person).page.expect_download() as downloading:
        await person.tab.press_part(part)
    download = await downloading.value
    path = folder / download.suggested_filename
    await download.save_as(path)
    return path


def read_files(packed: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(packed) as files:
        assert files.testzip() is None
        return {name: files.read(name) for name in files.namelist()}


def import_into_anki(package: Path, folder: Path) -> Collection:
    collection = Collection(str(folder / "anki.anki2"))
    request = ImportAnkiPackageRequest(package_path=str(package), options=ImportAnkiPackageOptions())
    collection.import_anki_package(request)
    return collection


async def write_a_lesson(student: Person, tutor: Person) -> None:
    await open_words(student)
    await add(student, "gato")
    await write(student, 1, "", "cat")
    await add(student, NASTY)
    await wait_for_words([student], [["gato", "cat", ""], [NASTY, "", ""]])
    await open_notes(tutor)
    await place_caret(tutor.tab, "start")
    await page_of(tutor).page.keyboard.type("# Los animales\nEl gato duerme.")
    await open_notes(student)
    await wait_for_notes([student], "Los animales\n\nEl gato duerme.")
    await tutor.tab.press_part("tab-chat")
    await tutor.write_chat(f"{NASTY} ¡Hasta luego!")
    await student.tab.press_part("tab-chat")
    await wait_until(student.tab, "document.querySelector('.chat-text')?.innerText.includes('luego')")
    await choose(tutor, "cat.png")
    await tutor.write_chat("un gato")
    await wait_for_state(student, "cat.png", "done")
    await open_board(tutor)
    await draw(tutor.tab, (40, 40), (140, 120))
    await wait_until(student.tab, "document.querySelector('[data-part=board-sign]')")


async def find_faults(person: Person) -> list[str]:
    """Return what axe finds on the page."""
    await page_of(person).page.evaluate(AXE.read_text("utf-8"))
    faults: list[str] = await person.tab.evaluate(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`))"
    )
    return faults


async def answer_the_quiz(person: Person) -> None:
    tab = person.tab
    await tab.press_part("quiz-start")
    await wait_until(tab, "document.activeElement?.dataset.part === 'quiz-show'")
    await tab.press_part("quiz-write")
    await wait_until(tab, "document.activeElement?.dataset.part === 'quiz-field'")
    assert await find_faults(person) == []
    keyboard = page_of(person).page.keyboard
    await keyboard.type("Gato")
    await keyboard.press("Enter")
    await wait_until(tab, "document.querySelector('[data-part=quiz-verdict].good')")
    await wait_until(tab, "document.activeElement?.dataset.part === 'quiz-next'")
    await keyboard.press("Enter")
    await wait_until(tab, "document.querySelector('[data-part=quiz-done]')?.innerText.startsWith('1 ')")
    await tab.press_part("quiz-close")


async def test_a_lesson_is_taken_home_and_goes_on_in_the_next(
    people: People, lesson: Lesson, tmp_path: Path
) -> None:
    student, tutor = await people.meet(lesson)
    await write_a_lesson(student, tutor)

    await student.tab.press_part("tab-vocabulary")
    package = await save(student, "save-anki", tmp_path)
    collection = import_into_anki(package, tmp_path)
    note = collection.get_note(collection.find_notes("gato")[0])
    front, back = note.cards()
    assert [note.fields, front.template()["name"]] == [["gato", "cat", ""], "Word or phrase → Meaning"]
    assert front.question_av_tags() == [TTSTag("gato", "es_ES", [], 1.0, [])]
    assert not back.question_av_tags()
    assert collection.card_count() == 3
    assert NASTY not in collection.get_note(collection.find_notes("alert")[0]).cards()[0].question()
    collection.close()

    # The end comes from the other side.
    await tutor.end_call()
    for person in (student, tutor):
        await person.wait_for_state("ended")
        await wait_until(person.tab, f"{TAKE_HOME}?.innerText.includes('Los animales')")
    assert await find_faults(student) == []
    assert read_files(await save(student, "save-lesson", tmp_path))["cat.png"].startswith(b"\x89PNG")
    await answer_the_quiz(student)
    await wait_until(student.tab, "document.activeElement?.dataset.part === 'quiz-start'")
    await student.tab.reload()
    await wait_until(student.tab, f"{TAKE_HOME}?.innerText.includes('Los animales')")
    await wait_until(student.tab, f"{TAKE_HOME}?.innerText.includes('Chat')")
    kept = await save(student, "save-lesson", tmp_path)
    files = {name.rsplit(".", 1)[1]: content for name, content in read_files(kept).items()}
    assert sorted(files) == ["apkg", "csv", "html", "json", "md", "png", "svg", "txt"]
    page, table = files["html"].decode(), files["csv"]
    assert files["md"].decode() == "# Los animales\n\nEl gato duerme\\.\n"
    assert files["png"].startswith(b"\x89PNG")
    assert files["svg"].startswith(b"<svg")
    assert json.loads(files["json"])["version"] == 1
    assert table.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))[1] == ["gato", "cat", "", "Student"]
    await check_the_page(people, page, tmp_path)

    await continue_with(people, lesson, kept)


async def check_the_page(people: People, page: str, folder: Path) -> None:
    """Open *page* from the disk: it shows what was written, and runs and loads nothing."""
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    tab = await people.open_tab()
    requests: list[str] = []
    tab.page.on("request", lambda request: requests.append(request.url))
    await tab.open(path.as_uri())
    assert [url for url in requests if not url.startswith("file:")] == []
    shown = await tab.evaluate("document.body.innerText")
    assert all(text in shown for text in ("Los animales", "El gato duerme.", "¡Hasta luego!", NASTY))
    assert await tab.evaluate("document.scripts.length") == 0
    await tab.close()


async def continue_with(people: People, lesson: Lesson, kept: Path) -> None:
    student, tutor = await people.meet(Lesson(lesson.base))
    await open_words(student)
    await add(student, "hoy")
    await open_words(tutor)
    await wait_for_words([tutor], [["hoy", "", ""]])
    files = page_of(tutor).page.locator("[data-part=lesson-file]")

    await files.set_input_files(FilePayload(name="x.zip", mimeType="application/zip", buffer=b"PK rubbish"))
    await wait_until(tutor.tab, f"{SAID}.startsWith('This is not')")
    await files.set_input_files(kept)
    await wait_until(
        tutor.tab, "document.querySelector('[data-part=lesson-found]')?.innerText.includes('2 words')"
    )
    await tutor.tab.press_part("add-lesson")

    words = [["hoy", "", ""], ["gato", "cat", ""], [NASTY, "", ""]]
    await wait_for_words([student, tutor], words)
    await files.set_input_files(kept)
    await wait_until(tutor.tab, "document.querySelector('[data-part=lesson-found]')")
    await tutor.tab.press_part("add-lesson")
    await wait_until(tutor.tab, f"{SAID}.startsWith('All of it is here')")
    await wait_for_words([student, tutor], words)
    for person in (student, tutor):
        await open_notes(person)
    await wait_for_notes([student, tutor], "Los animales\n\nEl gato duerme.")
    await place_caret(student.tab, "end")
    await type_text(student.tab, " Hoy no.")
    await wait_for_notes([tutor], "Los animales\n\nEl gato duerme. Hoy no.")
