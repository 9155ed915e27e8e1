"""Receivers fail in every way, and processes die: each gets the whole ledger in order, and computes our bill."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from tests.simulator.deliveries import HOUR_MS, MINUTE_MS, RECEIVER, delivered, fails, is_right, judge
from tools.simulator.plan import Crash, Failure, Replays, SecondWorker, Trouble, WorkerDies
from tools.simulator.run import simulate

pytestmark = pytest.mark.slow


def test_without_failures_each_event_comes_once() -> None:
    verdict = judge(delivered())

    assert verdict.faults == []
    assert is_right(verdict)
    assert verdict.arrivals.tries == verdict.arrivals.events
    assert verdict.arrivals.repeats == verdict.arrivals.parked == 0


def test_receivers_change_nothing_in_the_lesson() -> None:
    plan = delivered(fails("hangs", MINUTE_MS))

    with_them, without = judge(plan), judge(replace(plan, receivers=()))

    assert (with_them.billable_ms, with_them.drops_ms) == (without.billable_ms, without.drops_ms)


@pytest.mark.parametrize("how", get_args(Failure))
@pytest.mark.parametrize("for_ms", [MINUTE_MS, 10 * HOUR_MS])
def test_after_a_failure_of_any_kind_nothing_is_lost(how: Failure, for_ms: int) -> None:
    verdict = judge(delivered(fails(how, for_ms)))

    assert verdict.faults == []
    assert is_right(verdict)
    assert verdict.arrivals.parked == 0


def test_what_was_tried_for_three_days_is_parked_and_a_replay_sends_it_again() -> None:
    long = fails("away", 80 * HOUR_MS)
    replay = Replays(at_ms=90 * HOUR_MS, receiver=0, way="parked")

    verdicts = [judge(delivered(long)), judge(delivered(long, replay))]

    assert [verdict.faults for verdict in verdicts] == [[], []]
    assert [verdict.arrivals.parked for verdict in verdicts] == [1, 1]
    assert verdicts[1].arrivals.events > verdicts[0].arrivals.events


@pytest.mark.parametrize(
    "trouble",
    [
        Crash(at_ms=50_000, for_ms=2_000, point="before-settle", moves=False, wall_step_ms=0),
        Crash(at_ms=50_000, for_ms=2_000, point="after-settle", moves=False, wall_step_ms=0),
        SecondWorker(at_ms=10_000, for_ms=100_000, is_killed=True),
        SecondWorker(at_ms=10_000, for_ms=100_000, is_killed=False),
        WorkerDies(at_ms=20 * MINUTE_MS, for_ms=MINUTE_MS),
        Replays(at_ms=100_000, receiver=0, way="all"),
        Replays(at_ms=HOUR_MS, receiver=0, way="since"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("fails_percent", [0, 40])
def test_deaths_second_workers_and_replays_lose_nothing(trouble: Trouble, fails_percent: int) -> None:
    verdict = judge(
        delivered(
            trouble, fails("unanswered", 9_000), receiver=replace(RECEIVER, fails_percent=fails_percent)
        )
    )

    assert verdict.faults == []
    assert is_right(verdict)


def test_a_receiver_that_comes_late_gets_what_follows() -> None:
    verdict = judge(delivered(receiver=replace(RECEIVER, comes_ms=90_000)))

    assert verdict.faults == []
    assert 0 < verdict.arrivals.events < judge(delivered()).arrivals.events


def test_many_lessons_with_receivers_that_fail() -> None:
    verdicts = list(simulate(200, seed=6, deliveries=1))

    assert [verdict.faults for verdict in verdicts if verdict.faults] == []
    assert sum(verdict.arrivals.events for verdict in verdicts) > 5_000
    assert sum(verdict.arrivals.parked for verdict in verdicts) > 0
