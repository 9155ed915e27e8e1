"""Keeps the rooms of this node: opens a room, carries out its effects, ticks it, and forgets it when it is empty.

Law: a room in which nothing happens costs its pings and nothing else. So only rooms that are due are looked at.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Final

import structlog

from langdao_video.clock import Clock
from langdao_video.errors import LangDAOError, NotAllowed, NotOwner, Unavailable
from langdao_video.session.commands import RoomCommand, ShowBill
from langdao_video.session.links import Grant, Link, Withdrawn
from langdao_video.session.snapshot import KeptLine
from langdao_video.signaling.chat import ChatLog
from langdao_video.signaling.chat_writer import ChatWriter
from langdao_video.signaling.drain import Drain
from langdao_video.signaling.due_times import DueTimes
from langdao_video.signaling.effects import Close, CloseCode, Decide, Effect, Keep, Send, refuse
from langdao_video.signaling.grants import Grants
from langdao_video.signaling.hosted import Hosted
from langdao_video.signaling.messages import ClientFrame, Error
from langdao_video.signaling.outbox import Outbox
from langdao_video.signaling.port import ChatKeeper, EventTaker, Passages, RoomSource, Socket
from langdao_video.signaling.preview import Preview
from langdao_video.signaling.room import Room
from langdao_video.signaling.room_updates import write_update
from langdao_video.signaling.seats import Participant
from langdao_video.signaling.tally import SignalingTally

log = structlog.get_logger(__name__)

ROOMS_MAX: Final = 12_500
"""Half of the connections that a process may have."""
_TICK_SECONDS: Final = 0.05
"""How often the hub looks for rooms that are due, and so how late a ping may be. Many small rounds do not hold up the
frames that come meanwhile as a large one would."""
_AFTER_FAILURE_MS: Final = 250
"""How long a room rests whose tick has failed."""
_SETTLE_SECONDS: Final = 0.5
"""How long a room that moves waits for what it has reported."""


def _allow(_grant: Grant) -> None:
    """Accept every link."""


class Hub:
    """Hold the rooms of this node and the sockets in them."""

    def __init__(
        self,
        loader: RoomSource,
        backend: EventTaker,
        chats: ChatKeeper,
        clock: Clock,
        rooms_max: int = ROOMS_MAX,
        check_grant: Callable[[Grant], None] = _allow,
    ) -> None:
        self._loader = loader
        self._backend = backend
        self._chats = chats
        self._clock = clock
        self._rooms_max = rooms_max
        self._check_grant = check_grant
        self.passages: Passages | None = None
        """The ways to the rooms of other nodes. The composition root sets it if there can be any."""
        self._rooms: dict[str, Hosted] = {}
        self._grants = Grants()
        self._due = DueTimes()
        self._opening: dict[str, asyncio.Task[None]] = {}
        self._next_conn = itertools.count(1)
        self._name = secrets.token_hex(8)
        self._drain: Drain | None = None
        self.tally = SignalingTally()
        self.give_away: Callable[[str], Awaitable[None]] | None = None
        """Lets another node own a room when its pages are about to move; None if no other node shares the store."""
        self.has_successor: Callable[[], bool] = lambda: False
        """Whether another node takes the pages of this one while it stops."""
        self._moving: set[asyncio.Task[None]] = set()

    def make_conn(self) -> int:
        """Return a number that no other socket of this node has had."""
        return next(self._next_conn)

    @property
    def rooms_open(self) -> int:
        """How many rooms are in memory."""
        return len(self._rooms)

    @property
    def is_deserted(self) -> bool:
        """Whether nobody is connected."""
        return not any(hosted.sockets for hosted in self._rooms.values())

    @property
    def is_draining(self) -> bool:
        """Whether the rooms move to another process."""
        return self._drain is not None

    def begin_drain(self, window_ms: int) -> Drain:
        """Open no more rooms, and tell the pages that are here to move elsewhere within *window_ms*."""
        log.info("drain-began", rooms=len(self._rooms), window_ms=window_ms)
        self._drain = Drain(self._name, self._rooms, self._clock.now_ms(), window_ms)
        self._tell_to_move(self._drain)
        return self._drain

    def check_opening(self) -> None:
        """Refuse a new socket if this process stops and another one takes it. Raises Unavailable `service-moving`."""
        if self._drain is not None and self.has_successor():
            raise self._drain.refuse_room()

    def check_place(self, leaving: str | None) -> None:
        """Refuse a socket that looks for another process than *leaving*. Raises Unavailable `service-moving`."""
        if self._drain is not None:
            self._drain.check(leaving)

    async def join(self, socket: Socket, link: Link, participant: Participant) -> bool:
        """Seat *participant* in the room of *link*, and open the room first; return False if they were not seated.

        Raises NotAllowed `link-revoked`, Unavailable `service-full` or `service-moving`, or what kept the room closed.
        """
        self._check(link)
        while (hosted := self._rooms.get(link.room)) is None or isinstance(hosted.room, Preview):
            await self._open(link, preview=False)
        room = hosted.room
        if self._drain and room.is_split:
            raise self._drain.refuse_room()
        self._take(hosted, socket, link)
        now_ms = self._clock.now_ms()
        effects = room.join(socket.conn, participant, now_ms)
        if is_seated := room.has(socket.conn):
            hosted.lobby.leave(socket.conn)
        self.tally.note_join(effects, is_seated=is_seated)
        self._do(link.room, hosted, [*effects, *self._tell_newcomer(hosted, socket, now_ms)], now_ms)
        return is_seated

    async def join_lobby(self, socket: Socket, link: Link, participant: Participant) -> bool:
        """Bring *participant* into the lobby of *link*'s room; return False if refused. Raises as `join` does."""
        self._check(link)
        while (hosted := self._rooms.get(link.room)) is None:
            await self._open(link, preview=True)
        self._take(hosted, socket, link)
        now_ms = self._clock.now_ms()
        effects = hosted.lobby.join(hosted.room, socket.conn, participant, now_ms)
        self._do(link.room, hosted, [*effects, *self._tell_newcomer(hosted, socket, now_ms)], now_ms)
        return hosted.lobby.has(socket.conn)

    def receive(self, room: str, conn: int, frame: ClientFrame) -> None:
        """Give a frame to its room."""
        if hosted := self._rooms.get(room):
            now_ms = self._clock.now_ms()
            if hosted.lobby.has(conn):
                self._do(room, hosted, hosted.lobby.receive(conn, frame, now_ms), now_ms)
            elif not isinstance(hosted.room, Preview):
                self._do(room, hosted, hosted.room.receive(conn, frame, now_ms), now_ms)

    def relay(self, room: str, conn: int, page: str, raw: bytes, now_ms: int) -> bool:
        """Pass the bytes of an offer, an answer or a candidate on to *page*. Return False if it does not sit across.

        Nothing becomes due by it, and no lobby sees it.
        """
        hosted = self._rooms.get(room)
        if hosted is None or isinstance(hosted.room, Preview):
            return False
        to = hosted.room.relay(conn, page, now_ms)
        socket = None if to is None else hosted.sockets.get(to)
        if socket is None:
            return False
        socket.pass_on(raw)
        return True

    def lose(self, room: str, conn: int, *, said_goodbye: bool) -> None:
        """Note that a socket is gone."""
        if (hosted := self._rooms.get(room)) and hosted.sockets.pop(conn, None):
            self._grants.forget(room, conn)
            hosted.lobby.leave(conn)
            if hosted.refused:
                hosted.refused = frozenset(refusal for refusal in hosted.refused if refusal[0] != conn)
            effects: list[Effect] = []
            now_ms = self._clock.now_ms()
            if not isinstance(hosted.room, Preview):
                effects = hosted.room.lose(conn, now_ms, said_goodbye=said_goodbye)
            self._do(room, hosted, effects, now_ms)

    def apply(self, room: str, command: RoomCommand) -> None:
        """Carry out a room command."""
        if hosted := self._rooms.get(room):
            update = write_update(command)
            effects = [*hosted.room.update(update), *hosted.lobby.update(update)]
            if isinstance(command, ShowBill) and command.cap_at_ms is None:
                self._carry_out(room, hosted, effects)  # it makes nothing due that was not
            else:
                self._do(room, hosted, effects, self._clock.now_ms())

    def hosts(self, room: str) -> bool:
        """Tell whether a room is in memory, or about to be."""
        return room in self._rooms or room in self._opening

    def lose_room(self, room: str) -> None:
        """Forget a room that another node may own now, and close its sockets. The pages come back there."""
        if hosted := self._rooms.pop(room, None):
            self._grants.forget_room(room)
            for part in (hosted.outbox, hosted.writer):
                part.drop()
            for socket in hosted.sockets.values():
                socket.close(CloseCode.RESTARTS, "room-moved")

    def expel(self, withdrawn: Withdrawn) -> int:
        """Close the sockets whose link is no longer valid, empty their seats, and return how many it closed."""
        count = 0
        for room, conn, grant in self._grants.find(withdrawn):
            try:
                self._check_grant(grant)
            except NotAllowed as error:
                hosted = self._rooms[room]
                self._grants.forget(room, conn)
                hosted.lobby.leave(conn)
                effects = refuse(conn, error.code, error.message, CloseCode.TOKEN)
                if not isinstance(hosted.room, Preview):
                    effects += hosted.room.expel(conn)
                self._do(room, hosted, effects, self._clock.now_ms())
                count += 1
        return count

    def _tell_to_move(self, drain: Drain) -> None:
        now_ms = self._clock.now_ms()
        for name in drain.take_due(now_ms):
            if hosted := self._rooms.get(name):
                hosted.is_told = True
                if not isinstance(hosted.room, Preview):
                    hosted.room.moves = True
                if self.give_away is None:
                    self._tell_room_to_move(name, hosted, drain)
                else:
                    task = asyncio.create_task(self._give_away(self.give_away, name, hosted, drain))
                    self._moving.add(task)
                    task.add_done_callback(self._moving.discard)

    def _tell_room_to_move(self, name: str, hosted: Hosted, drain: Drain) -> None:
        now_ms = self._clock.now_ms()
        moving = drain.write(now_ms)
        self._do(name, hosted, [Send(conn, moving) for conn in hosted.sockets], now_ms)

    async def _give_away(
        self, give_away: Callable[[str], Awaitable[None]], name: str, hosted: Hosted, drain: Drain
    ) -> None:
        """Store what a room has reported, let another node own it, and tell its pages to move."""
        await asyncio.gather(*(part.settle(_SETTLE_SECONDS) for part in (hosted.outbox, hosted.writer)))
        await give_away(name)
        self._tell_room_to_move(name, hosted, drain)

    def _tell_newcomer(self, hosted: Hosted, socket: Socket, now_ms: int) -> list[Effect]:
        """Tell the page of a socket that has just come to move, if the others were told."""
        if self._drain is None or not hosted.is_told:
            return []
        return [Send(socket.conn, self._drain.write(now_ms))]

    def _check(self, link: Link) -> None:
        if link.grant is not None:
            self._check_grant(link.grant)

    def _take(self, hosted: Hosted, socket: Socket, link: Link) -> None:
        """Add the socket of a participant or a lobby visitor to its room."""
        self._check(link)  # it may have been revoked while the room was opened
        hosted.sockets[socket.conn] = socket
        if link.grant is not None:
            self._grants.note(link.room, socket.conn, link.grant)

    async def run(self) -> None:
        """Tick the rooms that are due, until cancelled."""
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            if self._drain is not None:
                self._tell_to_move(self._drain)
            now_ms = self._clock.now_ms()
            for room in self._due.take_due(now_ms):
                if hosted := self._rooms.get(room):
                    try:
                        self._tick(room, hosted)
                    except Exception:
                        log.exception("tick-failed", session=room)
                        self._due.plan(room, now_ms + _AFTER_FAILURE_MS)

    async def finish(self, seconds: float) -> None:
        """Deliver what the rooms still have to report; stop after *seconds*."""
        parts = [part for hosted in self._rooms.values() for part in (hosted.outbox, hosted.writer)]
        await asyncio.gather(*(part.finish(seconds) for part in parts))

    async def _open(self, link: Link, *, preview: bool) -> None:
        """Wait until the room is open. All who wait share one opening, and it goes on when one of them gives up."""
        opening = self._opening.get(link.room)
        if opening is None:
            if self._drain is not None:
                raise self._drain.refuse_room()
            is_new = link.room not in self._rooms
            if is_new and len(self._rooms) + len(self._opening) >= self._rooms_max:
                raise Unavailable("service-full", "This server is full; the page tries again by itself.")
            opening = self._opening[link.room] = asyncio.create_task(self._host(link, preview=preview))
            opening.add_done_callback(_note_failure)
        await asyncio.shield(opening)

    async def _host(self, link: Link, *, preview: bool) -> None:
        try:
            shown = await self._load(link, preview=preview)
            outbox = Outbox(link.room, self._backend, partial(self._on_refused, link.room))
            writer = ChatWriter(
                link.room,
                self._chats,
                partial(self._on_kept, link.room),
                partial(self._on_not_kept, link.room),
            )
            hosted = self._rooms.setdefault(link.room, Hosted(shown, outbox, writer))
            hosted.room = shown
            self._plan(link.room, hosted, self._clock.now_ms())
            log.info(
                "room-previewed" if preview else "room-opened", session=link.room, start=shown.info.start
            )
        finally:
            del self._opening[link.room]

    async def _load(self, link: Link, *, preview: bool) -> Room | Preview:
        now_ms = self._clock.now_ms()
        if preview:
            return Preview(await self._loader.load_preview(link, now_ms))
        room = await self._loader.open_room(link, now_ms)
        # Not at the same time: until the room is ours, its former owner may still store a line, and show it.
        room.chat = ChatLog(await self._chats.load_lines(link.room))
        return room

    def _on_refused(self, room: str, decision: Decide, error: LangDAOError) -> None:
        if hosted := self._rooms.get(room):
            refusal = Send(decision.conn, Error(code=error.code, message=error.message))
            self._do(room, hosted, [refusal], self._clock.now_ms())

    def _on_kept(self, room: str, lines: Sequence[KeptLine]) -> None:
        if (hosted := self._rooms.get(room)) and not isinstance(hosted.room, Preview):
            self._do(room, hosted, hosted.room.note_kept(lines), self._clock.now_ms())

    def _on_not_kept(self, room: str, lines: Sequence[KeptLine], error: LangDAOError) -> None:
        if (hosted := self._rooms.get(room)) and not isinstance(hosted.room, Preview):
            self._do(room, hosted, hosted.room.note_not_kept(lines, error), self._clock.now_ms())

    def _tick(self, room: str, hosted: Hosted) -> None:
        now_ms = self._clock.now_ms()
        effects = hosted.lobby.tick(now_ms)
        if not isinstance(hosted.room, Preview):  # in a preview nobody has joined, and no time passes
            effects += hosted.room.tick(now_ms)
        self._do(room, hosted, effects, now_ms)
        if hosted.is_left and hosted.outbox.is_idle and hosted.writer.is_idle:
            del self._rooms[room]
            self._due.forget(room)
            log.info("room-closed", session=room)

    def _plan(self, room: str, hosted: Hosted, now_ms: int) -> None:
        """Plan when the room is ticked next. One that everybody left waits only for what is on its way."""
        lobby_ms = hosted.lobby.due_ms()
        due_ms = now_ms if lobby_ms is None else lobby_ms
        if not isinstance(hosted.room, Preview) and not hosted.is_left:
            due_ms = hosted.room.due_ms if lobby_ms is None else min(lobby_ms, hosted.room.due_ms)
        self._due.plan(room, due_ms)

    def _do(self, room: str, hosted: Hosted, effects: Iterable[Effect], now_ms: int) -> None:
        self._carry_out(room, hosted, effects)
        if refreshed := hosted.lobby.refresh(hosted.room, now_ms):
            self._carry_out(room, hosted, refreshed)
        self._plan(room, hosted, now_ms)

    def _carry_out(self, room: str, hosted: Hosted, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(conn, frame):
                    if socket := hosted.sockets.get(conn):
                        socket.send(frame)
                        if isinstance(frame, Error) and (conn, frame.code) not in hosted.refused:
                            hosted.refused |= {(conn, frame.code)}
                            log.info("frame-refused", session=room, conn=conn, code=frame.code)
                case Close(conn, code, reason):
                    if socket := hosted.sockets.get(conn):
                        log.info("socket-closed", session=room, conn=conn, code=code, reason=reason)
                        socket.close(code, reason)
                case Keep(line, first_number):
                    hosted.writer.write(line, first_number)
                case _:
                    self.tally.note_reported(effect)
                    hosted.outbox.enqueue(effect)


def _note_failure(opening: asyncio.Task[None]) -> None:
    if opening.cancelled() or (error := opening.exception()) is None:
        return
    if not isinstance(error, NotOwner):  # the sockets are carried to the owner
        log.warning("room-not-opened", error=f"{type(error).__name__}: {error}")
