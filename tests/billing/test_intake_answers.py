"""The result of an event without effect, of an end and of a claim, and when a question closes (`intake.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest

from langdao_video.billing.grace import SETTLING_MS
from langdao_video.billing.intake import Idle, Intake
from langdao_video.errors import EventRefused
from langdao_video.session.events import PublicEvent
from langdao_video.session.facts import (
    BillSettled,
    Disputed,
    Ended,
    EndedBy,
    EndRevised,
    Fact,
    GraceResolved,
    ProofLost,
    SeatLeft,
    SeatTaken,
    UserActed,
)
from langdao_video.session.roles import Role
from tests.billing.book import Book, T, acted, connected, disputed, ended, heartbeat, left
from tests.billing.test_intake_rules import refusal, revised
from tests.billing.timeline import ADDRESS

RESOLVED = GraceResolved()


def met(until: int = 20_000) -> Book:
    book = Book()
    book.meet(until)
    return book


def told(book: Book, event: PublicEvent, now: int | None = None) -> list[tuple[int, Fact]]:
    """Return the facts of *event*, with times from the session's start."""
    return [(at_ms - T, fact) for at_ms, fact in book.take(event, now=now).facts]


def kinds(book: Book, event: PublicEvent, now: int | None = None) -> list[type[Fact]]:
    return [type(fact) for _, fact in told(book, event, now)]


# ── Events without effect ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "event", "idle"),
    [
        ([], connected("tutor", 0), "event-known"),
        ([left("tutor", 25_000)], left("tutor", 25_000), "event-known"),
        ([left("tutor", 25_000)], left("tutor", 26_000), "event-known"),
        (
            [left("tutor", 22_000, None), connected("tutor", 23_000, 2)],
            left("tutor", 22_000, None),
            "event-overtaken",
        ),
        ([], heartbeat("tutor", 20_000), "event-overtaken"),
        ([left("tutor", 20_000)], heartbeat("tutor", 20_000), "event-overtaken"),
    ],
)
def test_a_known_or_overtaken_event_is_not_refused(
    before: list[PublicEvent], event: PublicEvent, idle: Idle
) -> None:
    book = met()
    for each in before:
        book.take(each)

    assert book.take(event, now=30_000) == Intake(idle=idle)


def test_a_goodbye_before_the_hello_is_early() -> None:
    assert Book().take(left("tutor", 5_000, None)) == Intake(idle="event-early")


def test_events_of_an_older_sitting_or_of_a_left_seat_are_refused() -> None:
    again, gone = met(), met()
    again.take(connected("tutor", 21_000, 2))
    gone.take(left("tutor", 21_000))

    assert refusal(again, heartbeat("tutor", 22_000, 1)) == "old-epoch"
    assert refusal(again, left("tutor", 22_000, 1)) == "old-epoch"
    assert refusal(gone, heartbeat("tutor", 22_000, 1)) == "seat-left"
    assert refusal(gone, heartbeat("tutor", 22_000, None)) == "seat-left"
    assert again.take(heartbeat("tutor", 22_000, 2)).idle is None


def test_a_microphone_that_was_switched_is_kept() -> None:
    assert met().take(acted("tutor", 5_000)) == Intake([(T + 5_000, UserActed(role="tutor", action="muted"))])


# ── The end ──────────────────────────────────────────────────────────────────────────────────────


def settling(at: int = 30_000) -> Book:
    """Make a session of another call service whose bill is settling."""
    book = met()
    book.take(ended(at), now=at + 1_000, elsewhere=True)
    return book


@pytest.mark.parametrize(
    ("by", "told_by", "whose"),
    [
        ("tutor", "tutor", "tutor"),
        ("student", "student", "student"),
        ("platform", "platform", "student"),
        ("system", "platform", "student"),
    ],
)
def test_an_end_says_who_ended_it_and_what_it_comes_to(by: EndedBy, told_by: EndedBy, whose: Role) -> None:
    fact = Ended(
        ended_by=told_by,
        reason="ended-by-user",
        address=ADDRESS[whose],
        total_seconds=30,
        billable_ms=20_000,
        cost_minor=20,
        until_ms=T + 30_000,
    )
    revision = EndRevised(ended_by=told_by, reason="early", address=ADDRESS[whose], total_seconds=29)

    assert met().take(ended(30_000, by), now=31_000) == Intake([(T + 30_000, fact)])
    assert settling().take(ended(29_999, by, "early"), now=31_000) == Intake([(T + 29_999, revision)])


def test_only_a_session_of_a_call_service_elsewhere_settles() -> None:
    from_there, since = met(), met()
    since.lesson.is_from_elsewhere = True

    facts = [
        from_there.take(ended(30_000, reason="x"), now=31_000, elsewhere=True).facts[0][1],
        since.take(ended(30_000, reason="x"), now=31_000).facts[0][1],
        met().take(ended(30_000, reason="x"), now=31_000).facts[0][1],
    ]

    assert [isinstance(fact, Ended) and (fact.reason, fact.final_at_ms) for fact in facts] == [
        ("x", T + 31_000 + SETTLING_MS),
        ("x", T + 31_000 + SETTLING_MS),
        ("x", None),
    ]


def test_only_an_earlier_end_changes_a_bill_that_settles_and_none_changes_a_final_one() -> None:
    final = met()
    final.take(ended(30_000))
    book = settling()

    assert final.take(ended(25_000)) == Intake(idle="event-known")
    assert book.take(ended(30_000), now=32_000) == Intake(idle="event-known")
    assert book.take(ended(31_000), now=32_000) == Intake(idle="event-known")
    assert kinds(book, ended(12_000), 32_000) == [EndRevised]
    assert (book.lesson.billable_ms, book.lesson.ended_at_ms) == (12_000, T + 12_000)
    assert book.take(ended(12_000), now=32_000) == Intake(idle="event-known")


def test_after_the_end_claims_are_ignored_and_after_the_final_bill_all_events_are_refused() -> None:
    book, final = settling(), settling()
    final.record((T + 60_000, BillSettled(total_seconds=30, billable_ms=20_000, cost_minor=20)))

    assert refusal(book, acted("tutor", 25_000)) == "session-over"
    assert refusal(book, disputed("tutor", 25_000)) == "session-over"
    assert refusal(final, heartbeat("tutor", 25_000)) == "session-over"
    assert refusal(final, acted("tutor", 25_000)) == "session-over"


def test_a_late_event_from_before_the_end_is_billed_up_to_the_end() -> None:
    within, over = settling(), settling()

    before = revised((0, 28_000), (0, 28_000, 1, None), edge=28_000, is_taken=False)
    assert within.take(heartbeat("tutor", 28_000), now=31_000) == Intake([(T + 28_000, before)], None)
    up_to = revised((0, 30_000), (0, 30_000, 1, None), edge=30_000, is_taken=False)
    assert over.take(heartbeat("tutor", 35_000), now=36_000) == Intake([(T + 35_000, up_to)], None)
    assert refusal(over, heartbeat("tutor", 40_000)) == "session-over"
    over.take(heartbeat("student", 35_000), now=36_000)
    assert over.lesson.billable_ms == 30_000


def test_a_sitting_that_begins_with_the_end_or_proves_nothing_before_it_is_none() -> None:
    book = settling()

    assert book.take(connected("tutor", 30_000, 2), now=31_000) == Intake(idle="event-known")
    assert refusal(book, connected("tutor", 30_001, 3)) == "session-over"
    assert settling().take(connected("tutor", 29_999, 2), now=31_000) == Intake(idle="event-known")


def test_a_late_event_begins_nothing_after_the_end() -> None:
    book = settling()
    book.take(connected("tutor", 30_000, 2), now=31_000)

    change = revised((0, 30_000), (0, 30_000, 1, "replaced"), edge=30_000, epoch=2, is_taken=False)
    assert book.take(heartbeat("tutor", 30_000, 1), now=31_000) == Intake([(T + 30_000, change)], None)


def test_a_heartbeat_of_a_seat_that_was_left_before_the_end_is_overtaken() -> None:
    book = met()
    book.take(left("tutor", 22_000))
    book.take(ended(30_000), now=31_000, elsewhere=True)

    assert book.take(heartbeat("tutor", 29_000), now=31_000) == Intake(idle="event-overtaken")


# ── A question is over ───────────────────────────────────────────────────────────────────────────


def asked(*, stays: bool = False, is_alone: bool = False) -> Book:
    """Make a session in which the tutor is silent from 0:20 on, and the student is asked at 0:46."""
    book = met()
    for at in (30_000, 40_000):
        book.take(heartbeat("student", at))
    book.record((T + 20_000, ProofLost(role="tutor", epoch=1, why="silence")))
    if is_alone:
        book.record((T + 40_000, ProofLost(role="student", epoch=1, why="silence")))
    book.warn("tutor", 46_000, stays=stays)
    return book


@pytest.mark.parametrize(("now", "resolved_at"), [(50_500, 50_500), (49_000, 50_000)])
def test_a_return_ends_the_question_when_its_event_arrives(now: int, resolved_at: int) -> None:
    facts = told(asked(), heartbeat("tutor", 50_000), now)

    assert facts[-1] == (resolved_at, RESOLVED)


def test_a_question_is_over_only_with_both_and_if_nothing_holds_it() -> None:
    back = heartbeat("tutor", 50_000)

    assert GraceResolved in kinds(asked(), back)
    assert GraceResolved in kinds(asked(), connected("tutor", 50_000, 2))
    assert GraceResolved not in kinds(asked(is_alone=True), back)
    assert GraceResolved not in kinds(asked(stays=True), back)
    assert GraceResolved not in kinds(asked(), heartbeat("student", 50_000))
    assert GraceResolved not in kinds(asked(), connected("student", 50_000, 2))


def test_a_leave_or_a_heartbeat_without_media_ends_no_question() -> None:
    left_book, torn = met(), met()
    left_book.warn("tutor", 21_000, "media")
    torn.warn("tutor", 21_000, "media")

    assert kinds(left_book, left("tutor", 25_000)) == [SeatLeft]
    assert kinds(torn, heartbeat("tutor", 35_000, flows=False)) == [ProofLost]


def test_late_news_that_somebody_is_there_ends_the_question() -> None:
    book = met()
    book.take(heartbeat("student", 30_000))
    book.take(left("tutor", 40_000))
    book.warn("tutor", 46_000)

    facts = told(book, connected("tutor", 35_000, 2), 47_000)

    assert facts[-1] == (47_000, RESOLVED)


def test_late_news_that_somebody_was_gone_does_not() -> None:
    book = met(until=40_000)
    book.warn("tutor", 41_000, "media")

    facts = told(book, left("tutor", 35_000), 47_000)

    assert [type(fact).__name__ for _, fact in facts] == ["PresenceRevised"]


# ── A claim ──────────────────────────────────────────────────────────────────────────────────────


def test_a_claim_is_kept_with_what_both_say() -> None:
    fact = Disputed(role="student", epoch=1, kind="media", student="nothing-arrives", tutor="is-received")

    assert met().take(disputed("student", 21_000)) == Intake([(T + 21_000, fact)])
    assert met().take(disputed("student", 21_000, epoch=None)) == Intake([(T + 21_000, fact)])


def test_a_claim_of_another_sitting_or_of_nobody_is_overtaken() -> None:
    gone = met()
    gone.take(left("student", 21_000))

    assert met().take(disputed("student", 21_000, epoch=2)) == Intake(idle="event-overtaken")
    assert gone.take(disputed("student", 22_000)) == Intake(idle="event-overtaken")
    assert gone.take(disputed("student", 22_000, epoch=None)) == Intake(idle="event-overtaken")


def test_a_claim_is_recorded_once_and_its_end_once() -> None:
    book = met()
    over = disputed("student", 22_000, is_open=False)

    assert kinds(book, over) == [Disputed]  # its beginning is on its way, and will be late
    assert book.take(over) == Intake(idle="event-known")
    assert kinds(book, disputed("student", 23_000)) == [Disputed]
    assert book.take(disputed("student", 24_000)) == Intake(idle="event-known")
    assert book.take(disputed("student", 24_000, "silence", is_open=False)) == Intake(idle="event-known")
    assert kinds(book, disputed("student", 24_000, "silence")) == [Disputed]
    assert book.take(over) == Intake(idle="event-overtaken")
    (fact,) = [fact for _, fact in told(book, disputed("student", 25_000, "silence", is_open=False))]
    assert isinstance(fact, Disputed)
    assert not fact.is_open


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_a_claim_is_over_in_whatever_order_its_events_come(order: Sequence[int]) -> None:
    """A silence whose end came before its beginning held the meter, and ended the session."""
    book = met()
    events = [
        disputed("student", 21_000 + 1_000 * n, "silence", is_open=n % 2 == 0) for n in range(len(order))
    ]

    for n in order:
        book.take(events[n], now=30_000)

    assert (book.lesson.claims.disputes, book.lesson.is_held) == ({}, False)


def claimed(*, stays: bool = False, is_asked: bool = True) -> Book:
    book = met()
    book.take(disputed("student", 21_000, "silence"))
    if is_asked:
        book.warn("student", 22_000, "silence", stays=stays)
    return book


@pytest.mark.parametrize(("now", "resolved_at"), [(25_500, 25_500), (24_000, 25_000)])
def test_the_end_of_a_claim_ends_the_question_about_it(now: int, resolved_at: int) -> None:
    over = disputed("student", 25_000, "silence", is_open=False)

    assert told(claimed(), over, now)[1:] == [(resolved_at, RESOLVED)]


def test_the_end_of_a_claim_ends_no_question_that_stays_or_is_about_more() -> None:
    over = disputed("student", 25_000, "silence", is_open=False)
    alone = claimed()
    alone.record((T + 20_000, ProofLost(role="tutor", epoch=1, why="silence")))

    assert kinds(claimed(stays=True), over) == [Disputed]
    assert kinds(claimed(is_asked=False), over) == [Disputed]
    assert kinds(alone, over) == [Disputed]
    assert kinds(claimed(), disputed("student", 25_000, "media")) == [Disputed]
    both = claimed()
    both.take(disputed("tutor", 23_000, "silence"))
    assert kinds(both, over) == [Disputed]


def test_a_new_page_in_place_of_one_that_did_not_answer_ends_the_question() -> None:
    """The call service may have died with its word that the claim is over."""
    book, owed, contested = claimed(), claimed(stays=True), claimed()
    contested.take(disputed("tutor", 23_000, "silence"))
    anew = connected("student", 25_000, epoch=2)

    assert kinds(owed, anew) == [SeatLeft, SeatTaken]
    assert kinds(contested, anew) == [SeatLeft, SeatTaken]
    assert told(book, anew)[2:] == [(25_000, RESOLVED)]
    before_ms = book.lesson.billable_ms
    for at in (30_000, 40_000):
        book.take(heartbeat("tutor", at))
        book.take(heartbeat("student", at, epoch=2))
    assert book.lesson.billable_ms - before_ms == 15_000


def test_a_refused_event_leaves_the_lesson_as_it_was() -> None:
    book = met()
    with pytest.raises(EventRefused):
        book.take(heartbeat("tutor", 99_000), now=30_000)

    assert (book.lesson.version, book.lesson.lags_ms) == (met().lesson.version, met().lesson.lags_ms)
