"""Plays one plan to its end and lets the oracle judge the bill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from langdao_video.billing.live import load_lesson
from langdao_video.session.roles import ROLES
from tools.simulator.apart import Apart
from tools.simulator.arrivals import Arrivals
from tools.simulator.books import Books
from tools.simulator.foreign import Foreign
from tools.simulator.intervals import Intervals, intersect, union
from tools.simulator.log import check_log, claim, read_log
from tools.simulator.machine import Machine
from tools.simulator.oracle import DROP_MS, Truth, find_unasked, judge, may_be_billed, must_be_billed
from tools.simulator.outbox import SimulatedOutbox
from tools.simulator.plan import Mode, Plan
from tools.simulator.service import SESSION
from tools.simulator.several import Several
from tools.simulator.stage import Stage
from tools.simulator.world import World, finish

_AFTERWARDS_MS: Final = 150_000
"""How long a lesson is played after everybody should have gone, so that open questions run out."""
_AFTER_END_MS: Final = 8_000
"""How long a lesson is played after its end: late frames and webhooks must change nothing."""


class Scene(Protocol):
    """One lesson with everything that takes part in it."""

    world: World
    machine: Machine
    """The call service's machine. Its clock's readings are in the events."""
    ledger: Books
    """The store of the backend whose bill is judged."""

    outbox: SimulatedOutbox | None
    """What delivers the events to receivers, if there are any."""

    def set_up(self) -> None:
        """Plan everything that happens."""
        ...

    def delay_ms(self) -> int:
        """Return by how many ms the network raises the allowed cost of a drop."""
        ...

    def truth(self) -> Truth:
        """Return the truth up to now."""
        ...

    def faults(self) -> list[str]:
        """Return what the service wrongly refused to people who were there."""
        ...


SCENES: Final[dict[Mode, Callable[[Plan], Scene]]] = {
    "together": Stage,
    "apart": Apart,
    "foreign": Foreign,
    "several": Several,
}


@dataclass(frozen=True, slots=True)
class LessonVerdict:
    """The verdict on a lesson. *delay_ms* is the longest time by which its network delayed an event."""

    plan: Plan
    billable_ms: int
    over_ms: int
    drops_ms: list[int]
    delay_ms: int
    faults: list[str]
    arrivals: Arrivals

    @property
    def is_right(self) -> bool:
        """Whether nothing is over-billed, no drop cost more than allowed, and the ledger is sound."""
        return not self.over_ms and not self.faults and self.worst_ms <= DROP_MS

    @property
    def worst_ms(self) -> int:
        """The highest cost of a drop, without its network's delay, ms."""
        return max(0, max(self.drops_ms, default=0) - self.delay_ms)


def play(plan: Plan) -> LessonVerdict:
    """Play *plan* and judge it."""
    scene = SCENES[plan.mode](plan)
    scene.set_up()
    ended_ms = _run(scene, plan.ends_ms + _AFTERWARDS_MS)
    truth, read = scene.truth(), scene.machine.readings
    may = _may_be_billed(plan, truth, read)
    sure = {role: read(intersect(must_be_billed(truth, role), [(0, ended_ms)])) for role in ROLES}
    must = [{role: sure[role][index] for role in ROLES} for index in range(len(sure["student"]))]
    records = read_log(scene.ledger)
    lesson = finish(load_lesson(scene.ledger, SESSION))
    claims = claim(lesson, records)
    judgement = judge(claims, may, must, scene.delay_ms())
    there = [must_be_billed(truth, role, despite_lies=True) for role in ROLES]
    both = read(intersect(intersect(*there), [(0, ended_ms)]))
    unasked = find_unasked(both, claims, scene.delay_ms())
    faults = [*judgement.faults, *unasked, *scene.faults(), *check_log(scene.ledger, lesson, records)]
    delay_ms = scene.delay_ms()
    arrivals = scene.outbox.play_on() if scene.outbox is not None else Arrivals()
    return LessonVerdict(
        plan=plan,
        billable_ms=lesson.billable_ms,
        over_ms=judgement.over_ms,
        drops_ms=judgement.drops_ms,
        delay_ms=delay_ms,
        faults=[*faults, *arrivals.faults],
        arrivals=arrivals,
    )


def _may_be_billed(plan: Plan, truth: Truth, read: Callable[[Intervals], list[Intervals]]) -> Intervals:
    """Return the clock's readings at which both were there.

    A call service elsewhere whose clock is set back sends the same readings twice. The bill is a function of the set
    of its events, and the set does not tell to which of the two instants an event belongs (docs/ledger.md). So for
    such a service it is enough that each was there at some instant of that reading.
    """
    student, tutor = (may_be_billed(truth, role) for role in ROLES)
    if plan.mode == "foreign":
        return intersect(union(*read(student)), union(*read(tutor)))
    return union(*read(intersect(student, tutor)))


def _run(scene: Scene, until_ms: int) -> int:
    """Run the lesson and a little longer; return when it ended, in true time."""
    ended_ms: int | None = None

    def is_over() -> bool:
        nonlocal ended_ms
        if ended_ms is None and scene.ledger.has_ended:
            ended_ms = scene.world.now_ms
        return ended_ms is not None and scene.world.now_ms > ended_ms + _AFTER_END_MS

    scene.world.run(until_ms, is_over)
    return until_ms if ended_ms is None else ended_ms
