"""The objects that show a session to platforms and pages. Each is compared as a whole, to notice any change."""

from __future__ import annotations

from typing import Any, Final

import pytest

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import Money
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.facts import (
    BillCorrected,
    BillSettled,
    CapChanged,
    ChoseToWait,
    Disputed,
    Ended,
    EndRevised,
    Fact,
    GraceResolved,
    NoticeGiven,
    PresenceRevised,
    ProofLost,
    ProofResumed,
    SeatLeft,
    SeatTaken,
    SessionCreated,
    TutorAccepted,
    UserActed,
    Warned,
)  # fmt: skip
from langdao_video.session.roles import ROLES
from langdao_video.views.money import view_money
from langdao_video.views.session import (
    view_cap,
    view_claims,
    view_heartbeat,
    view_lesson,
    view_record,
)

START_MS: Final = 1_764_000_000_000
STUDENT: Final = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"
TUTOR: Final = "0x8ba1f109551bD432803012645Ac136ddd64DBA72"
CREATED: Final = SessionCreated(
    student_address=STUDENT,
    tutor_address=TUTOR,
    language="es",
    start_ms=START_MS,
    rate_minor=3_600,
    currency="EUR",
    decimals=2,
)
STUDENT_COMES: Final = SeatTaken(role="student", epoch=1, address=STUDENT, name="Ana")
TUTOR_COMES: Final = SeatTaken(role="tutor", epoch=1, address=TUTOR)
END: Final = Ended(
    ended_by="student",
    reason="ended-by-user",
    address=STUDENT,
    total_seconds=90,
    billable_ms=61_500,
    cost_minor=61,
)


def money(minor: int, formatted: str) -> dict[str, Any]:
    """Return an amount in euros as it is shown."""
    return {"minor": minor, "currency": "EUR", "decimals": 2, "formatted": formatted}


def lesson_of(*facts: Fact) -> Lesson:
    """Fold a session in which each fact comes a second after the one before."""
    lesson = Lesson("session-abc123")
    for number, fact in enumerate(facts):
        lesson.record(fact, START_MS + number * 1_000, f"id-{number}")
    return lesson


def lesson_of_a_minute(*facts: Fact, cap_seconds: int | None = None, billed_ms: int = 61_500) -> Lesson:
    """Let both be there for *billed_ms* from the third second on, then what *facts* say."""
    lesson = lesson_of(
        CREATED, CapChanged(cap_seconds=cap_seconds, cap_minor=None), STUDENT_COMES, TUTOR_COMES
    )
    for role in ROLES:
        lesson.note_proof(role, START_MS + 3_000 + billed_ms)
    for number, fact in enumerate(facts):
        lesson.record(fact, START_MS + 90_000 + number * 1_000, f"later-{number}")
    return lesson


class TestALesson:
    def test_that_runs_is_shown_with_its_bill_and_who_is_there(self) -> None:
        assert view_lesson(lesson_of_a_minute(cap_seconds=300), START_MS + 65_000, "de") == {
            "sessionId": "session-abc123",
            "state": "live",
            "reason": None,
            "startTime": START_MS,
            "language": "es",
            "billableSeconds": 61,
            "provenAt": START_MS + 64_500,
            "cost": money(61, "0,61\u00a0€"),
            "ratePerHour": money(3_600, "36,00\u00a0€"),
            "cap": {"seconds": 300, "minor": None, "remainingSeconds": 238},
            "participants": {
                "student": {"connected": True, "epoch": 1, "address": STUDENT, "name": "Ana"},
                "tutor": {"connected": True, "epoch": 1, "address": TUTOR, "name": None},
            },
            "ended": None,
            "settling": False,
            "finalAt": None,
            "version": 4,
            "serverTime": START_MS + 65_000,
        }

    def test_that_stands_still_says_why(self) -> None:
        gone = SeatLeft(role="tutor", epoch=1, reason="connection-closed")

        shown = view_lesson(lesson_of_a_minute(gone), START_MS + 91_000)

        assert (shown["state"], shown["reason"]) == ("paused", "alone")
        assert shown["participants"]["tutor"]["connected"] is False
        assert shown["cost"]["formatted"] == "€0.61"

    def test_that_nobody_has_made_yet_has_no_start_and_no_language(self) -> None:
        shown = view_lesson(Lesson("session-abc123"), START_MS)

        assert (shown["startTime"], shown["language"], shown["cap"]) == (None, None, None)

    @pytest.mark.parametrize("final_at_ms", [None, START_MS + 120_000])
    def test_that_ended_says_who_ended_it_and_whether_its_bill_is_final(
        self, final_at_ms: int | None
    ) -> None:
        end = Ended(
            ended_by="student",
            reason="ended-by-user",
            address=STUDENT,
            total_seconds=90,
            billable_ms=61_500,
            cost_minor=61,
            final_at_ms=final_at_ms,
        )

        shown = view_lesson(lesson_of_a_minute(end), START_MS + 91_000)

        assert shown["ended"] == {
            "endedBy": "student",
            "reason": "ended-by-user",
            "totalSeconds": 90,
            "timestamp": START_MS + 90_000,
        }
        assert (shown["settling"], shown["finalAt"]) == (final_at_ms is not None, final_at_ms)


class TestACap:
    def test_is_shown_with_what_is_left_of_it_in_whole_seconds(self) -> None:
        lesson = lesson_of_a_minute(CapChanged(cap_seconds=400, cap_minor=100))

        # The money ends first: 100 cents buy 100 s, of which 61.5 s are billed.
        assert view_cap(lesson) == {"seconds": 400, "minor": 100, "remainingSeconds": 38}

    def test_that_is_reached_leaves_nothing(self) -> None:
        lesson = lesson_of_a_minute(cap_seconds=60)

        assert view_cap(lesson) == {"seconds": 60, "minor": None, "remainingSeconds": 0}

    def test_in_money_without_a_price_limits_nothing(self) -> None:
        lesson = Lesson("session-abc123")
        lesson.record(CapChanged(cap_seconds=None, cap_minor=100), START_MS, "id-0")

        assert view_cap(lesson) is None


def test_an_amount_is_written_in_the_readers_language() -> None:
    amount = Money(123_456, "EUR", 2)

    assert view_money(amount) == money(123_456, "€1,234.56")
    assert view_money(amount, "fr") == money(123_456, "1\u202f234,56\u00a0€")


PROVEN = {
    role: {"epoch": 1, "since": since_ms, "until": START_MS + 64_500}
    for role, since_ms in (("student", START_MS + 2_000), ("tutor", START_MS + 3_000))
}
SHOWN: Final[list[tuple[Fact, dict[str, Any]]]] = [
    (
        CREATED,
        {
            "language": "es",
            "startTime": START_MS,
            "ratePerHour": money(3_600, "€36.00"),
            "studentAddress": STUDENT,
            "tutorAddress": TUTOR,
        },
    ),
    (TutorAccepted(tutor_address=TUTOR), {"tutorAddress": TUTOR}),
    (
        STUDENT_COMES,
        {"userRole": "student", "epoch": 1, "userAddress": STUDENT, "userName": "Ana", "language": "es"},
    ),
    (
        SeatTaken(role="tutor", epoch=2, address=TUTOR, took_over=True),
        {"userRole": "tutor", "epoch": 2, "userAddress": TUTOR, "language": "es", "tookOver": True},
    ),
    (
        SeatLeft(role="tutor", epoch=1, reason="connection-closed"),
        {"userRole": "tutor", "epoch": 1, "reason": "connection-closed"},
    ),
    (
        ProofLost(role="tutor", epoch=1, why="silence"),
        {"userRole": "tutor", "epoch": 1, "reason": "silence"},
    ),
    (ProofResumed(role="tutor", epoch=1), {"userRole": "tutor", "epoch": 1}),
    (
        PresenceRevised(
            role="student",
            epoch=1,
            is_taken=True,
            lost=None,
            edge_ms=START_MS + 9,
            within=(START_MS, START_MS + 9),
            spans=((START_MS + 1, START_MS + 9, 1, "end"),),
        ),
        {
            "userRole": "student",
            "epoch": 1,
            "connected": True,
            "within": [START_MS, START_MS + 9],
            "presence": [[START_MS + 1, START_MS + 9]],
        },
    ),
    (
        Disputed(role="tutor", epoch=1, kind="media", student="is-received", tutor="nothing-arrives"),
        {
            "userRole": "tutor",
            "epoch": 1,
            "kind": "media",
            "claims": {"student": "is-received", "tutor": "nothing-arrives"},
            "isOpen": True,
        },
    ),
    (
        UserActed(role="tutor", action="muted"),
        {"userRole": "tutor", "action": "muted", "userAddress": TUTOR},
    ),
    (
        Warned(role="tutor", grace_seconds=30, due_ms=START_MS + 30_000),
        {"disconnectedRole": "tutor", "gracePeriodSeconds": 30, "deadline": START_MS + 30_000},
    ),
    (GraceResolved(), {}),
    (ChoseToWait(decided_by="student"), {"decision": "wait", "decidedBy": "student"}),
    (NoticeGiven(remaining_seconds=60), {"remainingSeconds": 60}),
    (CapChanged(cap_seconds=600, cap_minor=100), {"capSeconds": 600, "capMinor": 100}),
    (
        BillCorrected(minor=-20, reason="late start", total_minor=41),
        {"minor": -20, "reason": "late start", "cost": money(41, "€0.41")},
    ),
    (BillCorrected(minor=-20, reason="late start"), {"minor": -20, "reason": "late start"}),
    (
        END,
        {
            "totalSeconds": 90,
            "endedBy": "student",
            "userAddress": STUDENT,
            "reason": "ended-by-user",
            "cost": money(61, "€0.61"),
            "settling": False,
        },
    ),
    (
        EndRevised(ended_by="tutor", reason="ended-by-user", address=TUTOR, total_seconds=80),
        {"totalSeconds": 80, "endedBy": "tutor", "userAddress": TUTOR, "reason": "ended-by-user"},
    ),
    (
        BillSettled(total_seconds=80, billable_ms=61_500, cost_minor=61),
        {"totalSeconds": 80, "cost": money(61, "€0.61")},
    ),
]


@pytest.mark.requirement("R21", "R23", "R24", "R26", "R39")
@pytest.mark.parametrize(
    ("fact", "fields"), SHOWN, ids=[f"{fact.type} {number}" for number, (fact, _) in enumerate(SHOWN)]
)
def test_a_fact_is_shown_with_its_place_and_its_own_fields_and_nothing_else(
    fact: Fact, fields: dict[str, Any]
) -> None:
    lesson = lesson_of_a_minute()
    record = lesson.record(fact, START_MS + 90_000, "id-5")

    assert view_record(record, lesson) == {
        "type": fact.type,
        "sessionId": "session-abc123",
        "timestamp": START_MS + 90_000,
        "id": "id-5",
        "seq": 5,
        "billableSeconds": 61,
        "proven": PROVEN,
        **fields,
    }


def test_an_end_whose_bill_settles_says_until_when() -> None:
    lesson = lesson_of_a_minute()
    end = Ended(
        ended_by="platform",
        reason="ended-by-platform",
        address=None,
        total_seconds=90,
        billable_ms=61_500,
        cost_minor=61,
        final_at_ms=START_MS + 120_000,
    )

    shown = view_record(lesson.record(end, START_MS + 90_000, "id-5"), lesson)

    assert (shown["settling"], shown["finalAt"]) == (True, START_MS + 120_000)


def test_a_participant_before_the_session_is_made_has_no_language() -> None:
    lesson = Lesson("session-abc123")

    assert "language" not in view_record(lesson.record(STUDENT_COMES, START_MS, "id-0"), lesson)


@pytest.mark.parametrize(
    ("warned", "shown"),
    [
        (Warned(role="tutor", grace_seconds=30, due_ms=1, student_says="sends"), {}),
        (
            Warned(
                role="tutor",
                grace_seconds=30,
                due_ms=1,
                cause="media",
                student_says="sends",
                tutor_says="nothing-arrives",
            ),
            {"cause": "media", "claims": {"student": "sends", "tutor": "nothing-arrives"}},
        ),
        (
            Warned(role="tutor", grace_seconds=30, due_ms=1, cause="dispute", tutor_says="no-answer"),
            {"cause": "dispute", "claims": {"tutor": "no-answer"}},
        ),
    ],
    ids=["a plain drop", "both say something", "one says something"],
)
def test_a_question_says_what_each_page_claims_where_nobody_is_gone(
    warned: Warned, shown: dict[str, Any]
) -> None:
    assert view_claims(warned) == shown


BEAT: Final = SessionHeartbeat(
    session_id="session-abc123",
    timestamp=START_MS + 64_500,
    epoch=1,
    user_role="student",
    user_address=STUDENT,
    language="es",
    start_time=START_MS,
    is_audio_enabled=True,
    is_video_enabled=True,
    elapsed_seconds=64,
)


@pytest.mark.requirement("R22")
def test_a_heartbeat_has_the_number_of_the_fact_before_it_and_the_bill_so_far() -> None:
    shown = view_heartbeat(BEAT, lesson_of_a_minute(), "id-7")

    assert shown == {**BEAT.to_wire(), "id": "id-7", "seq": 4, "billableSeconds": 61, "proven": PROVEN}


@pytest.mark.parametrize(("billed_ms", "seconds"), [(60_999, 60), (61_000, 61), (61_999, 61)])
def test_only_whole_seconds_are_shown_and_the_same_everywhere(billed_ms: int, seconds: int) -> None:
    lesson = lesson_of_a_minute(billed_ms=billed_ms)

    told = [view_lesson(lesson, START_MS), view_heartbeat(BEAT, lesson, "id-7")]
    told.append(view_record(lesson.record(GraceResolved(), START_MS + 90_000, "id-8"), lesson))

    assert [shown["billableSeconds"] for shown in told] == [seconds] * 3


@pytest.mark.parametrize(("billed_ms", "seconds"), [(60_999, 239), (61_000, 239), (61_001, 238)])
def test_a_second_that_has_begun_is_no_longer_left(billed_ms: int, seconds: int) -> None:
    shown = view_cap(lesson_of_a_minute(cap_seconds=300, billed_ms=billed_ms))

    assert shown is not None
    assert shown["remainingSeconds"] == seconds
