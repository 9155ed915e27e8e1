"""Nodes over one store in memory, with a time that the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from langdao_video.nodes.holdings import Holdings
from langdao_video.nodes.lease import Lease
from langdao_video.nodes.membership import Membership
from langdao_video.store.memory import MemoryStore
from langdao_video.store.ownership import Node

ROOM: Final = "lesson"


@dataclass(slots=True)
class Actor:
    """A node: what it owns, and what it was told."""

    store: MemoryStore
    holdings: Holdings
    membership: Membership
    lost: list[str] = field(default_factory=list)
    freed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Stage:
    """One store, one time (ms) for it and for all nodes, and the nodes."""

    now_ms: int = 1_000_000
    store: MemoryStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = MemoryStore(lambda: self.now_ms)

    async def enter(self, name: str, store: MemoryStore | None = None) -> Actor:
        """Begin a node; by default on the store that all share."""
        store = store or self.store
        lease = Lease()
        holdings = Holdings(store.owners, name, lease, lambda: self.now_ms, patience_seconds=0)
        actor = Actor(store, holdings, self._member(store, name, lease, holdings))
        holdings.room_lost = actor.lost.append

        async def free_claims(node_id: str) -> int:
            actor.freed.append(node_id)
            return 0

        actor.membership.free_claims = free_claims
        await actor.membership.step()
        return actor

    def _member(self, store: MemoryStore, name: str, lease: Lease, holdings: Holdings) -> Membership:
        async def free_nothing(_node_id: str) -> int:
            return 0

        node = Node(id=name, version="1", backplane="redis")
        return Membership(store.owners, node, lease, holdings, None, lambda: self.now_ms, free_nothing)

    async def pass_time(self, ms: int, *actors: Actor) -> None:
        """Let time pass, while *actors* renew their leases every second."""
        ends_ms = self.now_ms + ms
        while self.now_ms < ends_ms:
            self.now_ms = min(ends_ms, self.now_ms + 1_000)
            for actor in actors:
                await actor.membership.step()
