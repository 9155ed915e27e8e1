"""The chat (R7): a bad connection loses and doubles nothing, links are safe, and all writing systems work."""

from __future__ import annotations

import base64
import json
import signal
from typing import TYPE_CHECKING, Final

import pytest
import pytest_asyncio

from langdao_video.signaling.fields import CHAT_CHARACTERS_MAX
from tests.browser import chat
from tests.browser.cable import Cable
from tests.browser.lesson import Lesson
from tests.browser.people import Person
from tests.browser.stage import NOTE_COPIED
from tests.browser.tab import wait_until
from tests.stories.forked import ForkedService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Locator

    from tests.browser.conftest import People
    from tests.browser.server import Service
    from tests.browser.standing import Pair
    from tests.browser.tab import ChromiumTab

UNSENT: Final = "Not sent, trying again"
LONGEST: Final = "👋" * CHAT_CHARACTERS_MAX
HOMOGRAPH: Final = "аррӏе.com"  # noqa: RUF001 - Cyrillic letters that look like Latin ones


@pytest_asyncio.fixture(loop_scope="session")
async def cable(service: Service) -> AsyncIterator[Cable]:
    async with Cable(service.port) as cable:
        yield cable


async def meet_over(cable: Cable, people: People, lesson: Lesson) -> tuple[Person, Person]:
    """Connect the student through the cable, and the tutor directly."""
    student = await people.bring("student", Lesson(cable.url, room=lesson.room, start_ms=lesson.start_ms))
    tutor = await people.bring("tutor", lesson)
    await student.enter()
    await student.wait_for_state("waiting")
    await tutor.enter()
    for person in (student, tutor):
        await person.wait_for_state("live")
    return student, tutor


def box_of(person: Person) -> Locator:
    """Return the chat's text box of a person with Chromium."""
    return _page(person).page.get_by_role("textbox", name=chat.BOX, exact=True)


def _page(person: Person) -> ChromiumTab:
    return person.tab  # type: ignore[return-value]


@pytest.mark.requirement("R7", "R20")
async def test_what_is_written_while_the_socket_is_cut_arrives_once_and_the_page_says_so_all_the_while(
    people: People, lesson: Lesson, cable: Cable
) -> None:
    student, tutor = await meet_over(cable, people, lesson)
    await student.write_chat("before")
    await chat.read_lines(tutor, 1)

    cable.pull()
    await student.wait_for_lost_socket()
    await student.write_chat("meanwhile, one")
    await student.write_chat("meanwhile, two")
    waiting = await chat.read_waiting(student, UNSENT, 2)
    cable.plug_in()

    own, theirs = await chat.read_lines(student, 3), await chat.read_lines(tutor, 3)
    assert [line.text for line in waiting] == ["meanwhile, one", "meanwhile, two"]
    assert [line.text for line in own] == ["before", "meanwhile, one", "meanwhile, two"]
    assert [(line.text, line.time) for line in own] == [(line.text, line.time) for line in theirs]
    assert own[-1].state == "Sent"


@pytest.mark.requirement("R7", "R20")
async def test_a_line_whose_receipt_was_lost_with_the_socket_is_not_doubled(
    people: People, lesson: Lesson, cable: Cable
) -> None:
    student, tutor = await meet_over(cable, people, lesson)

    cable.hold_answers()
    await chat.note_waiting(student)
    await student.write_chat("once")
    [theirs] = await chat.read_lines(tutor, 1)
    cable.pull()
    cable.plug_in()
    [own] = await chat.read_lines(student, 1)
    await student.write_chat("twice")

    assert ["once", "Sending…"] in await student.tab.evaluate("__waiting")
    assert (own.text, own.time) == (theirs.text, theirs.time)
    for person in (student, tutor):
        assert [line.text for line in await chat.read_lines(person, 2)] == ["once", "twice"]


@pytest.mark.requirement("R7")
async def test_a_reload_loses_neither_lines_nor_what_was_not_sent_nor_what_is_being_written(
    people: People, lesson: Lesson, cable: Cable
) -> None:
    student, tutor = await meet_over(cable, people, lesson)
    await tutor.write_chat("from the tutor")
    await chat.read_lines(student, 1)
    cable.pull()
    await student.wait_for_lost_socket()
    await student.write_chat("not sent yet")
    await box_of(student).fill("half a sen")

    await student.tab.reload()
    shown = await chat.read_lines(student, 1)
    waiting = await chat.read_waiting(student, UNSENT)
    cable.plug_in()

    assert [line.text for line in (*shown, *waiting)] == ["from the tutor", "not sent yet"]
    assert await box_of(student).input_value() == "half a sen"
    for person in (student, tutor):
        assert [line.text for line in await chat.read_lines(person, 2)] == ["from the tutor", "not sent yet"]


@pytest.mark.requirement("R7")
async def test_the_chat_outlives_a_killed_service_and_a_reload_after_it(
    people: People, tmp_path: Path
) -> None:
    async with ForkedService(tmp_path) as mortal:
        lesson = Lesson(mortal.url)
        student, tutor = await people.meet(lesson)
        await student.write_chat("before it died")
        await chat.read_lines(tutor, 1)

        await mortal.stop(signal.SIGKILL)
        await mortal.start()
        await tutor.wait_for_frame("welcome", count=2)
        await tutor.tab.reload()
        await tutor.wait_for_frame("welcome")
        await student.wait_for_frame("welcome", count=2)
        await student.write_chat("after it")

        for person in (student, tutor):
            assert [line.text for line in await chat.read_lines(person, 2)] == ["before it died", "after it"]


@pytest.mark.requirement("R7")
async def test_after_the_end_the_tab_keeps_nothing_of_the_chat_where_it_cannot_be_taken_home(
    people: People, lesson: Lesson
) -> None:
    student = await people.bring("student", lesson)
    look = base64.urlsafe_b64encode(b'{"features":["chat"]}').decode()
    await student.tab.open(f"{lesson.link('student')}#look={look}")
    await (await people.bring("tutor", lesson)).enter()
    await student.wait_for_state("live")
    await student.write_chat("between us")
    await chat.read_lines(student, 1)
    kept = "JSON.stringify({ ...sessionStorage }).includes('between us')"
    await wait_until(student.tab, kept)

    await student.end_call()
    await student.wait_for_state("ended")

    await wait_until(student.tab, f"!({kept})")


@pytest.mark.usefixtures("tutors_browser")
async def test_links_can_be_followed_and_nothing_that_looks_like_one_and_is_not(standing_call: Pair) -> None:
    student, tutor = standing_call
    line = (
        "Read (https://es.wikipedia.org/wiki/El_Aleph_(cuento)), not javascript:alert(1) nor "
        "data:text/html,<script>document.title=1</script> nor https://me@evil.example; "
        f"https://{HOMOGRAPH}/x!"
    )

    await student.write_chat(line)

    links = await chat.read_links(tutor, 2)
    assert [link["text"] for link in links] == [
        "https://es.wikipedia.org/wiki/El_Aleph_(cuento)",
        "https://xn--80ak6aa92e.com/x",
    ]
    for link in links:
        assert link["href"] == link["text"]
        assert (link["rel"], link["target"]) == ("noopener noreferrer nofollow", "_blank")
    [shown] = await chat.read_lines(tutor, 1)
    assert shown.text == line.replace(HOMOGRAPH, "xn--80ak6aa92e.com")


@pytest.mark.requirement("R7")
async def test_a_line_may_have_four_thousand_characters_of_any_script_and_not_one_more(
    standing_call: Pair,
) -> None:
    student, tutor = standing_call
    send = _page(student).page.get_by_role("button", name="Send", exact=True)

    await box_of(student).fill(LONGEST + "👋")
    await student.wait_for_text("Too many characters: 1")
    await box_of(student).press("Enter")
    over = (await send.is_disabled(), await box_of(student).input_value() == LONGEST + "👋")
    await box_of(student).fill(LONGEST)
    await student.wait_for_text("Characters left: 0")
    await send.click()

    assert over == (True, True)
    for person in (student, tutor):
        [line] = await chat.read_lines(person, 1)
        assert line.text == LONGEST
    assert await student.frames("error") == []


async def test_shift_enter_begins_a_line_enter_sends_and_a_word_being_composed_is_not_sent(
    standing_call: Pair,
) -> None:
    student, tutor = standing_call
    page = _page(student).page
    devtools = await page.context.new_cdp_session(page)
    await box_of(student).click()

    await page.keyboard.type("uno")
    await page.keyboard.press("Shift+Enter")
    await devtools.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    await page.keyboard.press("Enter")
    composing = await box_of(student).input_value()
    await devtools.send("Input.insertText", {"text": "日本"})
    await page.keyboard.press("Enter")

    [line] = await chat.read_lines(tutor, 1)
    assert composing.startswith("uno\nにほ")
    assert line.text == "uno\n日本"
    await wait_until(student.tab, "document.querySelector('textarea').value === ''")


async def test_on_android_enter_sends_the_word_that_its_keyboard_still_composes(
    people: People, lesson: Lesson
) -> None:
    android = (
        "Object.defineProperty(navigator, 'userAgent', { get: () => 'Mozilla/5.0 (Linux; Android 14)' });"
    )
    tab, tutor = await people.open_tab(scripts=(android,)), await people.bring("tutor", lesson)
    student = Person(tab, lesson, "student")
    await student.enter()
    await tutor.enter()
    await student.wait_for_state("live")
    devtools = await tab.page.context.new_cdp_session(tab.page)

    await box_of(student).click()
    await devtools.send("Input.imeSetComposition", {"text": "hola", "selectionStart": 4, "selectionEnd": 4})
    await tab.page.keyboard.press("Enter")

    [line] = await chat.read_lines(tutor, 1)
    assert line.text == "hola"


async def test_a_line_stands_in_the_direction_of_its_own_script(standing_call: Pair) -> None:
    student, tutor = standing_call

    await tutor.write_chat("مرحبا، كيف حالك؟")
    await chat.wait_for_text(student, "مرحبا، كيف حالك؟")
    await tutor.write_chat("Hola")

    lines = await chat.read_lines(student, 2)
    assert [line.direction for line in lines] == ["rtl", "ltr"]


async def test_emoji_come_from_a_picker_and_alone_they_are_large(standing_call: Pair) -> None:
    student, tutor = standing_call
    await box_of(student).fill("bien")
    await box_of(student).press("Home")

    await student.tab.press("Emoji")
    await student.tab.press("🎉")
    await box_of(student).press("Enter")
    await chat.wait_for_text(tutor, "🎉bien")
    await student.write_chat("🎉")

    beside, alone = await chat.read_lines(tutor, 2)
    assert alone.size > beside.size


async def test_one_who_reads_further_up_is_left_there_and_led_to_what_is_new(standing_call: Pair) -> None:
    student, tutor = standing_call
    for number in range(12):
        await tutor.write_chat(f"{number} " + "¿Cómo estás? " * 20)
        await chat.read_lines(student, number + 1)
    await chat.wait_for_end_in_sight(student)

    await chat.scroll(student, to_end=False)
    await wait_until(student.tab, f"document.querySelector('{chat.LOG}').scrollTop === 0")
    await tutor.write_chat("the newest")
    await chat.wait_for_text(student, "the newest")
    await chat.wait_for_unread(student, 1)
    stayed = await student.tab.evaluate(f"document.querySelector('{chat.LOG}').scrollTop")
    await student.tab.press("New messages")

    assert stayed == 0
    await chat.wait_for_end_in_sight(student)
    await chat.wait_for_unread(student, 0)


@pytest.mark.parametrize("then", ["goes on", "reloads"])
async def test_lines_that_came_while_the_chat_was_closed_are_counted_until_it_is_opened(
    people: People, lesson: Lesson, then: str
) -> None:
    student, tutor = await people.meet(lesson)
    await tutor.write_chat("seen")
    await chat.read_lines(student, 1)

    await student.tab.press("Close the panel")
    await tutor.write_chat("one")
    await tutor.write_chat("two")
    await chat.wait_for_unread(student, 2)
    if then == "reloads":
        await student.tab.evaluate("matchMedia = () => ({ matches: false })")
        await _page(student).resize(390, 844)
        await student.tab.reload()
        await chat.wait_for_unread(student, 2)
    await student.tab.press("Chat and details")

    await chat.read_lines(student, 3)
    await chat.wait_for_unread(student, 0)


@pytest.mark.parametrize("clipboard", ["there", "missing"])
async def test_a_line_can_be_copied_as_it_was_written(people: People, lesson: Lesson, clipboard: str) -> None:
    student, tutor = await people.meet(lesson)
    page = _page(student).page
    await page.context.grant_permissions(["clipboard-read", "clipboard-write", "camera", "microphone"])
    text = "dos  espacios y https://example.com/x"
    await tutor.write_chat(text)
    await chat.read_lines(student, 1)
    if clipboard == "missing":
        await student.tab.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")

    await student.tab.evaluate(NOTE_COPIED)
    await student.tab.press("Copy message")
    await wait_until(student.tab, "window.wasCopied")

    await box_of(student).focus()
    await page.keyboard.press("ControlOrMeta+V")
    await wait_until(student.tab, f"document.querySelector('textarea').value === {json.dumps(text)}")


async def test_an_attack_in_a_line_stays_text(standing_call: Pair) -> None:
    student, tutor = standing_call
    attack = '<img src=x onerror="document.body.dataset.owned=\'1\'"> https://a.de/"onmouseover="x'

    await student.write_chat(attack)

    await chat.wait_for_text(tutor, attack)
    page = json.loads(
        await tutor.tab.evaluate(
            f"""JSON.stringify({{ owned: document.body.dataset.owned ?? null,
                inside: [...[...document.querySelectorAll("{chat.SENT}")].at(-1).querySelectorAll("[dir=auto] *")]
                    .map(({{ tagName }}) => tagName),
                handlers: document.querySelectorAll("[onmouseover]").length }})"""
        )
    )
    assert page == {"owned": None, "inside": ["A"], "handlers": 0}
