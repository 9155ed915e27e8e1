"""A previewed room: it shows what the room shows, and cannot be used as one."""

from __future__ import annotations

import pytest

from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.ice import IceOffer
from langdao_video.signaling.preview import Preview
from langdao_video.signaling.seats import Participant
from tests.signaling.play import ADDRESSES, START_MS, STUDENT, Done, Play, bill, end

PARTICIPANT = Participant(role="student", page="page-1", address=ADDRESSES["student"])


@pytest.mark.parametrize("use", ["join", "receive", "lose", "expel", "tick", "chat", "has", "is_over"])
def test_a_preview_cannot_be_used_as_a_room(use: str) -> None:
    play = Play()

    assert hasattr(play.room, use)
    assert not hasattr(Preview(play.room), use)


def test_a_preview_shows_the_room() -> None:
    play = Play()
    play.join("tutor")
    play.room.offer_ice = lambda role, now_ms: IceOffer((wire.IceServer(urls=(f"turn:{role}",)),), now_ms)
    preview = Preview(play.room)

    assert preview.info == play.room.info
    assert preview.offer_ice("tutor", START_MS) == play.room.offer_ice("tutor", START_MS)
    assert preview.show_seat("tutor") == play.room.show_seat("tutor")
    assert preview.show_seat("student") is None


def test_a_preview_keeps_the_bill_and_the_end() -> None:
    preview = Preview(Play().room)
    assert preview.bill is None
    assert preview.refuse(STUDENT, PARTICIPANT) == []

    preview.update(bill())
    preview.update(end())

    assert preview.bill == bill()
    refused = Done(preview.refuse(STUDENT, PARTICIPANT))
    assert (refused.frames(STUDENT), refused.closed()) == ([end()], {STUDENT: CloseCode.ENDED})
