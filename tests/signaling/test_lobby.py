"""The lobby: a visitor sees who is there, but has no seat, no proof and no event, and sends nothing to the room."""

from __future__ import annotations

import pytest

from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.lobby import LOBBY_MINUTES_MAX, LOBBY_VISITORS_MAX, Lobby
from langdao_video.signaling.seats import Participant
from tests.signaling.play import ADDRESSES, STUDENT, TUTOR, Done, Play, bill, end

VISITOR = 7
STRANGER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
MINUTE_MS = 60_000


class Hall:
    """A room and its lobby for tests."""

    def __init__(self) -> None:
        self.play = Play()
        self.lobby = Lobby()

    def join_lobby(self, role: str = "student", conn: int = VISITOR, address: str = "") -> Done:
        """Join the lobby on socket *conn*."""
        participant = Participant(
            role="student" if role == "student" else "tutor",
            page=f"page-of-{conn}",
            address=address or ADDRESSES["student" if role == "student" else "tutor"],
        )
        return Done(self.lobby.join(self.play.room, conn, participant, self.play.now_ms))

    def update(self) -> Done:
        """Send the changes to the visitors."""
        return Done(self.lobby.refresh(self.play.room, self.play.now_ms))

    def wait(self, ms: int, *, answering: bool = True) -> Done:
        """Let time pass. The visitor answers pings if *answering*."""
        done = Done()
        until_ms = self.play.now_ms + ms
        while self.play.now_ms < until_ms:
            self.play.now_ms = min(until_ms, self.play.now_ms + 1_000)
            ticked = Done(self.lobby.tick(self.play.now_ms))
            done += ticked
            if answering and self.lobby.has(VISITOR) and ticked.frames(VISITOR):
                beat = wire.Heartbeat(audio=True, video=True)
                done += Done(self.lobby.receive(VISITOR, beat, self.play.now_ms))
        return done


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_a_visitor_is_shown_the_session_and_that_nobody_is_here(hall: Hall) -> None:
    shown = hall.join_lobby().only(VISITOR, wire.LobbyView)

    assert (shown.role, shown.address) == ("student", ADDRESSES["student"])
    assert shown.session == hall.play.room.info
    assert (shown.peer, shown.peer_in_lobby) == (None, False)


def test_a_visitor_is_shown_who_sits_there_and_what_the_lesson_costs(hall: Hall) -> None:
    hall.play.join("tutor")
    hall.play.update(bill())

    done = hall.join_lobby()

    peer = done.only(VISITOR, wire.LobbyView).peer
    assert peer is not None
    assert peer.role == "tutor"
    assert done.only(VISITOR, wire.Bill).rate_per_hour == bill().rate_per_hour


def test_a_visit_takes_no_seat_and_makes_no_event(hall: Hall) -> None:
    hall.play.join("tutor")

    done = hall.join_lobby()
    done += hall.wait(5 * MINUTE_MS)

    assert done.events() == []
    assert done.frames(TUTOR) == []
    assert hall.play.seat("student").epoch == 0


def test_an_answer_to_a_ping_is_no_proof(hall: Hall) -> None:
    hall.play.join("tutor")
    hall.join_lobby()
    before = hall.play.seat("student").proof_ms

    beat = wire.Heartbeat(audio=True, video=True)
    done = Done(hall.lobby.receive(VISITOR, beat, hall.play.now_ms))

    assert (list(done), hall.play.seat("student").proof_ms) == ([], before)


@pytest.mark.parametrize(
    "frame",
    [wire.SendChat(id="m", text="x"), wire.EndSession(), wire.SetStatus(audio=False, video=False)],
    ids=["chat", "end", "status"],
)
def test_other_frames_from_a_visitor_are_refused(hall: Hall, frame: wire.ClientFrame) -> None:
    hall.play.join("tutor")
    hall.join_lobby()

    done = Done(hall.lobby.receive(VISITOR, frame, hall.play.now_ms))

    assert done.errors(VISITOR) == ["join-first"]
    assert (done.frames(TUTOR), done.events(), done.closed()) == ([], [], {})


def test_a_visitor_gets_an_update_only_when_the_peer_comes_or_goes(hall: Hall) -> None:
    hall.join_lobby()

    hall.play.join("tutor")
    came = hall.update()
    quiet = hall.update()
    hall.play.leave(TUTOR)
    left = hall.update()

    assert came.only(VISITOR, wire.LobbyView).peer is not None
    assert list(quiet) == []
    assert left.only(VISITOR, wire.LobbyView).peer is None


def test_two_visitors_know_of_each_other(hall: Hall) -> None:
    hall.join_lobby("student")

    second = hall.join_lobby("tutor", conn=8)
    told = hall.update()

    assert second.only(8, wire.LobbyView).peer_in_lobby
    assert told.only(VISITOR, wire.LobbyView).peer_in_lobby


def test_a_third_person_is_refused_in_the_lobby_as_in_the_room(hall: Hall) -> None:
    hall.play.both()

    done = hall.join_lobby(address=STRANGER)

    assert done.errors(VISITOR) == ["seat-belongs-to-another"]
    assert done.closed() == {VISITOR: CloseCode.SEAT_OF_ANOTHER}
    assert not hall.lobby.has(VISITOR)


def test_a_visitor_after_the_end_is_shown_the_bill(hall: Hall) -> None:
    hall.play.update(end())

    done = hall.join_lobby()

    assert done.kinds(VISITOR) == ["session-ended"]
    assert done.closed() == {VISITOR: CloseCode.ENDED}


def test_a_visitor_when_the_session_ends_is_shown_the_bill(hall: Hall) -> None:
    hall.join_lobby()

    done = Done(hall.lobby.update(end()))

    assert done.kinds(VISITOR) == ["session-ended"]
    assert done.closed() == {VISITOR: CloseCode.ENDED}
    assert not hall.lobby.has(VISITOR)


def test_a_visitor_gets_a_new_bill_but_no_warning(hall: Hall) -> None:
    hall.join_lobby()

    shown = Done(hall.lobby.update(bill(99)))
    kept = Done(hall.lobby.update(wire.WarningResolved(outcome="wait")))

    assert shown.only(VISITOR, wire.Bill).billable_seconds == 99
    assert list(kept) == []


def test_at_most_a_few_tabs_wait_in_the_lobby_for_one_seat_and_the_other_seat_has_its_own(hall: Hall) -> None:
    for number in range(LOBBY_VISITORS_MAX):
        hall.join_lobby(conn=20 + number)

    refused = hall.join_lobby(conn=40)
    other_seat = hall.join_lobby("tutor", conn=41)

    assert refused.errors(40) == ["lobby-full"]
    assert refused.closed() == {40: CloseCode.TRY_AGAIN_LATER}
    assert other_seat.kinds(41) == ["lobby"]


def test_joining_the_lobby_again_shows_it_again_and_does_not_prolong_the_visit(hall: Hall) -> None:
    hall.join_lobby()
    hall.wait((LOBBY_MINUTES_MAX - 1) * MINUTE_MS)

    again = hall.join_lobby()
    done = hall.wait(MINUTE_MS)

    assert again.kinds(VISITOR) == ["lobby"]
    assert done.errors(VISITOR) == ["lobby-timeout"]


def test_nobody_visits_for_longer_than_the_bound(hall: Hall) -> None:
    hall.join_lobby()

    before = hall.wait(LOBBY_MINUTES_MAX * MINUTE_MS - 1_000)
    after = hall.wait(1_000)

    assert before.closed() == {}
    assert after.errors(VISITOR) == ["lobby-timeout"]
    assert after.closed() == {VISITOR: CloseCode.LOBBY_TIMEOUT}
    assert not hall.lobby.has(VISITOR)


def test_a_visitor_who_answers_no_ping_is_closed(hall: Hall) -> None:
    hall.join_lobby()

    done = hall.wait(16_000, answering=False)

    assert done.closed() == {VISITOR: CloseCode.TOO_SLOW}
    assert not hall.lobby.has(VISITOR)


def test_the_room_does_not_know_of_visitors(hall: Hall) -> None:
    hall.join_lobby("student")

    done = hall.play.join("student", conn=STUDENT)

    assert done.kinds(STUDENT) == ["welcome"]
