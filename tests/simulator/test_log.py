"""What the ledger's check takes for the end of a question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from langdao_video.session.claims import WarningCause
from langdao_video.session.facts import (
    Disputed,
    Ended,
    Fact,
    Mark,
    ProofLost,
    ProofResumed,
    Recorded,
    SeatTaken,
    Warned,
)
from tools.simulator.log import check_questions

FAULT = "a question that was over ended the lesson"
SEATS = (SeatTaken(role="student", epoch=1, address=None), SeatTaken(role="tutor", epoch=1, address=None))
END = Ended(
    ended_by="system", reason="grace-expired", address=None, total_seconds=71, billable_ms=0, cost_minor=0
)


def silence(*, is_open: bool) -> Disputed:
    return Disputed(
        role="student", epoch=1, kind="silence", student="no-answer", tutor="answers", is_open=is_open
    )


def records_of(*facts: Fact) -> list[Recorded]:
    return [
        Recorded(seq=seq, id=f"evt-{seq}", at_ms=seq * 1_000, mark=Mark(), fact=fact)
        for seq, fact in enumerate(facts, 1)
    ]


WARNED = Warned(role="student", grace_seconds=30, due_ms=34_000, free_from_ms=4_000, cause="silence")
LOST = ProofLost(role="student", epoch=1, why="media")
BACK = ProofResumed(role="student", epoch=1)


@pytest.mark.parametrize(
    ("between", "faults"),
    [
        ((), []),
        ((silence(is_open=False),), [FAULT]),
        ((LOST, silence(is_open=False)), []),
        ((LOST, silence(is_open=False), BACK), [FAULT]),
    ],
    ids=[
        "silent to the end",
        "it answers",
        "it answers, but says that nothing arrives",
        "something arrives again",
    ],
)
def test_a_question_about_a_silent_page_lasts_while_the_page_claims_something(
    between: tuple[Fact, ...], faults: list[str]
) -> None:
    """Found by the simulator (seed 44, lesson 445): the page answered again, and said that nothing arrives at it."""
    ledger = records_of(*SEATS, silence(is_open=True), WARNED, *between, END)

    assert check_questions(ledger) == faults


@pytest.mark.parametrize(
    ("cause", "faults"), [("away", [FAULT]), ("media", [])], ids=["it is back", "it says so again"]
)
def test_a_page_that_comes_back_and_says_that_nothing_arrives(cause: WarningCause, faults: list[str]) -> None:
    """Found by the simulator (seed 67, lesson 349): a question about media lasts while nothing arrives."""
    silent = ProofLost(role="student", epoch=1, why="silence")
    ledger = records_of(*SEATS, LOST, replace(WARNED, cause=cause), silent, LOST, END)

    assert check_questions(ledger) == faults


def test_a_new_page_of_a_silent_participant_is_back() -> None:
    """Found by the simulator: what the page before left unanswered is over."""
    taken = SeatTaken(role="student", epoch=2, address=None)
    ledger = records_of(*SEATS, silence(is_open=True), WARNED, taken, replace(WARNED, role="tutor"))

    assert check_questions(ledger) == []


def test_a_question_lasts_while_the_other_page_is_silent() -> None:
    """Found by the simulator: both pages lied."""
    tutors = replace(silence(is_open=True), role="tutor")
    media = records_of(*SEATS, LOST, tutors, replace(WARNED, cause="media"), BACK, END)
    silent = records_of(*SEATS, silence(is_open=True), tutors, WARNED, silence(is_open=False), END)
    away = records_of(*SEATS, tutors, replace(WARNED, cause="away"), BACK, END)

    assert [check_questions(each) for each in (media, silent, away)] == [[], [], [FAULT]]


def test_a_question_may_stay_once_evidence_denies_the_claim() -> None:
    denied = replace(silence(is_open=True), kind="media", student="nothing-arrives", tutor="is-received")
    over = replace(denied, is_open=False)
    ledger = records_of(*SEATS, LOST, replace(WARNED, cause="media"), denied, BACK, over, END)

    assert check_questions(ledger) == []
