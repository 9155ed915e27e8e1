"""Several nodes that pause, die and come back, over one store whose clock the test moves.

The store must keep two promises whatever the nodes believe: at any time at most one node has reason to decide for a
room, and of each fence of a room all accepted writes come from one node.
"""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from langdao_video.errors import NotOwner
from langdao_video.store.memory import MemoryStore
from langdao_video.store.ownership import LEASE_MS, Node
from langdao_video.store.port import NewEvent, Ownership, Presence

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

STOPS_AFTER_MS: Final = 3_000
"""After so long without a renewal a node stops deciding, by its own clock."""
NODES: Final = ("a", "b")
ROOMS: Final = ("room",)


@dataclass
class Believer:
    """What a node knows. It may be wrong: nobody tells it that its lease has ended."""

    name: str
    renewed_ms: int = -STOPS_AFTER_MS
    """When its newest renewal that was answered began."""
    rooms: dict[str, Ownership] = field(default_factory=dict)

    def decides(self, room: str, now_ms: int) -> bool:
        return room in self.rooms and now_ms - self.renewed_ms < STOPS_AFTER_MS


def run(work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - any result
    """Run what never waits: the store in memory."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("the store in memory waited")


class Nodes(RuleBasedStateMachine):
    """Nodes that claim, write, release, pause and die in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = 0
        self.store = MemoryStore(lambda: self.now_ms)
        self.nodes = {name: Believer(name) for name in NODES}
        self.writers: dict[tuple[str, int], set[str]] = {}
        self.newest: dict[str, int] = {}
        self.numbers = itertools.count()

    @rule(ms=st.sampled_from([500, 3_000, LEASE_MS]))
    def wait(self, ms: int) -> None:
        self.now_ms += ms

    @rule(
        name=st.sampled_from(NODES),
        way_ms=st.sampled_from([0, 0, 2_000, LEASE_MS]),
        back_ms=st.sampled_from([0, 2_000]),
        is_answered=st.booleans(),
    )
    def renew(self, name: str, way_ms: int, back_ms: int = 0, *, is_answered: bool) -> None:
        """Renew a lease by a slow way to the store and back; the answer may be lost."""
        node, began_ms = self.nodes[name], self.now_ms
        self.now_ms += way_ms
        run(self.store.owners.save_node(Node(id=name, version="1")))
        self.now_ms += back_ms
        if is_answered:
            if self.now_ms - node.renewed_ms >= STOPS_AFTER_MS:  # it had stopped: it asks what is left
                left = run(self.store.owners.load_rooms(name))
                node.rooms = {room: Ownership(name, fence) for room, fence in left.items()}
            node.renewed_ms = began_ms

    @rule(name=st.sampled_from(NODES), room=st.sampled_from(ROOMS))
    def claim(self, name: str, room: str) -> None:
        try:
            owner = run(self.store.owners.claim_room(room, name))
        except NotOwner:
            return
        assert owner.fence >= self.newest.get(room, 1)
        self.newest[room] = owner.fence
        if owner.node_id == name:
            self.nodes[name].rooms[room] = owner
        else:
            self.nodes[name].rooms.pop(room, None)

    @rule(name=st.sampled_from(NODES), way_ms=st.sampled_from([0, 2_000]))
    def come_for_the_room(self, name: str, way_ms: int) -> None:
        """Renew and claim, as a node does to which somebody comes."""
        self.renew(name, way_ms, is_answered=True)
        self.claim(name, ROOMS[0])

    @rule(name=st.sampled_from(NODES))
    def claim_due(self, name: str) -> None:
        run(self.store.owners.claim_due(name, 10, 10))

    @rule(name=st.sampled_from(NODES), room=st.sampled_from(ROOMS))
    def release(self, name: str, room: str) -> None:
        if owner := self.nodes[name].rooms.pop(room, None):
            run(self.store.owners.release_room(room, owner))

    @rule(name=st.sampled_from(NODES), room=st.sampled_from(ROOMS))
    def write(self, name: str, room: str) -> None:
        """Write as a node does that was stopped between its last look at the clock and the write."""
        owner = self.nodes[name].rooms.get(room)
        if owner is None:
            return
        version = len(run(self.store.load_events(room)))
        event = NewEvent(f"e-{next(self.numbers)}", "seat-taken", self.now_ms, {})
        try:
            run(self.store.append_events(room, version, [event], deadlines={"silence": 1}, owner=owner))
        except NotOwner:
            del self.nodes[name].rooms[room]
        else:
            self._note_write(room, owner)
        proof = Presence(room, "student", version, self.now_ms)
        if not run(self.store.save_presence([proof], {room: owner})):
            self._note_write(room, owner)

    def _note_write(self, room: str, owner: Ownership) -> None:
        assert owner.fence >= self.newest[room], "a write came after a claim with a higher fence"
        self.writers.setdefault((room, owner.fence), set()).add(owner.node_id)

    @rule(name=st.sampled_from(NODES))
    def end(self, name: str) -> None:
        """End as a process does after SIGTERM: it decides nothing any more."""
        run(self.store.owners.remove_node(name))
        self.nodes[name].renewed_ms = self.now_ms - STOPS_AFTER_MS

    @invariant()
    def at_most_one_node_decides_for_a_room(self) -> None:
        for room in ROOMS:
            deciding = [node.name for node in self.nodes.values() if node.decides(room, self.now_ms)]
            assert len(deciding) <= 1

    @invariant()
    def the_writes_of_a_fence_come_from_one_node(self) -> None:
        assert all(len(names) == 1 for names in self.writers.values())


TestNodes = Nodes.TestCase
TestNodes.settings = settings(max_examples=100, stateful_step_count=40)


def test_a_paused_node_that_wakes_up_stores_nothing() -> None:
    now_ms = 0
    store = MemoryStore(lambda: now_ms)
    asyncio.run(_pause(store))

    async def come_back() -> frozenset[str]:
        await store.owners.save_node(Node(id="b", version="1"))
        await store.owners.claim_room("room", "b")
        return await store.save_presence([Presence("room", "student", 1, 1)], {"room": Ownership("a", 1)})

    now_ms = 20_000
    assert asyncio.run(come_back()) == {"room"}


async def _pause(store: MemoryStore) -> None:
    await store.owners.save_node(Node(id="a", version="1"))
    assert await store.owners.claim_room("room", "a") == Ownership("a", 1)
