"""When the deadlines of a session are due, and what follows then (`grace.py`), to the millisecond."""

from __future__ import annotations

from dataclasses import replace

import pytest

from langdao_video.billing.grace import SETTLING_MS, Due, decide_due, plan_deadlines, settle, warn
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.quota import Cap
from langdao_video.billing.rules import BillRules
from langdao_video.session.facts import (
    BillSettled,
    ChoseToWait,
    Decider,
    Ended,
    Fact,
    GraceResolved,
    NoticeGiven,
    ProofLost,
    ProofResumed,
    SeatLeft,
    SeatTaken,
    Warned,
)
from langdao_video.session.roles import ROLES, Role, other
from langdao_video.session.state import State
from tests.billing.book import RULES, Book, T, connected, disputed, ended, heartbeat, left
from tests.billing.timeline import ADDRESS

HOUR_MS = 3_600_000


def met(until: int = 20_000, cap: Cap | None = None) -> Book:
    book = Book()
    book.lesson.cap = cap
    book.meet(until)
    return book


def lost(*roles: Role, at: int = 20_000, why: str = "silence") -> Book:
    """Make a session in which *roles* were lost at *at*."""
    book = met(at)
    for role in roles:
        fact = ProofLost(role=role, epoch=1, why="media" if why == "media" else "silence")
        book.record((T + at, fact))
    return book


def gone(role: Role) -> ProofLost:
    return ProofLost(role=role, epoch=1, why="silence")


def plan(book: Book, rules: BillRules = RULES) -> dict[Due, int]:
    """Return what there is to wait for, ms from the start."""
    return {kind: due - T for kind, due in plan_deadlines(book.lesson, rules).items() if due is not None}


def due(book: Book, at: int, rules: BillRules = RULES) -> list[tuple[int, Fact]]:
    """Return what is due at *at*, times from the start."""
    return [(at_ms - T, fact) for at_ms, fact in decide_due(book.lesson, T + at, rules)]


def waiting(decided_by: Decider, book: Book, at: int) -> Book:
    book.record((T + at, ChoseToWait(decided_by=decided_by)))
    return book


# ── When deadlines are due ───────────────────────────────────────────────────────────────────────


def test_every_kind_of_deadline_has_its_place_in_the_plan() -> None:
    kinds = {"silence", "warn", "grace", "notice", "cap", "vacant", "final"}

    assert plan_deadlines(Lesson("s"), RULES) == dict.fromkeys(kinds)
    assert set(plan_deadlines(met().lesson, RULES)) == kinds


def test_the_silence_deadline_is_that_of_the_seat_heard_longest_ago() -> None:
    book = met()
    book.take(heartbeat("student", 30_000))
    heard = met()
    heard.lesson.seats["tutor"].heard_ms = T + 29_000
    heard.lesson.seats["student"].heard_ms = T + 28_000

    assert plan(met()) == {"silence": 45_001}
    assert plan(book) == {"silence": 45_001}
    assert plan(heard) == {"silence": 53_001}


def test_a_lost_seat_has_no_silence_deadline_and_the_other_is_asked_after_five_seconds() -> None:
    book = lost("tutor")
    book.take(heartbeat("student", 30_000))
    media = lost("tutor", why="media")
    media.take(heartbeat("student", 30_000))

    assert plan(book) == {"silence": 55_001, "warn": 25_000}
    assert plan(lost("tutor", "student")) == {"warn": 25_000}
    assert plan(media) == {"silence": 45_001, "warn": 45_000}


def test_if_both_are_gone_the_question_is_about_the_one_who_went_first() -> None:
    book = lost("tutor")
    book.take(heartbeat("student", 30_000))
    book.record((T + 30_000, SeatLeft(role="student", epoch=1, reason="x")))

    assert plan(book) == {"warn": 25_000}


def test_after_somebody_chose_to_wait_detection_begins_anew() -> None:
    book = lost("tutor", "student")
    book.warn("tutor", 25_000)

    assert plan(book) == {"grace": 55_000}
    assert plan(waiting("student", book, 40_000)) == {"warn": 65_000}


def test_a_lesson_that_waits_with_nobody_in_it_is_under_way_for_an_hour() -> None:
    book, first = Book(), Lesson("s")
    book.take(connected("tutor", 0))
    there = plan(book)
    book.take(left("tutor", 5_000))
    first.record(SeatTaken(role="tutor", epoch=1, address=None), 0, "a")
    first.record(SeatLeft(role="tutor", epoch=1, reason="x"), 0, "b")
    both = Book()
    both.take(connected("tutor", 0))
    both.take(left("tutor", 5_000))
    both.take(connected("student", 9_000))
    both.take(left("student", 12_000))

    assert there == {"silence": 25_001}
    assert plan(book) == {"vacant": 5_000 + HOUR_MS}
    assert plan(both) == {"vacant": 12_000 + HOUR_MS}
    assert plan_deadlines(first, RULES)["vacant"] == HOUR_MS
    assert plan(Book()) == {}


def test_an_ended_lesson_waits_for_nothing_but_its_final_bill() -> None:
    final, settling = met(cap=Cap(60)), met(cap=Cap(60))
    final.take(ended(20_000))
    settling.take(ended(20_000), now=21_000, elsewhere=True)

    assert plan(final) == {}
    assert plan(settling) == {"final": 21_000 + SETTLING_MS}


def test_a_cap_is_planned_when_it_is_reached_and_the_next_notice_before_it() -> None:
    two = met(cap=Cap(400))
    two.lesson.notices = frozenset({300})
    none = met(cap=Cap(400))
    none.lesson.notices = frozenset({300, 60})
    tutor_gone = lost("tutor")
    tutor_gone.lesson.cap = Cap(400)

    assert plan(met(cap=Cap(400))) == {"silence": 45_001, "notice": 100_000}
    late = met(until=260_000, cap=Cap(310))

    assert plan(late)["notice"] == 250_000
    assert plan(two) == {"silence": 45_001, "notice": 340_000}
    assert plan(none) == {"silence": 45_001}
    assert plan(met(cap=Cap(20))) == {"silence": 45_001, "cap": 20_000}
    assert plan(met(cap=Cap(21))) == {"silence": 45_001}
    assert plan(met(cap=Cap(minor=400))) == {"silence": 45_001, "notice": 100_000}
    assert plan(tutor_gone) == {"silence": 45_001, "warn": 25_000}


# ── Deadlines of claims ──────────────────────────────────────────────────────────────────────────


def claimed(role: Role = "tutor", at: int = 21_000) -> Book:
    """Make a session in which the page of *role* does not answer."""
    book = met()
    book.take(disputed(role, at, "silence"))
    return book


def test_somebody_is_asked_about_a_claim_while_the_other_side_is_heard() -> None:
    assert plan(claimed()) == {"silence": 45_001, "warn": 31_000}
    assert plan(claimed("student")) == {"silence": 45_001, "warn": 31_000}

    late = claimed(at=26_000)
    missed = claimed(at=25_001)
    missed.lesson.seats["student"].heard_ms = T + 20_000
    assert plan(late).get("warn") is None  # the deadline of the other side comes first
    assert plan(missed).get("warn") is None
    assert plan(claimed(at=25_000))["warn"] == 35_000


def test_nobody_is_asked_about_a_claim_where_the_platform_wants_a_pause() -> None:
    assert plan(claimed(), replace(RULES, disputes="pause")) == {"silence": 45_001}
    assert plan(claimed(), replace(RULES, disputes="bill"))["warn"] == 31_000


def test_no_question_about_a_claim_opens_in_a_question_before_both_met_or_about_one_who_is_gone() -> None:
    asked, alone = claimed(), Book()
    asked.warn("tutor", 31_000, "silence")
    alone.take(connected("tutor", 0))
    alone.take(disputed("tutor", 1_000, "silence"))
    gone = claimed()
    gone.record((T + 20_000, ProofLost(role="student", epoch=1, why="silence")))

    missed = claimed("student", at=25_001)
    missed.lesson.seats["student"].heard_ms = T + 34_000  # so the deadline of the tutor comes first

    assert plan(missed) == {"silence": 45_001}
    assert plan(asked) == {"silence": 45_001, "grace": 61_000}
    assert plan(alone) == {"silence": 25_001}
    assert plan(gone)["warn"] == 25_000


def late(role: Role = "student") -> Book:
    """Make a session in which *role*, alone, has answered nothing since 15 s; the other came at 50 s."""
    book = Book()
    book.take(connected(role, 0))
    book.take(heartbeat(role, 15_000))
    book.record((T + 15_000, gone(role)))
    book.take(connected(other(role), 50_000))
    book.take(disputed(role, 52_000, "silence"), now=52_000)
    return book


@pytest.mark.parametrize("role", ROLES)
def test_a_page_that_is_silent_since_before_the_beginning_is_asked_about_and_nothing_is_billed(
    role: Role,
) -> None:
    book = late(role)
    assert (book.lesson.state, plan(book)["warn"]) == (State.WAITING, 62_000)

    ((_, asks),) = due(book, 62_000)
    assert isinstance(asks, Warned)
    assert (asks.role, asks.cause, asks.stays) == (role, "silence", False)

    book.record((T + 62_000, asks))
    assert (book.lesson.state, book.lesson.asked) == (State.GRACE, [other(role)])
    assert plan(book)["grace"] == 92_000
    waiting(other(role), book, 65_000)
    assert (book.lesson.state, plan(book)["warn"]) == (State.PAUSED, 90_000)
    assert book.lesson.billable_ms == 0


def test_a_page_that_answers_again_begins_the_session_and_closes_its_question() -> None:
    book = late()
    book.record(*[(T + at, fact) for at, fact in due(book, 62_000)])

    book.record((T + 70_000, ProofResumed(role="student", epoch=1)))
    book.take(disputed("student", 70_002, "silence", is_open=False), now=70_002)
    book.take(heartbeat("student", 75_000))
    book.take(heartbeat("tutor", 75_000))

    assert (book.lesson.state, book.lesson.warning) == (State.LIVE, None)
    assert book.lesson.billable_ms <= 5_000


def test_before_the_beginning_nobody_is_asked_who_is_silent_too_or_where_the_platform_wants_a_pause() -> None:
    both = late()
    both.record((T + 52_000, gone("tutor")))
    left_alone = late()
    left_alone.take(left("tutor", 53_000))

    assert "warn" not in plan(both)
    assert "warn" not in plan(left_alone)
    assert "warn" not in plan(late(), replace(RULES, disputes="pause"))


def test_of_two_claims_the_one_that_is_due_first_is_asked_about() -> None:
    book = claimed("tutor", 24_000)
    book.take(disputed("student", 22_000, "silence"), now=24_000)
    even = lost("tutor", "student", why="media")
    for seat in even.lesson.seats.values():
        seat.heard_ms = T + 30_000

    assert plan(book)["warn"] == 32_000
    assert [fact.role for _, fact in due(book, 32_000) if isinstance(fact, Warned)] == ["student"]
    assert plan(even)["warn"] == 45_000
    assert [fact.role for _, fact in due(even, 45_000) if isinstance(fact, Warned)] == ["student"]


def test_after_somebody_waited_a_claim_is_asked_about_anew() -> None:
    book = lost("tutor", why="media")
    book.warn("tutor", 45_000, "media")
    for at in range(30_000, 60_001, 10_000):
        book.take(heartbeat("student", at))
    waiting("platform", book, 50_000)

    assert plan(book) == {"silence": 45_001, "warn": 75_000}


# ── What follows when they are due ───────────────────────────────────────────────────────────────


def test_a_seat_silent_for_more_than_25_seconds_is_lost_since_its_last_proof() -> None:
    book = met()
    book.take(heartbeat("student", 30_000))
    heard = met()
    heard.lesson.seats["tutor"].heard_ms = T + 21_000

    assert due(met(), 45_000) == []
    assert due(met(), 45_001) == [(20_000, gone("student")), (20_000, gone("tutor"))]
    assert due(book, 55_000) == [(20_000, gone("tutor"))]
    assert due(book, 55_001) == [(30_000, gone("student")), (20_000, gone("tutor"))]
    assert due(heard, 45_001) == [(20_000, gone("student"))]
    assert due(lost("student"), 45_001) == [(20_000, gone("tutor"))]


def test_a_seat_that_was_left_is_not_found_silent() -> None:
    book = met()
    book.take(left("student", 20_000))

    assert due(book, 45_001) == [(20_000, gone("tutor"))]


def question(role: Role, at: int, free_from: int | None = None) -> Warned:
    free_ms = T + (at if free_from is None else free_from)
    return Warned(role=role, grace_seconds=30, due_ms=T + at + 30_000, free_from_ms=free_ms)


def test_the_other_is_asked_five_seconds_after_the_last_proof() -> None:
    book = lost("tutor")

    assert due(book, 24_999) == []
    assert due(book, 25_000) == [(25_000, question("tutor", 25_000))]


def test_a_question_is_free_from_as_much_earlier_as_the_other_clock_is_behind() -> None:
    book = lost("tutor")
    book.lesson.lags_ms = (4_000, 5_000, 6_000, 7_000)

    assert warn(book.lesson, "tutor", T + 25_000, RULES) == question("tutor", 25_000, 21_000)
    assert due(book, 25_000) == [(25_000, question("tutor", 25_000, 21_000))]


def test_a_question_nobody_answers_ends_the_lesson() -> None:
    book = lost("tutor")
    book.warn("tutor", 25_000)
    book.lesson.seats["student"].heard_ms = T + 50_000

    assert due(book, 54_999) == []
    fact = Ended(
        ended_by="system",
        reason="grace-expired",
        address=ADDRESS["student"],
        total_seconds=55,
        billable_ms=20_000,
        cost_minor=20,
        until_ms=T + 55_000,
    )
    assert due(book, 55_000) == [(55_000, fact)]


def test_a_question_that_one_of_two_answered_with_wait_ends_with_wait() -> None:
    book = lost("tutor", why="media")
    book.warn("tutor", 30_000, "media")
    for role in ("student", "tutor"):
        book.lesson.seats[role].heard_ms = T + 59_000
    waiting("student", book, 40_000)

    assert due(book, 60_000) == [(60_000, ChoseToWait(decided_by="student"))]


def test_a_question_that_only_owes_its_answer_is_over_with_its_time() -> None:
    book = lost("tutor", why="media")
    book.warn("tutor", 30_000, "media", stays=True)
    book.record((T + 50_000, ProofResumed(role="tutor", epoch=1)))
    book.lesson.seats["student"].heard_ms = T + 59_000

    assert due(book, 60_000) == [(60_000, GraceResolved())]


def test_a_cap_that_is_reached_ends_the_lesson_at_once() -> None:
    book = met(cap=Cap(20))

    assert [(at, type(fact)) for at, fact in due(book, 19_999)] == []
    ((at, fact),) = due(book, 21_000)
    assert isinstance(fact, Ended)
    assert (at, fact.reason, fact.ended_by, fact.billable_ms) == (21_000, "cap-reached", "system", 20_000)


def test_a_notice_says_what_was_planned_unless_it_comes_ten_seconds_late() -> None:
    def left_at(now: int) -> list[tuple[int, Fact]]:
        book = met(cap=Cap(400))
        for role in ("student", "tutor"):
            book.lesson.seats[role].heard_ms = T + now
        return due(book, now)

    assert left_at(99_999) == []
    assert left_at(100_000) == [(100_000, NoticeGiven(remaining_seconds=300))]
    assert left_at(109_999) == [(109_999, NoticeGiven(remaining_seconds=300))]
    assert left_at(110_000) == [(110_000, NoticeGiven(remaining_seconds=290))]
    assert left_at(110_001) == [(110_001, NoticeGiven(remaining_seconds=289))]
    assert left_at(401_000) == [(401_000, NoticeGiven(remaining_seconds=0))]


def test_the_settled_bill_is_recorded_when_it_is_final() -> None:
    book = met()
    book.take(ended(30_000), now=31_000, elsewhere=True)
    book.take(ended(25_000), now=32_000, elsewhere=True)
    book.lesson.corrected_minor = 3
    fact = BillSettled(total_seconds=25, billable_ms=20_000, cost_minor=23)

    assert due(book, 60_999) == []
    assert due(book, 61_000) == [(61_000, fact)]
    assert settle(book.lesson) == fact
