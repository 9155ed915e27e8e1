"""The service of a simulated lesson: the real hub, rooms, outbox and session service. It can die and start again.

Its tasks run in a loop of virtual time. Of signaling it leaves out only the WebSocket driver.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from langdao_video.access.statement_links import StatementLinks
from langdao_video.access.tokens import Tokens
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import Rate
from langdao_video.billing.monitor import SETTLE_SECONDS, act_on_all_due
from langdao_video.billing.new_session import NewSession
from langdao_video.billing.quota import Cap
from langdao_video.billing.rules import BillRules
from langdao_video.billing.service import Listener, SessionService
from langdao_video.errors import FrameRefused, LangDAOError
from langdao_video.in_process.backend import InProcessBackend
from langdao_video.in_process.chat_book import ChatBook
from langdao_video.in_process.listeners import make_delivery_listener, make_room_listener
from langdao_video.session.commands import RoomCommand
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.links import LinkRules
from langdao_video.session.roles import Role
from langdao_video.signaling.admission import Admission
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.hub import Hub
from langdao_video.signaling.ice import IceOffer
from langdao_video.signaling.messages import ClientFrame, Error, Join
from langdao_video.signaling.room_loader import RoomLoader
from langdao_video.signaling.rules import RoomRules
from tools.simulator.books import Books, Proofs
from tools.simulator.loop import VirtualLoop
from tools.simulator.machine import Machine
from tools.simulator.outbox import SimulatedOutbox
from tools.simulator.sockets import SimulatedSocket
from tools.simulator.world import World, finish

SESSION: Final = "lesson"
ADDRESSES: Final[dict[Role, str]] = {
    "student": "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1",
    "tutor": "0x8ba1f109551bD432803012645Ac136ddd64DBA72",
}
RATE: Final = Rate(3_600, "USD", 2)
ShowBeat = Callable[[Lesson, SessionHeartbeat], str | None]
KEYS: Final = ("a key for lessons that nobody ever had",)
_TOKENS: Final = Tokens(KEYS)


def make_sessions(
    world: World,
    books: Books,
    machine: Machine,
    loop: VirtualLoop,
    show_beat: ShowBeat = lambda _lesson, _heartbeat: None,
) -> tuple[SessionService, Proofs]:
    """Make the real session service over simulated parts. Its ids are random, but the same for the same seed."""
    proofs = Proofs(world, books, loop)
    service = SessionService(
        store=books,
        clock=machine,
        rules=BillRules(),
        default_rate=RATE,
        make_id=lambda: f"{world.random.getrandbits(64):016x}",
        proofs=proofs,
        render_beat=show_beat,
    )
    return service, proofs


def make_plain_sessions(world: World, books: Books, machine: Machine) -> SessionService:
    """Make the session service of a process that decides nothing but what it is asked at once."""
    return make_sessions(world, books, machine, VirtualLoop(world, 1))[0]


def make_statements() -> StatementLinks:
    """Make links to statements, as a service on one's own machine does."""
    return StatementLinks("http://localhost", _TOKENS, needs_token=False)


def create_session(sessions: SessionService, start_ms: int, cap_seconds: int | None) -> None:
    """Make the session, as a platform does."""
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
    """The processes of a service, one after the other, over one store."""

    world: World
    machine: Machine
    tick_ms: int
    listeners: list[Listener]
    outbox: SimulatedOutbox | None = None
    """Delivers the events, if the lesson has receivers."""
    books: Books = field(default_factory=Books)
    run: int = 0
    """The number of the current process. Sockets of an older process are dead."""
    is_up: bool = False
    sessions: SessionService = field(init=False)
    downs: list[tuple[int, int]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What the service wrongly refused."""
    _proofs: Proofs = field(init=False)
    _hub: Hub = field(init=False)
    _loop: VirtualLoop = field(init=False)
    _admission: Admission = field(init=False)
    _sockets: dict[int, SimulatedSocket] = field(default_factory=dict)
    _acts_from_ms: int = 0

    def start(self) -> None:
        """Start a process, which knows only what is in the store."""
        self.run += 1
        self.is_up = True
        self.machine.start(finish(self.books.load_newest_ms()))
        self._loop = VirtualLoop(self.world, self.tick_ms)
        self.sessions, self._proofs = self._make_sessions()
        statements = make_statements()
        room_listener = make_room_listener(self.machine, statements, self._apply)
        self.sessions.listeners += [room_listener, *self.listeners]
        backend = InProcessBackend(
            self.sessions, statements, is_development=True, torn_ms=self.machine.torn_ms
        )
        loader = RoomLoader(backend, _TOKENS, RoomRules(), offer_ice=lambda *_: IceOffer(()))
        chats = ChatBook(self.books.chats, KEYS, self.machine)
        self._hub = Hub(loader, backend, chats, self.machine)
        self._admission = Admission(_TOKENS, LinkRules(lenient=True), needs_token=False)
        self._sockets = {}
        self._acts_from_ms = self.world.now_ms + int(SETTLE_SECONDS * 1000) if self.run > 1 else 0
        self._loop.do(lambda: self._loop.create_task(self._hub.run()))
        run = self.run
        self.world.after(self.tick_ms, lambda: self._act_on_due(run))

    def _make_sessions(self) -> tuple[SessionService, Proofs]:
        if self.outbox is None:
            return make_sessions(self.world, self.books, self.machine, self._loop)
        made = make_sessions(self.world, self.books, self.machine, self._loop, self.outbox.show_beat)
        made[0].listeners.append(make_delivery_listener(self.outbox.hint))
        self.outbox.start(self._loop)
        return made

    def kill(self, down_ms: int) -> None:
        """Die, and start again after *down_ms*."""
        if self.is_up:
            self.is_up = False
            self._proofs.is_lost = True
            self.machine.stop()
            if self.outbox is not None:
                self.outbox.die()
            self._loop.kill()
            self.downs.append((self.world.now_ms, self.world.now_ms + down_ms))
            for socket in self._sockets.values():
                socket.drop()
            self.world.after(down_ms, self.start)

    # ── Sockets ──────────────────────────────────────────────────────────────────────────────────

    def accept(self, socket: SimulatedSocket) -> bool:
        """Take a connection, if a process runs."""
        if self.is_up:
            socket.conn, socket.run = self._hub.make_conn(), self.run
            self._sockets[socket.conn] = socket
            socket.answer_handshake()
        return self.is_up

    def receive(self, socket: SimulatedSocket, frame: ClientFrame) -> None:
        """Take a frame from a page."""
        if not self._is_ours(socket) or socket.is_refused:
            return
        if isinstance(frame, Join) and not socket.has_joined:
            self._loop.do(lambda: self._loop.create_task(self._join(socket, frame)))
        elif socket.has_joined:
            self._loop.do(lambda: self._hub.receive(SESSION, socket.conn, frame))

    def lose(self, socket: SimulatedSocket, *, said_goodbye: bool) -> None:
        """Note that a socket is gone."""
        if self._is_ours(socket) and self._sockets.pop(socket.conn, None) is not None:
            goodbye = said_goodbye and not socket.is_refused
            socket.is_refused = True
            self._loop.do(lambda: self._hub.lose(SESSION, socket.conn, said_goodbye=goodbye))

    def note_refused(self, role: Role) -> None:
        """Note a fault: the answer of somebody in the room was refused, as if they were not there."""
        self.faults.append(f"the {role} was in the room, but their answer was refused")

    def _is_ours(self, socket: SimulatedSocket) -> bool:
        return self.is_up and socket.is_accepted and socket.run == self.run

    async def _join(self, socket: SimulatedSocket, join: Join) -> None:
        """Handle a first frame as signaling/connection.py does."""
        try:
            link, participant = self._admission.admit(SESSION, join, self.machine.now_ms())
            socket.has_joined = await self._hub.join(socket, link, participant)
        except LangDAOError as error:
            final = isinstance(error, FrameRefused)
            socket.send(Error(code=error.code, message=error.message, final=final))
            socket.close(CloseCode.BAD_FRAMES if final else CloseCode.TRY_AGAIN_LATER, error.code)

    # ── Deadlines and room commands ──────────────────────────────────────────────────────────────

    def _act_on_due(self, run: int) -> None:
        """Act as the monitor does, but only when something is due or in doubt."""
        if not self.is_up or self.run != run:
            return
        self.world.after(self.tick_ms, lambda: self._act_on_due(run))
        if self.world.now_ms < self._acts_from_ms:
            return
        due_ms = self.books.due_ms
        if self.sessions.in_doubt or (due_ms is not None and due_ms <= self.machine.now_ms()):
            finish(act_on_all_due(self.sessions))

    def _apply(self, room: str, command: RoomCommand) -> None:
        self._loop.do(lambda: self._hub.apply(room, command))
