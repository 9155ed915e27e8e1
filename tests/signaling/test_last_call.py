"""What the room reports when a session ends: each seat's answer, or its newest proof, and then the end."""

from __future__ import annotations

from langdao_video.session.events import SessionEnded, SessionHeartbeat, UserDisconnected
from langdao_video.session.roles import ROLES, Role
from langdao_video.signaling.flow import FlowReports, ReportedMedia
from langdao_video.signaling.last_call import is_answered, report_end
from langdao_video.signaling.messages import SessionInfo
from langdao_video.signaling.room_phase import LastCall
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.seats import Seat, SeatPhase
from tests.signaling.play import ADDRESSES, START_MS

INFO = SessionInfo(id="session-abc123", start=START_MS, language="es")
END_MS = START_MS + 60_000
LAST_CALL = LastCall("student", END_MS)


def seat_of(role: Role, proof_ms: int, phase: SeatPhase = SeatPhase.SEATED) -> Seat:
    """Make a seat with a proof that no heartbeat has carried."""
    reports = FlowReports(ReportedMedia.FLOWING, proof_ms=proof_ms)
    return Seat(role=role, address=ADDRESSES[role], phase=phase, epoch=1, proof_ms=proof_ms, reports=reports)


def report(student: Seat, tutor: Seat) -> list[tuple[str, int]]:
    """Return what is reported, each as who and when."""
    emits = report_end(INFO, {"student": student, "tutor": tutor}, RoomRules(), LAST_CALL, END_MS + 100)
    told: list[tuple[str, int]] = []
    for event in (emit.event for emit in emits):
        match event:
            case SessionHeartbeat() | UserDisconnected():
                told.append((event.user_role, event.timestamp))
            case SessionEnded():
                told.append((f"end by {event.ended_by}", event.timestamp))
            case _:
                raise AssertionError(event)
    return told


def test_a_last_call_is_answered_once_all_who_sit_have_proven_its_instant() -> None:
    student = seat_of("student", END_MS)

    assert is_answered(LAST_CALL, [student, seat_of("tutor", END_MS)])
    assert not is_answered(LAST_CALL, [student, seat_of("tutor", END_MS - 1)])


def test_both_answers_come_before_the_end() -> None:
    student, tutor = (seat_of(role, END_MS + 50) for role in ROLES)

    assert report(student, tutor) == [
        ("student", END_MS + 50),
        ("tutor", END_MS + 50),
        ("end by student", END_MS),
    ]


def test_who_does_not_answer_counts_up_to_their_newest_proof() -> None:
    tutor = seat_of("tutor", END_MS - 5_000, SeatPhase.AWAY)

    assert report(seat_of("student", END_MS), tutor)[1] == ("tutor", END_MS - 5_000)


def test_who_ended_it_and_is_gone_has_left_at_their_newest_proof() -> None:
    student = seat_of("student", END_MS - 3_000, SeatPhase.AWAY)

    assert report(student, seat_of("tutor", END_MS))[0] == ("student", END_MS - 3_000)


def test_who_was_alone_ends_it_without_a_proof() -> None:
    tutor = seat_of("tutor", 0, SeatPhase.EMPTY)

    assert report(seat_of("student", END_MS), tutor) == [("end by student", END_MS)]
