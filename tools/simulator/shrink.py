"""Shortens a failing plan: takes out, one by one, the troubles that it does not need to fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tools.simulator.lesson import LessonVerdict, play
from tools.simulator.plan import Plan


def shrink(verdict: LessonVerdict) -> LessonVerdict:
    """Return the verdict on the shortest plan found that fails in the same way: over-billed, or wrong otherwise."""
    fails = is_over_billed if verdict.over_ms else is_wrong
    is_shorter = True
    while is_shorter:
        is_shorter = False
        for plan in _shorter(verdict.plan):
            again = play(plan)
            if fails(again):
                verdict, is_shorter = again, True
                break
    return verdict


def is_over_billed(verdict: LessonVerdict) -> bool:
    """Tell whether the bill has a second too many."""
    return verdict.over_ms > 0


def is_wrong(verdict: LessonVerdict) -> bool:
    """Tell whether anything is wrong."""
    return not verdict.is_right


def _shorter(plan: Plan) -> Iterator[Plan]:
    for index in range(len(plan.troubles)):
        yield replace(plan, troubles=plan.troubles[:index] + plan.troubles[index + 1 :])
    if plan.receivers:
        yield replace(plan, receivers=())
        yield replace(plan, receivers=plan.receivers[:-1])
    if plan.cap_seconds is not None:
        yield replace(plan, cap_seconds=None)
    if plan.hook_delay_ms:
        yield replace(plan, hook_delay_ms=0)
