"""Heartbeats every 10 s from pings every 5 s, and seats that are lost at their last proof (R22, R23)."""

from __future__ import annotations

import pytest

from langdao_video.session.events import Dispute, UserDisconnected
from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.seats import SeatPhase
from tests.signaling.play import ADDRESSES, START_MS, STUDENT, TUTOR, Done, Play


@pytest.fixture
def play() -> Play:
    return Play()


def beats(done: Done, role: str) -> list[int]:
    """Return when the heartbeats of *role* were, ms after the start."""
    return [
        event.timestamp - START_MS
        for event in done.events()
        if event.type == "session-heartbeat" and event.user_role == role
    ]


@pytest.mark.requirement("R22", "R25")
def test_a_heartbeat_event_has_all_fields_from_the_server_itself(play: Play) -> None:
    play.join("student")
    play.beat(STUDENT)
    play.wait(7_900, beating=[STUDENT])
    play.join("tutor")
    play.wait(40)

    done = play.beat(STUDENT, audio=True, video=False)

    (event,) = (event for event in done.events() if event.type == "session-heartbeat")
    assert event.to_wire() == {
        "type": "session-heartbeat",
        "sessionId": "session-abc123",
        "userRole": "student",
        "userAddress": ADDRESSES["student"],
        "language": "es",
        "startTime": START_MS,
        "heartbeat": True,
        "timestamp": START_MS + 7_900,
        "isAudioEnabled": True,
        "isVideoEnabled": False,
        "elapsedSeconds": 7,
        "epoch": 1,
    }


@pytest.mark.requirement("R22")
def test_heartbeats_of_each_seat_come_every_ten_seconds(play: Play) -> None:
    both = play.both()
    first = Done([*play.beat(STUDENT), *play.beat(TUTOR)])

    done = play.wait(60_000, beating=[STUDENT, TUTOR])

    assert both.only(STUDENT, wire.Ping).server_time == START_MS
    assert beats(first, "student") == [0]
    assert beats(done, "student") == beats(done, "tutor") == [10_000 * n for n in range(1, 7)]


def test_pings_come_every_five_seconds(play: Play) -> None:
    play.join("student")

    done = play.wait(20_000, beating=[STUDENT])

    pings = [frame for frame in done.frames(STUDENT) if isinstance(frame, wire.Ping)]
    assert [ping.server_time - START_MS for ping in pings] == [5_000, 10_000, 15_000, 20_000]


@pytest.mark.requirement("R22")
def test_a_page_that_answers_late_still_makes_one_heartbeat_in_ten_seconds(play: Play) -> None:
    play.both()
    play.beat(STUDENT)
    done = Done()

    for delay_ms in (1_200, 0, 2_000, 300, 1_900, 0):
        done += play.wait(5_000, beating=[TUTOR])
        play.wait(delay_ms)
        done += play.beat(STUDENT)
        play.now_ms -= delay_ms

    assert len(beats(done, "student")) == 3


def test_a_page_that_sends_many_heartbeats_makes_no_more_events(play: Play) -> None:
    play.both()
    done = Done()

    for _ in range(100):
        play.wait(100)
        done += play.beat(STUDENT)

    assert len(beats(done, "student")) == 2


@pytest.mark.requirement("R36")
def test_the_first_heartbeats_come_the_moment_both_are_there(play: Play) -> None:
    play.join("student")
    play.beat(STUDENT)
    play.wait(3_000)

    play.join("tutor")
    done = Done([*play.beat(STUDENT), *play.beat(TUTOR)])

    assert (beats(done, "student"), beats(done, "tutor")) == ([3_000], [3_000])


def test_a_page_that_wakes_and_answers_all_pings_is_reported_by_its_newest_answer(play: Play) -> None:
    play.both()
    play.beat(TUTOR)
    play.wait(12_000, beating=[TUTOR])

    done = play.beat(STUDENT)

    assert beats(done, "student") == [0, 10_000]


class TestLosing:
    def test_when_a_ping_goes_unanswered_the_proof_before_it_is_reported_once(self, play: Play) -> None:
        """Heartbeats go out every ten seconds: without another one, the proofs since the last would be lost."""
        play.both()
        play.wait(5_500, beating=[STUDENT, TUTOR])

        done = play.wait(12_000, beating=[STUDENT])

        assert beats(done, "tutor") == [5_000]

    @pytest.mark.requirement("R23")
    def test_a_drop_is_reported_after_five_seconds_with_the_time_of_the_last_proof(self, play: Play) -> None:
        play.both()
        play.wait(12_000, beating=[STUDENT, TUTOR])
        play.drop(STUDENT)

        before = play.wait(4_750, beating=[TUTOR])
        done = play.wait(250, beating=[TUTOR])

        assert "student user-disconnected 1" not in before.told()
        (event,) = (event for event in done.events() if event.type == "user-disconnected")
        assert event.to_wire() == {
            "type": "user-disconnected",
            "sessionId": "session-abc123",
            "userRole": "student",
            "reason": "connection-lost",
            "timestamp": START_MS + 10_000,
            "epoch": 1,
        }

    @pytest.mark.requirement("R16", "R23")
    def test_a_closed_page_is_gone_from_the_last_ping_it_answered(self, play: Play) -> None:
        play.both()
        play.wait(7_222, beating=[STUDENT, TUTOR])
        play.leave(TUTOR)

        done = play.wait(5_000, beating=[STUDENT])

        (event,) = (event for event in done.events() if event.type == "user-disconnected")
        assert (event.to_wire()["reason"], event.timestamp) == ("connection-closed", START_MS + 5_000)
        left = done.only(STUDENT, wire.PeerLeft)
        assert (left.role, left.reason, left.timestamp) == ("tutor", "connection-closed", START_MS + 5_000)

    def test_an_answer_proves_the_time_of_its_ping_however_late_it_comes(self, play: Play) -> None:
        """The page may have been closed while the network delayed the answer."""
        play.both()
        play.beat(TUTOR)
        play.wait(9_000, beating=[TUTOR])
        play.beat(STUDENT)
        play.leave(STUDENT)

        done = play.wait(5_000, beating=[TUTOR])

        (event,) = (event for event in done.events() if event.type == "user-disconnected")
        assert event.timestamp == START_MS + 5_000

    @pytest.mark.parametrize(
        "frame", [wire.SendChat(id="m-1", text="Hola"), wire.SetStatus(audio=True, video=True)]
    )
    def test_a_frame_that_answers_no_ping_keeps_the_socket_alive_and_proves_nothing(
        self, play: Play, frame: wire.ClientFrame
    ) -> None:
        play.both()
        play.beat(STUDENT)
        for _ in range(4):
            play.wait(5_000, beating=[TUTOR])
            play.say(STUDENT, frame)
        play.drop(STUDENT)

        done = play.wait(5_000, beating=[TUTOR])

        (event,) = (event for event in done.events() if isinstance(event, UserDisconnected))
        assert (event.user_role, event.timestamp) == ("student", START_MS)

    def test_a_socket_that_resumes_proves_nothing_before_it_answers(self, play: Play) -> None:
        play.both()
        play.beat(STUDENT)
        play.drop(STUDENT)
        play.wait(3_000)
        play.join("student", conn=3, resume=play.resume_of("student"))
        play.drop(3)

        done = play.wait(5_000)

        (event,) = (event for event in done.events() if isinstance(event, UserDisconnected))
        assert event.timestamp == START_MS

    def test_a_silent_socket_counts_as_dead(self, play: Play) -> None:
        play.both()

        alive = play.wait(15_000, beating=[TUTOR])
        done = play.wait(5_250, beating=[TUTOR])

        assert alive.closed() == {}
        assert done.closed() == {STUDENT: CloseCode.TOO_SLOW}
        (event,) = (event for event in done.events() if event.type == "user-disconnected")
        assert (event.to_wire()["userRole"], event.timestamp) == ("student", START_MS)

    def test_it_is_reported_once(self, play: Play) -> None:
        play.both()
        play.drop(STUDENT)

        done = play.wait(120_000, beating=[TUTOR])

        assert done.told().count("student user-disconnected 1") == 1
        assert len([f for f in done.frames(TUTOR) if isinstance(f, wire.PeerLeft)]) == 1

    def test_nothing_is_reported_of_a_seat_after_its_loss(self, play: Play) -> None:
        play.join("tutor")
        play.beat(TUTOR)
        play.wait(5_000, beating=[TUTOR])
        play.join("student")
        play.drop(TUTOR)

        told = play.wait(10_000, beating=[STUDENT]).told()

        assert [line for line in told if line.startswith("tutor")] == ["tutor user-disconnected 1"]

    def test_both_at_once_are_reported_each(self, play: Play) -> None:
        play.both()
        play.drop(STUDENT)
        play.drop(TUTOR)

        done = play.wait(5_000)

        assert sorted(done.told()) == ["student user-disconnected 1", "tutor user-disconnected 1"]
        assert play.room.is_empty

    def test_an_empty_seat_is_not_pinged(self, play: Play) -> None:
        play.both()
        play.drop(STUDENT)

        done = play.wait(10_000, beating=[TUTOR])

        assert done.frames(STUDENT) == []
        assert play.seat("student").phase is SeatPhase.EMPTY

    def test_the_loss_of_an_unknown_socket_is_ignored(self, play: Play) -> None:
        play.both()

        assert play.drop(99) == []


class TestEcho:
    """An answer may name its ping. Then it proves the time of that ping, even if earlier pings have no answer."""

    @pytest.fixture
    def asked(self, play: Play) -> Play:
        """Ping a student at 0, 5 and 10 s, without an answer."""
        play.join("student")
        play.wait(10_000)
        assert [ms - START_MS for ms in play.seat("student").asked_ms] == [0, 5_000, 10_000]
        return play

    @staticmethod
    def answer(play: Play, echo_ms: int | None) -> tuple[int, list[int]]:
        """Answer, and return the proved time and the open pings, in ms after the start."""
        echo = None if echo_ms is None else START_MS + echo_ms
        play.say(STUDENT, wire.Heartbeat(audio=True, video=True, server_time=echo))
        seat = play.seat("student")
        return seat.proof_ms - START_MS, [ms - START_MS for ms in seat.asked_ms]

    @pytest.mark.parametrize(
        ("echo_ms", "proves", "leaves"),
        [
            (0, 0, [5_000, 10_000]),
            (5_000, 5_000, [10_000]),  # the ping before it can no longer be answered
            (10_000, 10_000, []),
            (None, 0, [5_000, 10_000]),  # a page that does not echo answers the oldest
            (7_000, 0, [0, 5_000, 10_000]),  # no such ping was sent, so it proves nothing
            (15_000, 0, [0, 5_000, 10_000]),  # this ping is not sent yet
        ],
    )
    def test_it_proves_the_time_of_its_ping(
        self, asked: Play, echo_ms: int | None, proves: int, leaves: list[int]
    ) -> None:
        assert self.answer(asked, echo_ms) == (proves, leaves)

    def test_the_same_answer_twice_proves_nothing_more(self, asked: Play) -> None:
        first = self.answer(asked, 5_000)

        assert self.answer(asked, 5_000) == first == (5_000, [10_000])


class TestSocketsWithoutAnAnswer:
    """A page takes one socket after the other before a ping on it is late, while picture and sound go on."""

    @staticmethod
    def come_back(play: Play, *, answers: bool) -> list[bool]:
        """Come back four times in 36 s. Return the beginnings and ends of disputes."""
        done = Done()
        for conn in range(10, 14):
            done += play.wait(9_000, beating=[TUTOR])
            play.drop(play.seat("student").conn or 0)
            done += play.join("student", conn, resume=play.resume_of("student"))
            play.beat(TUTOR)
            done += play.wait(250, beating=[TUTOR])
            if answers:
                done += play.beat(conn)
        return [event.is_open for event in done.events() if isinstance(event, Dispute)]

    def test_are_a_silence(self, play: Play) -> None:
        play.both()
        play.beat(STUDENT)

        assert self.come_back(play, answers=False) == [True]

    def test_are_none_once_one_is_answered(self, play: Play) -> None:
        play.both()
        play.beat(STUDENT)
        self.come_back(play, answers=False)

        done = play.beat(13)

        assert [event.is_open for event in done.events() if isinstance(event, Dispute)] == [False]

    def test_are_none_if_each_is_answered(self, play: Play) -> None:
        play.both()
        play.beat(STUDENT)

        assert self.come_back(play, answers=True) == []

    def test_end_with_the_sitting(self, play: Play) -> None:
        play.both()
        play.beat(STUDENT)
        self.come_back(play, answers=False)

        play.join("student", 20, page="another-page", takeover=True)
        play.beat(TUTOR)

        assert play.seat("student").lateness.left_ms is None
