"""The lesson's vocabulary: one document on two pages, which no service and no third page sees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest_asyncio

from tests.browser.cable import Cable
from tests.browser.lesson import Lesson
from tests.browser.stage import open_tab
from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from playwright.async_api import Browser, WebSocket

    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.people import Person
    from tests.browser.server import Service
    from tests.browser.tab import Tab

FIELDS: Final = "[...document.querySelectorAll('[data-part=card]')]"
NEW_WORD: Final = "document.querySelector('[data-part=new-word]')"
WRITE: Final = """((field, text) => {
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
})"""


@pytest_asyncio.fixture(loop_scope="session")
async def cable(service: Service) -> AsyncIterator[Cable]:
    async with Cable(service.port) as cable:
        yield cable


async def open_words(person: Person) -> None:
    await open_tab(person.tab, "vocabulary")
    await wait_until(person.tab, NEW_WORD)


async def add(person: Person, word: str) -> None:
    await person.tab.evaluate(f"{WRITE}({NEW_WORD}, {json.dumps(word)})")
    await person.tab.press_part("add-word")


async def write(person: Person, field: int, before: str, after: str = "") -> None:
    """Write *before* what a field of the first card says, and *after* it. 0 is the word, 1 the meaning."""
    box = f"{FIELDS}[0]?.querySelectorAll('input')[{field}]"
    await wait_until(person.tab, box)
    await person.tab.evaluate(f"{WRITE}({box}, {json.dumps(before)} + {box}.value + {json.dumps(after)})")


async def read(tab: Tab) -> list[list[str]]:
    words: list[list[str]] = await tab.evaluate(
        f"{FIELDS}.map((card) => [...card.querySelectorAll('input')].map(({{ value }}) => value))"
    )
    return words


async def wait_for_words(people: Sequence[Person], words: list[list[str]]) -> None:
    for person in people:
        await wait_until(
            person.tab,
            f"JSON.stringify({FIELDS}.map((card) => [...card.querySelectorAll('input')].map(({{ value }}) => value)))"
            f" === JSON.stringify({json.dumps(words)})",
        )


def carried(person: Person) -> list[str | bytes]:
    """Keep what *person*'s sockets carry from now on."""
    texts: list[str | bytes] = []
    assert isinstance(person.tab, ChromiumTab)

    def keep(text: str | bytes) -> None:
        texts.append(text)

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", keep)
        socket.on("framereceived", keep)

    person.tab.page.on("websocket", listen)
    return texts


async def test_both_write_at_once_in_one_card_that_was_counted_before_they_looked(
    people: People, lesson: Lesson, tutors_browser: Browser | Bidi
) -> None:
    student, tutor = await people.meet(lesson, tutors_browser)
    await open_words(student)
    await add(student, "gato")
    await wait_until(
        tutor.tab, "document.querySelector('[data-part=tab-vocabulary] .tab-count')?.innerText === '1'"
    )
    await open_words(tutor)
    await wait_for_words([student, tutor], [["gato", "", ""]])

    await write(student, 0, "el ")
    await write(tutor, 0, "", " negro")
    await write(tutor, 1, "black cat")

    await wait_for_words([student, tutor], [["el gato negro", "black cat", ""]])


async def test_a_reload_in_the_middle_loses_nothing_of_either(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await open_words(student)
    await add(student, "antes")
    await open_words(tutor)
    await wait_for_words([tutor], [["antes", "", ""]])

    await student.tab.reload()
    await add(tutor, "mientras")
    await open_words(student)
    await wait_for_words([student, tutor], [["antes", "", ""], ["mientras", "", ""]])
    await add(student, "después")

    await wait_for_words([student, tutor], [["antes", "", ""], ["mientras", "", ""], ["después", "", ""]])


async def test_words_stay_on_this_device_where_the_other_page_is_gone(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await open_words(student)
    await add(student, "mío")
    await wait_for_words([student], [["mío", "", ""]])
    await tutor.tab.open("about:blank")

    await student.tab.reload()
    await open_words(student)

    await wait_for_words([student], [["mío", "", ""]])


async def test_what_both_write_while_they_are_cut_off_is_there_when_they_are_back(
    people: People, lesson: Lesson, cable: Cable
) -> None:
    over_cable = Lesson(cable.url, room=lesson.room, start_ms=lesson.start_ms)
    student, tutor = await people.meet(over_cable)
    for person in (student, tutor):
        await open_words(person)

    cable.pull()
    for person in (student, tutor):
        await person.tab.evaluate("__probe.connections.at(-1).close()")
        await wait_until(person.tab, "document.querySelector('[data-part=tools-missing]')")
    await add(student, "solo aquí")
    await add(tutor, "y aquí")
    cable.plug_in()

    for person in (student, tutor):
        await wait_until(person.tab, f"{FIELDS}.length === 2")
        await wait_until(person.tab, "!document.querySelector('[data-part=tools-missing]')")
    assert await read(student.tab) == await read(tutor.tab)


async def test_neither_the_service_nor_another_lesson_sees_a_word(people: People, lesson: Lesson) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)
    other_lesson = Lesson(lesson.base)
    third = await people.bring("student", other_lesson)
    texts = [*map(carried, (student, tutor, third))]
    for person in (third, student, tutor):
        await person.enter()
    for person in (student, tutor):
        await person.wait_for_state("live")
        await open_words(person)
    await open_words(third)

    await add(student, "inolvidable")
    await wait_for_words([student, tutor], [["inolvidable", "", ""]])

    assert await read(third.tab) == []
    assert all(texts)
    assert "inolvidable" not in "".join(str(text) for page in texts for text in page)


async def test_rubbish_on_the_channel_is_told_and_the_call_goes_on(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    for person in (student, tutor):
        await open_words(person)
    await add(student, "gato")
    await wait_for_words([tutor], [["gato", "", ""]])

    await tutor.tab.evaluate("__probe.channels.at(-1).send(new Uint8Array(300).fill(1))")

    await wait_until(student.tab, "document.querySelector('[data-part=tools-dropped]')")
    await add(tutor, "perro")
    await wait_for_words([student, tutor], [["gato", "", ""], ["perro", "", ""]])
    await student.wait_for_state("live")


async def test_a_word_that_is_selected_in_the_chat_becomes_a_card(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await tutor.write_chat("El murciélago vuela")
    await wait_until(student.tab, "document.querySelector('.chat-text')?.innerText.includes('murciélago')")

    await student.tab.evaluate(
        """(() => {
            const [text] = document.querySelector(".chat-text").childNodes;
            document.getSelection().setBaseAndExtent(text, 3, text, 13);
        })()"""
    )
    await student.tab.press_part("add-selected")

    await open_words(tutor)
    await wait_for_words([tutor], [["murciélago", "", ""]])
