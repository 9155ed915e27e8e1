"""Lessons whose events are delivered to a receiver."""

from __future__ import annotations

from dataclasses import replace

from tests.simulator.test_restarts import lesson
from tools.simulator.lesson import LessonVerdict, play
from tools.simulator.plan import Failure, Gone, Plan, ReceiverFails, ReceiverPlan, Trouble
from tools.simulator.run import quiet

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
RECEIVER = ReceiverPlan(comes_ms=0, types=None, keys=2, fails_percent=0, latency_ms=20)


def delivered(*troubles: Trouble, receiver: ReceiverPlan = RECEIVER) -> Plan:
    """Plan three minutes in which the student's page is reloaded often, so that there is something to tell."""
    reloads = [
        Gone(at_ms=at_ms, who="student", for_ms=900, how="goodbye")
        for at_ms in range(20_000, 160_000, 20_000)
    ]
    plan = lesson("together", ends_ms=3 * MINUTE_MS)
    every = sorted([*reloads, *troubles], key=lambda trouble: trouble.at_ms)
    return replace(plan, has_media=True, receivers=(receiver,), troubles=tuple(every))


def fails(how: Failure, for_ms: int, at_ms: int = MINUTE_MS) -> ReceiverFails:
    """Let the receiver fail."""
    return ReceiverFails(at_ms=at_ms, for_ms=for_ms, receiver=0, how=how)


def judge(plan: Plan) -> LessonVerdict:
    """Play a plan, without the service's log."""
    with quiet():
        return play(plan)


def faults_of(plan: Plan) -> str:
    """Return what is wrong with a plan."""
    return "; ".join(judge(plan).faults)


def is_right(verdict: LessonVerdict) -> bool:
    """Tell whether a lesson was right and had something to deliver."""
    return verdict.is_right and verdict.arrivals.events > 10
