"""Lessons in which everything goes wrong bill no second too many, and each planted fault is found.

`make simulate` plays as many as one likes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from langdao_video.billing import intake
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.meter import Meter
from langdao_video.session.events import UserDisconnected
from langdao_video.session.roles import Role
from langdao_video.signaling.rules import RoomRules
from tests.examples import examples
from tools import simulator
from tools.simulator.chance import make_plan
from tools.simulator.lesson import LessonVerdict, play
from tools.simulator.oracle import DROP_MS
from tools.simulator.run import MODES, quiet, run, simulate
from tools.simulator.shrink import is_over_billed, shrink

ON_THE_WORLDS_LOOP: Final = ("cluster.py", "cluster_books.py", "letters.py", "loop.py", "node.py")

LESSONS = 240
"""How many lessons are played, always the same. A planted fault must show within as many."""
SEEDS = range(4)
LESSONS_OF_SEED = examples(LESSONS // len(SEEDS))
BILLED_MS_MIN = 14_400
"""How much is billed for a lesson on average: 250 lessons bill an hour."""


def first_that(fails: Callable[[LessonVerdict], bool], seed: int = 1, first: int = 0) -> LessonVerdict | None:
    return next((verdict for verdict in simulate(LESSONS, seed, first) if fails(verdict)), None)


@pytest.mark.requirement("R36")
@pytest.mark.parametrize("seed", SEEDS)
def test_no_lesson_is_over_billed_and_no_drop_costs_more_than_an_interval(seed: int) -> None:
    verdicts = list(simulate(LESSONS_OF_SEED, seed))

    assert [verdict.plan for verdict in verdicts if verdict.over_ms] == []
    assert [(verdict.plan, verdict.faults) for verdict in verdicts if verdict.faults] == []
    assert [verdict.plan for verdict in verdicts if not verdict.is_right] == []
    assert {verdict.plan.mode for verdict in verdicts} == set(MODES)
    assert sum(verdict.billable_ms for verdict in verdicts) > LESSONS_OF_SEED * BILLED_MS_MIN, (
        "most lessons are lessons"
    )


def test_where_nothing_goes_wrong_nothing_is_lost() -> None:
    plans = [make_plan((5 << 32) + number, MODES[number % len(MODES)]) for number in range(100)]

    with quiet():
        verdicts = [play(plan) for plan in plans if plan.mode == "together" and not plan.troubles]

    drops_ms = [ms for verdict in verdicts for ms in verdict.drops_ms]
    assert drops_ms
    assert max(drops_ms) <= DROP_MS


# ── Planted faults ───────────────────────────────────────────────────────────────────────────────


def test_a_meter_that_bridges_a_leave_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Meter.open

    def bridge(meter: Meter, role: Role, at_ms: int, sitting: int = 0) -> None:
        seat = meter._seats[role]
        if seat.spans and at_ms - seat.edge_ms <= 25_000:
            seat.is_open = True
            meter.extend(role, at_ms)
        opened(meter, role, at_ms, sitting)

    monkeypatch.setattr(Meter, "open", bridge)

    assert first_that(is_over_billed) is not None


def test_a_meter_that_counts_an_overlap_twice_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = Meter.pieces
    monkeypatch.setattr(Meter, "pieces", lambda meter: [*pieces(meter)[:1], *pieces(meter)])

    assert first_that(is_over_billed) is not None


def test_a_meter_that_runs_on_in_a_question_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Meter, "ask", lambda _meter, _from_ms: None)

    assert first_that(is_over_billed) is not None


@pytest.mark.slow
def test_a_meter_that_runs_on_after_the_end_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Meter, "end", lambda _meter, _at_ms: None)

    assert first_that(lambda verdict: not verdict.is_right, seed=3, first=56) is not None  # shows early there


def test_billing_to_when_a_loss_was_found_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    decide = intake.feed_event

    def decide_late(
        lesson: Lesson, event: object, now_ms: int, rules: object, *, is_from_elsewhere: bool
    ) -> intake.Intake:
        if isinstance(event, UserDisconnected):
            lesson.note_proof(event.user_role, now_ms)
            event = event.model_copy(update={"timestamp": now_ms})
        return decide(lesson, event, now_ms, rules, is_from_elsewhere=is_from_elsewhere)  # type: ignore[arg-type]

    monkeypatch.setattr("langdao_video.billing.service.feed_event", decide_late)

    assert first_that(is_over_billed) is not None


def test_a_service_that_tells_proofs_too_seldom_is_caught_by_what_a_drop_costs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "tools.simulator.service.RoomRules", lambda: RoomRules(ping_ms=10_000, heartbeat_ms=20_000)
    )

    caught = first_that(lambda verdict: not verdict.is_right)

    assert caught is not None
    assert (caught.over_ms, caught.faults) == (0, [])
    assert caught.worst_ms > DROP_MS


# ── The report ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_the_same_arguments_report_the_same() -> None:
    said: tuple[list[str], list[str]] = ([], [])

    results = [run(16, 7, 3, lines.append) for lines in said]

    assert results == [True, True]
    assert said[0] == said[1]
    assert "over-billed 0.000 s" in said[0][-1]


@pytest.mark.slow
def test_any_lesson_can_be_played_alone() -> None:
    together = list(simulate(8, 2))

    assert [next(simulate(1, 2, first)) for first in range(8)] == together


def test_a_failure_is_told_with_its_shortest_history(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = Meter.pieces

    def lengthen(meter: Meter) -> list[tuple[int, int]]:
        return [(start_ms, end_ms + 1_000) for start_ms, end_ms in pieces(meter)]

    monkeypatch.setattr(Meter, "pieces", lengthen)
    said: list[str] = []

    is_right = run(2, 1, 0, said.append)

    assert not is_right
    assert said[0].startswith("lesson 1 of seed 1 (apart): over-billed ")
    assert said[1] == '  again: make simulate ARGS="--seed 1 --first 1 --lessons 1"'
    assert shrink(next(simulate(1, 1, 1))).plan.troubles == ()


def test_nothing_in_it_reads_a_real_clock() -> None:
    files = sorted(Path(simulator.__file__).parent.glob("*.py"))
    forbidden = (
        "import time",
        "from time",
        "import datetime",
        "from datetime",
        "perf_counter",
        "import asyncio",
        "sleep(",
    )

    found = [
        (file.name, word) for file in files for word in forbidden if word in file.read_text(encoding="utf-8")
    ]

    assert len(files) > 10
    # The one loop has the world's time (tests/simulator/test_loop.py), and the others make tasks and futures of it.
    assert found == [(name, "import asyncio") for name in ON_THE_WORLDS_LOOP]
