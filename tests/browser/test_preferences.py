"""The system's settings of a person: own colours, more contrast, less motion, larger letters and wider lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser import stage
from tests.browser.keyboard import Keyboard
from tests.browser.people import Person
from tests.browser.pseudo import FIND_CLIPPED_TEXT
from tests.browser.tab import ChromiumTab, wait_until
from tests.browser.test_recording import SAYS, TONES_HZ

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

AXE: Final = Path(__file__).parents[2] / "client" / "node_modules" / "axe-core" / "axe.min.js"
FORCED: Final = "matchMedia('(forced-colors: active)').matches"
# The properties of a toggle that are no colour: its icon and its borders.
SHAPE: Final = """(({ borderStyle, borderWidth, outlineStyle, outlineWidth }, sign) =>
    [borderStyle, borderWidth, outlineStyle, outlineWidth, sign].join(" "))(
        getComputedStyle($), $.querySelector("svg").innerHTML)"""
LINE_AROUND: Final = """(() => {
    const tile = document.querySelector("[data-part=%s-tile]");
    if (!tile) return null;
    const { outlineWidth, outlineStyle } = getComputedStyle(tile);
    return tile.dataset.speaking === "%s" && { line: `${outlineStyle} ${outlineWidth}` };
})()"""
MOVING: Final = """document.getAnimations().filter(({ playState, effect }) =>
    playState === "running" && effect.getComputedTiming().activeDuration > 100).length"""
FAINT: Final = """axe.run({ resultTypes: ["violations"], runOnly: ["color-contrast-enhanced"] }).then(
    ({ violations }) => violations.flatMap(({ nodes }) => nodes.map(({ target, any }) =>
        `${target.join(" ")} ${any[0]?.data?.contrastRatio}`)))"""
WIDER_TEXT: Final = """(() => {
    const style = document.createElement("style");
    style.textContent = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`;
    document.head.append(style);
})()"""


async def wait_alone(people: People, lesson: Lesson, **media: object) -> tuple[Person, ChromiumTab]:
    """Let a person with these preferences wait for the other."""
    tab = await people.open_tab()
    await tab.page.emulate_media(**media)  # type: ignore[arg-type]
    student = Person(tab, lesson, "student")
    await student.enter()
    await student.wait_for_state("waiting")
    await wait_until(
        tab, "document.querySelector('.controls')"
    )  # the state is known before the page is drawn
    return student, tab


def shape_of(part: str) -> str:
    """Return an expression that describes a toggle without its colours."""
    return SHAPE.replace("$", f"document.querySelector('[data-part={part}]')")


class TestForcedColours:
    @pytest.mark.requirement("R12")
    async def test_a_toggle_says_by_more_than_a_colour_whether_it_is_on(
        self, people: People, lesson: Lesson
    ) -> None:
        _, tab = await wait_alone(people, lesson, forced_colors="active")
        assert await tab.evaluate(FORCED)

        for part in ("microphone", "camera", "hand", "panel"):
            await stage.leave_fields(tab)  # the shape is read without the ring of the focus
            before = await tab.evaluate(shape_of(part))
            pressed = await tab.evaluate(f"document.querySelector('[data-part={part}]').ariaPressed")
            await tab.press_part(part)
            await stage.wait_for_pressed(tab, part, pressed=pressed == "false")

            await stage.leave_fields(tab)
            await wait_until(tab, f"{shape_of(part)} !== {json.dumps(before)}")

    async def test_the_chosen_layout_in_the_menu_has_a_line_around_it(
        self, people: People, lesson: Lesson
    ) -> None:
        _, tab = await wait_alone(people, lesson, forced_colors="active")
        await tab.press_part("more")
        await stage.open_layouts(tab)
        lines = """[...document.querySelectorAll(".more-entry[aria-pressed=%s]")]
            .map((entry) => getComputedStyle(entry).borderTopStyle)"""

        await wait_until(tab, f"{lines % 'true'}.length")

        assert set(await tab.evaluate(lines % "true")) == {"solid"}
        assert set(await tab.evaluate(lines % "false")) == {"none"}

    @pytest.mark.requirement("R13")
    async def test_who_speaks_has_a_line_and_not_only_a_glow(self, people: People, lesson: Lesson) -> None:
        student = await people.bring("student", lesson)
        tutor = await people.bring("tutor", lesson, scripts=(SAYS % TONES_HZ["tutor"],))
        for person in (student, tutor):
            await person.enter()
        await student.wait_for_picture()
        tab = student.tab
        assert isinstance(tab, ChromiumTab)
        await tab.page.emulate_media(forced_colors="active")
        await wait_until(tab, FORCED)

        speaking = await wait_until(tab, LINE_AROUND % ("remote", "true"))
        await tutor.switch("microphone")
        silent = await wait_until(tab, LINE_AROUND % ("remote", "false"))

        assert speaking["line"] == "solid 4px"
        assert silent["line"].startswith("none")

    async def test_every_stop_of_the_keyboard_has_a_ring(self, people: People, lesson: Lesson) -> None:
        _, tab = await wait_alone(people, lesson, forced_colors="active")
        keys = Keyboard(tab)

        await keys.go_to("[aria-label='End call']")

        rings = await tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert rings == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_more_contrast_gives_every_word_seven_to_one(
    people: People, lesson: Lesson, scheme: str
) -> None:
    student, tab = await wait_alone(
        people, lesson, contrast="more", color_scheme=scheme, reduced_motion="reduce"
    )
    tutor = await people.bring("tutor", lesson)
    await tab.evaluate(AXE.read_text("utf-8") + "; null")
    faint = [("waiting", each) for each in await tab.evaluate(FAINT)]

    await tutor.enter()
    await student.wait_for_state("live")
    await student.write_chat("¿Empezamos?")
    await wait_until(tab, "document.querySelector('[data-part=chat-line]')")
    faint += [("live", each) for each in await tab.evaluate(FAINT)]
    await student.end_call()
    await student.wait_for_state("ended")
    await wait_until(tab, "document.querySelector('.interlude')")
    faint += [("ended", each) for each in await tab.evaluate(FAINT)]

    assert faint == []


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", True), ("reduce", False)])
async def test_nothing_moves_for_long_where_less_motion_is_asked_for(
    people: People, lesson: Lesson, motion: str, *, moves: bool
) -> None:
    _, tab = await wait_alone(people, lesson, reduced_motion=motion)
    await wait_until(tab, "document.querySelector('[data-part=waiting]')")

    assert (await tab.evaluate(MOVING) > 0) is moves


@pytest.mark.parametrize("size", [(640, 360), (320, 640)], ids=["200 % of 1280 × 720", "320 px"])
async def test_one_can_talk_write_and_end_in_a_small_window(
    people: People, lesson: Lesson, size: tuple[int, int]
) -> None:
    student, tutor = await people.meet(lesson)
    tab = student.tab
    assert isinstance(tab, ChromiumTab)
    await tab.resize(size[0], size[1])
    await wait_until(tab, "!document.querySelector('.panel')")

    await student.switch("microphone")
    await student.switch_panel()
    await student.write_chat("¿Empezamos?")
    await tutor.wait_for_text("¿Empezamos?")
    await wait_until(tab, "document.scrollingElement.scrollWidth <= innerWidth")
    await student.end_call()

    await student.wait_for_state("ended")
    await wait_until(tab, "document.querySelector('.interlude')")
    await wait_until(tab, "document.scrollingElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [1440, 390])
async def test_wider_lines_and_letters_cut_no_word_off(people: People, lesson: Lesson, width: int) -> None:
    tab = await people.open_tab(width=width)
    student = Person(tab, lesson, "student")
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("picture")
    await tab.evaluate(WIDER_TEXT)
    cut = [("lobby", each) for each in await tab.evaluate(FIND_CLIPPED_TEXT)]

    await student.join_from_lobby()
    await student.wait_for_state("waiting")
    await wait_until(tab, "document.querySelector('[data-part=waiting]')")
    cut += [("waiting", each) for each in await tab.evaluate(FIND_CLIPPED_TEXT)]

    assert cut == []
