"""One node of a simulated cluster: the real socket, hub, rooms, carriages, lease and session service of a process.

Only its network, its store and its loop are simulated. It can be killed, and it can stand still and believe that no
time has passed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from langdao_video.access.throttle import RefusalThrottle
from langdao_video.access.tokens import Tokens
from langdao_video.across_nodes.exchange import Exchange
from langdao_video.across_nodes.pages import CarriedPages
from langdao_video.across_nodes.visitors import RemoteSockets
from langdao_video.billing.monitor import SETTLE_SECONDS, STALL_MS, act_on_all_due
from langdao_video.billing.rules import BillRules
from langdao_video.billing.service import SessionService
from langdao_video.in_process.backend import InProcessBackend
from langdao_video.in_process.chat_book import ChatBook
from langdao_video.in_process.listeners import make_room_listener
from langdao_video.nodes.holdings import Holdings
from langdao_video.nodes.lease import Lease
from langdao_video.nodes.membership import Membership
from langdao_video.session.commands import RoomCommand
from langdao_video.session.links import LinkRules
from langdao_video.signaling.admission import Admission
from langdao_video.signaling.connection import Connection
from langdao_video.signaling.hub import Hub
from langdao_video.signaling.ice import IceOffer
from langdao_video.signaling.messages import ServerFrame
from langdao_video.signaling.port import Carrier, Opening, Taker
from langdao_video.signaling.room_loader import RoomLoader
from langdao_video.signaling.rules import RoomRules
from langdao_video.signaling.tally import Driver
from langdao_video.store.ownership import Node
from tools.simulator.letters import Post, SimulatedBackplane
from tools.simulator.loop import VirtualLoop
from tools.simulator.service import KEYS, RATE, make_statements

if TYPE_CHECKING:
    from tools.simulator.cluster_books import ClusterBooks
    from tools.simulator.machine import Machine
    from tools.simulator.sockets import SimulatedSocket
    from tools.simulator.world import World

_FRAMES: Final[msgspec.json.Decoder[ServerFrame]] = msgspec.json.Decoder(ServerFrame)


class StillLoop(VirtualLoop):
    """The loop of a process that can stand still: what happens meanwhile waits, and then happens in its order."""

    def __init__(self, world: World, grain_ms: int, on_work: Callable[[], object]) -> None:
        super().__init__(world, grain_ms)
        self.is_still = False
        self._on_work = on_work
        self._missed: list[Callable[[], object]] = []

    def do(self, work: Callable[[], object]) -> None:
        """Run *work*, or keep it until the process goes on."""
        if self.is_closed():
            return
        if self.is_still:
            self._missed.append(work)
            return
        self._on_work()
        super().do(work)

    def _fire(self, timer: asyncio.TimerHandle, run: Callable[[], object]) -> None:
        # It may be cancelled by what was missed before it.
        self.do(lambda: None if timer.cancelled() else run())

    def go_on(self) -> None:
        """Do what was missed."""
        self.is_still = False
        missed, self._missed = self._missed, []
        for work in missed:
            self.do(work)


@dataclass(slots=True)
class PageEnd:
    """The node's end of a page's socket, as a driver carries it."""

    socket: SimulatedSocket
    taker: Taker | None = None
    driver: Driver = field(default="fast", init=False)
    _held: list[bytes] = field(default_factory=list)

    def send(self, frame: bytes) -> bool:
        """Send a frame to the page."""
        self.socket.send(_FRAMES.decode(frame))
        return True

    def close(self, code: int, reason: str) -> None:
        """Close after the frames that were sent."""
        self.socket.close(code, reason)

    def admit(self) -> None:
        """Do nothing: there is no limit to lift."""

    def receive(self, frame: bytes) -> None:
        """Take the page's next frame; hold it back while a join is checked."""
        self._held.append(frame)
        self.resume()

    def resume(self) -> None:
        """Give on what was held back."""
        while self._held and self.taker is not None and not self.taker.is_busy:
            self.taker.receive(self._held.pop(0))

    def lose(self, *, said_goodbye: bool) -> None:
        """Note that the page's end is gone."""
        taker, self.taker = self.taker, None
        if taker is not None:
            taker.lose(1001 if said_goodbye else None)


class SimulatedNode:
    """A process from its start to its end. *on_work* is told before it does anything."""

    def __init__(
        self,
        world: World,
        machine: Machine,
        books: ClusterBooks,
        post: Post,
        tick_ms: int,
        on_work: Callable[[SimulatedNode], object],
    ) -> None:
        self.id = f"node-{world.random.getrandbits(32):08x}"
        self.loop = StillLoop(world, tick_ms, lambda: on_work(self))
        self.sockets: dict[int, PageEnd] = {}
        """The pages that are connected here, by the `id` of their sockets."""
        self._world, self._machine, self._books, self._post = world, machine, books, post
        self._tick_ms = tick_ms
        self._acts_from_ms = world.now_ms + int(SETTLE_SECONDS * 1_000)
        self._acting: asyncio.Task[None] | None = None
        self._throttle = RefusalThrottle()
        self._admission = Admission(Tokens(KEYS), LinkRules(lenient=True), needs_token=False)
        lease = Lease()
        self.holdings = Holdings(books.owners, self.id, lease, self._uptime_ms)
        self.membership = Membership(
            books.owners,
            Node(id=self.id, version="simulated", backplane="simulated"),
            lease,
            self.holdings,
            None,
            self._uptime_ms,
            self._free_claims,
        )
        self.sessions = SessionService(
            store=books,
            clock=machine,
            rules=BillRules(),
            default_rate=RATE,
            make_id=lambda: f"{world.random.getrandbits(64):016x}",
            owners=self.holdings,
        )
        self.loop.do(self._begin)

    def _begin(self) -> None:
        """Put the parts together as app.py does, and start their tasks."""
        tokens, statements = Tokens(KEYS), make_statements()
        self.sessions.listeners.append(make_room_listener(self._machine, statements, self._apply))
        backend = InProcessBackend(
            self.sessions, statements, is_development=True, torn_ms=self._machine.torn_ms
        )
        loader = RoomLoader(backend, tokens, RoomRules(), offer_ice=lambda *_: IceOffer(()))
        chats = ChatBook(self._books.chats, KEYS, self._machine, self.holdings)
        self.hub = hub = Hub(loader, backend, chats, self._machine)
        self.holdings.room_lost, self.holdings.hosts = hub.lose_room, hub.hosts
        hub.give_away = self._give_away
        backplane = SimulatedBackplane(self._post, self.id)
        self.exchange = Exchange(self.id, backplane, self._uptime_ms)
        pages = CarriedPages(self.exchange, self._find_owner)
        self.exchange.edges_ends = [pages]
        self.exchange.owners_ends = [RemoteSockets(self.exchange, self.open_socket)]
        hub.passages = pages
        self._post.doors[self.id] = lambda letter: self.loop.do(lambda: self.exchange.receive(letter))
        for part in (hub, self.exchange):
            self.loop.create_task(part.run())
        self.loop.create_task(self._join())
        self._world.after(self._tick_ms, self._look)

    async def _join(self) -> None:
        await self._books.owners.save_node(self.membership.node)
        await self.membership.run()

    # ── What happens to it ───────────────────────────────────────────────────────────────────────

    def kill(self) -> None:
        """Die: nothing of it runs again, and its pages get a reset."""
        self._post.doors.pop(self.id, None)
        self.loop.kill()
        for end in self.sockets.values():
            end.socket.drop()

    def stand_still(self) -> None:
        """Stop, as a process that gets SIGSTOP. It notices nothing."""
        self.loop.is_still = True

    def go_on(self, stood_ms: int) -> None:
        """Go on after *stood_ms*, and believe what it believed."""
        if stood_ms > STALL_MS:  # run_monitor sees this by its own uptime
            self._acts_from_ms = self._world.now_ms + int(SETTLE_SECONDS * 1_000)
        if not self.loop.is_closed():
            self.loop.go_on()

    def note_backplane_lost(self) -> None:
        """Learn that letters may have been lost."""
        self.loop.do(self.exchange.note_down)

    def begin_drain(self, window_ms: int) -> None:
        """Begin to stop, as at SIGTERM: give the rooms away and tell the pages."""
        self.loop.do(lambda: self.hub.begin_drain(window_ms))

    # ── Sockets ──────────────────────────────────────────────────────────────────────────────────

    def open_socket(self, opening: Opening, carrier: Carrier) -> Taker:
        """Return what takes the frames of a socket."""
        return Connection(opening, carrier, self.hub, self._admission, self._throttle, self._machine)

    # ── Deadlines, room commands, owners ─────────────────────────────────────────────────────────

    def _look(self) -> None:
        """Look what is due, as `run_monitor` does."""
        if self.loop.is_closed():
            return
        self._world.after(self._tick_ms, self._look)
        due_ms, is_acting = self._books.due_ms, self._acting is not None and not self._acting.done()
        if due_ms is not None and due_ms <= self._machine.now_ms() and not is_acting:
            self.loop.do(self._act)

    def _act(self) -> None:
        if self._world.now_ms >= self._acts_from_ms and self.holdings.holds_lease:
            self._acting = self.loop.create_task(act_on_all_due(self.sessions))

    def _apply(self, room: str, command: RoomCommand) -> None:
        self.hub.apply(room, command)

    async def _find_owner(self, room: str) -> str | None:
        owner = await self._books.owners.find_owner(room)
        return None if owner is None else owner.node_id

    async def _give_away(self, room: str) -> None:
        await self.sessions.save_presence()
        await self.membership.give_away(room)

    async def _free_claims(self, _dead: str) -> int:
        return 0

    def _uptime_ms(self) -> int:
        return self._world.now_ms
