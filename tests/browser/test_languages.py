"""The page in the reader's language: which language, the menu, right to left.

test_accessibility.py looks for words left out, because it walks through every screen.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.people import Person
from tests.browser.pseudo import CATALOGUES
from tests.browser.stage import open_tab
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.tab import ChromiumTab

LANGUAGE: Final = "document.documentElement.lang"
MENU: Final = "[data-part=language-menu] select"
NO_STORAGE: Final = """
    for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
    }
"""
OLD_INTL: Final = (
    "for (const name of ['DisplayNames', 'ListFormat', 'RelativeTimeFormat']) delete Intl[name];"
)


def say(code: str, key: str) -> str:
    """Return the text of *key* in the catalogue of *code*."""
    text: str = json.loads((CATALOGUES / f"{code}.json").read_text("utf-8"))[key]
    return text


async def wait_for_language(tab: ChromiumTab, code: str) -> None:
    """Wait until the page has the language *code* and shows text."""
    drawn = "document.querySelector(':is(#room, #app) :is(h1, h2)')?.innerText"
    await wait_until(tab, f"{LANGUAGE} === '{code}' && {drawn}")


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
    await wait_until(student.tab, f"{own_digits}.test(document.querySelector('[role=timer]')?.innerText)")


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

    await tab.page.click("[data-part=details] summary")
    await choose(tab, "ko")

    await wait_for_language(tab, "ko")
    await tab.reload()
    await wait_for_language(tab, "ko")


async def test_open_notes_change_their_language_with_the_page(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab()
    await tab.open(lesson.link("student", ui="fr"))
    await open_tab(tab, "notes")
    says = "document.querySelector('[data-part=notes-text]')?.dataset.placeholder"
    await wait_until(tab, f"{says} === {json.dumps(say('fr', 'notes.empty'))}")

    await tab.page.click("[data-part=details] summary")
    await choose(tab, "ko")

    await wait_until(tab, f"{says} === {json.dumps(say('ko', 'notes.empty'))}")


async def test_words_that_do_not_come_leave_the_page_in_english(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab(locale="it-IT")
    await tab.page.context.route("**/static/assets/it-*.js", lambda route: route.abort())

    await tab.open(f"{lesson.base}/")

    await wait_until(tab, "document.querySelector('h1')?.innerText === 'Start a lesson'")
    assert await tab.evaluate(LANGUAGE) == "en"


async def test_no_english_flashes_up_before_the_own_language(people: People, lesson: Lesson) -> None:
    # After a longer wait for its language the page shows English on purpose. Here it must not come to that.
    watch = """
        const wait = setTimeout;
        setTimeout = (what, ms, ...more) => wait(what, ms === 1_000 ? 60_000 : ms, ...more);
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
