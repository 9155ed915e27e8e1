"""The port of the owners: which nodes live, and which of them decides for a room.

Three laws: a room has one owner, and the next one gets a higher fence; an owner loses its rooms only when its lease has
ended or it has released them; the database's clock alone says when a lease ends, so clocks of nodes may differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from langdao_video.errors import Lapsed, NotOwner
from langdao_video.store.checks import check_numbers, check_text
from langdao_video.store.port import Deadline, Ownership

LEASE_MS: Final = 4_000
"""How long a node lives after it last said so. A dead one is replaced within 5 s, one round of the monitor included."""
RENEW_MS: Final = 1_000
BURY_MS: Final = 60_000
"""How long after its lease a node is remembered."""
OWNERS_KEPT_MS: Final = 24 * 3_600_000
"""How long the fence of a room that nobody owns is remembered: no write is under way for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A process of the service, as the others see it. It has no address: nobody calls it."""

    id: str
    """Random, and new at each start."""
    version: str
    """The version of this package."""
    keys: tuple[str, ...] = ()
    """The fingerprints of the keys that sign links, the signing one first."""
    backplane: str = ""
    """What joins the nodes: the name of their Redis; empty if the node has none."""
    process: str = ""
    """What tells this process from others of its machine: `nodes.process`."""
    offset_ms: int = 0
    """How far the node's time is ahead of the database's clock."""
    is_leaving: bool = False
    """Whether it gives its rooms away and takes no new ones."""
    expires_ms: int = field(default=0, compare=False)
    """When its lease ends, by the database's clock. The store alone says so."""


@dataclass(frozen=True, slots=True)
class Census:
    """The living nodes at one moment, the oldest first. *now_ms* is the database's clock (Unix ms)."""

    now_ms: int
    nodes: Sequence[Node]

    def others(self, node_id: str) -> list[Node]:
        """Return the nodes besides that one."""
        return [node for node in self.nodes if node.id != node_id]


class OwnershipStore(Protocol):
    """Keep nodes and owners. Every method may raise Unavailable or BadRequest, as those of the ledger."""

    async def save_node(self, node: Node, lease_ms: int = LEASE_MS) -> Census:
        """Keep *node* alive for *lease_ms* from now on, and return who lives. A node that is new is added.

        Nodes are added one after the other: of two that begin together, one sees the other.
        """
        ...

    async def remove_node(self, node_id: str) -> None:
        """Forget a node that has ended. Its rooms are free at once."""
        ...

    async def load_census(self) -> Census:
        """Return who lives."""
        ...

    async def bury_nodes(self) -> Sequence[str]:
        """Return the nodes whose lease has ended, and forget those that ended some time ago.

        A node is returned for BURY_MS, so that what it had under way is taken over even if the first who is told dies.
        """
        ...

    async def forget_rooms(self) -> int:
        """Forget some of the rooms that nobody owned for OWNERS_KEPT_MS, and return how many."""
        ...

    async def claim_room(self, session_id: str, node_id: str) -> Ownership:
        """Return the owner of a room: *node_id* if it was free, released, or its owner's lease has ended.

        The fence grows with each new owner, also if the same node comes back after it released the room.
        Raises Lapsed if the lease of *node_id* has ended itself.
        """
        ...

    async def find_owner(self, session_id: str) -> Ownership | None:
        """Return the living owner of a room; None if there is none."""
        ...

    async def load_rooms(self, node_id: str) -> Mapping[str, int]:
        """Return the rooms that a node owns, each with its fence."""
        ...

    async def release_room(self, session_id: str, owner: Ownership) -> bool:
        """Give a room up; return False if it was not owned so."""
        ...

    async def claim_due(self, node_id: str, now_ms: int, limit: int) -> list[Deadline]:
        """Return at most *limit* deadlines that this node may act on, the longest overdue first.

        They belong to rooms that it owns, or that nobody owned and it owns now. A room that somebody else is claiming
        at this moment is left out.
        """
        ...


class RoomOwners(Protocol):
    """What this node owns. Whoever decides for a session holds its room first."""

    async def hold(self, session_id: str) -> Ownership:
        """Own the room, and claim it if need be. Raises NotOwner, Unavailable."""
        ...

    def find(self, session_id: str) -> Ownership | None:
        """Return how this node owns the room; None if it does not."""
        ...

    def lose(self, session_id: str, owner: Ownership) -> None:
        """Note that the store has refused a write with *owner*."""
        ...

    async def claim_due(self, now_ms: int, limit: int) -> list[Deadline]:
        """Return deadlines that this node may act on, as the store does."""
        ...


def refuse_stranger(session_id: str) -> NotOwner:
    """Return the error for a write to a room that the writer does not own any more."""
    return NotOwner(
        "not-owner",
        f"The room of session {session_id[:64]!r} is with another node now; try again.",
        session_id,
    )


def refuse_lapsed(node_id: str) -> Lapsed:
    """Return the error for a node that claims without being alive."""
    return Lapsed("node-lapsed", f"The lease of node {node_id} has ended; it must renew it first.")


def find_conflict(node: Node, others: Iterable[Node]) -> str | None:
    """Return why *node* must not begin beside *others*, as a sentence that says what to set; None if it may. Pure.

    A node that leaves takes no new room, so a node without Redis may follow it.
    """
    staying = [other for other in others if not other.is_leaving]
    for other in others:
        if node.keys[:1] != other.keys[:1] and not (
            set(node.keys[:1]) <= set(other.keys) and set(other.keys[:1]) <= set(node.keys)
        ):
            return (
                "Another process of this database has other LINK_KEYS: set the same on all. To change them, first add "
                "the new key as the last one everywhere, then move it to the front."
            )
    for other in staying:
        if not (node.backplane and other.backplane):
            return (
                "Another process serves this database: set the same REDIS_URL on both, or stop that one first. "
                "Without REDIS_URL only one process may own the rooms."
            )
        if node.backplane != other.backplane:
            return (
                "Another process of this database uses another Redis: write the same host and port in REDIS_URL on "
                "all. To change to another Redis, stop all processes first."
            )
    return None


FORGOTTEN_AT_ONCE: Final = 5_000


def check_node(node: Node, lease_ms: int) -> None:
    """Refuse a node that some database could not keep."""
    check_text(node.id, node.version, node.backplane, node.process, *node.keys)
    check_numbers(lease_ms, node.offset_ms)


def check_room(session_id: str, node_id: str) -> None:
    """Refuse names that some database could not keep."""
    check_text(session_id, node_id)
