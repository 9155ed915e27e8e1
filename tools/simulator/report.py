"""Writes the simulator's report: the sums, and for each failure the shortest plan that shows it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Final

from tools.simulator.lesson import LessonVerdict
from tools.simulator.oracle import DROP_MS
from tools.simulator.plan import Mode, Plan, ReceiverPlan, Trouble

FAILURES_SHOWN_MAX: Final = 5


@dataclass(slots=True)
class Summary:
    """The sums over many lessons."""

    lessons: dict[Mode, int] = field(default_factory=dict)
    lesson_ms: int = 0
    billed_ms: int = 0
    over_ms: int = 0
    over_lessons: int = 0
    wrong_lessons: int = 0
    drops: int = 0
    under_ms: int = 0
    worst_ms: dict[Mode, int] = field(default_factory=dict)
    """The highest cost of a drop in each mode, without its network's delay, ms."""

    def add(self, verdict: LessonVerdict) -> None:
        """Add one lesson."""
        mode = verdict.plan.mode
        self.lessons[mode] = self.lessons.get(mode, 0) + 1
        self.lessons_delivered += bool(verdict.plan.receivers)
        self.arrived += verdict.arrivals.events
        self.repeats += verdict.arrivals.repeats
        self.tries += verdict.arrivals.tries
        self.parked += verdict.arrivals.parked
        self.lesson_ms += verdict.plan.ends_ms
        self.billed_ms += verdict.billable_ms
        self.over_ms += verdict.over_ms
        self.over_lessons += verdict.over_ms > 0
        self.wrong_lessons += not verdict.is_right
        self.drops += len(verdict.drops_ms)
        self.under_ms += sum(verdict.drops_ms)
        self.worst_ms[mode] = max(self.worst_ms.get(mode, 0), verdict.worst_ms)

    lessons_delivered: int = 0
    arrived: int = 0
    repeats: int = 0
    tries: int = 0
    parked: int = 0

    @property
    def count(self) -> int:
        """How many lessons there were."""
        return sum(self.lessons.values())


def write_summary(summary: Summary) -> Iterator[str]:
    """Write the sums. The last line has the important ones."""
    modes = ", ".join(f"{count} {mode}" for mode, count in sorted(summary.lessons.items()))
    hours = summary.lesson_ms / 3_600_000
    yield f"{summary.count} lessons ({modes}), {hours:.1f} h of lesson, {summary.billed_ms / 3_600_000:.1f} h billed"
    yield f"{summary.wrong_lessons} lessons with something wrong, {summary.over_lessons} of them over-billed"
    if summary.lessons_delivered:
        yield (
            f"{summary.lessons_delivered} lessons with receivers: {summary.arrived} events arrived in {summary.tries} "
            f"tries, {summary.repeats} came again, {summary.parked} were parked"
        )
    worst = ", ".join(
        f"{worst_ms / 1000:.3f} s {mode}" for mode, worst_ms in sorted(summary.worst_ms.items())
    )
    allowed = f"{DROP_MS // 1000} s are allowed"
    yield f"besides its network's delay, a drop cost at most: {worst} ({allowed})"
    mean_ms = summary.under_ms / summary.drops if summary.drops else 0
    yield (
        f"over-billed {summary.over_ms / 1000:.3f} s; under-billed {mean_ms / 1000:.3f} s a drop, "
        f"{max(summary.worst_ms.values(), default=0) / 1000:.3f} s at most besides its delay ({summary.drops} drops)"
    )


def write_failure(verdict: LessonVerdict, number: int, seed: int, options: str = "") -> Iterator[str]:
    """Write what is wrong with a lesson, and the plan that shows it."""
    yield f"lesson {number} of seed {seed} ({verdict.plan.mode}): {'; '.join(_wrongs(verdict))}"
    yield f'  again: make simulate ARGS="--seed {seed} --first {number} --lessons 1{options}"'
    yield from write_history(verdict.plan)


def write_history(plan: Plan) -> Iterator[str]:
    """Write a plan, in the order in which things happen."""
    comes = {
        role: "never" if at_ms is None else f"{at_ms / 1000:.3f} s" for role, at_ms in plan.comes_ms.items()
    }
    yield (
        f"  the student comes {comes['student']}, the tutor {comes['tutor']}; latency "
        f"{plan.latency_ms['student']} and {plan.latency_ms['tutor']} ms; tick {plan.tick_ms} ms; "
        f"{'media' if plan.has_media else 'no media'}; cap {plan.cap_seconds} s; hooks {plan.hook_delay_ms} ms"
    )
    for number, receiver in enumerate(plan.receivers):
        yield f"  receiver {number}: {_describe(receiver)}"
    if plan.receivers:
        ends = "killed" if plan.is_killed else "stopped"
        yield f"  workers look every {plan.poll_ms} ms; the lesson's last process is {ends}"
    for trouble in plan.troubles:
        yield f"  {trouble.at_ms / 1000:9.3f} s  {_describe(trouble)}"
    by = (
        "both close their pages"
        if plan.ended_by is None
        else f"end: {plan.ended_by}, page open {plan.stays_ms} ms"
    )
    yield f"  {plan.ends_ms / 1000:9.3f} s  {by}"


def _wrongs(verdict: LessonVerdict) -> Iterator[str]:
    if verdict.over_ms:
        yield f"over-billed {verdict.over_ms} ms of {verdict.billable_ms} ms"
    if verdict.worst_ms > DROP_MS:
        allowed = f"{DROP_MS} ms and {verdict.delay_ms} ms of delay are allowed"
        yield f"a drop cost {max(verdict.drops_ms)} ms, {allowed}"
    yield from verdict.faults


def _describe(trouble: Trouble | ReceiverPlan) -> str:
    named = [f"{item.name}={getattr(trouble, item.name)}" for item in fields(trouble) if item.name != "at_ms"]
    return " ".join([type(trouble).__name__, *named])
