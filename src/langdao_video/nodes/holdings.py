"""The rooms that this node owns: claimed when somebody decides for them, released when nobody does any more.

What the memory says here is a hint. The store alone knows: each write carries the fence; with an old one it is refused.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

import structlog

from langdao_video.errors import LangDAOError, NotOwner
from langdao_video.nodes.lease import Lease
from langdao_video.store.ownership import OwnershipStore, refuse_lapsed, refuse_stranger
from langdao_video.store.port import Deadline, Ownership
from langdao_video.tallies import WordCounts

log = structlog.get_logger(__name__)

IDLE_MS: Final = 60_000
"""How long a room is owned after anybody decided for it, while no page is in it."""
RELEASED_AT_ONCE_MAX: Final = 100
PATIENCE_SECONDS: Final = 5.0
"""How long whoever wants a room waits for a renewal that is late."""


@dataclass(slots=True)
class _HeldRoom:
    owner: Ownership
    used_ms: int


def _ignore(_session_id: str) -> None:
    """Tell nobody."""


def _is_free(_session_id: str) -> bool:
    """Host no room."""
    return False


class Holdings:
    """Own rooms for this node (`store.ownership.RoomOwners`). *uptime_ms* is this machine's monotonic clock."""

    def __init__(
        self,
        store: OwnershipStore,
        node_id: str,
        lease: Lease,
        uptime_ms: Callable[[], int],
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.node_id = node_id
        self.room_lost: Callable[[str], object] = _ignore
        """Told of each room that this node has owned and owns no more, unless it released it; and of each that it
        wanted and another one owns."""
        self.hosts: Callable[[str], bool] = _is_free
        """Tell whether pages are in a room, so that it is not idle."""
        self.changes = WordCounts()
        """How often this node has `claimed`, `released` or `lost` a room."""
        self._store = store
        self._lease = lease
        self._uptime_ms = uptime_ms
        self._patience_seconds = patience_seconds
        self._renewed = asyncio.Event()
        self._rooms: OrderedDict[str, _HeldRoom] = OrderedDict()
        """The least recently used first."""
        self._releasing: dict[str, asyncio.Event] = {}
        self._given: set[str] = set()
        """The rooms that this node gave away when it began to leave. It claims none of them again."""

    @property
    def holds_lease(self) -> bool:
        """Whether this node may decide."""
        return self._lease.decides(self._uptime_ms())

    @property
    def count(self) -> int:
        """How many rooms this node owns."""
        return len(self._rooms)

    def check_lease(self) -> None:
        """Raise Lapsed unless this node may decide."""
        if not self.holds_lease:
            raise refuse_lapsed(self.node_id)

    async def hold(self, session_id: str) -> Ownership:
        """Own the room, and claim it if need be. Raises NotOwner, Unavailable."""
        if not self.holds_lease:
            await self._wait_for_lease()
        room = self._rooms.get(session_id)
        if room is None or session_id in self._releasing:
            return await self._claim(session_id)
        room.used_ms = self._uptime_ms()
        self._rooms.move_to_end(session_id)
        return room.owner

    def find(self, session_id: str) -> Ownership | None:
        """Return how this node owns the room; None if it does not."""
        room = self._rooms.get(session_id)
        return None if room is None else room.owner

    def lose(self, session_id: str, owner: Ownership) -> None:
        """Note that the store has refused a write with *owner*."""
        if self.find(session_id) == owner:
            self._lose(session_id)

    async def claim_due(self, now_ms: int, limit: int) -> list[Deadline]:
        """Return deadlines that this node may act on."""
        self.check_lease()
        return await self._store.claim_due(self.node_id, now_ms, limit)

    async def release(self, session_id: str) -> None:
        """Give a room up. Whoever wants to hold it here meanwhile waits, and then claims it anew."""
        room = self._rooms.get(session_id)
        if room is None or session_id in self._releasing:
            return
        done = self._releasing[session_id] = asyncio.Event()
        try:
            await self._store.release_room(session_id, room.owner)
        except LangDAOError as error:
            # It ends with our lease, or stays ours; the next claim of this node says which.
            log.warning("room-not-released", session=session_id, code=error.code)
        finally:
            self._rooms.pop(session_id, None)
            self.changes.note("released")
            del self._releasing[session_id]
            done.set()

    async def give_away(self, session_id: str) -> None:
        """Release a room for another node, because this one is leaving."""
        self._given.add(session_id)
        await self.release(session_id)

    async def release_idle(self) -> None:
        """Release the rooms that nobody uses, some at once."""
        now_ms = self._uptime_ms()
        for session_id, used_ms in self._take_idle(now_ms):
            room = self._rooms.get(session_id)
            # Somebody may have come while the rooms before this one were released.
            if room is not None and room.used_ms == used_ms and not self.hosts(session_id):
                await self.release(session_id)

    async def verify(self) -> None:
        """Ask the store which rooms this node still owns, and lose the others. Raises Unavailable."""
        before = {session_id: room.owner for session_id, room in self._rooms.items()}
        kept: Mapping[str, int] = await self._store.load_rooms(self.node_id)
        for session_id, owner in before.items():
            if kept.get(session_id) != owner.fence:
                self.lose(session_id, owner)

    def lose_all(self) -> None:
        """Lose every room, because this node could not renew its lease for too long."""
        for session_id in list(self._rooms):
            self._lose(session_id)

    def note_renewed(self) -> None:
        """Let those go on who wait for the lease."""
        self._renewed.set()
        self._renewed = asyncio.Event()

    async def _wait_for_lease(self) -> None:
        """Wait for a renewal that is late, because the machine or the database is busy. Raises Lapsed."""
        try:
            async with asyncio.timeout(self._patience_seconds):
                await self._renewed.wait()
        except TimeoutError:
            pass
        self.check_lease()

    async def _claim(self, session_id: str) -> Ownership:
        while (done := self._releasing.get(session_id)) is not None:
            await done.wait()
        if session_id in self._given:
            text = "This process is about to stop; try again at another one."
            raise NotOwner("service-moving", text, session_id)
        owner = await self._store.claim_room(session_id, self.node_id)
        if owner.node_id != self.node_id:
            # It may have been lost while it was opened, when there was nothing to close yet.
            if session_id not in self._rooms:
                self.room_lost(session_id)
            raise refuse_stranger(session_id)
        self.check_lease()
        self._rooms[session_id] = _HeldRoom(owner, self._uptime_ms())
        self._rooms.move_to_end(session_id)
        self.changes.note("claimed")
        log.info("room-owned", session=session_id, fence=owner.fence)
        return owner

    def _lose(self, session_id: str) -> None:
        del self._rooms[session_id]
        self.changes.note("lost")
        log.warning("room-lost", session=session_id)
        self.room_lost(session_id)

    def _take_idle(self, now_ms: int) -> list[tuple[str, int]]:
        idle: list[tuple[str, int]] = []
        for session_id, room in list(islice(self._rooms.items(), RELEASED_AT_ONCE_MAX)):
            if now_ms - room.used_ms < IDLE_MS:
                break  # the others were used later
            if self.hosts(session_id):
                room.used_ms = now_ms
                self._rooms.move_to_end(session_id)
            else:
                idle.append((session_id, room.used_ms))
        return idle
