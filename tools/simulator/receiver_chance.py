"""Adds receivers to a random plan: who gets the events, and what goes wrong with their delivery. Pure.

Law: its chance is its own, so that the lesson stays the same.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final, get_args

from tools.simulator.plan import (
    Crash,
    CrashPoint,
    Failure,
    Plan,
    ReceiverFails,
    ReceiverPlan,
    Replays,
    ReplayWay,
    SecondWorker,
    Trouble,
    WorkerDies,
)

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_AFTERWARDS_MS: Final = 20 * _MINUTE_MS
_WAYS: Final[tuple[ReplayWay, ...]] = get_args(ReplayWay)
_POINTS: Final[tuple[CrashPoint, ...]] = ("before-settle", "after-settle")
_FILTERS: Final[tuple[tuple[str, ...] | None, ...]] = (
    None,
    None,
    ("session-ended", "end-revised", "bill-final"),
    ("user-connected", "user-disconnected", "session-heartbeat", "session-ended", "bill-final"),
    ("session-heartbeat",),
)


def add_receivers(plan: Plan, every: int) -> Plan:
    """Add receivers to one plan of *every*. Neither somebody else's call service nor the nodes play one."""
    random = Random(f"receivers {plan.mode} {plan.seed}")  # noqa: S311 - it must be repeatable, not secret
    if plan.mode in {"foreign", "several"} or random.random() * every >= 1:
        return plan
    receivers = tuple(
        _receiver(random, number, plan.ends_ms) for number in range(random.choice((1, 1, 1, 2, 3)))
    )
    troubles = [
        _receiver_fails(random, plan.ends_ms, len(receivers)) for _ in range(random.choice((0, 1, 1, 2, 4)))
    ]
    others = _others(random, plan, len(receivers))
    return replace(
        plan,
        receivers=receivers,
        poll_ms=random.choice((2_000, 5_000, 10_000, 30_000)),
        is_killed=random.random() < 0.5,  # noqa: PLR2004 - as often as not
        troubles=tuple(sorted((*plan.troubles, *troubles, *others), key=lambda trouble: trouble.at_ms)),
    )


def _receiver(random: Random, number: int, length_ms: int) -> ReceiverPlan:
    """Draw a receiver. The first one gets everything from the beginning, so that its bill can be compared."""
    is_late = number > 0 and random.randrange(4) == 0
    return ReceiverPlan(
        comes_ms=random.randrange(length_ms) if is_late else 0,
        types=random.choice(_FILTERS) if number else None,
        keys=random.choice((0, 1, 1, 2)),
        fails_percent=random.choice((0, 0, 0, 2, 20, 50)),
        latency_ms=random.choice((1, 20, 80, 400, 2_000)),
    )


def _receiver_fails(random: Random, length_ms: int, receivers: int) -> Trouble:
    """Draw a failure: mostly of seconds or minutes, now and then of days."""
    for_ms = random.choices(
        (
            random.randrange(_MINUTE_MS),
            random.randrange(15 * _MINUTE_MS),
            random.randrange(10 * _HOUR_MS),
            random.randrange(60 * _HOUR_MS, 200 * _HOUR_MS),
        ),
        weights=(40, 40, 15, 5),
    )[0]
    return ReceiverFails(
        at_ms=random.randrange(length_ms),
        for_ms=for_ms,
        receiver=random.randrange(receivers),
        how=random.choice(get_args(Failure)),
    )


def _others(random: Random, plan: Plan, receivers: int) -> list[Trouble]:
    """Draw what happens to the workers, and what the operator does."""
    drawn: list[Trouble] = []
    later_ms = plan.ends_ms + _AFTERWARDS_MS
    if random.randrange(4) == 0:
        way = random.choice(_WAYS)
        at_ms = random.choice((random.randrange(plan.ends_ms), later_ms, later_ms + 100 * _HOUR_MS))
        drawn.append(Replays(at_ms=at_ms, receiver=random.randrange(receivers), way=way))
    if random.randrange(4) == 0:
        at_ms = plan.ends_ms + random.randrange(_AFTERWARDS_MS)
        drawn.append(WorkerDies(at_ms=at_ms, for_ms=random.randrange(2 * _MINUTE_MS)))
    if random.randrange(4) == 0:
        point = random.choice(_POINTS)
        at_ms, for_ms = random.randrange(plan.ends_ms), random.randrange(200, 3_000)
        drawn.append(Crash(at_ms=at_ms, for_ms=for_ms, point=point, moves=False, wall_step_ms=0))
    elif random.randrange(3) == 0 and not any(crash.moves or crash.wall_step_ms for crash in plan.all(Crash)):
        # Processes on one store must agree on the time (docs/decisions/0007), so no clock may be wrong.
        at_ms, for_ms = random.randrange(later_ms), random.randrange(5 * _MINUTE_MS)
        drawn.append(SecondWorker(at_ms=at_ms, for_ms=for_ms, is_killed=bool(random.randrange(2))))
    return drawn
