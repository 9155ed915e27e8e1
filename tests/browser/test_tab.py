"""How the tests wait in a page and use it: what a busy machine draws late is waited for, and a wrong question fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.async_api import Error

from tests.browser.tab import NeverHappened, wait_until

if TYPE_CHECKING:
    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

DRAWN_ANEW: Final = """(() => {
    document.body.innerHTML = "<button data-part=drawn>Drawn</button><select aria-label=Colour></select>";
    const find = document.querySelector.bind(document);
    document.querySelector = (selector) => {
        const found = find(selector);
        found.replaceWith(found.cloneNode(true));
        document.querySelector = find;
        return found;
    };
    addEventListener("click", ({ target }) => { window.pressed = target.dataset.part; });
    setTimeout(() => document.querySelector("select").append(new Option("Red"), new Option("Blue")), 200);
})()"""
"""The button is drawn anew just after it is found for the first time, and the list gets its options later."""


async def test_a_wait_outlasts_what_is_not_drawn_yet_and_no_other_error(
    people: People, lesson: Lesson
) -> None:
    tab = await people.open_tab()
    await tab.open(f"{lesson.base}/robots.txt")

    drawn = "(window.looks = (window.looks ?? 0) + 1) > 3 ? 'drawn' : document.querySelector('b').innerText"
    assert await wait_until(tab, drawn) == "drawn"

    with pytest.raises(NeverHappened, match="TypeError"):
        await wait_until(tab, "document.querySelector('b').innerText", seconds=0.1)
    with pytest.raises(Error, match="ReferenceError"):
        await wait_until(tab, "noSuchName")


async def test_firefox_presses_a_button_that_was_drawn_anew_and_chooses_an_option_that_comes_later(
    people: People, lesson: Lesson, firefox: Bidi
) -> None:
    tab = await people.open_firefox_tab(firefox)
    await tab.open(f"{lesson.base}/robots.txt")
    await tab.evaluate(DRAWN_ANEW)

    await tab.press_part("drawn")
    await tab.choose("Colour", "Blue")

    assert await tab.evaluate("[window.pressed, document.querySelector('select').value]") == ["drawn", "Blue"]
