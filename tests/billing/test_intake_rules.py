"""The facts that follow from each kind of event (`intake.py`)."""

from __future__ import annotations

import re
from typing import Final

import pytest

from langdao_video.billing.intake import Intake, check_plausible, feed_event
from langdao_video.billing.lesson import Lesson
from langdao_video.errors import EventRefused
from langdao_video.session.events import UNIX_MS_MIN, PublicEvent
from langdao_video.session.facts import (
    PresenceRevised,
    ProofLost,
    ProofResumed,
    RevisedSpan,
    SeatLeft,
    SeatTaken,
)
from langdao_video.session.roles import Role
from tests.billing.book import RULES, Book, Lost, T, connected, ended, heartbeat, left
from tests.billing.timeline import ADDRESS

DAY_MS: Final = 24 * 3_600_000


def refusal(book: Book, event: PublicEvent, **how: int) -> str:
    """Return the code with which *event* is refused."""
    with pytest.raises(EventRefused) as refused:
        book.take(event, now=how.get("now"))
    return refused.value.code


def revised(  # noqa: PLR0913 - a fact has so many fields
    within: tuple[int, int],
    *spans: tuple[int, int, int, str | None],
    edge: int,
    epoch: int = 1,
    is_taken: bool = True,
    lost: Lost | None = None,
    address: str | None = None,
    role: Role = "tutor",
) -> PresenceRevised:
    moved: tuple[RevisedSpan, ...] = tuple(
        (T + start, T + end, sitting, why) for start, end, sitting, why in spans
    )
    return PresenceRevised(
        role=role,
        epoch=epoch,
        is_taken=is_taken,
        lost=lost,
        edge_ms=T + edge,
        within=(T + within[0], T + within[1]),
        spans=moved,
        address=address,
    )


# ── Impossible times ─────────────────────────────────────────────────────────────────────────────


def test_a_time_in_seconds_is_refused_and_called_so_if_it_is_near_today() -> None:
    now_ms = 1_700_000_000_000

    for at, hint in [
        (0, ""),
        (1, " It looks like seconds."),
        (86_399, " It looks like seconds."),
        (86_400, ""),
    ]:
        for day in (1_700_000_000 - at, 1_700_000_000 + at) if at else (UNIX_MS_MIN - 1,):
            with pytest.raises(EventRefused, match=rf"not {day}\.{re.escape(hint)}$") as refused:
                check_plausible(day, now_ms)
            assert refused.value.code == "time-implausible"
    check_plausible(UNIX_MS_MIN, now_ms)


def test_an_event_may_be_a_minute_ahead() -> None:
    check_plausible(T + 60_000, T)
    with pytest.raises(EventRefused) as refused:
        check_plausible(T + 60_001, T)

    assert refused.value.code == "event-from-the-future"
    assert refusal(Book(), heartbeat("tutor", 60_001), now=0) == "event-from-the-future"


def test_an_event_may_be_dated_a_day_before_the_start() -> None:
    assert Book().take(connected("tutor", -DAY_MS), now=0).facts != []
    assert refusal(Book(), connected("tutor", -DAY_MS - 1), now=0) == "event-before-start"


def test_a_lesson_that_nobody_announced_has_no_start_to_be_before() -> None:
    book = Book()
    book.lesson = Lesson("s")

    assert book.take(connected("tutor", -2 * DAY_MS)).facts != []


def test_an_end_is_not_before_the_start_or_the_first_who_came() -> None:
    early, late = Book(), Book()
    early.take(connected("tutor", -5_000))
    late.take(connected("tutor", 5_000))

    assert refusal(early, ended(-5_001)) == "event-before-start"
    assert refusal(late, ended(-1)) == "event-before-start"
    assert refusal(Book(), ended(-1)) == "event-before-start"
    assert [len(book.take(ended(at)).facts) for book, at in ((early, -5_000), (late, 0), (Book(), 0))] == [
        1
    ] * 3


# ── Taking a seat, staying, leaving ──────────────────────────────────────────────────────────────


def test_a_user_connected_takes_the_seat_with_all_its_fields() -> None:
    here, there = Book(), Book()
    event = connected("tutor", 5, 3, name="Ana", took_over=True)
    fact = {"role": "tutor", "epoch": 3, "address": ADDRESS["tutor"], "name": "Ana", "took_over": True}

    assert here.take(event) == Intake([(T + 5, SeatTaken(**fact))], ("tutor", 3, T + 5))  # type: ignore[arg-type]
    assert there.take(event, elsewhere=True).facts == [(T + 5, SeatTaken(**fact, from_elsewhere=True))]  # type: ignore[arg-type]


def test_a_first_heartbeat_takes_the_seat_without_a_name() -> None:
    fact = SeatTaken(role="tutor", epoch=2, address=ADDRESS["tutor"])

    assert Book().take(heartbeat("tutor", 5, 2)) == Intake([(T + 5, fact)], ("tutor", 2, T + 5))


def test_a_heartbeat_is_a_proof_and_one_without_media_is_none() -> None:
    book = Book()
    book.take(connected("tutor", 0))

    assert book.take(heartbeat("tutor", 10_000)) == Intake([], ("tutor", 1, T + 10_000))
    assert book.take(heartbeat("tutor", 20_000, flows=True)) == Intake([], ("tutor", 1, T + 20_000))
    assert book.take(heartbeat("tutor", 30_000, flows=False)) == Intake([], None)
    assert book.take(heartbeat("tutor", 25_000, flows=False)) == Intake(idle="event-overtaken")
    lost = ProofLost(role="tutor", epoch=1, why="media")
    assert book.take(heartbeat("tutor", 35_000, flows=False)) == Intake([(T + 20_000, lost)], None)


def test_a_second_proof_of_the_same_instant_changes_nothing() -> None:
    book = Book()
    book.take(heartbeat("tutor", 0))

    assert book.take(connected("tutor", 0)) == Intake(idle="event-known")
    assert book.take(heartbeat("tutor", 0, flows=False)) == Intake([], None)


def test_a_proof_in_the_instant_of_a_denial_comes_before_it() -> None:
    book = Book()
    book.take(heartbeat("tutor", 0))
    book.take(heartbeat("tutor", 20_000, flows=False))

    change = revised((0, 20_000), (0, 20_000, 1, None), edge=20_000)
    assert book.take(heartbeat("tutor", 20_000)) == Intake([(T + 20_000, change)], None)


def test_only_a_seat_taken_fact_is_marked_as_from_elsewhere() -> None:
    book = Book()
    inside = feed_event(book.lesson, connected("tutor", 0), T, RULES).facts[0][1]
    outside = book.take(connected("student", 0), elsewhere=True).facts[0][1]

    assert isinstance(inside, SeatTaken)
    assert isinstance(outside, SeatTaken)
    assert (inside.from_elsewhere, outside.from_elsewhere) == (False, True)
    assert [type(fact) for _, fact in book.take(left("student", 5), elsewhere=True).facts] == [SeatLeft]


def test_a_leave_is_recorded_with_its_reason() -> None:
    book = Book()
    book.meet()

    fact = SeatLeft(role="tutor", epoch=1, reason="kicked", left_ms=T + 25_000)
    assert book.take(left("tutor", 25_000, reason="kicked")) == Intake([(T + 25_000, fact)], None)
    assert book.lesson.billable_ms == 20_000


def test_signs_of_life_are_dated_by_our_own_clock() -> None:
    book = Book()
    book.take(connected("tutor", 0), now=300)
    seat = book.lesson.seats["tutor"]

    first = (seat.heard_ms - T, book.lesson.lags_ms)
    book.take(heartbeat("tutor", 10_000), now=10_500)
    book.take(heartbeat("tutor", 5_000), now=11_000)  # late, so it does not prove the present
    second = (seat.heard_ms - T, book.lesson.lags_ms)
    book.take(heartbeat("tutor", 12_000), now=9_000)  # our clock never runs back

    assert first == (300, (300,))
    assert second == (10_500, (300, 500))
    assert (seat.heard_ms - T, book.lesson.lags_ms) == (10_500, (0, 300, 500))
    assert book.lesson.seats["student"].heard_ms == -1


def test_an_event_at_the_edge_is_no_sign_of_life() -> None:
    book = Book()
    book.take(connected("tutor", 0), now=300)

    book.take(heartbeat("tutor", 0), now=700)

    assert book.lesson.seats["tutor"].heard_ms == T + 300


def test_a_loaded_lesson_continues_from_the_ledger() -> None:
    book = Book()
    book.meet(until=60_000)
    book.lesson.evidence = None

    assert book.take(heartbeat("tutor", 55_000)).facts == []
    assert book.take(left("tutor", 50_000, None)) == Intake(idle="event-overtaken")
    assert book.lesson.meter.edge_ms("student") == T + 60_000


def test_a_lesson_that_was_loaded_after_a_stop_of_media_goes_on_for_as_long_as_it_likes() -> None:
    book = Book()
    book.meet(until=60_000)
    book.take(heartbeat("tutor", 75_000, flows=False))
    book.lesson.evidence = None

    for at in range(70_000, 600_000, 10_000):
        book.take(heartbeat("student", at))
        book.take(heartbeat("tutor", at + 20_000))

    assert book.lesson.billable_ms == 60_000 + 590_000 - 90_000
    assert book.lesson.meter.floor_ms > T + 60_000


def test_final_evidence_is_settled_in_the_meter() -> None:
    book = Book()
    book.meet(until=600_000)

    assert book.lesson.evidence is not None
    assert book.lesson.meter.floor_ms == book.lesson.evidence.floor_ms > T
    assert book.lesson.billable_ms == 600_000


# ── Events of a seat that was found silent ───────────────────────────────────────────────────────


def lost(why: Lost = "silence") -> Book:
    """Make a session in which both are there until 0:20, when the tutor is lost."""
    book = Book()
    book.meet()
    book.record((T + 20_000, ProofLost(role="tutor", epoch=1, why=why)))
    return book


def test_a_proof_that_was_only_late_makes_good_the_silence_found_meanwhile() -> None:
    for event in (heartbeat("tutor", 45_000), connected("tutor", 45_000)):
        resumed = ProofResumed(role="tutor", epoch=1)
        assert lost().take(event) == Intake([(T + 20_000, resumed)], ("tutor", 1, T + 45_000))


def test_a_return_after_a_silence_does_not_record_the_silence_again() -> None:
    resumed = ProofResumed(role="tutor", epoch=1)

    assert lost().take(heartbeat("tutor", 45_001)).facts == [(T + 45_001, resumed)]


def test_a_silence_may_turn_out_to_be_a_stop_of_media() -> None:
    book = lost()

    assert book.take(heartbeat("tutor", 30_000, flows=False)) == Intake([], None)
    fact = ProofLost(role="tutor", epoch=1, why="media")
    assert book.take(heartbeat("tutor", 40_000, flows=False)).facts == [(T + 20_000, fact)]


def test_a_leave_that_proves_the_time_up_to_it_brings_nobody_back() -> None:
    book = lost()

    intake = book.take(left("tutor", 30_000))

    change = revised((20_000, 30_000), (20_000, 30_000, 1, None), edge=30_000, lost="silence")
    gone = SeatLeft(role="tutor", epoch=1, reason="closed", left_ms=T + 30_000)
    assert intake == Intake([(T + 30_000, change), (T + 30_000, gone)], None)


def test_a_leave_that_proves_nothing_gives_only_its_own_fact() -> None:
    for event in (left("tutor", 30_000, None), left("tutor", 45_001)):
        gone = SeatLeft(role="tutor", epoch=1, reason="closed", left_ms=event.timestamp)
        assert lost().take(event) == Intake([(T + 20_000, gone)], None)


def test_a_leave_of_an_unknown_sitting_records_that_sitting() -> None:
    intake = lost().take(left("tutor", 30_000, 2))

    assert [(at_ms - T, type(fact)) for at_ms, fact in intake.facts] == [
        (20_000, SeatLeft),
        (30_000, SeatTaken),
        (30_000, SeatLeft),
    ]


# ── Late events ──────────────────────────────────────────────────────────────────────────────────


def parted() -> Book:
    """Make a session in which the tutor proves 0:00 to 0:20 and from 0:55 on. The student is there all the time."""
    book = Book()
    book.meet()
    for at in range(30_000, 70_001, 10_000):
        book.take(heartbeat("student", at))
    book.take(heartbeat("tutor", 55_000))
    return book


def test_a_late_proof_becomes_a_revision() -> None:
    book = parted()

    intake = book.take(heartbeat("tutor", 40_000), now=70_000)

    assert intake == Intake([(T + 40_000, revised((0, 55_000), (0, 55_000, 1, None), edge=55_000))], None)
    assert book.lesson.billable_ms == 55_000


def test_a_late_user_connected_is_recorded_with_its_address_and_a_late_heartbeat_without() -> None:
    book = Book()
    book.take(heartbeat("tutor", 10_000))

    change = revised((0, 10_000), (0, 10_000, 1, None), edge=10_000, address=ADDRESS["tutor"])
    assert book.take(connected("tutor", 0), now=11_000) == Intake([(T, change)], None)


def test_a_late_event_does_not_change_a_later_stop_of_media() -> None:
    book = Book()
    for at in (0, 10_000, 50_000):
        book.take(heartbeat("tutor", at))
    book.take(heartbeat("tutor", 66_000, flows=False))

    change = book.take(heartbeat("tutor", 30_000), now=67_000).facts[0][1]

    assert change == revised((0, 50_000), (0, 50_000, 1, "media"), edge=50_000, lost="media")


def test_a_silent_seat_stays_silent_when_an_earlier_event_comes_late() -> None:
    book = parted()
    book.record((T + 55_000, ProofLost(role="tutor", epoch=1, why="silence")))

    change = book.take(heartbeat("tutor", 40_000), now=90_000).facts[0][1]

    assert change == revised((0, 55_000), (0, 55_000, 1, None), edge=55_000, lost="silence")
    assert book.lesson.gone == ["tutor"]


def test_a_late_event_of_a_new_sitting_ends_the_silence() -> None:
    book = Book()
    book.take(connected("tutor", 0))
    book.take(left("tutor", 30_000))
    book.lesson.seats["tutor"].lost = "silence"

    change = book.take(connected("tutor", 20_000, 2), now=31_000).facts[0][1]

    assert isinstance(change, PresenceRevised)
    assert (change.epoch, change.is_taken, change.lost) == (2, True, None)


def test_a_late_event_does_not_make_a_left_seat_lost() -> None:
    book = Book()
    book.meet()
    book.take(left("tutor", 60_000))
    book.lesson.seats["tutor"].lost = "silence"

    change = book.take(heartbeat("tutor", 40_000), now=61_000).facts[0][1]

    assert isinstance(change, PresenceRevised)
    assert (change.is_taken, change.lost, change.edge_ms) == (False, None, T + 60_000)
