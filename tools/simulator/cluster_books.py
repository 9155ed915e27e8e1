"""The store of a simulated cluster: a write takes a while, and a node may be cut off from its lease.

Law: as in a database, a write with an old fence is refused in the instant in which it would be stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from langdao_video.errors import Unavailable
from langdao_video.store.memory_chats import MemoryChats
from langdao_video.store.memory_owners import MemoryOwners
from langdao_video.store.ownership import LEASE_MS, Census, Node
from langdao_video.store.port import (
    NO_DEADLINES,
    NO_OWNERS,
    NewEvent,
    Ownership,
    Presence,
    StoredEvent,
)
from tools.simulator.books import Books
from tools.simulator.loop import VirtualLoop
from tools.simulator.world import World

_WAY_MS_MAX: Final = 40


class ClusterOwners(MemoryOwners):
    """Owners that cannot be reached by the nodes in *cut*."""

    cut: frozenset[str] = frozenset()

    async def save_node(self, node: Node, lease_ms: int = LEASE_MS) -> Census:
        """Renew, unless the node is cut off."""
        if node.id in self.cut:
            raise Unavailable("store-unavailable", "The simulated lease cannot be renewed.")
        return await super().save_node(node, lease_ms)


class ClusterBooks(Books):
    """A store on another machine."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.before_write: Callable[[str], object] | None = None
        """Is told once, of the next node that is about to write facts."""
        self._world = world
        self.owners: ClusterOwners = ClusterOwners(self._ledger, self._list_due, lambda: world.now_ms)
        self.chats = MemoryChats(self._ledger, self.owners)

    async def append_events(
        self,
        session_id: str,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        deadlines: Mapping[str, int | None] = NO_DEADLINES,
        owner: Ownership | None = None,
    ) -> list[StoredEvent]:
        """Append, after the way there or before the way back."""
        if owner is not None and (tell := self.before_write):
            self.before_write = None
            tell(owner.node_id)
            await self._wait()
        is_first = owner is not None and await self._travel()
        stored = await super().append_events(
            session_id, expected_version, events, deadlines=deadlines, owner=owner
        )
        if owner is not None and not is_first:
            await self._wait()
        return stored

    async def save_presence(
        self, rows: Sequence[Presence], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        """Save, after the way there or before the way back."""
        is_first = await self._travel()
        lost = await super().save_presence(rows, owners)
        if not is_first:
            await self._wait()
        return lost

    async def _travel(self) -> bool:
        """Take the time of a write before it is stored, or leave it for afterwards: a process may end in either."""
        if is_first := self._world.random.random() < 0.5:  # noqa: PLR2004 - as often as not
            await self._wait()
        return is_first

    async def _wait(self) -> None:
        await cast("VirtualLoop", asyncio.get_running_loop()).wait(self._world.random.randrange(_WAY_MS_MAX))
