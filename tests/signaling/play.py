"""Plays a room for tests: people join, send frames, leave, time passes. Each call returns the room's effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from langdao_video.session.events import PublicEvent
from langdao_video.session.resume import Resume
from langdao_video.session.roles import Role
from langdao_video.session.snapshot import SeatSnapshot
from langdao_video.signaling import fields
from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import Close, Decide, Effect, Emit, Keep, Send
from langdao_video.signaling.ice import IceOffer
from langdao_video.signaling.room import Room
from langdao_video.signaling.room_updates import RoomUpdate
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.seats import Participant, Seat

START_MS: Final = 1_764_000_000_000
ADDRESSES: Final[Mapping[Role, str]] = {
    "student": "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1",
    "tutor": "0x8ba1f109551bD432803012645Ac136ddd64DBA72",
}
STUDENT: Final = 1
TUTOR: Final = 2
"""The first sockets of the two. Later sockets of the same person have higher numbers."""
RULES: Final = RoomRules()
Kind = TypeVar("Kind")


class Done(list[Effect]):
    """The effects of the room, and ways to read them."""

    def frames(self, conn: int) -> list[wire.ServerFrame]:
        """Return the frames to one socket, in order."""
        return [effect.frame for effect in self if isinstance(effect, Send) and effect.conn == conn]

    def kinds(self, conn: int) -> list[str]:
        """Return the types of the frames to one socket, without pings and bills."""
        tags = [str(frame.__struct_config__.tag) for frame in self.frames(conn)]
        return [tag for tag in tags if tag not in {"ping", "bill"}]

    def only(self, conn: int, kind: type[Kind]) -> Kind:
        """Return the only frame of that kind to a socket."""
        found = [frame for frame in self.frames(conn) if isinstance(frame, kind)]
        assert len(found) == 1, f"{len(found)} of {kind.__name__} in {self}"
        return found[0]

    def events(self) -> list[PublicEvent]:
        """Return the events to the platform backend."""
        return [effect.event for effect in self if isinstance(effect, Emit)]

    def told(self) -> list[str]:
        """Return the events to the platform backend in short: `tutor user-connected 1`."""
        return [
            " ".join(
                str(part)
                for part in (
                    getattr(event, "user_role", None) or getattr(event, "ended_by", None),
                    event.type,
                    event.epoch,
                )
                if part is not None
            )
            for event in self.events()
        ]

    def closed(self) -> dict[int, int]:
        """Return the close codes of the closed sockets."""
        return {effect.conn: effect.code for effect in self if isinstance(effect, Close)}

    def decisions(self) -> list[tuple[str, str]]:
        """Return the answers to a question that go to the backend."""
        return [(effect.role, effect.decision) for effect in self if isinstance(effect, Decide)]

    def errors(self, conn: int) -> list[str]:
        """Return the codes of the error frames to one socket."""
        return [frame.code for frame in self.frames(conn) if isinstance(frame, wire.Error)]


class Play:
    """One room and its clock. Times are in ms after START_MS."""

    def __init__(self, seats: Mapping[Role, SeatSnapshot] | None = None, rules: RoomRules = RULES) -> None:
        self.now_ms = START_MS
        self.room = Room(
            wire.SessionInfo(id="session-abc123", start=START_MS, language="es"),
            seats=seats or {"student": SeatSnapshot(), "tutor": SeatSnapshot()},
            rules=rules,
            mint_resume=lambda seat, now_ms: f"{seat.role} {seat.epoch} {seat.page} {now_ms}",
            offer_ice=lambda _role, _now_ms: IceOffer(()),
            now_ms=START_MS,
        )

    def seat(self, role: Role) -> Seat:
        """Return a seat."""
        return self.room._seats[role]

    def join(self, role: Role, conn: int = 0, page: str = "", **more: Any) -> Done:  # noqa: ANN401 - the fields of a Participant
        """Join on socket *conn* with the page *page* (by default the first of that role)."""
        conn = conn or (STUDENT if role == "student" else TUTOR)
        about = {"address": ADDRESSES[role], "role": role, "page": page or f"page-of-{role}", **more}
        return Done(self.room.join(conn, Participant(**about), self.now_ms))

    def both(self) -> Done:
        """Let the student join, then the tutor. Return the effects of the tutor's join."""
        self.join("student")
        return self.join("tutor")

    def resume_of(self, role: Role) -> Resume:
        """Return the claims of a seat's newest resume token."""
        seat = self.seat(role)
        return Resume(epoch=seat.epoch, page=seat.page, address=seat.address)

    def say(self, conn: int, frame: wire.ClientFrame) -> Done:
        """Send a frame. The store keeps a line of chat at once."""
        done = Done(self.room.receive(conn, frame, self.now_ms))
        for effect in [*done]:
            if isinstance(effect, Keep):
                done += self.room.note_kept([effect.line])
        return done

    def beat(self, conn: int, *, audio: bool = True, video: bool = True) -> Done:
        """Answer all open pings, as a page does, with at least one heartbeat."""
        asked = sum(len(seat.asked_ms) for seat in self.room._seats.values() if seat.conn == conn)
        answers = [self.say(conn, wire.Heartbeat(audio=audio, video=video)) for _ in range(max(1, asked))]
        return Done(effect for answer in answers for effect in answer)

    def drop(self, conn: int) -> Done:
        """Lose a socket without a goodbye."""
        return Done(self.room.lose(conn, self.now_ms, said_goodbye=False))

    def leave(self, conn: int) -> Done:
        """Close a page: the socket says goodbye."""
        return Done(self.room.lose(conn, self.now_ms, said_goodbye=True))

    def update(self, frame: RoomUpdate) -> Done:
        """Give the room an update of the backend."""
        return Done(self.room.update(frame))

    def wait(self, ms: int, *, beating: Sequence[int] = (), step_ms: int = 250) -> Done:
        """Let time pass in ticks. The sockets in *beating* answer their pings at once."""
        done = Done()
        until_ms = self.now_ms + ms
        while self.now_ms < until_ms:
            self.now_ms = min(until_ms, self.now_ms + step_ms)
            ticked = Done(self.room.tick(self.now_ms))
            done += ticked
            for conn in beating:
                if any(isinstance(frame, wire.Ping) for frame in ticked.frames(conn)):
                    done += self.beat(conn)
        return done


def warning(role: Role, deadline_ms: int = START_MS + 40_000) -> wire.ConnectionWarning:
    """Make the backend's warning that *role* is gone."""
    return wire.ConnectionWarning(disconnected_role=role, grace_period_seconds=30, deadline=deadline_ms)


def bill(seconds: int = 12) -> wire.Bill:
    """Make a bill of the backend."""
    cost = fields.Cost(minor=seconds, currency="USD", decimals=2)
    return wire.Bill(
        state="live",
        running=True,
        reason=None,
        billable_seconds=seconds,
        cost=cost,
        rate_per_hour=cost,
        server_time=START_MS,
    )


def end(by: str = "student") -> wire.EndNotice:
    """Make the end of the backend."""
    return wire.EndNotice(
        ended_by=by,
        reason="ended-by-user",
        total_seconds=60,
        billable_seconds=55,
        cost=fields.Cost(minor=31, currency="USD", decimals=2),
        timestamp=START_MS + 60_000,
    )
