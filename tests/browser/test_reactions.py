"""Raised hands and reactions: shown over the right picture, announced, and removed in time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.browser import stage
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.standing import Pair


@pytest.mark.requirement("R6", "R9")
@pytest.mark.usefixtures("tutors_browser")
async def test_a_raised_hand_is_seen_and_heard_by_the_other_until_its_owner_lowers_it(
    standing_call: Pair,
) -> None:
    student, tutor = standing_call
    shown = "document.querySelector('[data-part=remote-hand]') !== null"

    await student.tab.press_part("hand")

    await wait_until(tutor.tab, shown)
    await stage.wait_to_hear(tutor.tab, "hand raised")
    await stage.wait_for_pressed(student.tab, "hand", pressed=True)
    await student.tab.press_part("hand")
    await wait_until(tutor.tab, f"!({shown})")


async def test_a_raised_hand_outlasts_the_others_reload(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await student.tab.press_part("hand")
    await wait_until(tutor.tab, "document.querySelector('[data-part=remote-hand]')")

    await tutor.tab.reload()

    await wait_until(tutor.tab, "document.querySelector('[data-part=remote-hand]')")


@pytest.mark.usefixtures("tutors_browser")
async def test_a_reaction_rises_over_its_senders_picture_on_both_sides_drawn_and_is_gone(
    standing_call: Pair,
) -> None:
    student, tutor = standing_call
    for each in (student, tutor):
        await stage.note_reactions(each.tab)

    await stage.choose(student.tab, "react-clap")

    [at_student], [at_tutor] = await asyncio.gather(
        *(stage.reactions_over(each.tab, "student") for each in (student, tutor))
    )
    assert at_student == {"name": "clap", "text": "", "drawings": 1, "part": "own-tile"}
    assert at_tutor == {**at_student, "part": "remote-tile"}
    await stage.wait_to_hear(tutor.tab, "Applause")
    for each in (student, tutor):
        await wait_until(each.tab, "!document.querySelector('[data-reaction]')")
    await stage.press_key(student.tab, "Escape")


async def test_a_service_that_invents_a_reaction_shows_nothing(standing_call: Pair) -> None:
    student, tutor = standing_call
    invented = '{"type": "reaction", "reaction": "<img src=x>"}'
    await stage.note_reactions(tutor.tab)

    await student.tab.evaluate(f"__probe.sockets.at(-1).send('{invented}')")
    await stage.choose(student.tab, "react-heart")

    [shown] = await stage.reactions_over(tutor.tab, "student")
    assert shown["name"] == "heart"
    await student.wait_for_frame("error")
    assert [frame["code"] for frame in await student.frames("error")] == ["frame-invalid"]
    await stage.press_key(student.tab, "Escape")
