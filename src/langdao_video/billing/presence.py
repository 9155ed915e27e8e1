"""Saves the newest proofs in batches: one write at a time, and later proofs go into the next one.

Law 5: a proof may be told when its batch is saved. Nothing is told of a proof whose save has failed; it is tried again.
A crash loses the proofs that were not saved, and so does another node that takes the room. The bill can only be less
for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from langdao_video.billing.tally import ProofTally
from langdao_video.clock import read_elapsed_us
from langdao_video.errors import Unavailable
from langdao_video.session.roles import ROLES, Role
from langdao_video.store.ownership import RoomOwners
from langdao_video.store.port import NO_OWNERS, Ownership, Presence, Store, keep_newest

log = structlog.get_logger(__name__)

_RETRY_SECONDS = 0.5
_WAIT_SECONDS_MAX = 2.0
_PACE_SECONDS_A_ROW: Final = 0.001
_PACE_SECONDS_MAX: Final = 0.05
"""How long the writer waits after a batch, by its rows. A transaction costs as much as a hundred rows in it. So few
proofs are saved at once, and many go together: twenty transactions a second, however many proofs come."""


class ProofKeeper(Protocol):
    """Keep the newest proof of each seat."""

    def note(self, proof: Presence) -> None:
        """Save *proof* soon; do not block."""
        ...

    def unsaved(self, session_id: str) -> Sequence[Presence]:
        """Return the newest proofs of a session that are not in the store yet."""
        ...

    async def wait_for_save(self, session_id: str) -> bool:
        """Wait until the noted proofs of a session are saved; return False if their save has failed this time."""
        ...

    async def flush(self) -> None:
        """Wait until each noted proof is saved, or its save has failed this time."""
        ...


@dataclass(slots=True, eq=False)
class _Batch:
    """The proofs that go to the store together, at most one for each seat."""

    rows: dict[tuple[str, Role], Presence] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    """The sessions of which a proof was not saved."""
    began_us: int = 0
    """When its first proof came, by `read_elapsed_us`."""
    done: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when all proofs are saved or have failed. All who wait for the batch share it."""

    def of(self, session_id: str) -> list[Presence]:
        """Return the proofs of a session."""
        rows = (self.rows.get((session_id, role)) for role in ROLES)
        return [row for row in rows if row is not None]


class PresenceWriter:
    """Save the newest proof of each seat. At most one row for each seat waits, even if the store is slow."""

    def __init__(
        self, store: Store, owners: RoomOwners | None = None, tally: ProofTally | None = None
    ) -> None:
        """Begin with no proof. *owners* says which rooms this node owns; None: there is no other node."""
        self._tally = tally or ProofTally()
        self._store = store
        self._owners = owners
        self._next = _Batch()
        self._saving = _Batch()
        self._task: asyncio.Task[None] | None = None

    def note(self, proof: Presence) -> None:
        """Save *proof* soon. If another proof of the seat waits, the one with the newer time is kept."""
        self._keep(proof)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())

    def _keep(self, proof: Presence) -> None:
        seat = proof.session_id, proof.role
        if not self._next.rows:
            self._next.began_us = read_elapsed_us()
        self._next.rows[seat] = keep_newest(self._next.rows.get(seat), proof)

    def unsaved(self, session_id: str) -> Sequence[Presence]:
        """Return the newest proofs of a session that are not in the store yet."""
        return [*self._saving.of(session_id), *self._next.of(session_id)]

    async def wait_for_save(self, session_id: str) -> bool:
        """Wait for the newest batch with proofs of a session, at most two seconds; return whether they are saved."""
        batch = self._next if self._next.of(session_id) else self._saving
        if not batch.of(session_id):
            return True
        try:
            async with asyncio.timeout(_WAIT_SECONDS_MAX):
                await batch.done.wait()
        except TimeoutError:
            return False
        return session_id not in batch.failed

    async def flush(self) -> None:
        """Wait until each noted proof is saved, at most two seconds."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=_WAIT_SECONDS_MAX)

    async def _write(self) -> None:
        while self._next.rows:
            batch, self._saving, self._next = self._next, self._next, _Batch()
            self._tally.sizes.note(len(batch.rows))
            is_saved = await self._save(batch, list(batch.rows.values()))
            if is_saved:
                self._tally.saved_us.note(read_elapsed_us() - batch.began_us)
            else:
                self._tally.failed += 1
            self._saving = _Batch()
            batch.done.set()
            if not is_saved:
                await asyncio.sleep(_RETRY_SECONDS)
            elif len(batch.rows) > 1:
                await asyncio.sleep(min(_PACE_SECONDS_MAX, _PACE_SECONDS_A_ROW * len(batch.rows)))

    async def _save(self, batch: _Batch, rows: Sequence[Presence]) -> bool:
        """Save *rows* of *batch*; return False if some of them must be tried again."""
        rows, owners = self._find_owners(batch, rows)
        if not rows:
            return True
        try:
            lost = await self._store.save_presence(rows, owners)
        except Unavailable as error:
            for row in rows:
                self._keep(row)
            batch.failed.update(row.session_id for row in rows)
            log.warning("presence-not-saved", code=error.code, seats=len(rows))
            return False
        except Exception:
            # One row that the store cannot take fails its whole batch. Halve the batch until only that row is given up.
            if len(rows) == 1:
                batch.failed.add(rows[0].session_id)
                log.exception("presence-lost", session=rows[0].session_id, role=rows[0].role)
                return True
            half = len(rows) // 2
            return all([await self._save(batch, part) for part in (rows[:half], rows[half:])])
        batch.failed |= lost
        if self._owners is not None:
            for session_id in lost:
                self._owners.lose(session_id, owners[session_id])
        return True

    def _find_owners(
        self, batch: _Batch, rows: Sequence[Presence]
    ) -> tuple[Sequence[Presence], Mapping[str, Ownership]]:
        """Return the rows of rooms that this node owns, and how. The others are lost: their pages come elsewhere."""
        if self._owners is None:
            return rows, NO_OWNERS
        found = {row.session_id: self._owners.find(row.session_id) for row in rows}
        owners = {session_id: owner for session_id, owner in found.items() if owner is not None}
        batch.failed |= found.keys() - owners.keys()
        return [row for row in rows if row.session_id in owners], owners
