"""Which frames are passed on, to whom, and with which events: relay, chat, microphone and camera."""

from __future__ import annotations

import pytest

from langdao_video.signaling import fields
from langdao_video.signaling import messages as wire
from langdao_video.signaling.chat import CHAT_LINES_MAX
from langdao_video.signaling.seats import REACTIONS_EVERY_MS
from tests.signaling.play import ADDRESSES, START_MS, STUDENT, TUTOR, Done, Play

TO_STUDENT, TO_TUTOR = "page-of-student", "page-of-tutor"


@pytest.fixture
def play() -> Play:
    play = Play()
    play.both()
    return play


RELAYED = [
    pytest.param(wire.Offer(to=TO_TUTOR, sdp="v=0\r\n", number=7), id="offer"),
    pytest.param(wire.Answer(to=TO_TUTOR, sdp="v=0\r\n", number=7), id="answer"),
    pytest.param(wire.Ice(to=TO_TUTOR, candidate=fields.IceCandidate(candidate="candidate:1")), id="ice"),
    pytest.param(wire.Ice(to=TO_TUTOR, candidate=None), id="end of ice"),
]
ALL = [
    *RELAYED,
    pytest.param(wire.EndSession(), id="end-session"),
    pytest.param(wire.SendChat(id="m", text="x"), id="chat"),
    pytest.param(wire.Heartbeat(audio=True, video=True), id="heartbeat"),
    pytest.param(wire.SetStatus(audio=False, video=True), id="user-status"),
    pytest.param(wire.React(reaction="clap"), id="reaction"),
    pytest.param(wire.DecideGrace(decision="end"), id="grace-decision"),
]


class TestRelay:
    @pytest.mark.requirement("R19")
    @pytest.mark.parametrize("frame", RELAYED)
    def test_goes_to_the_other_side_as_it_came_and_nowhere_else(
        self, play: Play, frame: wire.ClientFrame
    ) -> None:
        done = play.say(STUDENT, frame)

        assert done.frames(TUTOR) == [frame]
        assert done.frames(STUDENT) == []
        assert done.told() == []

    def test_does_not_come_back_to_its_sender(self, play: Play) -> None:
        assert play.say(STUDENT, wire.Offer(to=TO_STUDENT, sdp="v=0\r\n")) == []

    def test_a_frame_for_a_page_that_was_reloaded_is_dropped(self, play: Play) -> None:
        resume = play.resume_of("tutor")
        play.leave(TUTOR)
        play.join("tutor", conn=3, page="page-t-2", resume=resume)

        stale = play.say(STUDENT, wire.Answer(to=TO_TUTOR, sdp="v=0\r\n"))
        fresh = play.say(STUDENT, wire.Offer(to="page-t-2", sdp="v=0\r\n"))

        assert stale == []
        assert fresh.kinds(3) == ["offer"]

    @pytest.mark.parametrize("frame", RELAYED)
    def test_without_anyone_there_it_is_dropped(self, play: Play, frame: wire.ClientFrame) -> None:
        play.drop(TUTOR)

        assert play.say(STUDENT, frame) == []


class TestChat:
    @pytest.mark.requirement("R7")
    def test_a_line_has_the_same_time_on_both_sides_the_server_s(self, play: Play) -> None:
        play.now_ms += 4_321

        done = play.say(STUDENT, wire.SendChat(id="m-1", text="¡Hola! <b>👋"))

        line = fields.ChatLine(id="m-1", role="student", text="¡Hola! <b>👋", timestamp=START_MS + 4_321)
        assert done.only(STUDENT, wire.Chat).line == line
        assert done.only(TUTOR, wire.Chat).line == line

    def test_a_line_sent_again_is_only_confirmed_with_its_first_time(self, play: Play) -> None:
        play.say(STUDENT, wire.SendChat(id="m-1", text="Hola"))
        play.wait(3_000)

        done = play.say(STUDENT, wire.SendChat(id="m-1", text="Hola"))

        assert done.only(STUDENT, wire.Chat).line.timestamp == START_MS
        assert done.frames(TUTOR) == []

    def test_the_two_may_use_the_same_ids(self, play: Play) -> None:
        play.say(STUDENT, wire.SendChat(id="m-1", text="Hola"))

        done = play.say(TUTOR, wire.SendChat(id="m-1", text="Buenas"))

        assert done.only(STUDENT, wire.Chat).line.text == "Buenas"

    def test_a_page_that_reloads_gets_the_history_in_order(self, play: Play) -> None:
        for number in range(3):
            play.say(STUDENT if number % 2 else TUTOR, wire.SendChat(id=f"m-{number}", text=str(number)))
        play.leave(TUTOR)

        done = play.join("tutor", conn=3, page="page-t-2")

        assert [line.text for line in done.only(3, wire.Welcome).chat] == ["0", "1", "2"]

    def test_a_room_keeps_a_bounded_number_of_lines_and_drops_the_oldest(self, play: Play) -> None:
        for number in range(CHAT_LINES_MAX + 5):
            play.say(STUDENT, wire.SendChat(id=f"m-{number}", text=str(number)))

        done = play.join("tutor", conn=3, takeover=True)

        history = done.only(3, wire.Welcome).chat
        assert (len(history), history[0].text) == (CHAT_LINES_MAX, "5")

    def test_a_sender_who_is_alone_still_gets_the_receipt(self, play: Play) -> None:
        play.drop(TUTOR)

        done = play.say(STUDENT, wire.SendChat(id="m-1", text="¿Hola?"))

        assert done.kinds(STUDENT) == ["chat"]

    @pytest.mark.parametrize(
        ("text", "code"),
        [("\u3164\u200b", "chat-blank"), ("\x1b[2J", "chat-control")],
        ids=["blank", "escape"],
    )
    def test_a_refused_line_is_answered_with_its_id_to_its_sender_only(
        self, play: Play, text: str, code: str
    ) -> None:
        done = play.say(STUDENT, wire.SendChat(id="m-1", text=text))

        error = done.only(STUDENT, wire.Error)
        assert (error.code, error.id, error.final) == (code, "m-1", False)
        assert done.frames(TUTOR) == []
        assert play.room.chat.lines == ()

    def test_both_pages_and_a_later_one_get_the_line_as_it_is_shown(self, play: Play) -> None:
        done = play.say(STUDENT, wire.SendChat(id="m-1", text="\u202epay\r\n\n\n\n\nme"))

        history = play.join("tutor", conn=3, takeover=True).only(3, wire.Welcome).chat
        lines = [done.only(conn, wire.Chat).line for conn in (STUDENT, TUTOR)]
        assert {line.text for line in (*lines, *history)} == {"pay\n\n\nme"}

    def test_chat_is_no_event_for_the_platform(self, play: Play) -> None:
        assert play.say(STUDENT, wire.SendChat(id="m-1", text="Hola")).events() == []


class TestMicrophoneAndCamera:
    @pytest.mark.requirement("R9")
    def test_a_change_goes_to_the_other_side_at_once_without_an_echo(self, play: Play) -> None:
        done = play.say(STUDENT, wire.SetStatus(audio=False, video=True))

        assert done.only(TUTOR, wire.UserStatus) == wire.UserStatus(role="student", audio=False, video=True)
        assert done.frames(STUDENT) == []

    @pytest.mark.requirement("R26")
    @pytest.mark.parametrize(
        ("audio", "video", "actions"),
        [
            (False, True, ["muted"]),
            (True, False, ["video-disabled"]),
            (False, False, ["muted", "video-disabled"]),
            (True, True, []),
        ],
    )
    def test_a_change_is_an_action_for_the_platform(
        self, play: Play, *, audio: bool, video: bool, actions: list[str]
    ) -> None:
        done = play.say(STUDENT, wire.SetStatus(audio=audio, video=video))
        play.wait(1_000)
        back = play.say(STUDENT, wire.SetStatus(audio=True, video=True))

        undone = {"muted": "unmuted", "video-disabled": "video-enabled"}
        assert [event.to_wire()["action"] for event in done.events()] == actions
        assert [event.to_wire()["action"] for event in back.events()] == [
            undone[action] for action in actions
        ]

    @pytest.mark.requirement("R26")
    def test_an_action_says_who_and_when(self, play: Play) -> None:
        play.now_ms += 500

        (event,) = play.say(TUTOR, wire.SetStatus(audio=False, video=True)).events()

        assert event.to_wire() == {
            "type": "user-action",
            "sessionId": "session-abc123",
            "userRole": "tutor",
            "userAddress": ADDRESSES["tutor"],
            "action": "muted",
            "timestamp": START_MS + 500,
            "epoch": 1,
        }

    @pytest.mark.requirement("R26")
    def test_fast_switches_are_all_relayed_and_reported_once_a_second(self, play: Play) -> None:
        done = Done()
        for number in range(300):
            play.now_ms += 10
            done += play.say(STUDENT, wire.SetStatus(audio=number % 2 == 1, video=number % 2 == 1))
            done += Done(play.room.tick(play.now_ms))

        times = {event.timestamp - START_MS for event in done.events() if event.type == "user-action"}
        assert sum(isinstance(frame, wire.UserStatus) for frame in done.frames(TUTOR)) == 300
        assert times == {10, 1_020, 2_030}

    @pytest.mark.requirement("R26")
    def test_a_switch_that_lasts_is_reported_when_the_second_is_over(self, play: Play) -> None:
        for audio in (False, True, False):
            play.say(STUDENT, wire.SetStatus(audio=audio, video=audio))
        play.say(STUDENT, wire.SetStatus(audio=True, video=False))

        early, late = play.wait(750), play.wait(250)

        assert early.events() == []
        assert [event.to_wire()["action"] for event in late.events()] == ["unmuted"]

    def test_a_switch_just_before_a_drop_is_still_reported(self, play: Play) -> None:
        play.say(STUDENT, wire.SetStatus(audio=False, video=True))
        play.say(STUDENT, wire.SetStatus(audio=False, video=False))
        play.drop(STUDENT)
        done = play.wait(2_000)
        done += play.join("student", conn=3, resume=play.resume_of("student"), audio=False, video=False)
        done += play.wait(3_000)

        actions = [event.to_wire()["action"] for event in done.events() if event.type == "user-action"]
        assert actions == ["video-disabled"]

    def test_a_new_sitting_tells_nothing_of_the_one_before(self, play: Play) -> None:
        play.say(STUDENT, wire.SetStatus(audio=False, video=True))
        play.say(STUDENT, wire.SetStatus(audio=True, video=True))
        play.join("student", conn=3, page="page-s-2", takeover=True)

        assert [event for event in play.wait(3_000).events() if event.type == "user-action"] == []

    def test_a_status_without_a_change_is_not_relayed(self, play: Play) -> None:
        assert play.say(STUDENT, wire.SetStatus(audio=True, video=True)) == []

    @pytest.mark.requirement("R9")
    def test_a_heartbeat_corrects_a_lost_status(self, play: Play) -> None:
        done = play.beat(STUDENT, audio=False)

        assert done.only(TUTOR, wire.UserStatus).audio is False
        assert "student user-action 1" in done.told()

    def test_a_participant_who_joins_muted_is_muted_from_the_first_moment(self) -> None:
        play = Play()
        play.join("student", audio=False)

        done = play.join("tutor")
        beat = play.beat(STUDENT, audio=False)

        peer = done.only(TUTOR, wire.Welcome).peer
        assert peer is not None
        assert peer.audio is False
        assert beat.told() == ["student session-heartbeat 1"]


class TestHand:
    def test_a_raised_hand_is_shown_to_the_other_side_and_to_a_later_page(self, play: Play) -> None:
        done = play.say(STUDENT, wire.SetStatus(audio=True, video=True, hand=True))
        later = play.join("tutor", conn=3, takeover=True)

        assert done.only(TUTOR, wire.UserStatus).hand is True
        peer = later.only(3, wire.Welcome).peer
        assert peer is not None
        assert peer.hand is True

    def test_a_shared_screen_is_shown_to_the_other_side_and_to_a_later_page(self, play: Play) -> None:
        done = play.say(STUDENT, wire.SetStatus(audio=True, video=True, screen=True))
        play.drop(TUTOR)
        back = play.join("tutor", conn=3)

        assert done.only(TUTOR, wire.UserStatus).screen is True
        peer = back.only(3, wire.Welcome).peer
        assert peer is not None
        assert peer.screen is True

    def test_a_paused_picture_is_shown_to_the_other_side_and_is_no_switch_of_the_camera(
        self, play: Play
    ) -> None:
        done = play.say(STUDENT, wire.SetStatus(audio=True, video=True, video_paused=True))
        beat = play.say(STUDENT, wire.Heartbeat(audio=True, video=True, video_paused=True))
        back = play.join("tutor", conn=3, takeover=True)

        assert done.only(TUTOR, wire.UserStatus).video_paused is True
        assert done.events() == []
        assert beat.frames(TUTOR) == []
        peer = back.only(3, wire.Welcome).peer
        assert peer is not None
        assert (peer.video, peer.video_paused) == (True, True)

    def test_a_hand_is_no_event_for_the_platform(self, play: Play) -> None:
        assert play.say(STUDENT, wire.SetStatus(audio=True, video=True, hand=True)).events() == []

    def test_it_stays_up_through_heartbeats_until_its_owner_lowers_it(self, play: Play) -> None:
        play.say(STUDENT, wire.SetStatus(audio=True, video=True, hand=True))

        beat = play.say(STUDENT, wire.Heartbeat(audio=True, video=True, hand=True))
        down = play.say(STUDENT, wire.SetStatus(audio=True, video=True))

        assert beat.frames(TUTOR) == []
        assert down.only(TUTOR, wire.UserStatus).hand is False

    def test_a_page_that_comes_back_with_its_hand_up_still_has_it_up(self, play: Play) -> None:
        done = play.join("student", conn=3, takeover=True, hand=True)

        assert done.only(TUTOR, wire.PeerJoined).peer.hand is True


class TestNetwork:
    def test_a_weak_connection_is_told_to_the_other_side_until_it_is_good_again(self, play: Play) -> None:
        weak = play.say(STUDENT, wire.SetStatus(audio=True, video=True, network="weak"))
        still = play.say(STUDENT, wire.Heartbeat(audio=True, video=True, network="weak"))
        good = play.say(STUDENT, wire.SetStatus(audio=True, video=True))

        assert weak.only(TUTOR, wire.UserStatus).network == "weak"
        assert still.frames(TUTOR) == []
        assert good.only(TUTOR, wire.UserStatus).network == "good"

    def test_it_is_told_to_a_later_page_and_to_no_platform(self, play: Play) -> None:
        done = play.say(STUDENT, wire.SetStatus(audio=True, video=True, network="weak"))
        later = play.join("tutor", conn=3, takeover=True)

        assert done.events() == []
        peer = later.only(3, wire.Welcome).peer
        assert peer is not None
        assert peer.network == "weak"


class TestReaction:
    def test_goes_to_both_with_the_role_of_the_seat_and_to_no_platform(self, play: Play) -> None:
        done = play.say(STUDENT, wire.React(reaction="party"))

        reacted = wire.Reacted(role="student", reaction="party")
        assert done.frames(STUDENT) == done.frames(TUTOR) == [reacted]
        assert done.events() == []

    def test_is_not_kept_for_a_later_page(self, play: Play) -> None:
        play.say(STUDENT, wire.React(reaction="party"))

        done = play.join("tutor", conn=3, takeover=True)

        assert "reaction" not in done.kinds(3)

    def test_a_reaction_that_comes_too_soon_is_dropped_without_an_error(self, play: Play) -> None:
        first = play.say(STUDENT, wire.React(reaction="clap"))
        play.now_ms += REACTIONS_EVERY_MS - 1
        second = play.say(STUDENT, wire.React(reaction="clap"))
        other = play.say(TUTOR, wire.React(reaction="clap"))
        play.now_ms += 1
        third = play.say(STUDENT, wire.React(reaction="clap"))

        assert [done.kinds(TUTOR) for done in (first, second, other, third)] == [
            ["reaction"],
            [],
            ["reaction"],
            ["reaction"],
        ]


class TestASocketWithoutASeat:
    @pytest.mark.parametrize("frame", ALL)
    def test_is_told_to_join_and_nothing_else_happens(self, play: Play, frame: wire.ClientFrame) -> None:
        done = play.say(99, frame)

        assert done.errors(99) == ["join-first"]
        assert (done.frames(STUDENT), done.frames(TUTOR), done.told()) == ([], [], [])
