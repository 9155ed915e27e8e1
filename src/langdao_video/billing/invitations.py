"""Decides who may begin a session, and when and for whom the tutor's link may be made (R3). Pure."""

from __future__ import annotations

from langdao_video.billing.lesson import Lesson
from langdao_video.errors import BadRequest, Conflict, NotAllowed
from langdao_video.session.facts import TutorAccepted
from langdao_video.session.roles import Role
from langdao_video.session.state import State


def check_initiator(role: Role) -> None:
    """Refuse a session that the tutor begins. Raises NotAllowed `only-student-initiates`."""
    if role != "student":
        raise NotAllowed(
            "only-student-initiates", "Only the student can begin a session; the tutor accepts it."
        )


def check_tutor(lesson: Lesson, tutor_address: str | None) -> None:
    """Refuse a tutor with Conflict `session-over`, or `tutor-known` if the session has another tutor."""
    if lesson.state is State.ENDED:
        raise Conflict("session-over", "The session has ended.")
    known = lesson.seats["tutor"].address
    if known and tutor_address and known.lower() != tutor_address.lower():
        raise Conflict("tutor-known", "The session has another tutor; make a new session for this one.")


def check_tutor_link(lesson: Lesson, tutor_address: str | None) -> None:
    """Refuse the tutor's link as `check_tutor` does, and with `student-not-connected` while it is too early."""
    check_tutor(lesson, tutor_address)
    if lesson.seats["student"].epoch == 0 and not lesson.tutor_accepted:
        raise Conflict(
            "student-not-connected",
            "The tutor's link is made after the student has connected or the tutor has accepted: wait for "
            "`user-connected` of the student, or POST /accept.",
        )


def decide_acceptance(lesson: Lesson, tutor_address: str | None) -> TutorAccepted | None:
    """Return the fact that the tutor accepts; None if they have already. Raises as `check_tutor` does."""
    check_tutor(lesson, tutor_address)
    if lesson.tutor_accepted:
        return None
    return TutorAccepted(tutor_address=tutor_address or lesson.seats["tutor"].address)


def decide_tutor_address(lesson: Lesson, named: str | None, throwaway: str | None) -> str:
    """Return the address for the tutor's link: the *named* one, else the session's, else *throwaway*.

    *throwaway* is None where links are signed: there nobody may sit without an address of their own.
    Raises BadRequest `address-missing`.
    """
    address = named or lesson.seats["tutor"].address or throwaway
    if address is None:
        raise BadRequest("address-missing", "Send tutorAddress: the session was made without it.")
    return address
