"""Joins the nodes of a database, keeps this node's lease, and takes over what dead nodes had under way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from langdao_video.errors import LangDAOError, Unavailable
from langdao_video.nodes.holdings import Holdings
from langdao_video.nodes.lease import DECIDES_MS, Lease
from langdao_video.nodes.process import has_ended
from langdao_video.store.ownership import RENEW_MS, Census, Node, OwnershipStore, find_conflict
from langdao_video.store.shared_clock import Sample, SharedClock

log = structlog.get_logger(__name__)

RENEWAL_SECONDS_MAX: Final = DECIDES_MS / 1_000
"""How long a renewal may take. A slower one would be worth nothing, because it counts from its beginning."""
FORGETS_EVERY_MS: Final = 600_000
_LOOK_SECONDS: Final = 0.5


FreeClaims = Callable[[str], Awaitable[int]]
"""Makes due what a dead node had claimed of the outbox; returns how much."""


async def join_nodes(store: OwnershipStore, node: Node, free_claims: FreeClaims) -> Census:
    """Add *node*, and return who lives.

    Raises Unavailable `node-refused`, with a sentence that says what to set, if it must not run beside a living node.
    A node that renews no lease while we watch has died: we wait until its lease ends.
    """
    ends: dict[str, int] = {}
    while True:
        census = await bury_ended(store, await store.load_census(), free_claims)
        if find_conflict(node, census.others(node.id)) is None:
            # Another one may have come since this look. Nodes are added one after the other, so the next look is exact.
            census = await store.save_node(node)
            if find_conflict(node, census.others(node.id)) is None:
                return census
            await store.remove_node(node.id)
        for other in census.others(node.id):
            conflict = find_conflict(node, [other])
            if conflict and other.expires_ms > ends.setdefault(other.id, other.expires_ms):
                raise Unavailable("node-refused", conflict)
        await asyncio.sleep(_LOOK_SECONDS)


async def bury_ended(store: OwnershipStore, census: Census, free_claims: FreeClaims) -> Census:
    """Forget the nodes whose process has ended on this machine, and return the others."""
    ended = [node for node in census.nodes if has_ended(node.process)]
    for node in ended:
        await store.remove_node(node.id)
        log.warning("node-died", node=node.id, streams=await free_claims(node.id))
    return Census(census.now_ms, [node for node in census.nodes if node not in ended])


@dataclass(slots=True)
class Membership:
    """Keep *node* among the living."""

    store: OwnershipStore
    node: Node
    lease: Lease
    holdings: Holdings
    clock: SharedClock | None
    """None if a test moves the clock."""
    uptime_ms: Callable[[], int]
    free_claims: FreeClaims
    census: Census = field(default_factory=lambda: Census(0, ()))
    """Who lived at the last renewal."""
    _buried: set[str] = field(default_factory=set)
    _given: list[str] = field(default_factory=list)
    """The rooms that wait for a successor."""
    _forgot_ms: int = field(default=0)

    async def run(self) -> None:
        """Renew the lease every second, until cancelled. No renewal waits for what follows from the one before.

        A hundred rooms that are released one after the other may take longer than a lease.
        """
        following: asyncio.Task[None] | None = None
        try:
            while True:
                if await self._renew_in_time() and (following is None or following.done()):
                    following = asyncio.create_task(self._follow_up())
                await asyncio.sleep(RENEW_MS / 1_000)
        except asyncio.CancelledError:
            if following is not None:
                following.cancel()
                await asyncio.wait({following})
            raise

    async def step(self) -> None:
        """Renew the lease once, and do what follows from it."""
        if await self._renew_in_time():
            await self._follow_up()

    async def _renew_in_time(self) -> bool:
        """Renew the lease; return whether that was done in time."""
        try:
            async with asyncio.timeout(RENEWAL_SECONDS_MAX):
                await self._renew()
        except (LangDAOError, TimeoutError) as error:
            log.warning("lease-not-renewed", error=f"{type(error).__name__}: {error}")
            if self.lease.is_given_up(self.uptime_ms()) and self.holdings.count:
                self.holdings.lose_all()
        except Exception:
            log.exception("lease-not-renewed")
        else:
            return True
        return False

    async def _follow_up(self) -> None:
        """Release the rooms that nobody uses or another node takes, and take over what dead nodes had under way."""
        try:
            await self.holdings.release_idle()
            await self._bury()
            await self._follow_successors()
        except LangDAOError as error:
            log.warning("nodes-not-followed", error=f"{type(error).__name__}: {error}")
        except Exception:
            log.exception("nodes-not-followed")

    def has_successor(self) -> bool:
        """Tell whether another node takes rooms, as of the last renewal."""
        return any(not other.is_leaving for other in self.census.others(self.node.id))

    async def give_away(self, session_id: str) -> None:
        """Release a room for another node, because this one is leaving; keep it while no other node takes rooms."""
        self._given.append(session_id)
        if not self.node.is_leaving:
            self.node = replace(self.node, is_leaving=True)
            await self.step()
        else:
            await self._follow_successors()

    async def leave(self) -> None:
        """Forget this node: all its rooms are free at once. If that fails, its lease ends by itself."""
        try:
            await self.store.remove_node(self.node.id)
        except LangDAOError as error:
            log.warning("node-not-removed", code=error.code)

    async def _renew(self) -> None:
        began_ms = self.uptime_ms()
        await self._save()
        if self.clock is not None:
            self.clock.note(Sample(self.census.now_ms, began_ms, self.uptime_ms()))
            if self.clock.offset_ms != self.node.offset_ms:
                await (
                    self._save()
                )  # somebody has set the database's clock: a node that begins now has to know
        if not self.lease.decides(self.uptime_ms()):
            await self.holdings.verify()  # before anybody decides again
        self.lease.renew(began_ms)
        self.holdings.note_renewed()

    async def _save(self) -> None:
        if self.clock is not None:
            self.node = replace(self.node, offset_ms=self.clock.offset_ms)
        self.census = await self.store.save_node(self.node)

    async def _bury(self) -> None:
        self.census = await bury_ended(self.store, self.census, self.free_claims)
        dead = await self.store.bury_nodes()
        for node_id in set(dead) - self._buried:
            freed = await self.free_claims(node_id)
            log.warning("node-died", node=node_id, streams=freed)
        self._buried = set(dead)
        if self.uptime_ms() - self._forgot_ms > FORGETS_EVERY_MS:
            self._forgot_ms = self.uptime_ms()
            await self.store.forget_rooms()

    async def _follow_successors(self) -> None:
        """Release what waits, if another node takes rooms."""
        if self.has_successor():
            given, self._given = self._given, []
            for session_id in given:
                await self.holdings.give_away(session_id)
