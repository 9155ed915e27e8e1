"""Makes this process a node: the only one of an SQLite file, or one of several on PostgreSQL."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final, Protocol

import structlog

from langdao_video.clock import Clock, read_uptime_ms, read_wall_ms
from langdao_video.nodes.file_lock import locked
from langdao_video.nodes.holdings import Holdings
from langdao_video.nodes.lease import Lease
from langdao_video.nodes.membership import Membership, join_nodes
from langdao_video.nodes.process import describe_process
from langdao_video.store.delivery_port import DeliveryStore
from langdao_video.store.inspection import locate_sqlite
from langdao_video.store.ownership import Node, OwnershipStore
from langdao_video.store.port import Store
from langdao_video.store.server_clock import start_clock, start_shared_clock

log = structlog.get_logger(__name__)

CLOCK_NEAR_MS: Final = 5_000
"""So far a machine's clock may be from the database's without a word: NTP keeps both far nearer."""


class SharedStore(Store, Protocol):
    """A store with its owners and its outbox."""

    @property
    def owners(self) -> OwnershipStore:
        """Who owns which room."""
        ...

    @property
    def deliveries(self) -> DeliveryStore:
        """The outbox."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedNode:
    """This process among the nodes. Without *holdings* there is no other one."""

    id: str
    clock: Clock
    wall_ms: Callable[[], int]
    """The machine's own clock, Unix ms: for times that other machines have written by theirs."""
    torn_ms: int
    holdings: Holdings | None = None
    membership: Membership | None = None


def name_node() -> str:
    """Return a new name, which no other process has ever had."""
    return secrets.token_hex(8)


def fingerprint(key: str) -> str:
    """Return what tells keys apart and says nothing about them."""
    return hmac.digest(key.encode(), b"langdao-video node", hashlib.sha256).hex()[:16]


def _compare_clocks(wall_ms: int, database_ms: int) -> None:
    """Warn of a clock that is wrong. No bill follows it; but what this machine signs carries its time."""
    ahead_ms = wall_ms - database_ms
    if abs(ahead_ms) > CLOCK_NEAR_MS:
        log.warning("clock-differs", ahead_of_database_ms=ahead_ms)


def lock_file(database_url: str, stack: AsyncExitStack) -> None:
    """Keep other processes away from an SQLite file. Raises Unavailable `store-taken`; BadRequest `database-url`."""
    if file := locate_sqlite(database_url):
        file.parent.mkdir(parents=True, exist_ok=True)
        stack.enter_context(locked(file))


async def join(
    database_url: str,
    store: SharedStore,
    stack: AsyncExitStack,
    *,
    keys: Sequence[str],
    backplane: str = "",
    clock: Clock | None = None,
) -> JoinedNode:
    """Join the nodes of *store*, which is open on *database_url*, and leave them when *stack* closes.

    *backplane* names what joins the nodes; empty: no other one may run. *clock* replaces the time that nodes share.
    Raises Unavailable `node-refused`.
    """
    node_id = name_node()
    wall_ms = clock.now_ms if clock else read_wall_ms
    if locate_sqlite(database_url):  # its file is locked for this process
        own, torn_ms = (clock, 0) if clock else await start_clock(store)
        return JoinedNode(id=node_id, clock=own, wall_ms=wall_ms, torn_ms=torn_ms)
    shared, torn_ms = await start_shared_clock(store, store.owners, node_id)
    _compare_clocks(wall_ms(), shared.now_ms() - shared.offset_ms)
    node = Node(
        id=node_id,
        version=version("langdao-video"),
        keys=tuple(fingerprint(key) for key in keys),
        backplane=backplane,
        process=describe_process(),
        offset_ms=shared.offset_ms,
    )

    async def free_claims(dead: str) -> int:
        return await store.deliveries.free_claims((clock or shared).now_ms(), dead)

    census = await join_nodes(store.owners, node, free_claims)
    lease = Lease()
    holdings = Holdings(store.owners, node_id, lease, read_uptime_ms)
    membership = Membership(
        store.owners, node, lease, holdings, None if clock else shared, read_uptime_ms, free_claims, census
    )
    stack.push_async_callback(membership.leave)
    await membership.step()
    log.info("node-joined", node=node_id, others=len(census.others(node_id)))
    return JoinedNode(
        id=node_id,
        clock=clock or shared,
        wall_ms=wall_ms,
        torn_ms=0 if clock else torn_ms,
        holdings=holdings,
        membership=membership,
    )
