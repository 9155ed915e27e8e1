"""Nothing on the page moves by itself: elements that come later have their place from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser import stage
from tests.browser.people import Person
from tests.browser.tab import wait_until
from tests.browser.way import Way

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.tab import ChromiumTab

SHIFTS: Final = """
const shifts = [];
const note = (entries) => {
    for (const { value, sources } of entries) {
        const moved = sources.map(({ node, previousRect: a, currentRect: b }) =>
            [node?.outerHTML?.slice(0, 90), a.x, a.y, a.width, a.height, b.x, b.y, b.width, b.height].join(" "));
        shifts.push({ value, moved });
    }
};
const observer = new PerformanceObserver((list) => note(list.getEntries()));
observer.observe({ type: "layout-shift", buffered: true });
window.__takeShifts = async () => {
    // One frame draws what was just changed, and the next one comes after it.
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    await new Promise((next) => setTimeout(next));
    note(observer.takeRecords());
    return shifts.splice(0);
};
"""
"""Collects what moves. `__takeShifts()` returns it and forgets it, also what the browser has not told yet."""

PLACES: Final = """
window.__places = new Set();
(function look() {
    const parts = ["[data-part=join]", "h1", ".preview-tile", ".entrance"].map((one) =>
        document.querySelector(`#room ${one}`));
    if (parts.every((element) => element?.getClientRects().length > 0)) {
        window.__places.add(JSON.stringify(parts.map((element) => {
            const { x, y, width, height } = element.getBoundingClientRect();
            return [x, y, width, height].map(Math.round);
        })));
    }
    requestAnimationFrame(look);
})();
"""
"""Collects where the parts of the drawn lobby are, in each frame."""

PARTS: Final = (stage.STAGE, stage.OWN, ".chat", ".chat-form", "[data-part=end]")


async def open_details(tab: ChromiumTab) -> None:
    """Open the details and wait until all of the panel is drawn. Movement because of this click is fine."""
    await tab.page.click("[data-part=details] summary")
    await wait_until(tab, "document.querySelector('.chat-form') && document.querySelector('.details-row')")
    await tab.evaluate("__takeShifts()")


@pytest.mark.requirement("R6")
async def test_nothing_moves_when_the_other_arrives(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab(scripts=(SHIFTS,))
    student, tutor = Person(tab, lesson, "student"), await people.bring("tutor", lesson)
    await student.enter()
    await student.wait_for_state("waiting")
    await wait_until(tab, f"document.querySelector('{stage.STAGE}')")
    await open_details(tab)
    before = [await stage.find_box(tab, part) for part in PARTS]

    await tutor.enter()
    await student.wait_for_picture()
    await student.wait_for_state("live")
    await student.wait_for_more(await student.wait_for_picture())

    assert await tab.evaluate("__takeShifts()") == []
    # The browser ignores shifts of less than three pixels.
    assert [await stage.find_box(tab, part) for part in PARTS] == before


@pytest.mark.requirement("R6")
async def test_nothing_moves_when_the_service_is_slow_to_answer(people: People, lesson: Lesson) -> None:
    tab, way = await people.open_tab(scripts=(SHIFTS,)), Way()
    student = Person(tab, lesson, "student")
    await way.lay(tab)
    way.hold("welcome", "bill")
    await student.enter()
    await open_details(tab)
    before = [await stage.find_box(tab, part) for part in PARTS]

    way.release("welcome")
    await wait_until(tab, "document.querySelector('[data-part=details] code')")
    without_bill = [await stage.find_box(tab, part) for part in PARTS]
    way.release()
    await student.wait_for_state("waiting")
    await student.wait_for_text("per hour")

    assert without_bill == before
    assert [await stage.find_box(tab, part) for part in PARTS] == before
    assert await tab.evaluate("__takeShifts()") == []


async def test_nothing_moves_when_a_phone_learns_of_its_network(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab(width=390, scripts=(PLACES,))
    await tab.resize(390, 844)
    student = Person(tab, lesson, "student")

    await student.enter_lobby(ui="de")
    # The service of the tests has no relay: in German, this verdict takes three lines.
    await wait_until(tab, "document.querySelector('[data-part=network-check][data-verdict=blocked]')")

    await tab.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert await tab.evaluate("__places.size") == 1, await tab.evaluate("[...__places]")
