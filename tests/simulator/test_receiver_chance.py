"""The chance of receivers: the same seed makes the same ones, and the lesson stays as it was."""

from __future__ import annotations

from dataclasses import replace

from tools.simulator.chance import make_plan
from tools.simulator.plan import Crash, ReceiverFails, SecondWorker
from tools.simulator.receiver_chance import add_receivers

PLANS = [make_plan(seed, "together") for seed in range(400)]


def test_the_same_plan_gets_the_same_receivers() -> None:
    assert [add_receivers(plan, 1) for plan in PLANS[:20]] == [add_receivers(plan, 1) for plan in PLANS[:20]]


def test_one_plan_of_so_many_gets_receivers_and_they_are_those_that_it_always_gets() -> None:
    fourth = [add_receivers(plan, 4) for plan in PLANS]
    chosen = [plan for plan in fourth if plan.receivers]

    assert 60 < len(chosen) < 140
    assert all(plan in [add_receivers(each, 1) for each in PLANS] for plan in chosen[:5])


def test_nothing_is_taken_from_the_lesson() -> None:
    for plan in PLANS[:50]:
        added = add_receivers(plan, 1)

        assert [trouble for trouble in added.troubles if trouble in plan.troubles] == [*plan.troubles]
        assert replace(added, receivers=(), troubles=(), poll_ms=0, is_killed=False) == replace(
            plan, troubles=(), poll_ms=0
        )


def test_another_call_service_has_no_outbox_of_ours() -> None:
    assert add_receivers(make_plan(1, "foreign"), 1).receivers == ()


def test_all_failures_come_and_two_workers_agree_on_the_time() -> None:
    added = [add_receivers(plan, 1) for plan in PLANS]

    failures = {each.how for plan in added for each in plan.all(ReceiverFails)}
    assert len(failures) == 10
    assert max(each.for_ms for plan in added for each in plan.all(ReceiverFails)) > 72 * 3_600_000
    beside = [plan for plan in added if plan.all(SecondWorker)]
    assert beside
    assert not any(crash.moves or crash.wall_step_ms for plan in beside for crash in plan.all(Crash))
