"""How each fact changes a session (`lesson.py`), and that its records give the same session again."""

from __future__ import annotations

import pytest

from langdao_video.billing.lesson import LAGS_KEPT, Lesson, read_cap
from langdao_video.billing.quota import Cap
from langdao_video.session.facts import (
    BillCorrected,
    BillSettled,
    CapChanged,
    Ended,
    EndRevised,
    Fact,
    Mark,
    NoticeGiven,
    ProofLost,
    ProofResumed,
    Recorded,
    SeatLeft,
    SeatTaken,
    SessionCreated,
    TutorAccepted,
    UserActed,
    Warned,
)
from langdao_video.session.roles import ROLES, Role
from langdao_video.session.state import State
from tests.billing.book import Book, Lost, T
from tests.billing.test_intake_rules import revised
from tests.billing.timeline import ADDRESS


def met() -> Book:
    """Make a session in which both are there from 0:00 on, with proofs until 0:20."""
    book = Book()
    book.meet()
    return book


def put(book: Book, *facts: tuple[int, Fact]) -> Lesson:
    """Record facts, with times from the session's start."""
    book.record(*((T + at, fact) for at, fact in facts))
    return book.lesson


def taken(role: Role, epoch: int = 1, **more: str) -> SeatTaken:
    return SeatTaken(role=role, epoch=epoch, address=more.get("address"), name=more.get("name"))


def gone(role: Role, why: Lost = "silence") -> ProofLost:
    return ProofLost(role=role, epoch=1, why=why)


def asked(role: Role, *, is_media: bool = False, stays: bool = False, free_from: int | None = None) -> Warned:
    return Warned(
        role=role,
        grace_seconds=30,
        due_ms=T + 60_000,
        free_from_ms=None if free_from is None else T + free_from,
        cause="media" if is_media else "away",
        stays=stays,
    )


def spans_of(lesson: Lesson, role: Role) -> list[tuple[int, int, int, str | None, int]]:
    """Return the spans of *role*: from, to, epoch, why it ended, and when that was recorded."""
    return [
        (
            span.start_ms - T,
            span.end_ms - T,
            span.sitting,
            span.closed_by,
            span.left_ms - T if span.left_ms > 0 else -1,
        )
        for span in lesson.meter.spans(role)
    ]


# ── Facts in their places ────────────────────────────────────────────────────────────────────────


def test_a_fact_is_recorded_with_the_edges_before_it_and_the_bill_after_it() -> None:
    book, alone = met(), Book()
    book.lesson.note_proof("tutor", T + 25_000)
    book.lesson.note_proof("student", T + 23_000)
    alone.record((T, taken("tutor")))
    fact = SeatLeft(role="tutor", epoch=1, reason="closed", left_ms=T + 26_000)

    record = book.lesson.record(fact, T + 25_000, "id-x")
    next_one = book.lesson.record(UserActed(role="tutor", action="muted"), T + 27_000, "id-y")

    mark = Mark(student_ms=T + 23_000, tutor_ms=T + 25_000, billable_ms=23_000)
    assert record == Recorded(seq=4, id="id-x", at_ms=T + 25_000, mark=mark, fact=fact)
    assert (next_one.seq, next_one.mark) == (
        5,
        Mark(student_ms=T + 23_000, tutor_ms=None, billable_ms=23_000),
    )
    assert alone.lesson.record(fact, T + 5, "z").mark == Mark(student_ms=None, tutor_ms=T, billable_ms=0)


def test_a_lesson_is_made_again_of_its_records_alone() -> None:
    lesson, again = Lesson("s"), Lesson("s")
    records = [lesson.record(taken("student"), T, "a"), lesson.record(taken("tutor"), T, "b")]
    lesson.note_proof("student", T + 20_000)
    lesson.note_proof("tutor", T + 19_000)
    records.append(lesson.record(UserActed(role="tutor", action="muted"), T + 20_000, "c"))
    lesson.note_proof("student", T + 30_000)
    lesson.note_proof("tutor", T + 31_000)
    records.append(lesson.record(gone("student"), T + 30_000, "d"))

    billed = []
    for record in records:
        again.apply(record)
        billed.append(again.billable_ms)

    assert billed == [0, 0, 19_000, 30_000]
    assert [spans_of(again, role) for role in ROLES] == [
        [(0, 30_000, 1, "silence", -1)],
        [(0, 31_000, 1, None, -1)],
    ]
    assert (again.version, again.state, again.billable_ms) == (4, State.PAUSED, 30_000)


def test_the_fastest_news_tells_by_how_much_a_clock_is_behind() -> None:
    lesson = Lesson("s")
    for lag_ms in (500, 100, 300):
        lesson.note_lag(lag_ms)
    too_few = lesson.behind_ms
    lesson.note_lag(200)
    lesson.note_lag(400)

    assert (too_few, lesson.behind_ms, lesson.lags_ms) == (0, 100, (100, 200, 300, 400))
    lesson.note_lag(-7)
    assert (lesson.behind_ms, len(lesson.lags_ms)) == (0, LAGS_KEPT)


def test_the_billable_time_at_an_instant_is_never_over_the_cap() -> None:
    lesson = met().lesson
    free = [lesson.billable_until(T + at) for at in (5_000, 15_000, 30_000)]
    lesson.cap = Cap(seconds=10)

    assert free == [5_000, 15_000, 20_000]
    assert [lesson.billable_until(T + at) for at in (5_000, 15_000)] == [5_000, 10_000]


# ── The session and its seats ────────────────────────────────────────────────────────────────────


def test_a_session_begins_with_its_addresses_and_its_cap() -> None:
    created = SessionCreated(
        student_address="0xA",
        tutor_address="0xB",
        language="es",
        start_ms=T,
        rate_minor=1,
        currency="USD",
        decimals=2,
        cap_seconds=60,
        cap_minor=9,
    )
    lesson = Lesson("s")
    lesson.record(created, T, "a")
    before = lesson.tutor_accepted, lesson.seats["tutor"].address

    lesson.record(TutorAccepted(tutor_address=None), T, "b")
    kept = lesson.tutor_accepted, lesson.seats["tutor"].address
    lesson.record(TutorAccepted(tutor_address="0xC"), T, "c")

    assert (lesson.created, lesson.cap, lesson.seats["student"].address) == (created, Cap(60, 9), "0xA")
    assert (before, kept, lesson.seats["tutor"].address) == ((False, "0xB"), (True, "0xB"), "0xC")


def test_a_cap_is_of_time_or_money_or_both() -> None:
    caps = [read_cap(CapChanged(cap_seconds=s, cap_minor=m)) for s in (None, 5) for m in (None, 7)]

    assert caps == [None, Cap(None, 7), Cap(5, None), Cap(5, 7)]


def test_taking_a_seat_without_address_or_name_keeps_the_known_ones() -> None:
    book = Book()
    lesson = put(book, (5_000, taken("tutor", 2, address="0xC", name="Ana")))
    first = lesson.seats["tutor"]
    assert (first.epoch, first.is_taken, first.lost, first.address, first.name) == (
        2,
        True,
        None,
        "0xC",
        "Ana",
    )

    put(book, (6_000, gone("tutor")), (9_000, taken("tutor", 3)))

    seat = lesson.seats["tutor"]
    assert (seat.epoch, seat.is_taken, seat.lost, seat.address, seat.name) == (3, True, None, "0xC", "Ana")
    assert spans_of(lesson, "tutor") == [(5_000, 6_000, 2, "silence", -1), (9_000, 9_000, 3, None, -1)]
    assert (lesson.first_ms, lesson.is_from_elsewhere, lesson.state) == (T + 5_000, False, State.WAITING)


def test_the_first_arrival_and_the_origin_of_the_events_are_kept() -> None:
    book = Book()
    elsewhere = SeatTaken(role="tutor", epoch=1, address=None, from_elsewhere=True)

    lesson = put(book, (5_000, elsewhere), (3_000, taken("student")), (9_000, taken("student", 2)))

    assert (lesson.first_ms, lesson.is_from_elsewhere, lesson.state) == (T + 3_000, True, State.LIVE)


@pytest.mark.parametrize("why", ["silence", "media"])
def test_a_seat_without_proof_is_lost_until_it_is_proved_again(why: Lost) -> None:
    book = met()
    lesson = put(book, (21_000, gone("tutor", why)))
    lost = lesson.state, lesson.seats["tutor"].lost, lesson.seats["tutor"].is_taken, lesson.pauses

    put(book, (30_000, ProofResumed(role="tutor", epoch=1)))

    assert lost == (State.PAUSED, why, True, 1)
    assert (lesson.state, lesson.seats["tutor"].lost, lesson.pauses) == (State.LIVE, None, 1)
    assert spans_of(lesson, "tutor") == [(0, 21_000, 1, why, -1), (30_000, 30_000, 1, None, -1)]


def test_a_leave_frees_the_seat() -> None:
    book = met()
    put(book, (21_000, gone("tutor")))

    lesson = put(book, (22_000, SeatLeft(role="tutor", epoch=1, reason="closed", left_ms=T + 30_000)))

    assert (lesson.seats["tutor"].is_taken, lesson.seats["tutor"].lost, lesson.state) == (
        False,
        None,
        State.PAUSED,
    )
    assert spans_of(lesson, "tutor") == [(0, 21_000, 1, "closed", 30_000)]
    assert put(met(), (21_000, SeatLeft(role="tutor", epoch=1, reason="x"))).state is State.PAUSED


# ── Late events ──────────────────────────────────────────────────────────────────────────────────


def test_a_revision_sets_the_seat_as_it_stands_now() -> None:
    book = met()
    put(book, (20_000, gone("tutor")))
    change = revised((20_000, 30_000), (20_000, 30_000, 2, None), edge=30_000, epoch=2, address="0xD")

    lesson = put(book, (30_000, change))

    seat = lesson.seats["tutor"]
    assert (seat.epoch, seat.is_taken, seat.lost, seat.address) == (2, True, None, "0xD")
    assert spans_of(lesson, "tutor")[-1] == (20_000, 30_000, 2, None, -1)
    assert (lesson.state, lesson.meter.edge_ms("tutor"), lesson.meter.is_open("tutor")) == (
        State.LIVE,
        T + 30_000,
        True,
    )


@pytest.mark.parametrize(
    ("is_taken", "lost", "state"),
    [
        (True, None, State.LIVE),
        (True, "media", State.PAUSED),
        (True, "silence", State.PAUSED),
        (False, None, State.PAUSED),
    ],
)
def test_a_revision_may_take_back_that_somebody_is_there(
    *, is_taken: bool, lost: Lost | None, state: State
) -> None:
    change = revised((10_000, 20_000), edge=10_000, is_taken=is_taken, lost=lost)

    lesson = put(met(), (21_000, change))

    assert (lesson.state, lesson.pauses) == (state, int(state is State.PAUSED))
    assert (lesson.seats["tutor"].is_taken, lesson.seats["tutor"].lost) == (is_taken, lost)
    assert lesson.seats["tutor"].address == ADDRESS["tutor"]
    assert lesson.meter.is_open("tutor") is (state is State.LIVE)
    assert lesson.billable_ms == 10_000


def test_a_revision_that_changes_only_times_moves_no_state() -> None:
    book = met()
    put(book, (20_000, gone("student")), (21_000, asked("student")))

    lesson = put(book, (22_000, revised((0, 20_000), (-3_000, 20_000, 1, None), edge=20_000)))

    assert (lesson.state, lesson.first_ms) == (State.GRACE, T - 3_000)
    assert put(book, (23_000, revised((10_000, 20_000), edge=10_000))).first_ms == T - 3_000
    assert put(Book(), (5_000, revised((0, 0), (0, 0, 1, None), edge=0))).first_ms is None
    late = Book()
    put(late, (5_000, taken("tutor")))
    assert (
        put(late, (9_000, revised((9_000, 9_000), (9_000, 9_000, 1, None), edge=9_000))).first_ms == T + 5_000
    )


# ── The end ──────────────────────────────────────────────────────────────────────────────────────


def ended(until: int | None = None, final_at: int | None = None) -> Ended:
    return Ended(
        ended_by="tutor",
        reason="x",
        address="0xB",
        total_seconds=30,
        billable_ms=20_000,
        cost_minor=20,
        until_ms=None if until is None else T + until,
        final_at_ms=None if final_at is None else T + final_at,
    )


def test_an_end_closes_what_is_open_and_frees_the_seats() -> None:
    book = met()
    put(book, (20_000, gone("student", "media")), (21_000, asked("student", is_media=True)))

    lesson = put(book, (30_000, ended(until=15_000, final_at=60_000)))

    assert [spans_of(lesson, role) for role in ROLES] == [
        [(0, 15_000, 1, "media", -1)],
        [(0, 15_000, 1, "end", -1)],
    ]
    assert [(seat.is_taken, seat.lost) for seat in lesson.seats.values()] == [(False, None)] * 2
    assert (lesson.ended, lesson.ended_at_ms, lesson.final_at_ms) == (
        ended(until=15_000, final_at=60_000),
        T + 30_000,
        T + 60_000,
    )
    assert (lesson.state, lesson.warning, lesson.is_final) == (State.ENDED, None, False)


def test_an_end_of_an_older_version_bounds_nothing() -> None:
    lesson = put(met(), (10_000, ended()))

    assert (lesson.billable_ms, lesson.is_final) == (20_000, True)


def test_an_earlier_end_is_a_new_bound_and_the_bill_is_final_when_it_settled() -> None:
    book = met()
    put(book, (30_000, ended(until=30_000, final_at=60_000)))
    earlier = EndRevised(ended_by="student", reason="y", address="0xA", total_seconds=12)

    lesson = put(book, (12_000, earlier))
    assert lesson.ended == Ended(
        ended_by="student",
        reason="y",
        address="0xA",
        total_seconds=12,
        billable_ms=20_000,
        cost_minor=20,
        until_ms=T + 12_000,
        final_at_ms=T + 60_000,
    )
    assert (lesson.billable_ms, lesson.ended_at_ms, lesson.is_final) == (12_000, T + 12_000, False)

    put(book, (60_000, BillSettled(total_seconds=12, billable_ms=12_000, cost_minor=12)))
    assert (lesson.ended.billable_ms, lesson.ended.cost_minor, lesson.is_final) == (12_000, 12, True)
    assert lesson.ended.until_ms == T + 12_000


def test_a_revision_of_an_end_that_does_not_exist_changes_nothing() -> None:
    earlier = EndRevised(ended_by="student", reason="y", address="0xA", total_seconds=12)
    settled = BillSettled(total_seconds=12, billable_ms=12_000, cost_minor=12)

    lesson = put(met(), (12_000, earlier), (12_000, settled))

    assert (lesson.ended, lesson.ended_at_ms, lesson.billable_ms) == (None, 0, 20_000)


# ── Money ────────────────────────────────────────────────────────────────────────────────────────


def test_a_notice_covers_those_of_more_time_and_a_new_cap_begins_anew() -> None:
    book = met()
    given = [put(book, (0, NoticeGiven(remaining_seconds=left))).notices for left in (301, 300, 61, 60, 300)]

    lesson = put(book, (0, CapChanged(cap_seconds=60, cap_minor=None)))

    assert given == [frozenset(), {300}, {300}, {300, 60}, {300, 60}]
    assert (lesson.cap, lesson.notices) == (Cap(60), frozenset())


def test_corrections_add_up() -> None:
    lesson = put(met(), (0, BillCorrected(minor=-5, reason="x")), (0, BillCorrected(minor=3, reason="y")))

    assert (lesson.corrected_minor, lesson.cost.minor) == (-2, 18)
