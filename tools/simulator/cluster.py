"""The service of a lesson that several nodes serve: any of them takes any socket, and each of them may go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from langdao_video.errors import LangDAOError
from langdao_video.session.roles import Role
from langdao_video.signaling.codec import encode_frame
from langdao_video.signaling.messages import ClientFrame, Join
from langdao_video.signaling.port import Opening
from tools.simulator.cluster_books import ClusterBooks
from tools.simulator.intervals import Intervals
from tools.simulator.letters import Post
from tools.simulator.node import PageEnd, SimulatedNode
from tools.simulator.service import SESSION, make_plain_sessions
from tools.simulator.world import World

if TYPE_CHECKING:
    from langdao_video.billing.service import SessionService
    from tools.simulator.machine import Machine
    from tools.simulator.plan import Illness
    from tools.simulator.sockets import SimulatedSocket

NODES: Final = 3
BEFORE_MS: Final = 1_000
AFTER_MS: Final = 6_000
"""How long before and after a trouble no seat is surely served: a carriage bears 4 s of silence, a lease lasts 4 s."""


@dataclass(slots=True)
class SimulatedCluster:
    """The nodes of a lesson, over one store and one backplane."""

    world: World
    machine: Machine
    tick_ms: int
    books: ClusterBooks
    run: int = 1
    downs: Intervals = field(default_factory=list)
    """When no node runs: never for long, and then no page is linked."""
    doubts: Intervals = field(default_factory=list)
    """When a page with a socket may have had no room behind it."""
    faults: list[str] = field(default_factory=list)
    nodes: list[SimulatedNode] = field(default_factory=list)
    _at_work: SimulatedNode | None = None
    _where: dict[int, SimulatedNode] = field(default_factory=dict)
    """The node of each socket, by the socket's `id`."""
    _open: dict[int, SimulatedSocket] = field(default_factory=dict)
    """Keeps those ids taken."""
    post: Post = field(init=False)

    def __post_init__(self) -> None:
        self.post = Post(self.world)

    def start(self) -> None:
        """Start the shared clock and all nodes."""
        self.machine.start(0)
        for _ in range(NODES):
            self._start_node()

    @property
    def is_up(self) -> bool:
        """Whether a node runs."""
        return bool(self.nodes)

    @property
    def sessions(self) -> SessionService:
        """A command line beside the nodes: it makes the session, and owns nothing."""
        return make_plain_sessions(self.world, self.books, self.machine)

    # ── What goes wrong ──────────────────────────────────────────────────────────────────────────

    def kill(self, down_ms: int) -> None:
        """Kill the node that is at work, or else any; another one starts after *down_ms*."""
        if self.nodes:
            node = self._at_work if self._at_work in self.nodes else self._choose()
            self._end(node, down_ms)

    def stop_node(self, drain_ms: int) -> None:
        """Stop a node in order. The next one has started before, as at a deploy."""
        if self.nodes:
            node = self._choose()
            self._start_node()
            self._doubt(drain_ms)
            node.begin_drain(drain_ms // 2)
            self.world.after(drain_ms, lambda: self._end(node, None))

    def stand_still(self, for_ms: int, *, in_write: bool) -> None:
        """Let a node stand still that owns the room, if any does; *in_write*: when it writes facts next."""

        def stop(node: SimulatedNode) -> None:
            self._doubt(for_ms)
            node.stand_still()
            self.world.after(for_ms, lambda: node.go_on(for_ms))

        def stop_writer(node_id: str) -> None:
            for node in self.nodes:
                if node.id == node_id:
                    stop(node)

        if in_write:
            self.books.before_write = stop_writer
        elif self.nodes:
            stop(self._choose_owner())

    def cut_lease(self, for_ms: int) -> None:
        """Let the owner renew no lease for a while. All else works."""
        if self.nodes:
            node, owners = self._choose_owner(), self.books.owners
            self._doubt(for_ms)
            owners.cut |= {node.id}

            def mend() -> None:
                owners.cut -= {node.id}

            self.world.after(for_ms, mend)

    def fall_ill(self, illness: Illness, for_ms: int) -> None:
        """Let the backplane fall ill for a while."""
        self._doubt(for_ms)
        self.post.illness = illness
        if illness == "away":
            for node in self.nodes:
                node.note_backplane_lost()

        def mend() -> None:
            self.post.illness = None

        self.world.after(for_ms, mend)

    def ask(self, make: Callable[[SessionService], Coroutine[Any, Any, object]]) -> None:
        """Make a request of the platform at the owner, to which any node carries it. A refusal is a valid answer."""
        if self.nodes:
            node = self._choose_owner()
            node.loop.do(lambda: node.loop.create_task(_suppress(make(node.sessions))))

    # ── Sockets ──────────────────────────────────────────────────────────────────────────────────

    def accept(self, socket: SimulatedSocket) -> bool:
        """Let any node take a connection."""
        if not self.nodes:
            return False
        node = self._choose()
        end = PageEnd(socket)
        node.sockets[id(socket)] = end
        self._where[id(socket)], self._open[id(socket)] = node, socket

        def open_() -> None:
            end.taker = node.open_socket(Opening(SESSION, "192.0.2.1"), end)
            socket.answer_handshake()

        node.loop.do(open_)
        return True

    def receive(self, socket: SimulatedSocket, frame: ClientFrame) -> None:
        """Take a frame from a page."""
        node = self._where.get(id(socket))
        if node is not None and not socket.is_refused and (end := node.sockets.get(id(socket))):
            socket.has_joined = socket.has_joined or isinstance(frame, Join)
            node.loop.do(partial(end.receive, encode_frame(frame)))

    def lose(self, socket: SimulatedSocket, *, said_goodbye: bool) -> None:
        """Note that a socket is gone."""
        node = self._where.pop(id(socket), None)
        if node is not None and (end := node.sockets.pop(id(socket), None)):
            goodbye = said_goodbye and not socket.is_refused
            socket.is_refused = True
            node.loop.do(partial(end.lose, said_goodbye=goodbye))

    def note_refused(self, role: Role) -> None:
        """Note a fault: the answer of somebody in the room was refused, as if they were not there."""
        self.faults.append(f"the {role} was in the room, but their answer was refused")

    # ── Nodes ────────────────────────────────────────────────────────────────────────────────────

    def _start_node(self) -> None:
        def note(node: SimulatedNode) -> None:
            self._at_work = node

        self.nodes.append(SimulatedNode(self.world, self.machine, self.books, self.post, self.tick_ms, note))

    def _end(self, node: SimulatedNode, down_ms: int | None) -> None:
        if node in self.nodes:
            self.nodes.remove(node)
            self._doubt(0)
            node.kill()
            if down_ms is not None:
                self.world.after(down_ms, self._start_node)

    def _choose(self) -> SimulatedNode:
        return self.world.random.choice(self.nodes)

    def _choose_owner(self) -> SimulatedNode:
        owners = [node for node in self.nodes if node.holdings.find(SESSION) is not None]
        return self.world.random.choice(owners or self.nodes)

    def _doubt(self, for_ms: int) -> None:
        now_ms = self.world.now_ms
        self.doubts.append((now_ms - BEFORE_MS, now_ms + for_ms + AFTER_MS))


async def _suppress(work: Coroutine[Any, Any, object]) -> None:
    with suppress(LangDAOError, asyncio.CancelledError):
        await work
