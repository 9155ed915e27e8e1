"""The service of a simulated lesson: the real room over the real sessions, without tasks; it dies and starts again.

It does for one room what hub.py, connection.py and outbox.py do for many on an event loop.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from langdao_video.access.statement_links import StatementLinks
from langdao_video.access.tokens import Tokens
from langdao_video.billing.grace import GraceRules
from langdao_video.billing.money import Rate
from langdao_video.billing.monitor import SETTLE_SECONDS, act_on_all_due
from langdao_video.billing.quota import Cap
from langdao_video.billing.service import Listener, NewSession, SessionService
from langdao_video.errors import FrameRefused, LangDAOError
from langdao_video.in_process.backend import InProcessBackend
from langdao_video.in_process.listeners import make_room_listener
from langdao_video.session.commands import RoomCommand
from langdao_video.session.links import LinkRules
from langdao_video.session.roles import Role
from langdao_video.signaling.admission import Admission
from langdao_video.signaling.effects import Close, CloseCode, Decide, Effect, Emit, Send
from langdao_video.signaling.messages import ClientFrame, Error, Join
from langdao_video.signaling.room import Room
from langdao_video.signaling.room_loader import RoomLoader
from langdao_video.signaling.room_updates import write_update
from langdao_video.signaling.seats import RoomRules
from tools.simulator.books import Books, Proofs
from tools.simulator.machine import Machine
from tools.simulator.sockets import SimulatedSocket
from tools.simulator.world import World, finish

SESSION: Final = "lesson"
ADDRESSES: Final[dict[Role, str]] = {
    "student": "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1",
    "tutor": "0x8ba1f109551bD432803012645Ac136ddd64DBA72",
}
RATE: Final = Rate(3_600, "USD", 2)
_TOKENS: Final = Tokens(["a key for lessons that nobody ever had"])
_RETRY_MS: Final = (200, 500, 1_000, 2_000, 5_000)


def make_sessions(world: World, books: Books, machine: Machine) -> tuple[SessionService, Proofs]:
    """Make the real session service over simulated parts; its ids are made by chance, again the same for a seed."""
    proofs = Proofs(world, books)
    service = SessionService(
        store=books,
        clock=machine,
        rules=GraceRules(),
        default_rate=RATE,
        make_id=lambda: f"{world.random.getrandbits(64):016x}",
        proofs=proofs,
    )
    return service, proofs


def create_session(sessions: SessionService, start_ms: int, cap_seconds: int | None) -> None:
    """Announce the lesson, as a platform does."""
    finish(
        sessions.create_session(
            NewSession(
                id=SESSION,
                student_address=ADDRESSES["student"],
                tutor_address=ADDRESSES["tutor"],
                language="es",
                start_ms=start_ms,
                rate=RATE,
                cap=Cap(seconds=cap_seconds) if cap_seconds else None,
            )
        )
    )


@dataclass(slots=True)
class SimulatedService:
    """One process after the other, over one store."""

    world: World
    machine: Machine
    tick_ms: int
    listeners: list[Listener]
    books: Books = field(default_factory=Books)
    run: int = 0
    """Which process this is: sockets of an older one are dead."""
    is_up: bool = False
    sessions: SessionService = field(init=False)
    downs: list[tuple[int, int]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What it refused and should not have."""
    _proofs: Proofs = field(init=False)
    _backend: InProcessBackend = field(init=False)
    _loader: RoomLoader = field(init=False)
    _admission: Admission = field(init=False)
    _room: Room | None = None
    _sockets: dict[int, SimulatedSocket] = field(default_factory=dict)
    _line: deque[Emit | Decide] = field(default_factory=deque)
    _failures: int = 0
    _is_waiting: bool = False
    _looks_from_ms: int = 0
    _conns: int = 0

    def start(self) -> None:
        """Start a process: all it knows is in the store."""
        self.run += 1
        self.is_up = True
        self.machine.start(finish(self.books.load_newest_ms()))
        self.sessions, self._proofs = make_sessions(self.world, self.books, self.machine)
        statements = StatementLinks("http://localhost", _TOKENS, needs_token=False)
        room_listener = make_room_listener(self.machine, statements, self._apply)
        self.sessions.listeners += [room_listener, *self.listeners]
        self._backend = InProcessBackend(
            self.sessions, statements, is_development=True, torn_ms=self.machine.torn_ms
        )
        self._loader = RoomLoader(self._backend, _TOKENS, RoomRules(), ice_servers=lambda _now_ms: ())
        self._admission = Admission(_TOKENS, LinkRules(lenient=True), needs_token=False)
        self._room, self._sockets = None, {}
        self._line.clear()
        self._failures, self._is_waiting = 0, False
        self._looks_from_ms = self.world.now_ms + int(SETTLE_SECONDS * 1000) if self.run > 1 else 0
        run = self.run
        self.world.after(self.tick_ms, lambda: self._tick(run))

    def kill(self, down_ms: int) -> None:
        """Die, and start again after *down_ms*."""
        if self.is_up:
            self.is_up = False
            self._proofs.is_lost = True
            self.machine.stop()
            self.downs.append((self.world.now_ms, self.world.now_ms + down_ms))
            for socket in self._sockets.values():
                socket.drop()
            self.world.after(down_ms, self.start)

    # ── Sockets ──────────────────────────────────────────────────────────────────────────────────

    def accept(self, socket: SimulatedSocket) -> bool:
        """Take a connection, if there is a process to take it."""
        if self.is_up:
            self._conns += 1
            socket.conn, socket.run = self._conns, self.run
            self._sockets[socket.conn] = socket
        return self.is_up

    def receive(self, socket: SimulatedSocket, frame: ClientFrame) -> None:
        """Take a frame from a page."""
        if not self._is_ours(socket) or socket.is_refused:
            return
        if isinstance(frame, Join) and not socket.has_joined:
            self._join(socket, frame)
        elif self._room and socket.has_joined:
            self._do(self._room.receive(socket.conn, frame, self.machine.now_ms()))

    def lose(self, socket: SimulatedSocket, *, said_goodbye: bool) -> None:
        """Note that a socket's end has come."""
        if self._is_ours(socket) and self._sockets.pop(socket.conn, None) is not None:
            goodbye = said_goodbye and not socket.is_refused
            socket.is_refused = True
            if self._room:
                self._do(self._room.lose(socket.conn, self.machine.now_ms(), said_goodbye=goodbye))

    def _is_ours(self, socket: SimulatedSocket) -> bool:
        return self.is_up and socket.is_accepted and socket.run == self.run

    def _join(self, socket: SimulatedSocket, join: Join) -> None:
        now_ms = self.machine.now_ms()
        try:
            link, participant = self._admission.admit(SESSION, join, now_ms)
            self._room = self._room or finish(self._loader.open_room(link, now_ms))
        except LangDAOError as error:
            final = isinstance(error, FrameRefused)
            socket.send(Error(code=error.code, message=error.message, final=final))
            socket.close(CloseCode.BAD_FRAMES if final else 1013, error.code)
            return
        self._do(self._room.join(socket.conn, participant, now_ms))
        socket.has_joined = self._room.has(socket.conn)

    def _do(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(conn, frame):
                    if socket := self._sockets.get(conn):
                        socket.send(frame)
                case Close(conn, code, reason):
                    if socket := self._sockets.get(conn):
                        socket.close(code, reason)
                case _:
                    self._line.append(effect)
                    if not self._is_waiting:
                        self._say()

    # ── The line to the sessions, in order, for as long as it takes ───────────────────────────────

    def _say(self) -> None:
        self._is_waiting = True  # what is said meanwhile stands at the end of this line
        while self._line:
            try:
                self._deliver(self._line[0])
            except LangDAOError as error:
                if error.retry:
                    wait_ms = _RETRY_MS[min(self._failures, len(_RETRY_MS) - 1)]
                    self._failures += 1
                    self.world.after(wait_ms, self._guard(self._say))
                    return
                self._refuse(self._line[0], error)
            self._failures = 0
            self._line.popleft()
        self._is_waiting = False

    def _deliver(self, item: Emit | Decide) -> None:
        if isinstance(item, Emit):
            finish(self._backend.take_event(item.event))
        else:
            finish(self._backend.decide_grace(SESSION, item.decision, item.role))

    def _refuse(self, item: Emit | Decide, error: LangDAOError) -> None:
        if isinstance(item, Decide):
            self._do([Send(item.conn, Error(code=error.code, message=error.message))])
            if error.code == "not-here" and self._room and self._room.has(item.conn):
                self.faults.append(f"the {item.role} was in the room and had no say")

    def _guard(self, do: Callable[[], None]) -> Callable[[], None]:
        """Let *do* happen only if this process still lives by then."""
        run = self.run
        return lambda: do() if self.is_up and self.run == run else None

    # ── Time passes ──────────────────────────────────────────────────────────────────────────────

    def _tick(self, run: int) -> None:
        if not self.is_up or self.run != run:
            return
        self.world.after(self.tick_ms, lambda: self._tick(run))
        now_ms = self.machine.now_ms()
        if self._room:
            self._do(self._room.tick(now_ms))
            if not self._sockets and not self._line and self._room.is_empty:
                self._room = None
        due_ms = self.books.due_ms
        if due_ms is not None and due_ms <= now_ms and self.world.now_ms >= self._looks_from_ms:
            finish(act_on_all_due(self.sessions))

    def _apply(self, _session_id: str, command: RoomCommand) -> None:
        if self._room:
            self._do(self._room.update(write_update(command)))
