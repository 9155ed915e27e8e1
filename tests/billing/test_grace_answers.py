"""Who may answer a question, what follows from the answer, and what a question contains (`grace.py`)."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from langdao_video.billing.claims import STAYS_MS
from langdao_video.billing.grace import SETTLING_MS, decide_due, decide_grace, end, total_seconds, warn
from langdao_video.billing.lesson import Lesson
from langdao_video.errors import Conflict
from langdao_video.session.claims import Claim
from langdao_video.session.facts import (
    ChoseToWait,
    Decider,
    Disputed,
    Ended,
    GraceResolved,
    ProofLost,
    ProofResumed,
    Warned,
)
from langdao_video.session.roles import ROLES, Role, other
from tests.billing.book import RULES, Book, T, connected, disputed
from tests.billing.timeline import ADDRESS

NOW_MS = T + 50_000


def asked(*lost: Role, about: Role = "tutor", is_media: bool = True, stays: bool = False) -> Book:
    """Make a session with a question about *about*, after *lost* lost their proof."""
    book = Book()
    book.meet()
    for role in lost:
        why: Literal["media", "silence"] = "media" if is_media else "silence"
        book.record((T + 20_000, ProofLost(role=role, epoch=1, why=why)))
    book.warn(about, 45_000, "media" if is_media else "away", stays=stays)
    return book


def refusal(book: Book, decided_by: Decider, decision: Literal["wait", "end"] = "wait") -> str:
    with pytest.raises(Conflict) as refused:
        decide_grace(book.lesson, decision, decided_by, NOW_MS)
    return refused.value.code


@pytest.mark.parametrize("decision", ["wait", "end"])
def test_only_an_open_question_may_be_answered_and_only_by_those_asked(
    decision: Literal["wait", "end"],
) -> None:
    live, disputes = Book(), asked("tutor")
    live.meet()
    assert disputes.lesson.warning is not None
    disputes.lesson.warning = replace(disputes.lesson.warning, cause="dispute")

    assert [refusal(live, each, decision) for each in (*ROLES, "platform")] == ["no-grace"] * 3
    assert refusal(asked("tutor", is_media=False), "tutor", decision) == "not-here"
    assert refusal(disputes, "tutor", decision) == "not-asked"


@pytest.mark.parametrize("decided_by", ["student", "tutor", "platform"])
def test_those_asked_and_the_platform_may_wait_or_end(decided_by: Decider) -> None:
    waits = [(NOW_MS, ChoseToWait(decided_by=decided_by))]

    assert decide_grace(asked("tutor").lesson, "wait", decided_by, NOW_MS) == waits
    ((at_ms, fact),) = decide_grace(asked("tutor").lesson, "end", decided_by, NOW_MS)
    assert (at_ms, fact) == (
        NOW_MS,
        Ended(
            ended_by=decided_by,
            reason="ended-during-grace",
            address=ADDRESS["tutor" if decided_by == "tutor" else "student"],
            total_seconds=50,
            billable_ms=20_000,
            cost_minor=20,
            until_ms=NOW_MS,
        ),
    )


def test_one_who_chose_to_wait_may_not_wait_again_but_may_end() -> None:
    book = asked("tutor")
    book.record((T + 48_000, ChoseToWait(decided_by="student")))

    assert refusal(book, "student") == "no-grace"
    assert len(decide_grace(book.lesson, "end", "student", NOW_MS)) == 1
    assert len(decide_grace(book.lesson, "wait", "tutor", NOW_MS)) == 1


def test_an_answer_that_was_only_owed_lets_the_meter_run() -> None:
    over, silent, alone = asked("tutor", stays=True), asked("tutor", stays=True), asked(*ROLES, stays=True)
    for book in (over, silent, alone):
        book.record((T + 46_000, ProofResumed(role="tutor", epoch=1)))
    silent.take(disputed("tutor", 47_000, "silence"))

    def facts(book: Book) -> list[object]:
        return [fact for _, fact in decide_grace(book.lesson, "wait", "platform", NOW_MS)]

    answer = ChoseToWait(decided_by="platform")
    assert facts(over) == [answer, GraceResolved()]
    assert facts(silent) == [answer]
    assert facts(alone) == [answer]
    assert decide_grace(over.lesson, "wait", "platform", NOW_MS)[1][0] == NOW_MS


def test_an_answer_from_before_the_claim_was_denied_counts_when_the_question_is_over() -> None:
    book = asked("tutor", stays=True)
    book.record((T + 46_000, ProofResumed(role="tutor", epoch=1)))
    book.lesson.waits = frozenset({"student"})
    for seat in book.lesson.seats.values():
        seat.heard_ms = T + 90_000

    due = decide_due(book.lesson, T + 90_000, RULES)

    assert [fact for _, fact in due] == [ChoseToWait(decided_by="student"), GraceResolved()]


def test_a_bill_settles_only_if_a_call_service_elsewhere_reports_the_session() -> None:
    here, elsewhere = asked("tutor").lesson, asked("tutor").lesson
    elsewhere.is_from_elsewhere = True

    assert end(here, "tutor", "x", NOW_MS).final_at_ms is None
    assert end(elsewhere, "tutor", "x", NOW_MS).final_at_ms == NOW_MS + SETTLING_MS
    assert end(elsewhere, "tutor", "x", T + 10_000, NOW_MS).final_at_ms == NOW_MS + SETTLING_MS
    assert end(elsewhere, "tutor", "x", T + 10_000, NOW_MS).billable_ms == 10_000


def test_the_seconds_of_a_session_are_whole_and_never_negative() -> None:
    lesson = asked("tutor").lesson

    assert [total_seconds(lesson, T + at) for at in (-5_000, 0, 999, 1_000, 59_999)] == [0, 0, 0, 1, 59]
    assert total_seconds(Lesson("s"), T) == 0


# ── What a question contains ─────────────────────────────────────────────────────────────────────


def question(book: Book, at: int) -> Warned:
    for role in ROLES:
        book.lesson.seats[role].heard_ms = T + at - 5_000
    ((_, fact),) = decide_due(book.lesson, T + at, RULES)
    assert isinstance(fact, Warned)
    return fact


def test_a_question_says_in_whole_seconds_how_long_it_stands() -> None:
    lesson = asked("tutor").lesson

    assert warn(lesson, "tutor", T, replace(RULES, grace_ms=29_999)) == Warned(
        role="tutor", grace_seconds=29, due_ms=T + 29_999, free_from_ms=T
    )
    assert isinstance(warn(lesson, "tutor", T, RULES).grace_seconds, int)


@pytest.mark.parametrize(
    ("lost", "about", "says"),
    [
        (["student"], "student", ("nothing-arrives", None)),
        (["tutor"], "tutor", (None, "nothing-arrives")),
        (["tutor", "student"], "student", ("nothing-arrives", "nothing-arrives")),
    ],
)
def test_a_question_about_media_names_the_pages_at_which_nothing_arrives(
    lost: list[Role], about: Role, says: tuple[str | None, str | None]
) -> None:
    book = Book()
    book.meet()
    for role in lost:
        book.record((T + 20_000, ProofLost(role=role, epoch=1, why="media")))

    asks = question(book, 45_000)

    assert (asks.role, asks.cause, (asks.student_says, asks.tutor_says)) == (about, "media", says)


def test_a_question_about_a_claim_says_what_both_claim() -> None:
    book = Book()
    book.meet()
    book.take(disputed("tutor", 21_000, "silence"))

    asks = question(book, 31_000)

    assert (asks.role, asks.cause, asks.stays) == ("tutor", "silence", False)
    assert (asks.student_says, asks.tutor_says) == ("nothing-arrives", "is-received")


def test_a_question_about_a_missing_participant_has_no_claims() -> None:
    book = Book()
    book.meet()
    book.take(disputed("tutor", 21_000, "silence"))
    book.record((T + 20_000, ProofLost(role="student", epoch=1, why="silence")))

    asks = question(book, 25_000)

    assert (asks.role, asks.cause, asks.student_says, asks.stays) == ("student", "away", None, False)


@pytest.mark.parametrize("about", ROLES)
@pytest.mark.parametrize(
    ("says", "cost_ms", "stays"),
    [
        ("is-received", STAYS_MS, True),
        ("is-received", STAYS_MS - 1, False),
        ("sends", STAYS_MS, False),  # no evidence shows what arrived: the network may have failed
        (None, 10 * STAYS_MS, False),  # no evidence denies it
    ],
)
def test_a_question_stays_for_its_answer_after_twenty_seconds_of_claims_that_evidence_denies(
    about: Role, says: Claim | None, cost_ms: int, *, stays: bool
) -> None:
    book = Book()
    book.meet()
    book.record((T + 20_000, ProofLost(role=about, epoch=1, why="media")))
    if says is not None:
        both: dict[Role, Claim] = {about: "nothing-arrives", other(about): says}
        claim = Disputed(role=about, epoch=1, kind="media", student=both["student"], tutor=both["tutor"])
        book.record((T + 35_000, claim))
    book.lesson.claims.cost_ms[about] = cost_ms
    book.lesson.claims.cost_ms[other(about)] = 0 if stays else 10 * STAYS_MS

    asks = question(book, 45_000)

    assert (asks.role, asks.stays) == (about, stays)


def test_before_the_two_have_met_nobody_is_asked() -> None:
    book = Book()
    book.take(connected("tutor", 0))

    assert decide_due(book.lesson, T + 45_000, RULES) == [
        (T, ProofLost(role="tutor", epoch=1, why="silence"))
    ]
    book.record((T, ProofLost(role="tutor", epoch=1, why="silence")))
    assert decide_due(book.lesson, T + 45_000, RULES) == []
