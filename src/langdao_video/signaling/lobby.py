"""The lobby of a room: visitors see who is there before they join. Sans-I/O state.

Law: a visitor takes no seat, proves nothing and makes no fact. The room does not know its visitors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Final

import msgspec

from langdao_video.session.roles import other
from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import Close, CloseCode, Effect, Send, refuse
from langdao_video.signaling.ice import IceSupply
from langdao_video.signaling.liveness import Liveness
from langdao_video.signaling.preview import Preview
from langdao_video.signaling.room import Room
from langdao_video.signaling.room_updates import RoomUpdate
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.seats import Participant

LOBBY_MINUTES_MAX: Final = 30
"""How long a visit may last. After that the tab was probably forgotten, with its camera on."""
STAY_MS: Final = LOBBY_MINUTES_MAX * 60_000
LOBBY_VISITORS_MAX: Final = 4
"""How many visitors each seat may have. One person may have a few tabs; a further tab tries again, or joins."""


@dataclass(slots=True)
class _Visitor:
    participant: Participant
    since_ms: int
    heard_ms: int
    seen: tuple[str | None, bool] = (None, False)
    """What the visitor was shown last: the page at the other seat, and whether its participant is in the lobby."""
    ice: IceSupply = field(default_factory=IceSupply)


class Lobby:
    """The lobby of one room."""

    __slots__ = ("_liveness", "_visitors")

    def __init__(self, rules: RoomRules = RoomRules()) -> None:  # noqa: B008 - frozen
        self._liveness = Liveness(rules)
        self._visitors: dict[int, _Visitor] = {}

    def has(self, conn: int) -> bool:
        """Tell whether a socket is in the lobby."""
        return conn in self._visitors

    def join(self, room: Room | Preview, conn: int, participant: Participant, now_ms: int) -> list[Effect]:
        """Show *room* to a visitor; or refuse, as `Room.join` would refuse for good, or with `lobby-full`."""
        if refused := room.refuse(conn, participant):
            return refused
        since_ms = now_ms
        if known := self._visitors.get(conn):
            since_ms = known.since_ms
        elif (
            sum(each.participant.role == participant.role for each in self._visitors.values())
            >= LOBBY_VISITORS_MAX
        ):
            text = f"At most {LOBBY_VISITORS_MAX} tabs of one seat wait in the lobby: join, or close another one."
            error = wire.Error(code="lobby-full", message=text)
            return [Send(conn, error), Close(conn, CloseCode.TRY_AGAIN_LATER, error.code)]
        visitor = self._visitors[conn] = _Visitor(participant, since_ms, now_ms)
        effects = self._show(room, conn, visitor, now_ms)
        if room.bill:
            effects.append(Send(conn, msgspec.structs.replace(room.bill, server_time=now_ms)))
        return [*effects, Send(conn, wire.Ping(server_time=now_ms))]

    def receive(self, conn: int, frame: wire.ClientFrame, now_ms: int) -> list[Effect]:
        """Take a frame from a visitor. Only the answer to a ping is allowed, and the goodbye of a page that moved."""
        self._visitors[conn].heard_ms = now_ms
        if isinstance(frame, wire.Heartbeat):
            return []
        if isinstance(frame, wire.Moved):
            self.leave(conn)
            return [Close(conn, CloseCode.RESTARTS, "moved")]
        text = "You are in the lobby: join before you send anything else."
        return [Send(conn, wire.Error(code="join-first", message=text))]

    def leave(self, conn: int) -> None:
        """Note that a socket is gone or has joined the room."""
        self._visitors.pop(conn, None)

    def update(self, frame: RoomUpdate) -> list[Effect]:
        """Pass on the bill and the end. The other room updates are for the participants only."""
        if isinstance(frame, wire.Bill | wire.EndNotice):
            sends: list[Effect] = [Send(conn, frame) for conn in self._visitors]
            if isinstance(frame, wire.Bill):
                return sends
            sends += [Close(conn, CloseCode.ENDED, "session-ended") for conn in self._visitors]
            self._visitors.clear()
            return sends
        return []

    def due_ms(self) -> int | None:
        """Return when `tick` or `refresh` has something to do, unless the room changes first (Unix ms); None: never."""
        if not self._visitors:
            return None
        dues_ms = [self._liveness.due_ms]
        for visitor in self._visitors.values():
            dues_ms += [visitor.since_ms + STAY_MS, self._liveness.dies_ms(visitor.heard_ms)]
            if visitor.ice.given.renew_ms is not None:
                dues_ms.append(visitor.ice.given.renew_ms)
        return min(dues_ms)

    def refresh(self, room: Room | Preview, now_ms: int) -> list[Effect]:
        """Show the room again to each visitor whose other side came or went, and renew the visitors' ICE servers."""
        effects: list[Effect] = []
        for conn, visitor in self._visitors.items():
            if visitor.seen != self._see(room, visitor):
                effects += self._show(room, conn, visitor, now_ms)
            offer = partial(room.offer_ice, visitor.participant.role, now_ms)
            effects += [Send(conn, frame) for frame in visitor.ice.renew(offer, now_ms)]
        return effects

    def tick(self, now_ms: int) -> list[Effect]:
        """Ping the visitors, and close the sockets that are silent or have stayed too long."""
        effects: list[Effect] = []
        for conn, visitor in list(self._visitors.items()):
            if now_ms - visitor.since_ms >= STAY_MS:
                text = f"The lobby closes after {LOBBY_MINUTES_MAX} minutes: open the link again."
                effects += refuse(conn, "lobby-timeout", text, CloseCode.LOBBY_TIMEOUT)
                self.leave(conn)
            elif self._liveness.is_dead(visitor.heard_ms, now_ms):
                effects.append(Close(conn, CloseCode.TOO_SLOW, "silent"))
                self.leave(conn)
        if self._liveness.take_due(now_ms):
            effects += [Send(conn, wire.Ping(server_time=now_ms)) for conn in self._visitors]
        return effects

    def _see(self, room: Room | Preview, visitor: _Visitor) -> tuple[str | None, bool]:
        across = other(visitor.participant.role)
        peer = room.show_seat(across)
        return (
            peer.page if peer else None,
            any(each.participant.role == across for each in self._visitors.values()),
        )

    def _show(self, room: Room | Preview, conn: int, visitor: _Visitor, now_ms: int) -> list[Effect]:
        visitor.seen = self._see(room, visitor)
        return [
            Send(
                conn,
                wire.LobbyView(
                    role=visitor.participant.role,
                    address=visitor.participant.address,
                    name=visitor.participant.name,
                    session=room.info,
                    server_time=now_ms,
                    ice_servers=visitor.ice.take(room.offer_ice(visitor.participant.role, now_ms)),
                    relay_only=visitor.participant.relay_only,
                    peer=room.show_seat(other(visitor.participant.role)),
                    peer_in_lobby=visitor.seen[1],
                    assumed=visitor.participant.assumed,
                ),
            )
        ]
