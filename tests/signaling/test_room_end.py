"""The end of a session: the last pings that make the bill right, and that both pages always get the end (R16, R24)."""

from __future__ import annotations

import pytest

from langdao_video.session.events import SessionHeartbeat
from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import CloseCode
from tests.signaling.play import ADDRESSES, START_MS, STUDENT, TUTOR, Play, bill, end, warning


@pytest.fixture
def play() -> Play:
    play = Play()
    play.both()
    play.beat(STUDENT)
    play.beat(TUTOR)
    return play


class TestTheLastCall:
    def test_the_other_side_is_asked_for_a_last_proof_before_the_end_is_reported(self, play: Play) -> None:
        play.wait(3_300)

        done = play.say(STUDENT, wire.EndSession())

        assert done.only(TUTOR, wire.Ping).server_time == play.now_ms
        assert done.told() == []

    @pytest.mark.requirement("R16", "R24")
    def test_its_answer_is_a_heartbeat_and_then_comes_the_end(self, play: Play) -> None:
        play.wait(3_300)
        play.say(STUDENT, wire.EndSession())
        play.now_ms += 40
        play.beat(STUDENT)

        done = play.beat(TUTOR)

        *heartbeats, ended = done.events()
        assert done.told()[:-1] == ["student session-heartbeat 1", "tutor session-heartbeat 1"]
        assert [heartbeat.timestamp for heartbeat in heartbeats] == [START_MS + 3_300] * 2
        assert ended.to_wire() == {
            "type": "session-ended",
            "sessionId": "session-abc123",
            "totalSeconds": 3,
            "endedBy": "student",
            "userAddress": ADDRESSES["student"],
            "reason": "ended-by-user",
            "timestamp": START_MS + 3_300,
        }

    @pytest.mark.parametrize("first", [STUDENT, TUTOR])
    def test_it_waits_for_both(self, play: Play, first: int) -> None:
        play.wait(3_300)
        play.say(STUDENT, wire.EndSession())

        assert "student session-ended" not in play.beat(first).told()

    def test_an_answer_that_was_on_its_way_is_not_the_answer_to_it(self, play: Play) -> None:
        play.wait(6_000)
        play.say(STUDENT, wire.EndSession())
        play.beat(STUDENT)

        assert "student session-ended" not in play.say(TUTOR, wire.Heartbeat(audio=True, video=True)).told()

    def test_the_one_who_ends_without_an_answer_was_there_until_their_last_proof(self, play: Play) -> None:
        play.wait(3_300)
        play.say(STUDENT, wire.EndSession())
        play.beat(TUTOR)

        done = play.wait(1_000)

        left, heartbeat, ended = done.events()
        assert left.to_wire() == {
            "type": "user-disconnected",
            "sessionId": "session-abc123",
            "userRole": "student",
            "reason": "ended",
            "timestamp": START_MS,
            "epoch": 1,
        }
        assert (heartbeat.type, heartbeat.timestamp) == ("session-heartbeat", START_MS + 3_300)
        assert (ended.type, ended.timestamp) == ("session-ended", START_MS + 3_300)

    @pytest.mark.parametrize("how", ["stays", "leaves"])
    def test_the_other_without_an_answer_was_there_until_their_last_proof_too(
        self, play: Play, how: str
    ) -> None:
        """Heartbeats go out every ten seconds, and pings are answered every five. The newest answer is not lost."""
        play.wait(5_000)
        play.beat(STUDENT)
        play.beat(TUTOR)
        play.wait(3_300)
        if how == "leaves":
            play.leave(TUTOR)
        said = play.say(STUDENT, wire.EndSession())

        done = play.wait(1_000)

        *_, heartbeat, ended = [*said.events(), *done.events()]
        assert isinstance(heartbeat, SessionHeartbeat)
        assert (heartbeat.user_role, heartbeat.timestamp) == ("tutor", START_MS + 5_000)
        assert ended.type == "session-ended"

    def test_it_lasts_a_second(self, play: Play) -> None:
        play.wait(3_300)
        play.say(STUDENT, wire.EndSession())

        before = play.wait(750)
        done = play.wait(250)

        assert before.told() == []
        assert done.told() == ["student user-disconnected 1", "student session-ended"]

    def test_an_answer_after_it_changes_nothing(self, play: Play) -> None:
        play.say(STUDENT, wire.EndSession())
        play.wait(1_000)
        play.now_ms += 10_000

        assert play.beat(TUTOR).told() == []

    def test_a_participant_who_is_alone_ends_at_once(self) -> None:
        alone = Play()
        alone.join("tutor")

        done = alone.say(TUTOR, wire.EndSession())

        assert done.told() == ["tutor session-ended"]

    def test_a_page_may_close_right_after_it_asked_for_the_end(self, play: Play) -> None:
        play.say(STUDENT, wire.EndSession())
        play.leave(STUDENT)

        done = play.beat(TUTOR)
        later = play.wait(10_000)

        assert done.told()[-1] == "student session-ended"
        assert later.told() == []

    @pytest.mark.parametrize("second", [STUDENT, TUTOR])
    def test_asking_twice_or_both_at_once_ends_once(self, play: Play, second: int) -> None:
        play.say(STUDENT, wire.EndSession())
        again = play.say(second, wire.EndSession())

        done = play.beat(TUTOR)

        assert again.events() == []
        assert done.told().count("student session-ended") == 1
        assert "tutor session-ended" not in done.told()


class TestTellingBoth:
    @pytest.mark.requirement("R16")
    def test_the_end_with_the_bill_goes_to_both_and_closes_both(self, play: Play) -> None:
        play.say(STUDENT, wire.EndSession())
        play.beat(TUTOR)

        done = play.update(end())

        assert done.only(STUDENT, wire.EndNotice) == done.only(TUTOR, wire.EndNotice) == end()
        assert done.closed() == {STUDENT: CloseCode.ENDED, TUTOR: CloseCode.ENDED}

    def test_a_bill_that_does_not_come_delays_the_end_by_five_seconds_and_no_more(self, play: Play) -> None:
        play.say(STUDENT, wire.EndSession())
        play.beat(TUTOR)

        before = play.wait(4_750)
        done = play.wait(250)

        assert before.kinds(TUTOR) == []
        told = done.only(TUTOR, wire.EndNotice)
        assert (told.ended_by, told.billable_seconds, told.cost) == ("student", None, None)
        assert done.closed() == {STUDENT: CloseCode.ENDED, TUTOR: CloseCode.ENDED}

    def test_a_late_bill_is_shown_to_a_page_that_opens_the_link_again(self, play: Play) -> None:
        play.say(STUDENT, wire.EndSession())
        play.wait(6_000)
        late = play.update(end())

        done = play.join("student", conn=3)

        assert late == []
        assert done.only(3, wire.EndNotice).billable_seconds == 55

    def test_an_end_by_the_backend_needs_no_last_call(self, play: Play) -> None:
        done = play.update(end("system"))

        assert done.kinds(STUDENT) == done.kinds(TUTOR) == ["session-ended"]
        assert play.wait(60_000) == []
        assert play.room.is_empty

    @pytest.mark.parametrize("frame", [wire.Heartbeat(audio=False, video=False), wire.EndSession()], ids=repr)
    def test_between_the_end_and_its_bill_nothing_more_is_reported(
        self, play: Play, frame: wire.ClientFrame
    ) -> None:
        play.say(STUDENT, wire.EndSession())
        play.beat(TUTOR)
        play.now_ms += 11_000

        assert play.say(TUTOR, frame).events() == []
        assert play.say(STUDENT, frame).events() == []


class TestTheBill:
    def test_goes_to_both_and_to_a_page_that_comes_back(self, play: Play) -> None:
        done = play.update(bill(12))
        back = play.join("tutor", conn=3, takeover=True)

        assert done.only(STUDENT, wire.Bill) == done.only(TUTOR, wire.Bill) == bill(12)
        assert back.only(3, wire.Bill) == bill(12)


class TestWarnings:
    @pytest.mark.requirement("R39")
    def test_only_the_one_who_stayed_is_asked(self, play: Play) -> None:
        play.drop(TUTOR)
        play.wait(5_000)

        done = play.update(warning("tutor"))

        assert done.only(STUDENT, wire.ConnectionWarning).disconnected_role == "tutor"
        assert done.frames(TUTOR) == []

    def test_the_missing_one_is_not_asked_even_on_an_open_socket(self, play: Play) -> None:
        done = play.update(warning("tutor"))

        assert (done.kinds(STUDENT), done.kinds(TUTOR)) == (["connection-warning"], [])

    def test_a_reload_of_the_one_who_stayed_shows_it_again(self, play: Play) -> None:
        play.drop(TUTOR)
        play.update(warning("tutor"))
        play.leave(STUDENT)

        done = play.join("student", conn=3, page="page-s-2")

        assert done.only(3, wire.ConnectionWarning) == warning("tutor")

    @pytest.mark.requirement("R40")
    @pytest.mark.parametrize("decision", ["wait", "end"])
    def test_the_answer_goes_to_the_backend(self, play: Play, decision: str) -> None:
        play.drop(TUTOR)
        play.update(warning("tutor"))

        done = play.say(STUDENT, wire.DecideGrace(decision="wait" if decision == "wait" else "end"))

        assert done.decisions() == [("student", decision)]

    def test_the_missing_one_may_not_decide(self, play: Play) -> None:
        play.drop(TUTOR)
        play.update(warning("tutor"))
        play.join("tutor", conn=3)

        done = play.say(3, wire.DecideGrace(decision="end"))

        assert (done.errors(3), done.decisions()) == (["no-grace"], [])

    @pytest.mark.requirement("R41")
    def test_without_a_warning_there_is_nothing_to_decide(self, play: Play) -> None:
        done = play.say(STUDENT, wire.DecideGrace(decision="end"))

        assert (done.errors(STUDENT), done.decisions(), done.frames(TUTOR)) == (["no-grace"], [], [])

    @pytest.mark.requirement("R41")
    def test_a_decision_after_the_return_decides_nothing(self, play: Play) -> None:
        play.drop(TUTOR)
        play.update(warning("tutor"))
        play.join("tutor", conn=3)
        resolved = play.update(wire.WarningResolved(outcome="returned"))

        done = play.say(STUDENT, wire.DecideGrace(decision="end"))

        assert resolved.kinds(STUDENT) == resolved.kinds(3) == ["grace-resolved"]
        assert (done.errors(STUDENT), done.decisions()) == (["no-grace"], [])

    def test_a_resolution_without_a_warning_is_not_sent(self, play: Play) -> None:
        assert play.update(wire.WarningResolved(outcome="returned")) == []
