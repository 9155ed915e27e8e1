"""The lobby: who looks sees who is there, and is nobody: no seat, no proof, no event, no word to the room."""

from __future__ import annotations

import pytest

from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.lobby import LOOK_MINUTES_MAX, LOOKERS_MAX, Lobby
from langdao_video.signaling.seats import Sitter
from tests.signaling.play import ADDRESSES, STUDENT, TUTOR, Done, Play, bill, end

LOOKER = 7
STRANGER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
MINUTE_MS = 60_000


class Hall:
    """A room and its lobby on a stage."""

    def __init__(self) -> None:
        self.play = Play()
        self.lobby = Lobby()

    def look(self, role: str = "student", conn: int = LOOKER, address: str = "") -> Done:
        """Look in on socket *conn*."""
        sitter = Sitter(
            role="student" if role == "student" else "tutor",
            page=f"page-of-{conn}",
            address=address or ADDRESSES["student" if role == "student" else "tutor"],
        )
        return Done(self.lobby.look(self.play.room, conn, sitter, self.play.now_ms))

    def update(self) -> Done:
        """Show what has changed."""
        return Done(self.lobby.update(self.play.room, self.play.now_ms))

    def wait(self, ms: int, *, answering: bool = True) -> Done:
        """Let time pass; who looks answers pings or does not."""
        done = Done()
        until_ms = self.play.now_ms + ms
        while self.play.now_ms < until_ms:
            self.play.now_ms = min(until_ms, self.play.now_ms + 1_000)
            ticked = Done(self.lobby.tick(self.play.now_ms))
            done += ticked
            if answering and self.lobby.has(LOOKER) and ticked.frames(LOOKER):
                beat = wire.Heartbeat(audio=True, video=True)
                done += Done(self.lobby.receive(LOOKER, beat, self.play.now_ms))
        return done


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_who_looks_is_shown_the_session_and_that_nobody_is_here(hall: Hall) -> None:
    shown = hall.look().only(LOOKER, wire.Lobby)

    assert (shown.role, shown.address) == ("student", ADDRESSES["student"])
    assert shown.session == hall.play.room.info
    assert (shown.peer, shown.peer_looks) == (None, False)


def test_who_looks_is_shown_who_sits_there_and_what_the_lesson_costs(hall: Hall) -> None:
    hall.play.join("tutor")
    hall.play.tell(bill())

    done = hall.look()

    peer = done.only(LOOKER, wire.Lobby).peer
    assert peer is not None
    assert peer.role == "tutor"
    assert done.only(LOOKER, wire.Bill).rate_per_hour == bill().rate_per_hour


def test_looking_takes_no_seat_and_the_platform_hears_nothing(hall: Hall) -> None:
    hall.play.join("tutor")

    done = hall.look()
    done += hall.wait(5 * MINUTE_MS)

    assert done.events() == []
    assert done.frames(TUTOR) == []
    assert hall.play.seat("student").epoch == 0


def test_an_answer_to_a_ping_is_no_proof(hall: Hall) -> None:
    hall.play.join("tutor")
    hall.look()
    before = hall.play.seat("student").proof_ms

    beat = wire.Heartbeat(audio=True, video=True)
    done = Done(hall.lobby.receive(LOOKER, beat, hall.play.now_ms))

    assert (list(done), hall.play.seat("student").proof_ms) == ([], before)


@pytest.mark.parametrize(
    "frame",
    [wire.SendChat(id="m", text="x"), wire.EndSession(), wire.SetStatus(audio=False, video=False)],
    ids=["chat", "end", "status"],
)
def test_nothing_else_that_is_said_counts(hall: Hall, frame: wire.ClientFrame) -> None:
    hall.play.join("tutor")
    hall.look()

    done = Done(hall.lobby.receive(LOOKER, frame, hall.play.now_ms))

    assert done.errors(LOOKER) == ["join-first"]
    assert (done.frames(TUTOR), done.events(), done.closed()) == ([], [], {})


def test_who_looks_is_told_when_the_other_comes_and_goes_and_only_then(hall: Hall) -> None:
    hall.look()

    hall.play.join("tutor")
    came = hall.update()
    quiet = hall.update()
    hall.play.leave(TUTOR)
    left = hall.update()

    assert came.only(LOOKER, wire.Lobby).peer is not None
    assert list(quiet) == []
    assert left.only(LOOKER, wire.Lobby).peer is None


def test_two_who_look_know_of_each_other(hall: Hall) -> None:
    hall.look("student")

    second = hall.look("tutor", conn=8)
    told = hall.update()

    assert second.only(8, wire.Lobby).peer_looks
    assert told.only(LOOKER, wire.Lobby).peer_looks


def test_a_third_person_is_shown_out_as_at_the_door_of_the_room(hall: Hall) -> None:
    hall.play.both()

    done = hall.look(address=STRANGER)

    assert done.errors(LOOKER) == ["seat-belongs-to-another"]
    assert done.closed() == {LOOKER: CloseCode.SEAT_OF_ANOTHER}
    assert not hall.lobby.has(LOOKER)


def test_who_looks_after_the_end_is_shown_the_bill(hall: Hall) -> None:
    hall.play.tell(end())

    done = hall.look()

    assert done.kinds(LOOKER) == ["session-ended"]
    assert done.closed() == {LOOKER: CloseCode.ENDED}


def test_who_looks_when_the_session_ends_is_shown_the_bill(hall: Hall) -> None:
    hall.look()

    done = Done(hall.lobby.tell(end()))

    assert done.kinds(LOOKER) == ["session-ended"]
    assert done.closed() == {LOOKER: CloseCode.ENDED}
    assert not hall.lobby.has(LOOKER)


def test_a_bill_that_changes_is_shown_and_a_warning_is_for_those_who_sit(hall: Hall) -> None:
    hall.look()

    shown = Done(hall.lobby.tell(bill(99)))
    kept = Done(hall.lobby.tell(wire.GraceResolved(outcome="wait")))

    assert shown.only(LOOKER, wire.Bill).billable_seconds == 99
    assert list(kept) == []


def test_at_most_a_few_tabs_look_in_for_one_seat_and_the_other_seat_has_its_own(hall: Hall) -> None:
    for number in range(LOOKERS_MAX):
        hall.look(conn=20 + number)

    refused = hall.look(conn=40)
    other_seat = hall.look("tutor", conn=41)

    assert refused.errors(40) == ["lobby-full"]
    assert refused.closed() == {40: CloseCode.TRY_AGAIN_LATER}
    assert other_seat.kinds(41) == ["lobby"]


def test_looking_again_on_the_same_socket_is_shown_again_and_buys_no_time(hall: Hall) -> None:
    hall.look()
    hall.wait((LOOK_MINUTES_MAX - 1) * MINUTE_MS)

    again = hall.look()
    done = hall.wait(MINUTE_MS)

    assert again.kinds(LOOKER) == ["lobby"]
    assert done.errors(LOOKER) == ["lobby-timeout"]


def test_nobody_looks_for_longer_than_the_bound(hall: Hall) -> None:
    hall.look()

    before = hall.wait(LOOK_MINUTES_MAX * MINUTE_MS - 1_000)
    after = hall.wait(1_000)

    assert before.closed() == {}
    assert after.errors(LOOKER) == ["lobby-timeout"]
    assert after.closed() == {LOOKER: CloseCode.LOBBY_TIMEOUT}
    assert not hall.lobby.has(LOOKER)


def test_a_socket_that_answers_nothing_is_let_go(hall: Hall) -> None:
    hall.look()

    done = hall.wait(16_000, answering=False)

    assert done.closed() == {LOOKER: CloseCode.TOO_SLOW}
    assert not hall.lobby.has(LOOKER)


def test_the_room_does_not_know_of_who_looks(hall: Hall) -> None:
    hall.look("student")

    done = hall.play.join("student", conn=STUDENT)

    assert done.kinds(STUDENT) == ["welcome"]
