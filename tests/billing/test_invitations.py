"""R3: the student begins, and the tutor's link is made after the student has joined or the tutor has accepted."""

from __future__ import annotations

import pytest

from langdao_video.billing.invitations import (
    check_initiator,
    check_tutor_link,
    decide_acceptance,
    decide_tutor_address,
)
from langdao_video.billing.lesson import Lesson
from langdao_video.errors import BadRequest, Conflict, NotAllowed
from langdao_video.session.facts import Fact, SeatTaken, SessionCreated, TutorAccepted

pytestmark = pytest.mark.requirement("R3")

STUDENT, TUTOR, STRANGER = "0x" + "a" * 40, "0x" + "b" * 40, "0x" + "c" * 40


def lesson_after(*facts: Fact, tutor: str | None = TUTOR) -> Lesson:
    lesson = Lesson("s-1")
    created = SessionCreated(
        student_address=STUDENT,
        tutor_address=tutor,
        language="es",
        start_ms=0,
        rate_minor=3_600,
        currency="USD",
        decimals=2,
    )
    for number, fact in enumerate((created, *facts)):
        lesson.record(fact, number, f"id-{number}")
    return lesson


def test_only_the_student_begins() -> None:
    check_initiator("student")

    with pytest.raises(NotAllowed, match="Only the student"):
        check_initiator("tutor")


def test_the_tutor_s_link_waits_for_the_student_or_the_tutor_s_yes() -> None:
    with pytest.raises(Conflict, match="after the student has connected"):
        check_tutor_link(lesson_after(), None)

    check_tutor_link(lesson_after(SeatTaken(role="student", epoch=1, address=STUDENT)), None)
    check_tutor_link(lesson_after(TutorAccepted(tutor_address=TUTOR)), TUTOR.upper().replace("X", "x"))


def test_another_tutor_gets_no_link() -> None:
    with pytest.raises(Conflict, match="another tutor"):
        check_tutor_link(lesson_after(TutorAccepted(tutor_address=TUTOR)), STRANGER)


def test_the_tutor_accepts_once() -> None:
    assert decide_acceptance(lesson_after(), None) == TutorAccepted(tutor_address=TUTOR)
    assert decide_acceptance(lesson_after(tutor=None), TUTOR) == TutorAccepted(tutor_address=TUTOR)
    assert decide_acceptance(lesson_after(TutorAccepted(tutor_address=TUTOR)), TUTOR) is None


@pytest.mark.parametrize(
    ("named", "known", "throwaway", "address"),
    [
        (STRANGER, TUTOR, STUDENT, STRANGER),
        (None, TUTOR, STUDENT, TUTOR),
        ("", TUTOR, STUDENT, TUTOR),
        (None, None, STRANGER, STRANGER),
    ],
    ids=["named", "the session's", "an empty one is none", "throwaway"],
)
def test_the_tutor_s_link_is_for_the_address_that_is_known_best(
    named: str | None, known: str | None, throwaway: str | None, address: str
) -> None:
    assert decide_tutor_address(lesson_after(tutor=known), named, throwaway) == address


def test_without_an_address_the_tutor_gets_no_link() -> None:
    with pytest.raises(BadRequest, match="Send tutorAddress") as refused:
        decide_tutor_address(lesson_after(tutor=None), None, None)

    assert refused.value.code == "address-missing"
