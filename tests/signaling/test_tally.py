"""How joins and the ends of sittings are counted from what a room has answered."""

from __future__ import annotations

import pytest

from langdao_video.errors import FrameRefused, NotAllowed, Unavailable
from langdao_video.signaling.effects import Emit
from langdao_video.signaling.tally import SignalingTally
from tests.signaling.play import ADDRESSES, Done, Play

STUDENT_ELSEWHERE, STRANGER = 11, 12


def outcome_of(play: Play, done: Done, conn: int) -> list[tuple[str, int]]:
    tally = SignalingTally()
    tally.note_join(done, is_seated=play.room.has(conn))
    return tally.joins.items()


def test_a_join_is_new_resumed_taken_over_asked_or_refused() -> None:
    play = Play()

    new = play.join("student")
    resumed = play.join("student", STUDENT_ELSEWHERE, resume=play.resume_of("student"))
    asked = play.join("student", STRANGER, page="another-page")
    refused = play.join("student", STRANGER, address=ADDRESSES["tutor"])
    taken_over = play.join("student", STRANGER, page="another-page", takeover=True)

    assert outcome_of(play, taken_over, STRANGER) == [("taken-over", 1)]
    assert outcome_of(play, new, STRANGER) == [("new", 1)]
    assert outcome_of(play, resumed, STRANGER) == [("resumed", 1)]
    assert outcome_of(play, asked, STUDENT_ELSEWHERE) == [("asked", 1)]
    assert outcome_of(play, refused, STUDENT_ELSEWHERE) == [("refused", 1)]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NotAllowed("link-expired", "It has expired."), "refused"),
        (FrameRefused("bad-link", "It names no room."), "refused"),
        (Unavailable("service-full", "It is full."), "unavailable"),
        (KeyError("room"), "failed"),
    ],
)
def test_a_join_that_reaches_no_room_is_counted_by_whose_fault_it_is(error: Exception, outcome: str) -> None:
    tally = SignalingTally()

    tally.note_failure(error)

    assert tally.joins.items() == [(outcome, 1)]


def test_the_end_of_a_sitting_is_counted_by_its_reason_and_no_other_event_is() -> None:
    play, tally = Play(), SignalingTally()
    came = play.join("student")

    gone = [*play.leave(1), *play.wait(20_000)]
    for effect in (*came, *gone):
        if isinstance(effect, Emit):
            tally.note_reported(effect)

    assert tally.left.items() == [("connection-closed", 1)]
