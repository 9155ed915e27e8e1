"""The witness judges a bill by the frames of both pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.network.witness import Witness, judge

if TYPE_CHECKING:
    from langdao_video.session.roles import Role


def seated(*times_ms: int, page: str = "a") -> Witness:
    witness = Witness()
    for at_ms in times_ms:
        witness.note(page, at_ms)
    return witness


def pair(student: Witness, tutor: Witness) -> dict[Role, Witness]:
    return {"student": student, "tutor": tutor}


def test_a_second_more_than_both_have_proved_is_wrong() -> None:
    witnesses = pair(seated(0, 10_000, 20_000, 30_000), seated(5_000, 15_000, 25_000))

    assert judge(20, witnesses, 0).is_right
    assert not judge(21, witnesses, 0).is_right


def test_each_drop_may_cost_one_interval_and_no_more() -> None:
    minutes = [10_000 * number for number in range(13)]
    witnesses = pair(seated(*minutes), seated(*minutes))

    assert judge(120 - 1 - 20 - 20, witnesses, 2).is_right
    assert not judge(120 - 1 - 20 - 20 - 1, witnesses, 2).is_right


def test_the_time_between_two_pages_of_a_seat_is_not_proved() -> None:
    student = seated(0, 10_000)
    for at_ms in (15_000, 20_000):
        student.note("b", at_ms)
    witnesses = pair(student, seated(0, 10_000, 20_000))

    assert judge(15, witnesses, 0).most_ms == 15_000
