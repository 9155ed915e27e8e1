"""Those who look in before they join: they are shown who is there, and are nobody yet. Pure.

Law: who looks takes no seat, proves nothing and makes no fact; the seats of the room do not know of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from langdao_video.session.roles import other
from langdao_video.signaling import messages as wire
from langdao_video.signaling.effects import Close, CloseCode, Effect, Send, refuse
from langdao_video.signaling.room import Room
from langdao_video.signaling.seats import RoomRules, Sitter

LOOK_MINUTES_MAX: Final = 30
"""Nobody looks at themselves for longer: it is a tab that was forgotten, with its camera on."""
LOOKERS_MAX: Final = 4
"""A seat. One person may have a few tabs; at the bound a further one tries again, or joins."""


@dataclass(slots=True)
class _Looker:
    sitter: Sitter
    since_ms: int
    heard_ms: int
    seen: tuple[str | None, bool] = (None, False)
    """Whom they were shown last: the page of the one at the other seat, and whether someone looks in for it."""


class Lobby:
    """The lobby of one room."""

    def __init__(self, rules: RoomRules = RoomRules()) -> None:  # noqa: B008 - frozen
        self._rules = rules
        self._lookers: dict[int, _Looker] = {}
        self._next_ping_ms = 0

    def has(self, conn: int) -> bool:
        """Tell whether a socket looks in."""
        return conn in self._lookers

    def look(self, room: Room, conn: int, sitter: Sitter, now_ms: int) -> list[Effect]:
        """Show *room*, or say why not: what `join` would say, or `lobby-full`."""
        if refused := room.refuse(conn, sitter):
            return refused
        since_ms = now_ms
        if known := self._lookers.get(conn):
            since_ms = known.since_ms
        elif sum(each.sitter.role == sitter.role for each in self._lookers.values()) >= LOOKERS_MAX:
            text = f"At most {LOOKERS_MAX} tabs look in for one seat: join, or close another one."
            error = wire.Error(code="lobby-full", message=text)
            return [Send(conn, error), Close(conn, CloseCode.TRY_AGAIN_LATER, error.code)]
        looker = self._lookers[conn] = _Looker(sitter, since_ms, now_ms)
        effects = self._show(room, conn, looker, now_ms)
        if room.bill:
            effects.append(Send(conn, msgspec.structs.replace(room.bill, server_time=now_ms)))
        return [*effects, Send(conn, wire.Ping(server_time=now_ms))]

    def receive(self, conn: int, frame: wire.ClientFrame, now_ms: int) -> list[Effect]:
        """Take a frame from someone who looks: only the answer to a ping means anything."""
        self._lookers[conn].heard_ms = now_ms
        if isinstance(frame, wire.Heartbeat):
            return []
        text = "You look in only: join before you say something."
        return [Send(conn, wire.Error(code="join-first", message=text))]

    def leave(self, conn: int) -> None:
        """Note that a socket is gone, or sits down."""
        self._lookers.pop(conn, None)

    def tell(self, frame: wire.ServerFrame) -> list[Effect]:
        """Pass on what the backend says of the bill and of the end; the rest is for those who sit."""
        if isinstance(frame, wire.Bill | wire.SessionEnded):
            sends: list[Effect] = [Send(conn, frame) for conn in self._lookers]
            if isinstance(frame, wire.Bill):
                return sends
            sends += [Close(conn, CloseCode.ENDED, "session-ended") for conn in self._lookers]
            self._lookers.clear()
            return sends
        return []

    def update(self, room: Room, now_ms: int) -> list[Effect]:
        """Show the room again to those for whom someone came or went."""
        return [
            effect
            for conn, looker in self._lookers.items()
            if looker.seen != self._see(room, looker)
            for effect in self._show(room, conn, looker, now_ms)
        ]

    def tick(self, now_ms: int) -> list[Effect]:
        """Ping; close the sockets that are silent, or have looked for long enough."""
        effects: list[Effect] = []
        for conn, looker in list(self._lookers.items()):
            if now_ms - looker.since_ms >= LOOK_MINUTES_MAX * 60_000:
                text = f"The lobby closes after {LOOK_MINUTES_MAX} minutes: open the link again."
                effects += refuse(conn, "lobby-timeout", text, CloseCode.LOBBY_TIMEOUT)
                self.leave(conn)
            elif now_ms - looker.heard_ms > self._rules.silence_ms:
                effects.append(Close(conn, CloseCode.TOO_SLOW, "silent"))
                self.leave(conn)
        if now_ms >= self._next_ping_ms:
            self._next_ping_ms = now_ms + self._rules.ping_ms
            effects += [Send(conn, wire.Ping(server_time=now_ms)) for conn in self._lookers]
        return effects

    def _see(self, room: Room, looker: _Looker) -> tuple[str | None, bool]:
        across = other(looker.sitter.role)
        peer = room.show_seat(across)
        return (
            peer.page if peer else None,
            any(each.sitter.role == across for each in self._lookers.values()),
        )

    def _show(self, room: Room, conn: int, looker: _Looker, now_ms: int) -> list[Effect]:
        looker.seen = self._see(room, looker)
        return [
            Send(
                conn,
                wire.Lobby(
                    role=looker.sitter.role,
                    address=looker.sitter.address,
                    name=looker.sitter.name,
                    session=room.info,
                    server_time=now_ms,
                    ice_servers=room.ice_servers(now_ms),
                    peer=room.show_seat(other(looker.sitter.role)),
                    peer_looks=looker.seen[1],
                    assumed=looker.sitter.assumed,
                ),
            )
        ]
