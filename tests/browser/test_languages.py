"""The page in its reader's language: which one, the menu, right to left, and that no screen forgets a word."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.people import Person
from tests.browser.pseudo import CATALOGUES, CODE, FIND_CLIPPED_TEXT, FIND_FOREIGN_WORDS, pseudo, speak_pseudo
from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

    Screen = Callable[["People", "Lesson"], Awaitable["ChromiumTab"]]

LANGUAGE: Final = "document.documentElement.lang"
MENU: Final = "[data-part=language-menu] select"
NO_STORAGE: Final = """
    for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
    }
"""
NO_CAMERA: Final = """
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("no", "%s"); };
"""
OLD_INTL: Final = (
    "for (const name of ['DisplayNames', 'ListFormat', 'RelativeTimeFormat']) delete Intl[name];"
)


def say(code: str, key: str) -> str:
    """Return what the catalogue of *code* says for *key*."""
    text: str = json.loads((CATALOGUES / f"{code}.json").read_text("utf-8"))[key]
    return text


async def wait_for_language(tab: ChromiumTab, code: str) -> None:
    """Wait until the page speaks *code*, with words to read."""
    await wait_until(tab, f"{LANGUAGE} === '{code}' && document.querySelector('h1, h2')?.innerText")


async def choose(tab: ChromiumTab, code: str) -> None:
    """Choose a language from the page's menu."""
    await tab.page.locator(MENU).first.select_option(code)


# ── Which language ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("browser", "lesson_in", "link_says", "spoken"),
    [
        ("ja-JP", "es", {}, "ja"),
        ("nb-NO", "es", {}, "no"),
        ("uk-UA", "pl", {}, "pl"),
        ("ja-JP", "es", {"ui": "fr"}, "fr"),
        ("ja-JP", "es", {"ui": "klingon"}, "ja"),
    ],
    ids=[
        "the browser's",
        "the browser's by another name",
        "the lesson's when we lack the browser's",
        "the link's",
        "not one that nobody has",
    ],
)
async def test_the_page_speaks(
    people: People, lesson: Lesson, browser: str, lesson_in: str, link_says: dict[str, str], spoken: str
) -> None:
    tab = await people.open_tab(locale=browser)

    await tab.open(lesson.link("student", language=lesson_in, **link_says))

    await wait_for_language(tab, spoken)


async def test_arabic_is_written_from_right_to_left_with_the_reader_s_digits(
    people: People, lesson: Lesson
) -> None:
    student = Person(await people.open_tab(locale="ar-EG"), lesson, "student")

    await student.enter()

    await student.wait_for_text(say("ar", "room.waiting.title.tutor"))
    assert await student.tab.evaluate("getComputedStyle(document.body).direction") == "rtl"
    own_digits = r"/^[\u0660-\u0669]+:[\u0660-\u0669]+$/"
    await wait_until(student.tab, f"{own_digits}.test(document.querySelector('[role=timer]').innerText)")


async def test_the_menu_changes_the_language_at_once_and_the_next_page_remembers_it(
    people: People, lesson: Lesson
) -> None:
    tab = await people.open_tab()
    await tab.open(f"{lesson.base}/")
    await wait_for_language(tab, "en")

    await choose(tab, "de")

    await wait_for_language(tab, "de")
    await tab.open(lesson.link("student"))
    await wait_for_language(tab, "de")


async def test_where_nothing_may_be_stored_the_menu_works_all_the_same(
    people: People, lesson: Lesson
) -> None:
    tab = await people.open_tab(scripts=(NO_STORAGE,))
    await tab.open(lesson.link("student", ui="fr"))
    await wait_for_language(tab, "fr")

    await choose(tab, "ko")

    await wait_for_language(tab, "ko")
    await tab.reload()
    await wait_for_language(tab, "ko")


async def test_words_that_do_not_come_leave_the_page_in_english(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab(locale="it-IT")
    await tab.page.context.route("**/static/assets/it-*.js", lambda route: route.abort())

    await tab.open(f"{lesson.base}/")

    await wait_until(tab, "document.querySelector('h1')?.innerText === 'Start a lesson'")
    assert await tab.evaluate(LANGUAGE) == "en"


async def test_no_english_flashes_up_before_the_own_language(people: People, lesson: Lesson) -> None:
    watch = """
        new MutationObserver(() => { (window.seen ??= new Set()).add(document.querySelector("h1")?.innerText); })
            .observe(document, { childList: true, subtree: true, characterData: true });
    """
    tab = await people.open_tab(locale="sv-SE", scripts=(watch,))

    await tab.open(f"{lesson.base}/")
    await wait_for_language(tab, "sv")

    assert "Start a lesson" not in await tab.evaluate("[...seen]")


async def test_a_browser_without_the_newer_formats_shows_the_room_all_the_same(
    people: People, lesson: Lesson
) -> None:
    student = Person(await people.open_tab(locale="ja-JP", scripts=(OLD_INTL,)), lesson, "student")

    await student.enter()

    await student.wait_for_text(say("ja", "room.waiting.title.tutor"))


# ── Every screen in a language that nobody speaks ────────────────────────────────────────────────


async def pseudo_tab(people: People, *scripts: str) -> ChromiumTab:
    """Open a tab whose pages speak the pseudo language."""
    tab = await people.open_tab(scripts=scripts)
    await speak_pseudo(tab.page.context)
    return tab


async def pseudo_student(people: People, lesson: Lesson, *scripts: str) -> Person:
    """Bring a student who reads the pseudo language, and let them open their link."""
    student = Person(await pseudo_tab(people, *scripts), lesson, "student")
    await student.enter(ui=CODE)
    return student


async def live(people: People, lesson: Lesson) -> tuple[Person, Person]:
    """Bring both into the call; the student reads the pseudo language."""
    student = await pseudo_student(people, lesson)
    await student.wait_for_state("waiting")
    tutor = await people.bring("tutor", lesson)
    await tutor.enter()
    await student.wait_for_state("live")
    await student.wait_for_picture()
    return student, tutor


async def the_start_page(people: People, lesson: Lesson) -> ChromiumTab:
    tab = await pseudo_tab(people)
    await tab.open(f"{lesson.base}/?ui={CODE}")
    await wait_for_language(tab, CODE)
    return tab


async def a_form_that_is_wrong(people: People, lesson: Lesson) -> ChromiumTab:
    tab = await the_start_page(people, lesson)
    await tab.page.fill("#rate", "1.2345")
    await tab.press(pseudo("Make the links"))
    await wait_until(tab, "document.querySelector('.wrong')")
    return tab


async def the_links(people: People, lesson: Lesson) -> ChromiumTab:
    tab = await the_start_page(people, lesson)
    await tab.press(pseudo("Make the links"))
    await wait_until(tab, "document.querySelector('#links-title')")
    return tab


async def the_demo(people: People, lesson: Lesson) -> ChromiumTab:
    tab = await pseudo_tab(people)
    await tab.open(f"{lesson.base}/demo?ui={CODE}")
    await wait_for_language(tab, CODE)
    return tab


async def waiting(people: People, lesson: Lesson) -> ChromiumTab:
    student = await pseudo_student(people, lesson)
    await student.wait_for_state("waiting")
    return tab_of(student)


async def the_call_with_chat(people: People, lesson: Lesson) -> ChromiumTab:
    student, tutor = await live(people, lesson)
    await tutor.write_chat("42 👋")
    await student.wait_for_frame("chat")
    return tab_of(student)


async def the_call_with_its_menu(people: People, lesson: Lesson) -> ChromiumTab:
    student, _ = await live(people, lesson)
    await student.tab.press(pseudo("More"))
    return tab_of(student)


async def the_question_of_grace(people: People, lesson: Lesson) -> ChromiumTab:
    student, tutor = await live(people, lesson)
    await tutor.tab.close()
    await student.wait_for_question()
    return tab_of(student)


async def the_end(people: People, lesson: Lesson) -> ChromiumTab:
    student, tutor = await live(people, lesson)
    await tutor.end_call()
    await student.wait_for_state("ended")
    return tab_of(student)


async def a_full_room(people: People, lesson: Lesson) -> ChromiumTab:
    await people.meet(lesson)
    third = Person(await pseudo_tab(people), lesson, "tutor")
    await third.enter(ui=CODE, address="0x52908400098527886E0F7030069857D2E4169EE7")
    await third.wait_for_state("error")
    return tab_of(third)


def no_camera(error: str) -> Screen:
    """Refuse the camera for the reason that *error* names."""

    async def screen(people: People, lesson: Lesson) -> ChromiumTab:
        student = await pseudo_student(people, lesson, NO_CAMERA % error)
        await student.wait_for_state("error")
        return tab_of(student)

    return screen


def tab_of(person: Person) -> ChromiumTab:
    assert isinstance(person.tab, ChromiumTab)
    return person.tab


# Whoever adds a screen adds it here.
SCREENS: Final[dict[str, Screen]] = {
    "start": the_start_page,
    "start, wrong": a_form_that_is_wrong,
    "start, links": the_links,
    "demo": the_demo,
    "waiting": waiting,
    "call": the_call_with_chat,
    "call, menu": the_call_with_its_menu,
    "grace": the_question_of_grace,
    "end": the_end,
    "full room": a_full_room,
    "camera denied": no_camera("NotAllowedError"),
    "no camera": no_camera("NotFoundError"),
    "camera in use": no_camera("NotReadableError"),
}


@pytest.mark.parametrize("screen", SCREENS)
async def test_every_word_comes_from_the_catalogue_and_has_room_to_grow(
    people: People, lesson: Lesson, screen: str
) -> None:
    tab = await SCREENS[screen](people, lesson)
    await wait_for_language(tab, CODE)

    found: list[str] = []
    for width, height in ((1440, 900), (390, 844)):
        await tab.page.set_viewport_size({"width": width, "height": height})
        await tab.evaluate(
            "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
        )
        found += [f"{width} px: {what}" for what in await tab.evaluate(FIND_FOREIGN_WORDS)]
        found += [f"{width} px, cut off: {what}" for what in await tab.evaluate(FIND_CLIPPED_TEXT)]
    assert not found, "\n".join(found)
