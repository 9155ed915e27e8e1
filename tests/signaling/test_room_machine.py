"""The laws of the room hold for any steps of people, networks and clocks in any order (hypothesis)."""

from __future__ import annotations

from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from langdao_video.session.events import GraceDecided, PublicEvent
from langdao_video.session.resume import Resume
from langdao_video.session.roles import ROLES, Role, other
from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import Send
from tests.examples import examples
from tests.signaling.play import ADDRESSES, Done, Play, end, warning

STRANGER: Final = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
PAGES: Final = ("page-one-1", "page-two-2")
roles = st.sampled_from(ROLES)
frames = st.sampled_from(
    [
        wire.Offer(to=PAGES[0], sdp="v=0"),
        wire.Ice(to=PAGES[1], candidate=None),
        wire.SendChat(id="m-1", text="Hola"),
        wire.SetStatus(audio=False, video=True),
        wire.SetStatus(audio=True, video=False),
        wire.SetStatus(audio=True, video=True, hand=True),
        wire.React(reaction="heart"),
        wire.Heartbeat(audio=True, video=True),
        wire.DecideGrace(decision="wait"),
        wire.Join(page=PAGES[0], role="student"),
    ]
)


class RoomMachine(RuleBasedStateMachine):
    """Random people at two seats. Each effect is checked against the laws."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play()
        self.sockets: list[int] = []
        self.tokens: dict[Role, list[Resume]] = {"student": [], "tutor": []}
        self.sitting: dict[Role, bool] = {"student": False, "tutor": False}
        self.epoch: dict[Role, int] = {"student": 0, "tutor": 0}
        self.newest_ms: dict[Role, int] = {"student": 0, "tutor": 0}
        self.ends = 0

    @rule(
        role=roles,
        page=st.sampled_from(PAGES),
        is_stranger=st.booleans(),
        token=st.integers(0, 3),
        takeover=st.booleans(),
    )
    def somebody_joins(self, *, role: Role, page: str, is_stranger: bool, token: int, takeover: bool) -> None:
        conn = 100 + len(self.sockets)
        self.sockets.append(conn)
        held = self.tokens[role]
        resume = held[-token] if 0 < token <= len(held) else None
        is_owned = bool(self.play.seat(role).address)
        address = STRANGER if is_stranger and is_owned else ADDRESSES[role]
        before = self.play.seat(role).conn

        done = self.play.join(role, conn, page, address=address, resume=resume, takeover=takeover)

        self.hold_to_the_laws(done, may_hear={each for each in (conn, before) if each is not None})
        if any(isinstance(frame, wire.Welcome) for frame in done.frames(conn)):
            assert address == ADDRESSES[role]
            self.tokens[role].append(self.play.resume_of(role))

    @rule(which=st.integers(0, 50), frame=frames)
    def somebody_speaks(self, which: int, frame: wire.ClientFrame) -> None:
        if self.sockets:
            conn = self.sockets[which % len(self.sockets)]
            self.hold_to_the_laws(self.play.say(conn, frame), may_hear={conn})

    @rule(which=st.integers(0, 50), goodbye=st.booleans())
    def a_socket_goes(self, *, which: int, goodbye: bool) -> None:
        if self.sockets:
            conn = self.sockets[which % len(self.sockets)]
            self.hold_to_the_laws(self.play.leave(conn) if goodbye else self.play.drop(conn))

    @rule(ms=st.sampled_from([0, 1, 250, 1_000, 4_999, 5_000, 16_000]))
    def time_passes(self, ms: int) -> None:
        self.hold_to_the_laws(self.play.wait(ms, step_ms=500))

    @rule(role=roles)
    def both_beat(self, role: Role) -> None:
        for who in (role, other(role)):
            seat = self.play.seat(who)
            if seat.conn is not None:
                self.hold_to_the_laws(self.play.beat(seat.conn))

    @rule(role=roles)
    def the_backend_warns(self, role: Role) -> None:
        self.hold_to_the_laws(self.play.update(warning(role)))

    @rule(role=roles, rarely=st.integers(0, 9))
    def somebody_ends(self, role: Role, rarely: int) -> None:
        seat = self.play.seat(role)
        if rarely == 0 and seat.conn is not None:
            self.hold_to_the_laws(self.play.say(seat.conn, wire.EndSession()))

    @rule(rarely=st.integers(0, 19))
    def the_backend_ends(self, rarely: int) -> None:
        if rarely == 0 and self.ends:
            self.hold_to_the_laws(self.play.update(end()), told=True)

    @invariant()
    def nobody_sits_on_two_chairs(self) -> None:
        seated = [self.play.seat(role).conn for role in ROLES if self.play.seat(role).is_seated]
        assert len(seated) == len(set(seated))

    @invariant()
    def who_is_seated_has_a_socket_and_nobody_else(self) -> None:
        seats = [self.play.seat(role) for role in ROLES]
        assert all(seat.is_seated is (seat.conn is not None) for seat in seats)

    @invariant()
    def a_seat_is_its_owner_s_for_good(self) -> None:
        assert all(self.play.seat(role).address in {"", ADDRESSES[role]} for role in ROLES)

    def hold_to_the_laws(self, done: Done, may_hear: set[int] | None = None, *, told: bool = False) -> None:
        """Check who gets frames, and which events the platform gets."""
        seated = {seat.conn for role in ROLES if (seat := self.play.seat(role)).is_seated}
        hears = {effect.conn for effect in done if isinstance(effect, Send)}
        gone = set(done.closed())
        assert told or hears <= seated | gone | (may_hear or set()), done
        for event in done.events():
            self.take(event)

    def take(self, event: PublicEvent) -> None:
        """Check an event against those before it."""
        assert self.ends == 0, f"after the end: {event}"
        if event.type == "session-ended":
            self.ends += 1
            return
        assert not isinstance(event, GraceDecided), "only a call service elsewhere reports answers"
        role = event.user_role
        if event.type not in {
            "user-action",
            "dispute",
        }:  # no proofs, so they may be newer than the newest proof
            assert event.timestamp >= self.newest_ms[role], f"runs backwards: {event}"
            self.newest_ms[role] = event.timestamp
        assert event.timestamp <= self.play.now_ms
        match event.type:
            case "user-connected":
                assert not self.sitting[role]
                assert event.epoch == self.epoch[role] + 1
                self.sitting[role], self.epoch[role] = True, self.epoch[role] + 1
            case "user-disconnected":
                assert self.sitting[role]
                assert event.epoch == self.epoch[role]
                self.sitting[role] = False
            case _:
                assert self.sitting[role]
                assert event.epoch == self.epoch[role]


TestRoomMachine = RoomMachine.TestCase
TestRoomMachine.settings = settings(max_examples=examples(150), stateful_step_count=40, deadline=None)
