"""The owners in memory, for tests. They pass the same contract tests as the databases."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from langdao_video.store.checks import check_due, check_text
from langdao_video.store.memory_deliveries import MemoryLedger
from langdao_video.store.ownership import (
    BURY_MS,
    LEASE_MS,
    OWNERS_KEPT_MS,
    Census,
    Node,
    check_node,
    check_room,
    refuse_lapsed,
    refuse_stranger,
)
from langdao_video.store.port import Deadline, Ownership


def read_monotonic_ms() -> int:
    """Return a time that only grows, in ms."""
    return time.monotonic_ns() // 1_000_000


@dataclass(slots=True)
class _NodeLease:
    node: Node
    expires_ms: int


@dataclass(slots=True)
class _OwnedRoom:
    node_id: str | None
    fence: int
    at_ms: int


class MemoryOwners:
    """Keep nodes and owners in dictionaries. *now_ms* stands for the database's clock."""

    def __init__(
        self,
        ledger: MemoryLedger,
        load_due: Callable[[int], Sequence[Deadline]],
        now_ms: Callable[[], int] = read_monotonic_ms,
    ) -> None:
        self._ledger = ledger
        self._load_due = load_due
        self._now_ms = now_ms
        self._leases: dict[str, _NodeLease] = {}
        self._rooms: dict[str, _OwnedRoom] = {}

    async def save_node(self, node: Node, lease_ms: int = LEASE_MS) -> Census:
        """Keep *node* alive for *lease_ms* from now on, and return who lives."""
        self._ledger.check_open()
        check_node(node, lease_ms)
        expires_ms = self._now_ms() + lease_ms
        self._leases.setdefault(node.id, _NodeLease(node, expires_ms))
        self._leases[node.id].node, self._leases[node.id].expires_ms = node, expires_ms
        return self._census()

    async def remove_node(self, node_id: str) -> None:
        """Forget a node that ends."""
        self._ledger.check_open()
        check_text(node_id)
        self._leases.pop(node_id, None)

    async def load_census(self) -> Census:
        """Return who lives."""
        self._ledger.check_open()
        return self._census()

    async def bury_nodes(self) -> Sequence[str]:
        """Return the nodes whose lease has ended, and forget the old ones."""
        self._ledger.check_open()
        dead = sorted(node_id for node_id in self._leases if not self._is_living(node_id))
        for node_id in dead:
            if self._leases[node_id].expires_ms <= self._now_ms() - BURY_MS:
                del self._leases[node_id]
        return dead

    async def forget_rooms(self) -> int:
        """Forget the rooms that nobody has owned for long."""
        self._ledger.check_open()
        old_ms = self._now_ms() - OWNERS_KEPT_MS
        old = [
            id_
            for id_, room in self._rooms.items()
            if room.at_ms <= old_ms and room.node_id not in self._leases
        ]
        for session_id in old:
            del self._rooms[session_id]
        return len(old)

    async def claim_room(self, session_id: str, node_id: str) -> Ownership:
        """Return the owner of a room, this node if nobody else is."""
        self._ledger.check_open()
        check_room(session_id, node_id)
        owner = self._find_owner(session_id)
        if self._is_living(node_id) and (owner is None or owner.node_id == node_id):
            return self._claim(session_id, node_id)
        if owner is None:
            raise refuse_lapsed(node_id)
        return owner

    async def find_owner(self, session_id: str) -> Ownership | None:
        """Return the living owner of a room."""
        self._ledger.check_open()
        check_text(session_id)
        return self._find_owner(session_id)

    async def load_rooms(self, node_id: str) -> Mapping[str, int]:
        """Return the rooms that a node owns, each with its fence."""
        self._ledger.check_open()
        check_text(node_id)
        return {session_id: room.fence for session_id, room in self._rooms.items() if room.node_id == node_id}

    async def release_room(self, session_id: str, owner: Ownership) -> bool:
        """Give a room up."""
        self._ledger.check_open()
        check_room(session_id, owner.node_id)
        if not self.is_held(session_id, owner):
            return False
        self._rooms[session_id] = _OwnedRoom(None, owner.fence, self._now_ms())
        return True

    async def claim_due(self, node_id: str, now_ms: int, limit: int) -> list[Deadline]:
        """Return deadlines of rooms that this node owns, or owns now."""
        self._ledger.check_open()
        check_text(node_id)
        check_due(now_ms, limit)
        due: list[Deadline] = []
        for deadline in self._load_due(now_ms):
            owner = self._find_owner(deadline.session_id)
            if owner is None and self._is_living(node_id):
                owner = self._claim(deadline.session_id, node_id)
            if owner is not None and owner.node_id == node_id:
                due.append(deadline)
            if len(due) == limit:
                break
        return due

    def check_owner(self, session_id: str, owner: Ownership | None) -> None:
        """Refuse a write to a room that is not owned so."""
        if owner is not None and not self.is_held(session_id, owner):
            raise refuse_stranger(session_id)

    def is_held(self, session_id: str, owner: Ownership) -> bool:
        """Tell whether a room is owned so."""
        room = self._rooms.get(session_id)
        return room is not None and (room.node_id, room.fence) == (owner.node_id, owner.fence)

    def _is_living(self, node_id: str | None) -> bool:
        return node_id in self._leases and self._leases[node_id].expires_ms > self._now_ms()

    def _census(self) -> Census:
        return Census(
            self._now_ms(),
            [
                replace(lease.node, expires_ms=lease.expires_ms)
                for id_, lease in self._leases.items()
                if self._is_living(id_)
            ],
        )

    def _find_owner(self, session_id: str) -> Ownership | None:
        room = self._rooms.get(session_id)
        if room is None or room.node_id is None or not self._is_living(room.node_id):
            return None
        return Ownership(room.node_id, room.fence)

    def _claim(self, session_id: str, node_id: str) -> Ownership:
        room = self._rooms.get(session_id)
        fence = 1 if room is None else room.fence + (room.node_id != node_id)
        self._rooms[session_id] = _OwnedRoom(node_id, fence, self._now_ms())
        return Ownership(node_id, fence)
