"""The complete frames of a room for pages that join, are refused or are expelled, and when it closes a socket."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from langdao_video.session.roles import ROLES, Role, other
from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import Close, CloseCode, Decide
from langdao_video.signaling.ice import IceOffer
from langdao_video.signaling.room_phase import EndReported
from langdao_video.signaling.seats import SeatPhase
from tests.signaling.play import ADDRESSES, START_MS, STUDENT, TUTOR, Done, Play, end, warning

CONN: dict[Role, int] = {"student": STUDENT, "tutor": TUTOR}


@pytest.fixture
def play() -> Play:
    play = Play()
    play.both()
    play.beat(STUDENT)
    play.beat(TUTOR)
    return play


def test_a_new_room_is_not_over_and_has_no_bill() -> None:
    room = Play().room

    assert (room.is_over, room.bill) == (False, None)


def test_a_room_knows_the_sockets_that_sit_in_it(play: Play) -> None:
    play.drop(TUTOR)

    assert [play.room.has(conn) for conn in (STUDENT, TUTOR, 99)] == [True, False, False]


def test_the_welcome_tells_all_that_a_page_needs() -> None:
    play = Play()
    play.room.offer_ice = lambda role, now_ms: IceOffer(
        (wire.IceServer(urls=("turn:a",), username=role, credential=str(now_ms)),)
    )
    play.now_ms += 700

    done = play.join("tutor", page="page-t-1", name="José", assumed=("language",), relay_only=True)

    assert done.only(TUTOR, wire.Welcome) == wire.Welcome(
        role="tutor",
        address=ADDRESSES["tutor"],
        name="José",
        epoch=1,
        resume=f"tutor 1 page-t-1 {START_MS + 700}",
        session=wire.SessionInfo(id="session-abc123", start=START_MS, language="es"),
        server_time=START_MS + 700,
        ice_servers=(wire.IceServer(urls=("turn:a",), username="tutor", credential=str(START_MS + 700)),),
        relay_only=True,
        peer=None,
        assumed=("language",),
    )


def open_another_tab(play: Play) -> Done:
    return play.join("student", conn=3, page="page-of-phone")


def come_as_a_stranger(play: Play) -> Done:
    return play.join("student", conn=3, address="0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")


def come_too_late(play: Play) -> Done:
    play.room._phase = EndReported("student", play.now_ms)
    return play.join("student", conn=3)


def take_over(play: Play) -> Done:
    return play.join("student", conn=3, page="page-of-phone", takeover=True)


def speak_before_joining(play: Play) -> Done:
    return play.say(3, wire.Heartbeat(audio=True, video=True))


def join_twice(play: Play) -> Done:
    return play.say(STUDENT, wire.Join(page="page-of-student", role="student"))


def decide_without_a_question(play: Play) -> Done:
    return play.say(STUDENT, wire.DecideGrace(decision="end"))


@pytest.mark.parametrize(
    "act",
    [
        open_another_tab,
        come_as_a_stranger,
        come_too_late,
        take_over,
        speak_before_joining,
        join_twice,
        decide_without_a_question,
    ],
)
def test_each_refusal_has_a_sentence_for_people(play: Play, act: Callable[[Play], Done]) -> None:
    done = act(play)

    (error,) = (
        frame for conn in (STUDENT, 3) for frame in done.frames(conn) if isinstance(frame, wire.Error)
    )
    assert error.message.endswith(".")
    assert " " in error.message


class TestClosing:
    def test_the_end_closes_each_socket_with_its_name(self, play: Play) -> None:
        ended = play.update(end())
        late = play.join("student", conn=3)

        assert [effect for effect in (*ended, *late) if isinstance(effect, Close)] == [
            Close(STUDENT, CloseCode.ENDED, "session-ended"),
            Close(TUTOR, CloseCode.ENDED, "session-ended"),
            Close(3, CloseCode.ENDED, "session-ended"),
        ]

    def test_a_silent_socket_is_closed_and_that_is_no_goodbye(self, play: Play) -> None:
        closing = play.wait(15_250, beating=[TUTOR])
        held = play.seat("student").said_goodbye
        gone = play.wait(5_000, beating=[TUTOR])

        assert [effect for effect in closing if isinstance(effect, Close)] == [
            Close(STUDENT, CloseCode.TOO_SLOW, "silent")
        ]
        assert held is False
        (left,) = (event for event in gone.events() if event.type == "user-disconnected")
        assert left.reason == "connection-lost"


class TestExpelling:
    @pytest.mark.parametrize("role", ROLES)
    def test_empties_the_seat_at_once_and_both_sides_hear_why(self, play: Play, role: Role) -> None:
        done = Done(play.room.expel(CONN[role]))

        (left,) = done.events()
        assert (left.type, getattr(left, "reason", None)) == ("user-disconnected", "link-revoked")
        assert done.told() == [f"{role} user-disconnected 1"]
        assert done.only(CONN[other(role)], wire.PeerLeft) == wire.PeerLeft(
            role=role, reason="link-revoked", timestamp=START_MS
        )
        assert play.seat(role).phase is SeatPhase.EMPTY

    def test_of_a_socket_without_a_seat_does_nothing(self, play: Play) -> None:
        assert play.room.expel(99) == []

    def test_is_no_event_once_the_session_is_over(self, play: Play) -> None:
        play.say(STUDENT, wire.EndSession())
        play.wait(1_000)

        done = Done(play.room.expel(STUDENT))

        assert play.room.is_over
        assert done.events() == []
        assert done.kinds(TUTOR) == ["peer-left"]

    def test_lets_nothing_more_be_reported_of_what_was_switched(self, play: Play) -> None:
        play.say(STUDENT, wire.SetStatus(audio=False, video=True))
        play.say(STUDENT, wire.SetStatus(audio=True, video=True))
        play.room.expel(STUDENT)

        assert "student user-action 1" not in play.wait(2_000, beating=[TUTOR]).told()


class TestMovingOn:
    def test_a_page_that_is_moved_is_reported_as_moved(self, play: Play) -> None:
        left, _ = play.join("student", conn=3, page="page-s-2", takeover=True).events()

        assert left.to_wire()["reason"] == "moved"

    def test_a_seat_without_a_socket_is_not_reported_as_moved(self, play: Play) -> None:
        play.drop(STUDENT)

        done = play.join("student", conn=3)

        assert (done.frames(STUDENT), done.closed()) == ([], {})

    @pytest.mark.parametrize("role", ROLES)
    def test_media_of_a_new_page_is_not_missing_yet(self, play: Play, role: Role) -> None:
        across = play.seat(other(role))
        across.flow.awaited_ms = START_MS

        play.join(role, conn=3, page="page-2", takeover=True)

        assert across.flow.awaited_ms is None

    def test_after_a_join_the_next_proof_of_both_is_reported(self, play: Play) -> None:
        assert [play.seat(role).beat_ms for role in ROLES] == [START_MS, START_MS]

        play.join("student", conn=3, takeover=True)

        assert [play.seat(role).beat_ms for role in ROLES] == [None, None]


class TestWhoIsAsked:
    def test_a_returning_participant_is_not_asked_about_themselves(self, play: Play) -> None:
        play.drop(TUTOR)
        play.update(warning("tutor"))

        assert play.join("tutor", conn=3).kinds(3) == ["welcome"]

    def test_without_an_open_question_a_join_shows_none(self, play: Play) -> None:
        assert play.join("tutor", conn=3, takeover=True).kinds(3) == ["welcome"]

    @pytest.mark.requirement("R39")
    @pytest.mark.parametrize(("cause", "asked"), [("media", [STUDENT, TUTOR]), ("dispute", [STUDENT])])
    def test_both_are_asked_when_both_agree_that_media_stopped(
        self, play: Play, cause: str, asked: list[int]
    ) -> None:
        question = wire.ConnectionWarning(
            disconnected_role="tutor",
            grace_period_seconds=30,
            deadline=START_MS + 40_000,
            cause="media" if cause == "media" else "dispute",
        )

        done = play.update(question)

        assert [conn for conn in (STUDENT, TUTOR) if done.frames(conn) == [question]] == asked

    @pytest.mark.requirement("R40")
    def test_an_answer_goes_to_the_backend_with_the_socket_that_gave_it(self, play: Play) -> None:
        play.update(warning("tutor"))

        assert play.say(STUDENT, wire.DecideGrace(decision="wait")) == [Decide("student", "wait", STUDENT)]
