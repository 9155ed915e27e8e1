"""What follows from a platform's command; whole lessons over both processes are in tests/apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.billing.commands import DEADLINE_MOVES_MS, decide_command
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.rules import BillRules
from langdao_video.session.claims import WarningCause
from langdao_video.session.commands import MoreTime, ResolveWarning, ShowLowBalance, Warn
from langdao_video.session.facts import (
    CapChanged,
    NoticeGiven,
    ProofLost,
    SeatLeft,
    SeatTaken,
    SessionCreated,
    Warned,
)

NOW_MS = 1_700_000_000_000
RULES = BillRules()


def alone() -> Lesson:
    """Return a lesson whose tutor left at NOW_MS."""
    lesson = Lesson("s")
    created = SessionCreated(
        student_address=None,
        tutor_address=None,
        language="es",
        start_ms=NOW_MS - 60_000,
        rate_minor=1,
        currency="USD",
        decimals=2,
    )
    lesson.record(created, NOW_MS - 60_000, "1")
    lesson.record(SeatTaken(role="student", epoch=1, address=None), NOW_MS - 60_000, "2")
    lesson.record(SeatTaken(role="tutor", epoch=1, address=None), NOW_MS - 60_000, "3")
    lesson.record(SeatLeft(role="tutor", epoch=1, reason="closed"), NOW_MS, "4")
    return lesson


@given(st.integers(-100_000, 100_000), st.sampled_from(["student", "tutor"]))
def test_a_question_is_asked_only_about_one_who_is_gone_and_never_into_the_past(due: int, role: str) -> None:
    asked_ms = NOW_MS + 6_000
    warn = Warn(role=role, grace_seconds=30, deadline_ms=asked_ms + due)  # type: ignore[arg-type]

    facts = decide_command(alone(), warn, asked_ms, RULES)

    if role == "student" or due <= 0 or due <= 30_000 - 6_000:  # asked before the tutor had left
        assert facts == [] or (role, due > 0) == ("tutor", True)
    for _, fact in facts:
        assert isinstance(fact, Warned)
        assert asked_ms < fact.due_ms <= asked_ms + 30_000


@given(st.integers(-20_000, 20_000))
def test_an_open_question_is_not_asked_again_and_its_deadline_moves_only_by_much(by_ms: int) -> None:
    lesson = alone()
    first = Warned(role="tutor", grace_seconds=30, due_ms=NOW_MS + 36_000, free_from_ms=NOW_MS + 6_000)
    lesson.record(first, NOW_MS + 6_000, "5")
    warn = Warn(role="tutor", grace_seconds=60, deadline_ms=first.due_ms + by_ms)

    facts = decide_command(lesson, warn, NOW_MS + 7_000, RULES)

    assert bool(facts) == (abs(by_ms) >= DEADLINE_MOVES_MS)
    for _, fact in facts:
        assert isinstance(fact, Warned)
        assert (fact.due_ms, fact.free_from_ms) == (first.due_ms + by_ms, first.free_from_ms)


@pytest.mark.parametrize(("cause", "is_asked"), [("silence", True), ("media", False), ("away", False)])
def test_before_the_beginning_only_a_silent_page_is_asked_about(
    cause: WarningCause, *, is_asked: bool
) -> None:
    lesson = Lesson("s")
    lesson.record(SeatTaken(role="student", epoch=1, address=None), NOW_MS - 60_000, "1")
    lesson.record(ProofLost(role="student", epoch=1, why="silence"), NOW_MS - 50_000, "2")
    lesson.record(SeatTaken(role="tutor", epoch=1, address=None), NOW_MS - 12_000, "3")
    warn = Warn(role="student", grace_seconds=30, deadline_ms=NOW_MS + 30_000, cause=cause)

    assert bool(decide_command(lesson, warn, NOW_MS, RULES)) is is_asked


def test_a_notice_is_given_once_and_a_cap_changes_once() -> None:
    lesson = alone()
    ((_, notice),) = decide_command(lesson, ShowLowBalance(250), NOW_MS, RULES)
    ((_, cap),) = decide_command(lesson, MoreTime(900), NOW_MS, RULES)
    lesson.record(notice, NOW_MS, "5")
    again = decide_command(lesson, ShowLowBalance(240), NOW_MS, RULES)
    lesson.record(cap, NOW_MS, "6")

    assert isinstance(notice, NoticeGiven)
    assert cap == CapChanged(cap_seconds=900, cap_minor=None)
    assert again == decide_command(lesson, MoreTime(900), NOW_MS, RULES) == []


def test_nothing_is_resolved_without_a_question() -> None:
    assert decide_command(alone(), ResolveWarning("wait"), NOW_MS, RULES) == []
