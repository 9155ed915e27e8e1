"""Who gets a seat: the first and second page, a return, a takeover, a third person, after the end or a restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from langdao_video.session.resume import Resume
from langdao_video.session.snapshot import SeatSnapshot
from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.seats import SeatPhase
from tests.signaling.play import ADDRESSES, START_MS, STUDENT, TUTOR, Done, Play, end

STRANGER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@pytest.fixture
def play() -> Play:
    return Play()


class TestComing:
    def test_the_first_is_welcomed_and_alone(self, play: Play) -> None:
        done = play.join("student")

        welcome = done.only(STUDENT, wire.Welcome)
        assert welcome.peer is None
        assert (welcome.role, welcome.address, welcome.epoch) == ("student", ADDRESSES["student"], 1)
        assert welcome.session == wire.SessionInfo(id="session-abc123", start=START_MS, language="es")
        assert welcome.server_time == play.now_ms

    @pytest.mark.requirement("R21")
    def test_coming_is_an_event_of_the_server_s_time(self, play: Play) -> None:
        play.now_ms += 1_234

        (event,) = play.join("tutor").events()

        assert event.to_wire() == {
            "type": "user-connected",
            "sessionId": "session-abc123",
            "userRole": "tutor",
            "timestamp": START_MS + 1_234,
            "epoch": 1,
            "userAddress": ADDRESSES["tutor"],
            "language": "es",
        }

    def test_the_second_participant_gets_the_peer_in_the_welcome_and_offers(self, play: Play) -> None:
        play.join("student", page="page-s-1", audio=False)

        done = play.join("tutor", page="page-t-1")

        peer = done.only(TUTOR, wire.Welcome).peer
        assert peer == wire.Peer(
            role="student", page="page-s-1", address=ADDRESSES["student"], audio=False, video=True
        )

    def test_the_first_participant_is_told_of_the_second_and_does_not_offer(self, play: Play) -> None:
        play.join("student")

        done = play.join("tutor", page="page-t-1", video=False)

        joined = done.only(STUDENT, wire.PeerJoined)
        assert (joined.peer.page, joined.peer.video, joined.timestamp) == ("page-t-1", False, play.now_ms)
        assert done.kinds(STUDENT) == ["peer-joined"]

    @pytest.mark.requirement("R36")
    def test_both_are_asked_for_a_heartbeat_the_moment_both_are_there(self, play: Play) -> None:
        done = play.both()

        asked_at = [done.only(conn, wire.Ping).server_time for conn in (STUDENT, TUTOR)]
        assert asked_at == [START_MS, START_MS]

    def test_a_second_join_on_the_same_socket_changes_nothing(self, play: Play) -> None:
        play.both()

        done = play.say(STUDENT, wire.Join(page="page-of-student", role="tutor"))

        assert done.errors(STUDENT) == ["already-joined"]
        assert (done.told(), done.frames(TUTOR)) == ([], [])


class TestStrangers:
    def test_a_third_person_does_not_get_in(self, play: Play) -> None:
        play.both()

        done = play.join("student", conn=3, address=STRANGER, takeover=True)

        assert done.errors(3) == ["seat-belongs-to-another"]
        assert done.closed() == {3: CloseCode.SEAT_OF_ANOTHER}
        assert (done.told(), done.frames(STUDENT), done.frames(TUTOR)) == ([], [], [])
        assert play.seat("student").conn == STUDENT

    def test_a_seat_stays_its_owner_s_after_they_have_gone(self, play: Play) -> None:
        play.both()
        play.leave(STUDENT)
        play.wait(60_000, beating=[TUTOR])

        done = play.join("student", conn=3, address=STRANGER)

        assert done.errors(3) == ["seat-belongs-to-another"]

    def test_the_owner_is_recognised_in_any_spelling_of_the_address(self, play: Play) -> None:
        play.both()
        play.leave(STUDENT)

        done = play.join("student", conn=3, address=ADDRESSES["student"].lower())

        assert done.kinds(3) == ["welcome"]

    def test_a_seat_that_was_announced_to_a_person_is_kept_for_them(self) -> None:
        play = Play({"student": SeatSnapshot(address=ADDRESSES["student"]), "tutor": SeatSnapshot()})

        assert play.join("student", address=STRANGER).errors(STUDENT) == ["seat-belongs-to-another"]
        assert play.join("student", conn=3).kinds(3) == ["welcome"]

    def test_a_resume_token_seats_nobody_with_another_person_s_link(self, play: Play) -> None:
        play.both()
        stolen = play.resume_of("student")

        done = play.join("student", conn=3, address=STRANGER, resume=stolen)

        assert done.errors(3) == ["seat-belongs-to-another"]
        assert play.seat("student").conn == STUDENT

    def test_anyone_may_take_over_a_throwaway_seat_when_asked(self, play: Play) -> None:
        play.join("student", address=STRANGER, is_throwaway=True)

        asked = play.join("student", conn=3)
        moved = play.join("student", conn=3, takeover=True)

        assert asked.errors(3) == ["seat-open-elsewhere"]
        assert moved.kinds(3) == ["welcome"]


class TestTheSamePage:
    def test_takes_its_own_seat_from_a_socket_that_is_not_known_to_be_dead(self, play: Play) -> None:
        """Its network failed before the welcome came, so it has no resume token yet."""
        play.both()
        play.join("student", conn=3, page="page-s-2", takeover=True)

        done = play.join("student", conn=4, page="page-s-2")

        assert (done.errors(4), done.kinds(4)[0]) == ([], "welcome")
        assert list(done.closed()) == [3]
        assert (play.seat("student").conn, done.told()) == (4, [])


class TestAnotherTab:
    def test_is_asked_first_and_nothing_happens(self, play: Play) -> None:
        play.both()

        done = play.join("student", conn=3, page="page-s-2")

        assert done.errors(3) == ["seat-open-elsewhere"]
        assert (done.closed(), done.told(), done.frames(STUDENT)) == ({}, [], [])
        assert done.only(3, wire.Error).final is False

    def test_takes_over_with_a_higher_epoch_and_the_old_tab_is_told(self, play: Play) -> None:
        play.both()
        play.wait(3_000)

        done = play.join("student", conn=3, page="page-s-2", takeover=True)

        assert done.errors(STUDENT) == ["moved-elsewhere"]
        assert done.closed() == {STUDENT: CloseCode.MOVED}
        assert done.only(3, wire.Welcome).epoch == 2
        assert done.only(TUTOR, wire.PeerJoined).peer.page == "page-s-2"
        assert done.only(TUTOR, wire.PeerJoined).took_over, "the other one is told"
        assert done.told() == ["student user-disconnected 1", "student user-connected 2"]
        left, came = done.events()
        assert came.to_wire()["tookOver"] is True, "and so is the platform"
        assert (left.timestamp, came.timestamp) == (START_MS, START_MS + 3_000)

    def test_takes_over_a_seat_whose_connection_was_cut_a_moment_ago(self, play: Play) -> None:
        play.both()
        play.drop(STUDENT)

        done = play.join("student", conn=3, page="page-s-2")

        assert done.only(TUTOR, wire.PeerJoined).took_over
        assert done.events()[-1].to_wire()["tookOver"] is True

    def test_does_not_take_over_from_one_who_has_left(self, play: Play) -> None:
        play.both()
        play.leave(STUDENT)

        done = play.join("student", conn=3, page="page-s-2")

        assert not done.only(TUTOR, wire.PeerJoined).took_over
        assert "tookOver" not in done.events()[-1].to_wire()

    def test_frames_from_the_old_tab_are_ignored(self, play: Play) -> None:
        play.both()
        play.join("student", conn=3, page="page-s-2", takeover=True)

        done = play.say(STUDENT, wire.EndSession())

        assert done.errors(STUDENT) == ["join-first"]
        assert play.drop(STUDENT) == []
        assert play.seat("student").is_seated


class TestComingBack:
    @pytest.mark.requirement("R20")
    def test_a_socket_that_resumes_in_time_goes_on_as_if_nothing_happened(self, play: Play) -> None:
        play.both()
        resume = play.resume_of("student")
        play.wait(1_000)
        play.drop(STUDENT)
        gone = play.wait(4_900, beating=[TUTOR])

        done = play.join("student", conn=3, resume=resume)

        assert "student user-disconnected 1" not in gone.told()
        assert gone.kinds(TUTOR) == []
        assert done.told() == []
        assert done.only(3, wire.Welcome).epoch == 1
        assert done.only(TUTOR, wire.PeerJoined).peer.page == "page-of-student"

    @pytest.mark.requirement("R20")
    def test_a_socket_resumes_although_the_old_one_still_looks_alive(self, play: Play) -> None:
        play.both()

        done = play.join("student", conn=3, resume=play.resume_of("student"))

        assert done.closed() == {STUDENT: CloseCode.RESTARTS}
        assert done.told() == []
        assert done.only(3, wire.Welcome).epoch == 1

    @pytest.mark.parametrize("has_token", [True, False])
    @pytest.mark.parametrize("goes", [Play.leave, Play.drop])
    def test_a_page_that_comes_back_continues_its_sitting_even_after_a_goodbye(
        self, play: Play, goes: Callable[[Play, int], Done], *, has_token: bool
    ) -> None:
        play.both()
        goes(play, STUDENT)
        play.wait(4_900, beating=[TUTOR])

        done = play.join("student", conn=3, resume=play.resume_of("student") if has_token else None)

        assert done.told() == []
        assert done.only(3, wire.Welcome).epoch == 1
        assert done.only(TUTOR, wire.PeerJoined).took_over is False

    def test_the_same_page_of_another_person_begins_a_sitting(self, play: Play) -> None:
        play.join("student", is_throwaway=True)
        play.leave(STUDENT)

        done = play.join("student", conn=3, address=ADDRESSES["tutor"])

        assert done.told() == ["student user-disconnected 1", "student user-connected 2"]

    def test_a_reload_is_a_new_sitting_without_a_question(self, play: Play) -> None:
        play.both()
        resume = play.resume_of("student")
        play.wait(7_000, beating=[STUDENT])
        play.leave(STUDENT)
        play.wait(500)

        done = play.join("student", conn=3, page="page-s-2", resume=resume)

        assert done.kinds(3) == ["welcome"]
        assert done.told() == ["student user-disconnected 1", "student user-connected 2"]
        left, came = done.events()
        assert (left.to_wire()["reason"], left.timestamp) == ("reloaded", START_MS + 5_000)
        assert came.timestamp == START_MS + 7_500
        assert done.only(TUTOR, wire.PeerJoined).peer.page == "page-s-2"

    def test_a_reload_that_overtakes_the_old_page_s_goodbye_asks_nothing_either(self, play: Play) -> None:
        play.both()

        done = play.join("student", conn=3, page="page-s-2", resume=play.resume_of("student"))

        assert done.kinds(3) == ["welcome"]
        assert done.told() == ["student user-disconnected 1", "student user-connected 2"]
        assert play.leave(STUDENT) == []

    def test_a_return_that_is_too_late_begins_a_new_sitting(self, play: Play) -> None:
        play.both()
        resume = play.resume_of("student")
        play.drop(STUDENT)
        gone = play.wait(5_000, beating=[TUTOR])

        done = play.join("student", conn=3, resume=resume)

        assert "student user-disconnected 1" in gone.told()
        assert done.told() == ["student user-connected 2"]

    def test_a_resume_token_of_an_older_sitting_is_only_a_link(self, play: Play) -> None:
        play.both()
        old = play.resume_of("student")
        play.join("student", conn=3, page="page-s-2", takeover=True)

        done = play.join("student", conn=4, resume=old)

        assert done.errors(4) == ["seat-open-elsewhere"]

    def test_a_returning_page_gets_chat_status_bill_and_warning(self, play: Play) -> None:
        play.both()
        play.say(TUTOR, wire.SendChat(id="m-1", text="Hola"))
        play.say(STUDENT, wire.SetStatus(audio=False, video=True))
        play.leave(TUTOR)

        done = play.join("tutor", conn=3, page="page-t-2")

        welcome = done.only(3, wire.Welcome)
        assert [line.text for line in welcome.chat] == ["Hola"]
        assert welcome.peer is not None
        assert (welcome.peer.audio, welcome.peer.video) == (False, True)


class TestAfterARestart:
    def records(self) -> dict[str, SeatSnapshot]:
        return {
            "student": SeatSnapshot(
                address=ADDRESSES["student"], epoch=2, is_taken=True, proof_ms=START_MS - 3_000
            ),
            "tutor": SeatSnapshot(
                address=ADDRESSES["tutor"], epoch=1, is_taken=True, proof_ms=START_MS - 4_000
            ),
        }

    def test_both_resume_without_an_event(self) -> None:
        play = Play(self.records())  # type: ignore[arg-type] # its keys are roles
        tokens = {
            "student": Resume(epoch=2, page="page-s", address=ADDRESSES["student"]),
            "tutor": Resume(epoch=1, page="page-t", address=ADDRESSES["tutor"]),
        }
        play.wait(10_000)

        first = play.join("student", page="page-s", resume=tokens["student"])
        second = play.join("tutor", page="page-t", resume=tokens["tutor"])

        assert (first.told(), second.told()) == ([], [])
        assert first.only(STUDENT, wire.Welcome).epoch == 2
        assert second.only(STUDENT, wire.PeerJoined).peer.page == "page-t"

    def test_a_page_that_does_not_return_is_lost_at_its_last_proof_before_the_restart(self) -> None:
        play = Play(self.records())  # type: ignore[arg-type] # its keys are roles
        play.join(
            "student", page="page-s", resume=Resume(epoch=2, page="page-s", address=ADDRESSES["student"])
        )

        done = play.wait(15_000, beating=[STUDENT])

        lost = [event for event in done.events() if event.type == "user-disconnected"]
        assert [(event.timestamp, event.epoch) for event in lost] == [(START_MS - 4_000, 1)]
        assert done.only(STUDENT, wire.PeerLeft).timestamp == START_MS - 4_000

    def test_nobody_is_lost_before_the_pages_had_time_to_come_back(self) -> None:
        play = Play(self.records())  # type: ignore[arg-type] # its keys are roles

        done = play.wait(14_750)

        assert done.told() == []

    def test_a_seat_that_was_empty_is_empty(self) -> None:
        play = Play({"student": SeatSnapshot(address=ADDRESSES["student"], epoch=3), "tutor": SeatSnapshot()})

        done = play.join("student")

        assert done.told() == ["student user-connected 4"]
        assert play.seat("tutor").phase is SeatPhase.EMPTY


class TestAfterTheEnd:
    def test_a_page_that_joins_is_shown_the_end_and_the_bill(self, play: Play) -> None:
        play.both()
        play.update(end())

        done = play.join("student", conn=3)

        assert done.only(3, wire.EndNotice).billable_seconds == 55
        assert done.closed() == {3: CloseCode.ENDED}
        assert done.told() == []

    def test_before_the_bill_is_there_the_end_is_told_without_it(self, play: Play) -> None:
        play.join("student")
        play.say(STUDENT, wire.EndSession())

        done = play.join("tutor")

        assert done.errors(TUTOR) == ["session-over"]
        assert done.closed() == {TUTOR: CloseCode.ENDED}


def test_a_room_is_empty_only_when_no_seat_is_taken_or_kept(play: Play) -> None:
    assert play.room.is_empty

    play.join("student")
    assert not play.room.is_empty

    play.drop(STUDENT)
    assert not play.room.is_empty

    play.wait(5_000)
    assert play.room.is_empty
