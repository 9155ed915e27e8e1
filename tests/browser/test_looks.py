"""Every screen at three widths: axe-core finds nothing, and nothing sticks out sideways."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.browser.people import Person
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.tab import ChromiumTab

AXE: Final = Path(__file__).parents[2] / "client" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS: Final = (390, 820, 1440)
SETTLED: Final = """new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() =>
    document.getAnimations().every(({ effect }) => effect.getTiming().iterations === Infinity))"""
LOOK: Final = """axe.run({ resultTypes: ["violations"] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`))"""


async def look_at(tab: ChromiumTab) -> None:
    """Look at the screen as it is now, at each width, light and dark."""
    await tab.evaluate(AXE.read_text(encoding="utf-8") + "; null")
    for width in WIDTHS:
        await tab.page.set_viewport_size({"width": width, "height": 844})
        sticks_out = await tab.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
        assert sticks_out <= 0, f"{sticks_out} px too wide at {width}"
        for scheme in ("light", "dark"):
            await tab.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await wait_until(tab, SETTLED)  # a colour half way between two schemes is no finding
            found: list[Any] = await tab.evaluate(LOOK)
            assert found == [], f"at {width} px, {scheme}"


@pytest.mark.requirement("R11")
async def test_the_start_page_is_accessible_at_every_width(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab()

    await tab.open(f"{lesson.base}/")
    await wait_until(tab, "document.querySelector('form, button')")

    await look_at(tab)


@pytest.mark.requirement("R6", "R11")
async def test_the_room_is_accessible_while_one_waits(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab()
    student = Person(tab, lesson, "student")

    await student.enter()
    await student.wait_for_state("waiting")

    await look_at(tab)


@pytest.mark.requirement("R6", "R11")
async def test_the_room_is_accessible_in_a_live_call_and_after_it(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await tutor.write_chat("¿Cómo estás? " * 20)
    await student.wait_for_frame("chat")

    await look_at(student.tab)  # type: ignore[arg-type]
    await tutor.end_call()
    await student.wait_for_state("ended")
    await look_at(student.tab)  # type: ignore[arg-type]


@pytest.mark.requirement("R1", "R11")
async def test_the_page_for_a_bad_link_is_accessible_at_every_width(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab()

    await tab.open(lesson.link("student", language="klingon", address="x" * 500))

    await look_at(tab)


@pytest.mark.requirement("R11", "R15")
async def test_the_screen_for_a_denied_camera_is_accessible_at_every_width(
    people: People, lesson: Lesson
) -> None:
    deny = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); }"
    tab = await people.open_tab(scripts=(deny,))
    student = Person(tab, lesson, "student")

    await student.enter()
    await student.wait_for_text("Permission denied")

    await look_at(tab)


async def test_the_demo_page_is_accessible_at_every_width(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab()

    await tab.open(f"{lesson.base}/demo")
    await wait_until(tab, "document.querySelector('button')")

    await look_at(tab)
