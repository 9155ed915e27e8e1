"""A room that ticks only when it is due does what a room does that ticks four times a second (`room_clock.py`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from langdao_video.session.roles import ROLES, Role, other
from langdao_video.session.snapshot import SeatSnapshot
from langdao_video.signaling import messages as wire
from langdao_video.signaling.counters import Acks, MediaFlow
from langdao_video.signaling.effects import Effect
from langdao_video.signaling.ice import IceOffer
from langdao_video.signaling.room import Room
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.seats import Participant
from tests.signaling.play import ADDRESSES, START_MS, Done, bill, end, warning

TICK_MS: Final = 250
SERVERS: Final = [(wire.IceServer(urls=(f"stun:{number}.example",)),) for number in (1, 2)]


def offer_ice(_role: Role, now_ms: int) -> IceOffer:
    """Offer other servers every seven seconds."""
    step = (now_ms - START_MS) // 7_000
    return IceOffer(SERVERS[step % 2], START_MS + (step + 1) * 7_000)


@dataclass
class Pair:
    """Two equal rooms: one ticks all the time, one only when it is due."""

    rules: RoomRules = field(default_factory=RoomRules)
    now_ms: int = START_MS
    conns: dict[Role, int] = field(default_factory=dict)
    next_conn: int = 1
    pings: dict[Role, list[int]] = field(default_factory=lambda: {role: [] for role in ROLES})
    arrived: dict[Role, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 0))
    sparse_ticks: int = 0

    def __post_init__(self) -> None:
        self.dense, self.sparse = (self._make() for _ in range(2))

    def _make(self) -> Room:
        return Room(
            wire.SessionInfo(id="session-abc123", start=START_MS, language="es"),
            seats={role: SeatSnapshot() for role in ROLES},
            rules=self.rules,
            mint_resume=lambda seat, now_ms: f"{seat.role} {seat.epoch} {now_ms}",
            offer_ice=offer_ice,
            now_ms=START_MS,
        )

    def both(self, do: Callable[[Room], list[Effect]]) -> None:
        """Do the same in both rooms, which must ask for the same."""
        dense, sparse = do(self.dense), do(self.sparse)

        assert dense == sparse
        for role, conn in self.conns.items():
            frames = Done(dense).frames(conn)
            self.pings[role] += [frame.server_time for frame in frames if isinstance(frame, wire.Ping)]

    def tick(self) -> None:
        """Let a tick pass."""
        self.now_ms += TICK_MS
        dense = self.dense.tick(self.now_ms)
        sparse: list[Effect] = []
        if self.sparse.due_ms <= self.now_ms:
            self.sparse_ticks += 1
            sparse = self.sparse.tick(self.now_ms)

        assert dense == sparse
        for role, conn in self.conns.items():
            frames = Done(dense).frames(conn)
            self.pings[role] += [frame.server_time for frame in frames if isinstance(frame, wire.Ping)]

    def join(self, role: Role, *, takeover: bool) -> None:
        """Join on a new socket."""
        self.next_conn += 1
        self.conns[role], self.pings[role] = self.next_conn, []
        page = f"{role}-{self.next_conn if takeover else 0}"
        who = Participant(role=role, page=page, address=ADDRESSES[role], takeover=takeover)
        self.both(lambda room: room.join(self.conns[role], who, self.now_ms))

    def say(self, role: Role, frame: wire.ClientFrame) -> None:
        """Send a frame on the newest socket of *role*."""
        self.both(lambda room: room.receive(self.conns.get(role, 0), frame, self.now_ms))

    def answer(self, role: Role, *, grows: bool, audio: bool = True) -> None:
        """Answer the oldest open ping."""
        asked, self.pings[role] = self.pings[role], self.pings[role][1:]
        self.arrived[role] += 100 * grows
        count = self.arrived[role]
        self.say(
            role,
            wire.Heartbeat(
                audio=audio,
                video=True,
                media=MediaFlow(audio_packets=count, video_frames=count, bytes=count),
                acks=Acks(audio=self.arrived[other(role)], video=0),
                server_time=asked[0] if asked else None,
            ),
        )

    def lose(self, role: Role, *, said_goodbye: bool) -> None:
        """Lose the newest socket of *role*."""
        conn = self.conns.pop(role, 0)
        self.both(lambda room: room.lose(conn, self.now_ms, said_goodbye=said_goodbye))

    def move(self) -> None:
        """Tell the pages to move to another process."""
        self.dense.moves = self.sparse.moves = True

    def play(self, step: str, role: Role, ticks: int) -> None:
        """Play one step of a story."""
        match step:
            case "join" | "take over":
                self.join(role, takeover=step == "take over")
            case "answer" | "claim" | "mute":
                self.answer(role, grows=step != "claim", audio=step != "mute")
            case "chat":
                self.say(role, wire.React(reaction="clap"))
            case "unmute":
                self.say(role, wire.SetStatus(audio=True, video=True))
            case "lose" | "leave":
                self.lose(role, said_goodbye=step == "leave")
            case "move":
                self.move()
            case "end":
                self.say(role, wire.EndSession())
            case "told":
                self.both(lambda room: room.update(end(role)))
            case "cap":
                capped = msgspec.structs.replace(bill(), cap_at=self.now_ms + 700)
                self.both(lambda room: room.update(capped))
            case "warn":
                self.both(lambda room: room.update(warning(role)))
        for _ in range(ticks):
            self.tick()


CALM: Final = ["answer"] * 8 + ["claim"] * 4 + ["join", "join", "mute", "unmute", "chat"]
WILD: Final = ["take over", "lose", "leave", "cap", "warn", "move", "end", "told"]
STORIES = st.lists(
    st.tuples(
        st.sampled_from(CALM * 4 + WILD), st.sampled_from(ROLES), st.sampled_from([0, 1, 3, 9, 21, 63])
    ),
    max_size=80,
)


@example(story=[("end", "student", 63)], disputes="ask")
@example(story=[("leave", "student", 63)], disputes="ask")
@example(story=[("cap", "student", 9)], disputes="ask")
@given(story=STORIES, disputes=st.sampled_from(["ask", "bill", "pause"]))
def test_in_any_story_both_ask_for_the_same_at_the_same_time(
    story: list[tuple[str, Role, int]], disputes: str
) -> None:
    pair = Pair(RoomRules(disputes=disputes))  # type: ignore[arg-type] # one of the three
    pair.join("student", takeover=False)
    pair.join("tutor", takeover=False)

    for step, role, ticks in story:
        pair.play(step, role, ticks)


@pytest.mark.parametrize("seconds", [60, 600])
def test_a_room_in_which_nothing_happens_ticks_for_its_pings_and_its_ice_servers_only(seconds: int) -> None:
    pair = Pair()
    pair.join("student", takeover=False)
    pair.join("tutor", takeover=False)

    for _ in range(seconds * 1_000 // TICK_MS):
        pair.tick()
        for role in ROLES:
            while pair.pings[role]:
                pair.answer(role, grows=True)

    assert pair.sparse_ticks <= seconds // 5 + seconds // 7 + 1
