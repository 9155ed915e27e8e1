"""Plans in which a service restarts with another wall clock. The simulator found them; they are kept unchanged."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from tools.simulator.lesson import play
from tools.simulator.machine import EPOCH_MS, Machine
from tools.simulator.plan import Crash, Gone, HooksFail, Mode, Partition, Plan, StoreFails, Trouble
from tools.simulator.world import World

HOUR_MS = 3_600_000


def lesson(mode: Mode, *troubles: Trouble, ends_ms: int) -> Plan:
    return Plan(
        seed=1,
        mode=mode,
        comes_ms={"student": 1_500, "tutor": 0},
        ends_ms=ends_ms,
        ended_by="tutor",
        stays_ms=0,
        latency_ms={"student": 60, "tutor": 5},
        tick_ms=500,
        has_media=False,
        cap_seconds=None,
        hook_delay_ms=0,
        troubles=troubles,
    )


def crash(at_ms: int, for_ms: int, *, step_ms: int, moves: bool = False) -> Crash:
    return Crash(at_ms=at_ms, for_ms=for_ms, point="idle", moves=moves, wall_step_ms=step_ms)


@pytest.mark.parametrize("mode", ["together", "apart"])
def test_a_clock_that_gave_up_a_wrong_time_keeps_the_new_one(mode: Mode) -> None:
    """The second restart continued the time from before the first restart, which was some seconds ahead."""
    plan = lesson(
        mode,
        crash(120_000, 27_826, step_ms=-HOUR_MS),
        crash(200_000, 1_311, step_ms=-32_157),
        ends_ms=240_000,
    )

    verdict = play(plan)

    assert (verdict.over_ms, verdict.faults) == (0, [])
    assert verdict.is_right


@pytest.mark.parametrize("mode", ["together", "apart"])
def test_a_wall_clock_that_is_set_back_and_forth_bills_no_restart_twice(mode: Mode) -> None:
    plan = lesson(
        mode,
        crash(100_492, 22_000, step_ms=-HOUR_MS),
        Gone(at_ms=145_899, who="tutor", for_ms=900, how="silence"),
        crash(194_707, 1_999, step_ms=HOUR_MS),
        ends_ms=240_000,
    )

    verdict = play(plan)

    assert verdict.over_ms == 0
    assert verdict.is_right


@pytest.mark.parametrize("step_ms", [61_000, 75_000, 85_000])
def test_a_long_gap_is_not_made_short_by_a_time_that_was_given_up(step_ms: int) -> None:
    """The first restart believed the wall clock. The second continued the time before it, 12 s after the proof."""
    plan = lesson(
        "together",
        crash(60_000, 150_000, step_ms=step_ms),
        crash(400_000, step_ms + 12_000, step_ms=0),
        ends_ms=560_000,
    )

    assert play(plan).over_ms == 0


@pytest.mark.parametrize("mode", ["together", "apart"])
def test_no_sitting_goes_on_over_a_gap_whose_length_no_clock_can_tell(mode: Mode) -> None:
    """The service is down for half a minute, then runs on a machine whose clock is behind. The network returns late."""
    away = Partition(at_ms=70_000, who="both", for_ms=44_000, way="both", cuts_media=True, tells_page=True)
    plan = lesson(mode, crash(70_000, 26_000, step_ms=-HOUR_MS, moves=True), away, ends_ms=180_000)

    assert play(plan).over_ms == 0


@pytest.mark.parametrize("at_ms", range(60_000, 72_000, 2_000))
def test_proofs_that_only_the_backend_has_are_joined_to_no_later_time(at_ms: int) -> None:
    """For a while the store takes no proofs, but the backend does."""
    away = Partition(at_ms=at_ms, who="both", for_ms=44_000, way="both", cuts_media=True, tells_page=True)
    plan = lesson(
        "apart",
        StoreFails(at_ms=at_ms - 8_000, for_ms=12_500, commits=True),
        crash(at_ms, 26_000, step_ms=-HOUR_MS, moves=True),
        away,
        ends_ms=180_000,
    )

    assert play(plan).over_ms == 0


def test_a_lesson_that_waits_with_nobody_in_it_keeps_the_clock_from_going_back() -> None:
    """While nobody was there, nothing was due, so the service believed the wall clock. Someone lost 90 s by it."""
    plan = lesson(
        "together",
        Gone(at_ms=30_000, who="student", for_ms=20_000, how="goodbye"),
        crash(40_000, 2_000, step_ms=-90_000),
        ends_ms=180_000,
    )
    plan = replace(plan, comes_ms={"student": 0, "tutor": 60_000})

    verdict = play(plan)

    assert verdict.is_right
    assert verdict.billable_ms > 110_000


def test_what_is_lost_before_and_after_a_step_back_are_two_drops() -> None:
    """Soon after the restart the backend gets no more events. The clock showed some seconds twice: one drop of both."""
    plan = lesson(
        "apart",
        crash(259_000, 20_260, step_ms=-HOUR_MS, moves=True),
        HooksFail(at_ms=291_286, for_ms=46_198),
        ends_ms=298_554,
    )

    verdict = play(replace(plan, ended_by=None))

    assert verdict.is_right
    assert verdict.over_ms == 0


def test_nobody_met_somebody_who_was_there_at_the_same_reading_before() -> None:
    world = World(Random(1))  # noqa: S311 - no secret
    machine = Machine(world)
    machine.start(0)
    world.now_ms = 100_000
    machine.stop()
    machine.move()
    machine.step(-HOUR_MS)
    machine.start(EPOCH_MS + 60_000)
    world.now_ms = 150_000

    before, after = machine.readings([(90_000, 110_000)])

    assert before == [(EPOCH_MS + 90_000, EPOCH_MS + 100_000)]
    assert after == [(EPOCH_MS + 90_000, EPOCH_MS + 100_000)]


@pytest.mark.parametrize("at_ms", [60_500, 48_500])
def test_no_time_that_was_sent_elsewhere_comes_twice(at_ms: int) -> None:
    """The student leaves while the service is down, and the tutor comes back. The store lacks proofs the backend has.

    Their sittings were minutes apart but had the same readings, and the bill had 5 s too many.
    """
    plan = lesson(
        "apart",
        Gone(at_ms=50_000, who="tutor", for_ms=23_000, how="goodbye"),
        StoreFails(at_ms=at_ms, for_ms=70_000 - at_ms, commits=True),
        crash(70_000, 2_000, step_ms=-HOUR_MS, moves=True),
        Gone(at_ms=70_500, who="student", for_ms=None, how="goodbye"),
        ends_ms=120_000,
    )

    assert play(plan).over_ms == 0


def test_a_question_of_a_backend_bills_nothing_until_a_clock_that_is_behind_has_reached_its_end() -> None:
    """The call service's clock is 69 s behind: both are there again, at readings that lie in the question still."""
    plan = lesson(
        "apart",
        crash(101, 1_517, step_ms=-69_450),
        Partition(at_ms=103_745, who="tutor", for_ms=23_643, way="both", cuts_media=True, tells_page=False),
        ends_ms=400_000,
    )

    verdict = play(replace(plan, has_media=True, latency_ms={"student": 20, "tutor": 60}))

    assert verdict.is_right
    assert verdict.billable_ms < 400_000 - 69_450 - 23_643


def test_a_clock_that_is_behind_reaches_a_reading_later_and_any_other_has_reached_it() -> None:
    world = World(Random(1))  # noqa: S311 - no secret
    machine = Machine(world)
    machine.start(0)
    world.now_ms = 10_000
    machine.step(-4_000, is_believed=True)

    assert machine.reaches_ms(EPOCH_MS + 9_000, 9_000) == 9_000
    assert machine.reaches_ms(EPOCH_MS + 12_000, 12_000) == 16_000
    assert machine.reaches_ms(EPOCH_MS + 12_000, 17_000) == 17_000
