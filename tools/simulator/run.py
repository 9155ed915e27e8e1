"""Runs many lessons, one after the other, each from its own seed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NoReturn

import structlog
from structlog.typing import EventDict

from tools.simulator.chance import make_plan
from tools.simulator.lesson import LessonVerdict, play
from tools.simulator.plan import Mode
from tools.simulator.receiver_chance import add_receivers
from tools.simulator.report import FAILURES_SHOWN_MAX, Summary, write_failure, write_summary
from tools.simulator.shrink import shrink
from tools.simulator.world import Bug

MODES: Final[tuple[Mode, ...]] = ("together", "apart", "together", "foreign")
"""The modes, in turn: lesson *n* of any seed has the mode MODES[n % 4]."""
NODES: Final[tuple[Mode, ...]] = ("several",)
SEEDS_APART: Final = 1 << 32


DELIVERIES_EVERY: Final = 4
"""One lesson of so many, on average, has receivers that our service delivers to."""


def simulate(
    lessons: int,
    seed: int,
    first: int = 0,
    deliveries: int = DELIVERIES_EVERY,
    modes: Sequence[Mode] = MODES,
) -> Iterator[LessonVerdict]:
    """Play the lessons *first* … *first* + *lessons* − 1 of *seed*. One of *deliveries* has receivers."""
    with quiet():
        for number in range(first, first + lessons):
            plan = make_plan(seed * SEEDS_APART + number, modes[number % len(modes)])
            yield play(add_receivers(plan, deliveries))


def run(
    lessons: int,
    seed: int,
    first: int,
    say: Callable[[str], object],
    deliveries: int = DELIVERIES_EVERY,
    *,
    several: bool = False,
) -> bool:
    """Simulate and report; return True if every lesson is right. The same arguments always report the same.

    *several*: each lesson is played over several nodes.
    """
    summary, shown = Summary(), 0
    options = "" if deliveries == DELIVERIES_EVERY else f" --deliveries {deliveries}"
    options += " --several" if several else ""
    modes = NODES if several else MODES
    for number, verdict in enumerate(simulate(lessons, seed, first, deliveries, modes), first):
        summary.add(verdict)
        if not verdict.is_right and shown < FAILURES_SHOWN_MAX:
            shown += 1
            for line in write_failure(shrink(verdict), number, seed, options):
                say(line)
    for line in write_summary(summary):
        say(line)
    return summary.wrong_lessons == 0


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the log of the simulated services, whose troubles are planned. An exception ends the run."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR), processors=[_raise_or_drop]
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def _raise_or_drop(_logger: object, _method: str, event: EventDict) -> NoReturn:
    """Raise the exception that `log.exception` would log; drop any other line."""
    if event.get("exc_info"):
        raise Bug(f"{event['event']}: {sys.exception()!r}")
    raise structlog.DropEvent
