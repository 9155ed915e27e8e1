"""The rooms of this node: finds or restores a room, carries out its effects, ticks it, forgets it when empty."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from langdao_video.clock import Clock
from langdao_video.errors import Unavailable
from langdao_video.session.links import Link
from langdao_video.signaling.effects import Close, Effect, Send
from langdao_video.signaling.messages import ClientFrame, ServerFrame
from langdao_video.signaling.reporter import Backend, Reporter
from langdao_video.signaling.room import Room
from langdao_video.signaling.seats import Sitter
from langdao_video.signaling.teller import Told

log = structlog.get_logger(__name__)

ROOMS_MAX: Final = 10_000
_TICK_SECONDS: Final = 0.25


class Socket(Protocol):
    """One browser's socket. Neither call blocks; a socket that reads too slowly closes itself."""

    conn: int

    def send(self, frame: ServerFrame) -> None:
        """Queue a frame."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Close after what was queued before."""
        ...


OpenRoom = Callable[[Link, int], Awaitable[Room]]


@dataclass(slots=True)
class _Hosted:
    room: Room
    reporter: Reporter
    sockets: dict[int, Socket] = field(default_factory=dict)


class Hub:
    """The rooms of this node."""

    def __init__(
        self, open_room: OpenRoom, backend: Backend, clock: Clock, rooms_max: int = ROOMS_MAX
    ) -> None:
        self._open_room = open_room
        self._backend = backend
        self._clock = clock
        self._rooms_max = rooms_max
        self._rooms: dict[str, _Hosted] = {}
        self._opening: dict[str, asyncio.Task[None]] = {}
        self._next_conn = itertools.count(1)

    def make_conn(self) -> int:
        """Return a number no other socket of this node has had."""
        return next(self._next_conn)

    @property
    def rooms_open(self) -> int:
        """How many rooms are in memory."""
        return len(self._rooms)

    async def join(self, socket: Socket, link: Link, sitter: Sitter) -> bool:
        """Bring *sitter* into the room of *link*, opening it first; False if they were not seated.

        Raises Unavailable `service-full` or what opening the room raises.
        """
        while (hosted := self._rooms.get(link.room)) is None:
            await self._open(link)
        hosted.sockets[socket.conn] = socket
        self._do(link.room, hosted, hosted.room.join(socket.conn, sitter, self._clock.now_ms()))
        return hosted.room.has(socket.conn)

    def receive(self, room: str, conn: int, frame: ClientFrame) -> None:
        """Give a frame to its room."""
        if hosted := self._rooms.get(room):
            self._do(room, hosted, hosted.room.receive(conn, frame, self._clock.now_ms()))

    def lose(self, room: str, conn: int, *, said_goodbye: bool) -> None:
        """Note that a socket is gone."""
        if (hosted := self._rooms.get(room)) and hosted.sockets.pop(conn, None):
            self._do(room, hosted, hosted.room.lose(conn, self._clock.now_ms(), said_goodbye=said_goodbye))

    def tell(self, room: str, frame: Told) -> None:
        """Tell a room what the backend decided; a room that is not here needs nothing."""
        if hosted := self._rooms.get(room):
            self._do(room, hosted, hosted.room.tell(frame))

    async def run(self) -> None:
        """Tick all rooms, until cancelled."""
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            for room, hosted in list(self._rooms.items()):
                try:
                    self._tick(room, hosted)
                except Exception:
                    log.exception("tick-failed", session=room)

    async def finish(self, seconds: float) -> None:
        """Let every room say what it still has to say, at most *seconds*."""
        await asyncio.gather(*(hosted.reporter.finish(seconds) for hosted in self._rooms.values()))

    async def _open(self, link: Link) -> None:
        """Wait until the room is there, whoever asked for it first; who gives up takes nobody along."""
        opening = self._opening.get(link.room)
        if opening is None:
            if len(self._rooms) + len(self._opening) >= self._rooms_max:
                raise Unavailable("service-full", "This server is full; the page tries again by itself.")
            opening = self._opening[link.room] = asyncio.create_task(self._host(link))
            opening.add_done_callback(_note_failure)
        await asyncio.shield(opening)

    async def _host(self, link: Link) -> None:
        try:
            room = await self._open_room(link, self._clock.now_ms())
            self._rooms[link.room] = _Hosted(room, Reporter(link.room, self._backend))
            log.info("room-opened", session=link.room, start=room.info.start)
        finally:
            del self._opening[link.room]

    def _tick(self, room: str, hosted: _Hosted) -> None:
        self._do(room, hosted, hosted.room.tick(self._clock.now_ms()))
        if hosted.room.is_empty and not hosted.sockets and hosted.reporter.is_idle:
            del self._rooms[room]
            log.info("room-closed", session=room)

    def _do(self, room: str, hosted: _Hosted, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(conn, frame):
                    if socket := hosted.sockets.get(conn):
                        socket.send(frame)
                case Close(conn, code, reason):
                    if socket := hosted.sockets.get(conn):
                        log.info("socket-closed", session=room, conn=conn, code=code, reason=reason)
                        socket.close(code, reason)
                case _:
                    hosted.reporter.say(effect)


def _note_failure(opening: asyncio.Task[None]) -> None:
    if not opening.cancelled() and (error := opening.exception()):
        log.warning("room-not-opened", error=f"{type(error).__name__}: {error}")
