"""The layout of the pictures: chosen, moved, hidden, remembered; and no layout cuts a person off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser import stage
from tests.browser.people import Person
from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

UPRIGHT_CAMERA: Final = """
const canvas = document.createElement("canvas");
[canvas.width, canvas.height] = [360, 640];
const context = canvas.getContext("2d");
setInterval(() => {
    context.fillStyle = `hsl(${Date.now() / 20 % 360} 80% 50%)`;
    context.fillRect(0, 0, 360, 640);
}, 50);
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = new MediaStream();
    if (wanted.audio) stream.addTrack((await ask({ audio: true })).getAudioTracks()[0]);
    if (wanted.video) stream.addTrack(canvas.captureStream(20).getVideoTracks()[0]);
    return stream;
};
"""

REMOTE_VIDEO: Final = "document.querySelector('[data-part=remote-video]')"
FITS: Final = (
    f"{REMOTE_VIDEO}?.dataset.fit === '{{fit}}' && getComputedStyle({REMOTE_VIDEO}).objectFit === '{{fit}}'"
)
"""`data-fit` is there once the page is drawn. Before that the picture fills its place, too; a double click is lost."""

PANEL_BESIDE: Final = 897
"""The window's width in CSS px from which the panel stays open. If the window becomes narrower, it closes."""


async def wait_alone(people: People, lesson: Lesson) -> ChromiumTab:
    """Bring a student who waits alone, which is enough for tests of the stage."""
    tab = await people.open_tab()
    student = Person(tab, lesson, "student")
    await student.enter()
    await student.wait_for_state("waiting")
    await wait_until(
        tab, "document.querySelector('.controls')"
    )  # the state is known before the page is drawn
    return tab


@pytest.mark.requirement("R6")
async def test_side_by_side_gives_both_the_same_room_and_is_there_again_after_a_reload(
    people: People, lesson: Lesson
) -> None:
    tab = await wait_alone(people, lesson)

    await stage.choose(tab, "layout-side")
    await stage.wait_for_layout(tab, "side")
    own, remote = await stage.find_box(tab, stage.OWN), await stage.find_box(tab, stage.REMOTE)
    await tab.reload()

    assert (own.width, own.height, own.y) == (remote.width, remote.height, remote.y)
    assert remote.x + remote.width <= own.x
    await wait_until(tab, "document.querySelector('[data-part=stage]')")
    await stage.wait_for_layout(tab, "side")


@pytest.mark.requirement("R6")
async def test_only_the_other_is_shown_when_one_wants_that_and_the_own_picture_comes_back(
    people: People, lesson: Lesson
) -> None:
    tab = await wait_alone(people, lesson)

    await stage.choose(tab, "layout-spotlight")
    await wait_until(tab, f"document.querySelector('{stage.OWN}').hidden")
    await stage.choose(tab, "layout-speaker")
    await wait_until(tab, f"!document.querySelector('{stage.OWN}').hidden")
    await stage.choose(tab, "hide-own")

    await wait_until(tab, f"document.querySelector('{stage.OWN}').hidden")


@pytest.mark.requirement("R6", "R11")
async def test_the_own_picture_is_dragged_to_a_corner_and_stays_there(people: People, lesson: Lesson) -> None:
    tab = await wait_alone(people, lesson)
    await wait_until(tab, f"document.querySelector('{stage.MOVE}')")  # before that, nothing can be dragged
    start = (await stage.find_box(tab, stage.OWN)).centre
    around = await stage.find_box(tab, stage.STAGE)
    assert await stage.corner_of_own(tab) == "bottom right"

    await tab.page.mouse.move(*start)
    await tab.page.mouse.down()
    await tab.page.mouse.move(around.x + 300, around.y + 200, steps=8)
    await tab.page.mouse.up()

    await stage.wait_for_corner(tab, "top left")
    await tab.resize(820, 700)
    await stage.wait_for_corner(tab, "top left")
    await tab.reload()
    await wait_until(tab, f"document.querySelector('{stage.MOVE}')")
    await stage.wait_for_corner(tab, "top left")


@pytest.mark.requirement("R6")
@pytest.mark.parametrize(("language", "begins"), [("en", "bottom right"), ("ar", "bottom left")])
async def test_arrow_keys_move_the_own_picture_where_they_point(
    people: People, lesson: Lesson, language: str, begins: str
) -> None:
    tab = await people.open_tab()
    student = Person(tab, lesson, "student")
    await student.enter(ui=language)
    await student.wait_for_state("waiting")
    await stage.wait_for_corner(tab, begins)

    await tab.page.focus(stage.MOVE)
    for key, corner in (
        ("ArrowUp", f"top {begins.split()[1]}"),
        ("ArrowLeft", "top left"),
        ("ArrowRight", "top right"),
        ("ArrowDown", "bottom right"),
    ):
        await stage.press_key(tab, key)
        await stage.wait_for_corner(tab, corner)


async def test_who_cannot_drag_moves_the_own_picture_with_the_menu(people: People, lesson: Lesson) -> None:
    tab = await wait_alone(people, lesson)

    await stage.choose(tab, "move-own")

    await stage.wait_for_corner(tab, "bottom left")


@pytest.mark.requirement("R11")
@pytest.mark.parametrize(("width", "height"), [(1024, 768), (820, 1180), (700, 900), (844, 390), (390, 844)])
async def test_beside_the_open_panel_the_picture_keeps_half_of_the_page(
    people: People, lesson: Lesson, width: int, height: int
) -> None:
    tab = await wait_alone(people, lesson)
    await tab.resize(width, height)
    if width < PANEL_BESIDE:
        await wait_until(tab, "!document.querySelector('.panel')")
    await tab.evaluate(
        "document.querySelector('.panel') || document.querySelector('[aria-keyshortcuts=c]').click()"
    )

    panel = await stage.find_box(tab, ".panel")
    picture = await stage.find_box(tab, stage.STAGE)

    across = picture.x + picture.width <= panel.x or panel.x + panel.width <= picture.x
    assert across or picture.y + picture.height <= panel.y
    used = (picture.width, panel.width) if across else (picture.height, panel.height)
    assert used[0] >= used[1]


@pytest.mark.requirement("R11")
async def test_above_the_panel_of_an_upright_tablet_the_board_has_most_of_the_place(
    people: People, lesson: Lesson
) -> None:
    tab = await wait_alone(people, lesson)
    await tab.resize(820, 1180)
    await wait_until(tab, "!document.querySelector('.panel')")

    await stage.choose(tab, "board")
    await wait_until(tab, "document.querySelector('[data-part=board-window]')")
    await tab.press_part("panel")

    panel = await stage.find_box(tab, ".panel")
    board = await stage.find_box(tab, "[data-part=board-window]")
    for person in (stage.REMOTE, stage.OWN):  # the own picture glides into its place
        await stage.find_box(tab, person)
    people_at = await stage.find_boxes(tab, f"{stage.REMOTE}, {stage.OWN}")
    assert board.y + board.height <= panel.y
    assert board.height > 400
    assert all(board.x + board.width <= person.x for person in people_at)


@pytest.mark.requirement("R11")
async def test_a_long_dialog_is_closed_without_scrolling_and_its_button_lies_on_no_word(
    people: People, lesson: Lesson
) -> None:
    tab = await wait_alone(people, lesson)
    await stage.choose(tab, "settings")
    await wait_until(tab, "document.querySelector('[data-part=hide-address]')")
    actions, last = "dialog[open] .dialog-actions", ".settings > :last-child"

    await tab.resize(844, 390)
    close = await stage.find_box(tab, f"{actions} button")

    assert close.y + close.height < 390
    await wait_until(  # what is listed late makes the dialog longer: it is scrolled to its end again
        tab,
        f"""(() => {{
            document.querySelector("dialog[open]").scrollTo(0, 1e6);
            const [words, below] = ["{last}", "{actions}"].map((each) =>
                document.querySelector(each).getBoundingClientRect());
            return words.bottom <= below.top;
        }})()""",
    )


@pytest.mark.requirement("R6", "R11")
async def test_who_holds_the_phone_upright_is_seen_from_head_to_chin_and_sees_the_other_large(
    people: People, lesson: Lesson
) -> None:
    student = await people.bring("student", lesson)
    tab = await people.open_tab(scripts=(UPRIGHT_CAMERA,))
    tutor = Person(tab, lesson, "tutor")

    await student.enter()
    await tutor.enter()
    await student.wait_for_state("live")

    await wait_until(student.tab, f"{REMOTE_VIDEO}?.videoHeight > {REMOTE_VIDEO}?.videoWidth")
    await wait_until(student.tab, FITS.format(fit="contain"))

    await tab.resize(390, 844)
    await wait_until(tab, "!document.querySelector('.panel')")  # what moves under a pointer is not clicked
    await wait_until(tab, f"{REMOTE_VIDEO}?.videoWidth > {REMOTE_VIDEO}?.videoHeight")
    await wait_until(tab, FITS.format(fit="cover"))
    await tab.page.dblclick("[data-part=remote-video]")
    await wait_until(tab, FITS.format(fit="contain"))
    await stage.choose(tab, "whole-picture")
    await wait_until(tab, FITS.format(fit="cover"))
