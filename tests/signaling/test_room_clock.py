"""What a room does by the clock alone: pings, last proofs at the cap, disputes, and an end without answers."""

from __future__ import annotations

import pytest

from langdao_video.session.claims import DisputeRule
from langdao_video.session.events import Dispute, SessionHeartbeat
from langdao_video.session.roles import ROLES, Role
from langdao_video.session.snapshot import SeatSnapshot
from langdao_video.signaling import messages as wire
from langdao_video.signaling.counters import Acks, MediaFlow
from langdao_video.signaling.rules import RoomRules
from tests.signaling.play import ADDRESSES, START_MS, STUDENT, TUTOR, Done, Play, bill

CONN: dict[Role, int] = {"student": STUDENT, "tutor": TUTOR}


@pytest.fixture
def play() -> Play:
    play = Play()
    play.both()
    play.beat(STUDENT)
    play.beat(TUTOR)
    return play


def tick(play: Play, at_ms: int) -> Done:
    """Tick once, at *at_ms* after the start."""
    play.now_ms = START_MS + at_ms
    return Done(play.room.tick(play.now_ms))


def asked(done: Done) -> list[int]:
    """Return the pinged sockets."""
    return [conn for conn in (STUDENT, TUTOR) if any(isinstance(f, wire.Ping) for f in done.frames(conn))]


class TestPings:
    def test_a_tick_that_comes_late_delays_no_ping_after_it(self, play: Play) -> None:
        late = tick(play, 5_000 + 2_500)

        assert asked(late) == [STUDENT, TUTOR]
        assert asked(tick(play, 9_999)) == []
        assert asked(tick(play, 10_000)) == [STUDENT, TUTOR]

    def test_after_a_tick_that_comes_very_late_half_the_time_is_left_at_least(self, play: Play) -> None:
        tick(play, 5_000 + 4_000)

        assert asked(tick(play, 9_000 + 2_499)) == []
        assert asked(tick(play, 9_000 + 2_500)) == [STUDENT, TUTOR]


class TestHeartbeats:
    """Pings come twice as often as heartbeats: an answer that is half a ping early belongs to this heartbeat."""

    @pytest.mark.parametrize(("late_ms", "told"), [(2_499, []), (2_500, ["student session-heartbeat 1"])])
    def test_the_proof_of_a_ping_that_came_half_a_ping_late_is_the_next_heartbeat(
        self, play: Play, late_ms: int, told: list[str]
    ) -> None:
        tick(play, 5_000 + late_ms)

        assert play.beat(STUDENT).told() == told


class TestEvidence:
    def test_what_the_other_browser_confirms_is_noted_with_its_time(self, play: Play) -> None:
        acks = Acks(audio=7, video=9)

        play.say(STUDENT, wire.Heartbeat(audio=True, video=True, acks=acks))

        witness = play.seat("student").witness
        assert (witness.newest, witness.noted_ms) == (acks, play.now_ms)

    def test_a_claim_is_dated_by_the_ping_that_it_answers(self, play: Play) -> None:
        nothing = MediaFlow(audio_packets=0, video_frames=0, bytes=0)
        tick(play, 5_000)
        tick(play, 9_000)

        play.say(STUDENT, wire.Heartbeat(audio=True, video=True, media=nothing, server_time=START_MS + 5_000))

        flow = play.seat("student").flow
        assert (flow.claimed_ms, flow.claim_asked_ms) == (START_MS + 9_000, START_MS + 5_000)

    @pytest.mark.parametrize(("rule", "flows"), [("bill", None), ("ask", False)])
    def test_that_contradicts_a_page_outweighs_its_claim_under_the_rule_bill(
        self, rule: DisputeRule, *, flows: bool | None
    ) -> None:
        play = Play(rules=RoomRules(disputes=rule))
        play.both()
        play.beat(TUTOR)
        arrived = MediaFlow(audio_packets=100, video_frames=100, bytes=100)
        play.now_ms += 20_000
        for role in ROLES:
            play.seat(role).flow.newest, play.seat(role).flow.grew_ms = arrived, START_MS
        tutor = play.seat("tutor")
        tutor.proof_ms = tutor.witness.noted_ms = play.now_ms
        tutor.witness.grown_ms.append((play.now_ms, play.now_ms))
        play.seat("student").ask(play.now_ms)
        beat_now = wire.Heartbeat(audio=True, video=True, media=arrived, server_time=play.now_ms)

        done = play.say(STUDENT, beat_now)

        (beat,) = (event for event in done.events() if isinstance(event, SessionHeartbeat))
        assert beat.is_media_flowing is flows


class TestTheCap:
    def test_asks_both_for_a_last_proof_when_it_is_reached_and_once(self, play: Play) -> None:
        """So the prepaid time is given to the second."""
        play.update(capped_at(START_MS + 3_200))

        assert asked(tick(play, 3_199)) == []
        reached = tick(play, 3_200)
        assert reached.only(STUDENT, wire.Ping).server_time == START_MS + 3_200
        assert asked(reached) == [STUDENT, TUTOR]
        assert asked(tick(play, 3_300)) == []

    def test_hides_nothing_else_that_is_due_at_that_moment(self, play: Play) -> None:
        play.drop(TUTOR)
        play.update(capped_at(START_MS + 5_000))

        assert tick(play, 5_000).told() == ["tutor user-disconnected 1"]

    def test_is_told_to_both_before_it_is_reached(self, play: Play) -> None:
        notice = wire.LowBalance(remaining_seconds=60)

        done = Done(play.room.update(notice))

        assert done.frames(STUDENT) == done.frames(TUTOR) == [notice]


def capped_at(cap_at: int) -> wire.Bill:
    """Make a bill with a cap that is reached at *cap_at*."""
    told = bill()
    return wire.Bill(
        state=told.state,
        running=True,
        reason=None,
        billable_seconds=told.billable_seconds,
        cost=told.cost,
        rate_per_hour=told.rate_per_hour,
        server_time=told.server_time,
        cap_at=cap_at,
    )


class TestDisputes:
    @staticmethod
    def chat(play: Play, seconds: int) -> Done:
        """Let the student write each second and answer no ping. The tutor answers every five seconds."""
        done = Done()
        for _ in range(seconds):
            play.say(STUDENT, wire.SendChat(id=str(play.now_ms), text="¿Hola?"))
            done += play.wait(1_000, beating=[TUTOR])
        return done

    def test_a_page_that_chats_but_answers_no_ping_is_reported_by_a_tick(self, play: Play) -> None:
        # The ping of 0:05 is unanswered for ten seconds at 0:15. At 0:17 that has lasted long enough.
        before, then = self.chat(play, 16), self.chat(play, 2)

        assert [event for event in before.events() if isinstance(event, Dispute)] == []
        (dispute,) = (event for event in then.events() if isinstance(event, Dispute))
        assert (dispute.user_role, dispute.kind, dispute.is_open) == ("student", "silence", True)

    def test_nothing_is_disputed_any_more_once_the_session_is_over(self, play: Play) -> None:
        self.chat(play, 15)
        play.say(STUDENT, wire.EndSession())

        done = self.chat(play, 4)

        assert [event for event in done.events() if isinstance(event, Dispute)] == []


class TestTheEnd:
    def test_that_a_late_tick_finds_is_reported_and_told_in_one(self, play: Play) -> None:
        play.wait(3_000)
        play.say(STUDENT, wire.EndSession())

        done = tick(play, 3_000 + 5_000)

        assert done.told()[-1] == "student session-ended"
        assert done.only(TUTOR, wire.EndNotice) == wire.EndNotice(
            ended_by="student",
            reason="ended-by-user",
            total_seconds=3,
            billable_seconds=None,
            cost=None,
            timestamp=START_MS + 3_000,
        )

    def test_reports_all_that_the_last_answer_says(self, play: Play) -> None:
        play.now_ms += 2_000
        play.say(STUDENT, wire.EndSession())
        play.beat(STUDENT)

        done = play.beat(TUTOR, audio=False)

        assert done.told()[-1] == "student session-ended"
        assert done.only(STUDENT, wire.UserStatus).audio is False

    def test_reports_no_switch_after_it(self, play: Play) -> None:
        play.now_ms += 2_000
        play.say(STUDENT, wire.SetStatus(audio=False, video=True))
        play.say(STUDENT, wire.SetStatus(audio=True, video=True))
        play.say(STUDENT, wire.EndSession())
        play.beat(STUDENT)
        play.beat(TUTOR)

        assert play.room.is_over
        assert play.wait(2_000).events() == []

    def test_reports_nothing_else_of_one_who_was_expelled_meanwhile(self, play: Play) -> None:
        play.wait(6_000, beating=[STUDENT, TUTOR])
        play.say(STUDENT, wire.EndSession())
        play.room.expel(STUDENT)

        told = play.wait(1_000, beating=[TUTOR]).told()

        assert [line for line in told if line.startswith("student")] == ["student session-ended"]

    @pytest.mark.parametrize("role", ROLES)
    def test_by_one_who_is_alone_reports_no_last_proof(self, role: Role) -> None:
        """Time that cannot be billed needs no last proof."""
        alone = Play()
        alone.join(role)
        alone.beat(CONN[role])

        assert alone.say(CONN[role], wire.EndSession()).told() == [f"{role} session-ended"]

    def test_by_one_who_stayed_reports_the_proof_of_that_moment(self, play: Play) -> None:
        play.wait(5_000)
        play.beat(STUDENT)
        play.beat(TUTOR)
        play.drop(TUTOR)

        done = play.say(STUDENT, wire.EndSession())

        assert done.told() == [
            "student session-heartbeat 1",
            "tutor session-heartbeat 1",
            "student session-ended",
        ]
        assert [event.timestamp for event in done.events()] == [START_MS + 5_000] * 3

    @pytest.mark.parametrize(
        ("since_media_ms", "unsure_ms", "flows"),
        [
            (0, None, True),
            (4_999, None, True),
            (5_000, None, False),
            (0, START_MS, False),
            (0, 0, False),
        ],
        ids=["now", "lately", "a ping ago", "who knows", "who knows since ever"],
    )
    def test_tells_whether_media_came_with_the_last_proof(
        self, since_media_ms: int, unsure_ms: int | None, *, flows: bool
    ) -> None:
        play = Play({role: SeatSnapshot(address=ADDRESSES[role]) for role in ROLES})
        play.both()
        play.now_ms += 8_000
        for role in ROLES:
            seat = play.seat(role)
            seat.flow.counts = True
            seat.flow.grew_ms, seat.reports.unsure_ms = play.now_ms - since_media_ms, unsure_ms
            play.seat(role).proof_ms = play.now_ms
        play.say(STUDENT, wire.EndSession())

        done = Done(play.room._finish(play.now_ms))

        beats = [event for event in done.events() if isinstance(event, SessionHeartbeat)]
        assert [beat.is_media_flowing is not False for beat in beats] == [flows, flows]
