"""The events about media: that it stops and comes back, at once and with the right times (law 2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.resume import Resume
from langdao_video.session.roles import ROLES, Role
from langdao_video.session.snapshot import SeatSnapshot
from langdao_video.signaling import messages as wire
from langdao_video.signaling.counters import MediaFlow
from tests.signaling.play import ADDRESSES, START_MS, STUDENT, TUTOR, Done, Play, warning


class Call:
    """A call of two whose pages answer each ping. A test sets what each has received."""

    def __init__(self, play: Play | None = None) -> None:
        self.play = play or Play()
        if play is None:
            self.play.both()
        self.arrived = dict.fromkeys((STUDENT, TUTOR), 0 if play is None else 50_000)
        self.flows = {STUDENT: True, TUTOR: True}
        self.counts = {STUDENT, TUTOR}
        self.sends = {STUDENT, TUTOR}
        if play is None:
            for conn in (STUDENT, TUTOR):
                self.play.beat(conn)  # before the first packet
                self.play.say(conn, self.heartbeat(conn))

    def beats(self) -> Done:
        """Let both pages answer their open pings."""
        done = Done()
        for conn in (STUDENT, TUTOR):
            heartbeat = self.heartbeat(conn)
            seat = self.play.seat("student" if conn == STUDENT else "tutor")
            while seat.asked_ms and seat.is_seated:
                done += self.play.say(conn, heartbeat)
        return done

    def heartbeat(self, conn: int) -> wire.Heartbeat:
        """Make a page's answer of now."""
        self.arrived[conn] += 100 if self.flows[conn] else 0
        count = self.arrived[conn]
        media = MediaFlow(audio_packets=count, video_frames=count, bytes=count)
        sends = conn in self.sends
        return wire.Heartbeat(audio=sends, video=sends, media=media if conn in self.counts else None)

    def wait(self, seconds: int) -> Done:
        """Let time pass, ping by ping."""
        done = Done()
        for _ in range(seconds * 4):
            done += self.play.wait(250)
            done += self.beats()
        return done


def heard(done: Done, role: str) -> list[tuple[int, bool]]:
    """Return the heartbeats of *role*: seconds after the start, and whether media flowed."""
    return [
        ((event.timestamp - START_MS) // 1000, event.is_media_flowing is not False)
        for event in done.events()
        if isinstance(event, SessionHeartbeat) and event.user_role == role
    ]


@pytest.fixture
def call() -> Call:
    return Call()


def test_heartbeats_do_not_mention_media_while_it_flows(call: Call) -> None:
    assert heard(call.wait(20), "student") == [(10, True), (20, True)]


def test_when_media_stops_the_last_proof_with_it_is_reported_at_once(call: Call) -> None:
    call.wait(15)
    call.flows[STUDENT] = False

    assert heard(call.wait(5), "student") == [(15, True), (20, False)]


def test_a_media_stop_of_fifteen_seconds_is_reported_at_once(call: Call) -> None:
    call.wait(20)
    call.flows[STUDENT] = False

    assert heard(call.wait(20), "student") == [(30, False), (35, False)]


def test_the_return_of_media_is_reported_at_once(call: Call) -> None:
    call.wait(20)
    call.flows[STUDENT] = False
    call.wait(10)
    call.flows[STUDENT] = True

    assert heard(call.wait(5), "student") == [(35, True)]


def test_media_of_one_side_says_nothing_of_the_other(call: Call) -> None:
    call.flows[STUDENT] = False

    assert heard(call.wait(20), "tutor") == [(10, True), (20, True)]


def test_without_media_in_both_directions_nothing_is_missed(call: Call) -> None:
    call = Call()
    call.play.seat("tutor").flow.grew_ms = None
    call.flows = {STUDENT: False, TUTOR: False}

    assert heard(call.wait(20), "student") == [(10, True), (20, True)]


class TestMediaThatNeverArrives:
    """The sockets work and the pages report what they have received, but the media path never opens."""

    def call(
        self, *, counts: Collection[int] = (STUDENT, TUTOR), sends: Collection[int] = (STUDENT, TUTOR)
    ) -> Call:
        play = Play()
        play.both()
        call = Call(play)
        call.arrived, call.flows = dict.fromkeys((STUDENT, TUTOR), 0), {STUDENT: False, TUTOR: False}
        call.counts, call.sends = set(counts), set(sends)
        call.beats()
        return call

    def test_is_reported_after_thirty_seconds_with_the_last_proof_before_it(self) -> None:
        for role in ("student", "tutor"):
            call = self.call()
            assert heard(call.wait(50), role)[-4:] == [(25, True), (30, False), (40, False), (50, False)]

    def test_it_flows_from_the_first_packet_on(self) -> None:
        call = self.call()
        call.wait(42)
        call.flows = {STUDENT: True, TUTOR: True}

        assert heard(call.wait(4), "tutor") == [(45, True)]

    def test_media_that_arrives_within_thirty_seconds_costs_nothing(self) -> None:
        call = self.call()
        done = call.wait(24)
        call.flows = {STUDENT: True, TUTOR: True}
        done += call.wait(30)

        assert heard(done, "student") == [(at, True) for at in (10, 20, 30, 40, 50)]

    def test_is_not_reported_by_a_page_without_counters(self) -> None:
        call = self.call(counts=())

        assert {flows for _, flows in heard(call.wait(90), "student")} == {True}

    def test_is_reported_by_a_page_with_counters_even_if_the_other_has_none(self) -> None:
        done = self.call(counts=[STUDENT]).wait(60)

        assert (heard(done, "student")[-1], heard(done, "tutor")[-1]) == ((60, False), (60, True))

    def test_two_without_camera_and_microphone_miss_nothing(self) -> None:
        call = self.call(sends=())

        assert {flows for _, flows in heard(call.wait(90), "student")} == {True}

    def test_is_missing_only_at_a_page_whose_peer_sends(self) -> None:
        done = self.call(sends=[TUTOR]).wait(60)

        assert (heard(done, "student")[-1], heard(done, "tutor")[-1]) == ((60, False), (60, True))

    def test_thirty_seconds_count_from_when_the_other_sends(self) -> None:
        call = self.call(sends=())
        call.wait(90)
        call.sends = {STUDENT, TUTOR}

        flowing = [at for at, flows in heard(call.wait(60), "student") if flows]

        assert max(flowing) == 95 + 30  # the next heartbeat says so

    def test_thirty_seconds_count_anew_from_a_new_page_of_the_other(self) -> None:
        call = self.call()
        call.wait(20)
        call.play.join("tutor", page="page-of-tutor-2", takeover=True)
        call.beats()

        flowing = [at for at, flows in heard(call.wait(60), "student") if flows]

        assert max(flowing) == 20 + 25

    def test_a_dropped_socket_does_not_prolong_the_thirty_seconds(self) -> None:
        call = self.call()
        call.wait(20)
        call.play.drop(TUTOR)
        call.wait(2)
        call.play.join("tutor", resume=call.play.resume_of("tutor"))

        flowing = [at for at, flows in heard(call.wait(60), "student") if flows]

        assert max(flowing, default=0) < 30

    def test_is_not_missing_while_a_participant_is_alone(self) -> None:
        call = self.call()
        call.play.leave(TUTOR)
        call.wait(5)

        assert {flows for _, flows in heard(call.wait(90), "student")} == {True}

    def test_the_last_call_proves_nothing_either(self) -> None:
        call = self.call()
        call.wait(42)
        call.play.say(STUDENT, wire.EndSession())

        assert heard(call.beats(), "tutor") == [(42, False)]

    def test_after_a_restart_it_has_not_come_back(self) -> None:
        call = TestAfterARestart().resume(has_starved=True)
        call.arrived, call.flows = dict.fromkeys((STUDENT, TUTOR), 0), {STUDENT: False, TUTOR: False}

        assert {flows for _, flows in heard(call.wait(20), "tutor")} == {False}


class TestAfterARestart:
    """The room is new, but the pages are old: their counters say what arrived in all, not what arrives now."""

    def resume(
        self, *, has_starved: bool = False, has_been_silent: bool = False, comes: Sequence[Role] = ROLES
    ) -> Call:
        known = SeatSnapshot(
            epoch=1, is_taken=True, proof_ms=1, has_starved=has_starved, has_been_silent=has_been_silent
        )
        seats = {role: replace(known, address=address) for role, address in ADDRESSES.items()}
        play = Play(seats)
        for role in comes:
            play.join(role, resume=Resume(epoch=1, page=f"page-of-{role}", address=ADDRESSES[role]))
        return Call(play)

    def test_media_that_had_stopped_has_not_come_back(self) -> None:
        call = self.resume(has_starved=True)
        call.flows[STUDENT] = False

        done = call.wait(20)

        assert {flows for _, flows in heard(done, "student")} == {False}

    @pytest.mark.requirement("R40")
    @pytest.mark.parametrize("before", [{"has_starved": True}, {"has_been_silent": True}], ids=str)
    def test_who_answers_a_question_at_once_is_reported_first(self, before: dict[str, bool]) -> None:
        """Their first counters cannot tell whether anything arrives, and the backend holds them for gone."""
        call = self.resume(**before, comes=["student"])
        call.flows[STUDENT] = False
        unsure = call.beats()
        call.play.update(warning("tutor"))

        done = call.play.say(STUDENT, wire.DecideGrace(decision="wait"))
        again = call.play.say(STUDENT, wire.DecideGrace(decision="wait"))

        assert heard(unsure, "student") == []
        assert (heard(done, "student"), done.decisions()) == ([(0, False)], [("student", "wait")])
        assert heard(again, "student") == []

    @pytest.mark.parametrize("flows", [True, False])
    def test_a_page_that_cannot_count_is_not_held_for_what_the_other_lost(self, *, flows: bool) -> None:
        call = self.resume(has_starved=True)
        call.counts, call.flows[TUTOR] = {TUTOR}, flows

        done = call.wait(20)

        assert {flows for _, flows in heard(done, "student")} == {True}
        assert heard(done, "tutor")[-1][1] is flows

    @pytest.mark.requirement("R40")
    def test_media_after_an_answer_counts_from_the_first_counters_that_have_grown(self) -> None:
        """The first ones were reported as a stop, and no later report may say otherwise of the same moment."""
        call = self.resume(has_been_silent=True, comes=["student"])
        call.beats()
        call.play.update(warning("tutor"))
        call.play.say(STUDENT, wire.DecideGrace(decision="wait"))

        assert heard(call.wait(9), "student") == [(5, True)]

    def test_media_that_comes_back_is_reported(self) -> None:
        call = self.resume(has_starved=True)

        done = call.wait(10)

        assert heard(done, "student")[-1] == (5, True)

    def test_media_that_flowed_counts_as_flowing(self) -> None:
        call = self.resume(has_starved=False)

        first = call.beats()

        # The first answer counts as true, because it is not known yet that both had media.
        assert (heard(first, "student"), heard(first, "tutor")) == ([(0, True)], [])
        assert heard(call.wait(10), "tutor") == [(0, True), (10, True)]

    def test_a_second_answer_a_moment_later_says_nothing_of_the_media(self) -> None:
        """Each returning page causes pings to both. Between two answers at the same time nothing can have arrived."""
        call = self.resume(has_starved=False)
        call.beats()
        for _ in range(2):
            call.play.room._ask_for_heartbeats(call.play.now_ms)
            call.flows = {STUDENT: False, TUTOR: False}
            call.beats()
        call.flows = {STUDENT: True, TUTOR: True}

        assert (0, True) in heard(call.wait(5), "tutor")

    def test_media_that_stopped_unnoticed_does_not_count_as_flowing(self) -> None:
        """The ledger did not know of it when the service was killed."""
        call = self.resume(has_starved=False)
        call.flows = {STUDENT: False, TUTOR: False}

        done = call.wait(20)

        assert {flows for _, flows in heard(done, "tutor")} == {False}

    def test_after_a_silence_first_counters_count_once_they_have_grown(self) -> None:
        call = self.resume(has_been_silent=True)

        first = call.beats()

        assert {flows for role in ROLES for _, flows in heard(first, role)} <= {False}
        assert heard(call.wait(5), "student") == [(0, True)]

    def test_media_that_stopped_in_a_silence_counts_at_no_moment(self) -> None:
        call = self.resume(has_been_silent=True)
        call.flows = {STUDENT: False, TUTOR: False}

        first, done = call.beats(), call.wait(20)

        assert {flows for role in ROLES for each in (first, done) for _, flows in heard(each, role)} == {
            False
        }


class TestAPageThatComesBackToANewSitting:
    """Its counters are as old as the page, so their first values may be from before it was gone."""

    @staticmethod
    def come_back(call: Call) -> None:
        call.wait(10)
        call.play.drop(TUTOR)
        call.wait(30)
        call.play.join("tutor")

    def test_media_that_stopped_meanwhile_does_not_count_as_flowing(self, call: Call) -> None:
        call.wait(5)
        call.flows = {STUDENT: False, TUTOR: False}
        self.come_back(call)

        done = call.wait(20)

        assert {flows for _, flows in heard(done, "tutor")} == {False}

    def test_media_that_does_not_come_back_is_reported_after_fifteen_seconds(self, call: Call) -> None:
        """An event at once would be too early for the ledger, which counts from the sitting's start."""
        call.flows = {STUDENT: False, TUTOR: False}
        self.come_back(call)

        assert [at for at, _ in heard(call.wait(20), "tutor")] == [45, 55, 60]

    def test_media_that_flowed_all_the_time_costs_nothing(self, call: Call) -> None:
        self.come_back(call)

        assert heard(call.wait(10), "tutor") == [(40, True), (50, True)]
