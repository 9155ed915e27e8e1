"""The service is killed and starts again: the store has all that it needs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langdao_video.session.facts import Warned
from tests.billing.timeline import START_MS, Timeline
from tests.examples import examples


@given(crashes=st.lists(st.integers(1, 290), max_size=12, unique=True))
@settings(max_examples=examples(60), deadline=None)
async def test_a_lesson_goes_on_over_any_number_of_crashes(crashes: list[int]) -> None:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.connect("tutor")

    for at_seconds in sorted(crashes):
        await line.run_until(at_seconds)
        line.open_service()
    await line.run_until(300)
    await line.end("student")

    assert (await line.lesson()).billable_ms == 300_000
    assert (await line.replayed()).billable_ms == 300_000


@pytest.mark.requirement("R38", "R39")
async def test_a_grace_that_began_before_a_crash_ends_after_it() -> None:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.connect("tutor")
    await line.run_until(60)
    await line.leave("tutor")
    await line.run_until(70)
    await line.fall_silent("student")
    line.open_service()

    lesson = await line.run_until(130)

    assert lesson.ended is not None
    assert lesson.ended.reason == "grace-expired"
    assert lesson.billable_ms == 60_000


@pytest.mark.requirement("R39")
async def test_there_is_one_warning_for_each_disconnect() -> None:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.connect("tutor")

    for drop in range(3):
        await line.run_until(100 * drop + 60)
        await line.leave("tutor")
        await line.run_until(100 * drop + 80)
        await line.connect("tutor")
    await line.run_until(400)

    assert len([record for record in line.told if isinstance(record.fact, Warned)]) == 3


async def test_a_lesson_that_waits_with_nobody_in_it_is_under_way_for_an_hour() -> None:
    """The clock of a restarted service reads from the store the time behind which it must not run."""
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.run_until(60)
    await line.leave("student")
    await line.run_until(3_650)
    within_ms = await line.store.load_newest_ms()

    await line.run_until(3_670)

    assert within_ms == START_MS + 60_000
    assert await line.store.load_newest_ms() == 0
    assert await line.store.load_due(line.clock.at_ms, 10) == []


async def test_a_lesson_that_nobody_came_to_holds_no_clock() -> None:
    line = Timeline()
    await line.create()

    await line.run_until(60)

    assert await line.store.load_newest_ms() == 0
