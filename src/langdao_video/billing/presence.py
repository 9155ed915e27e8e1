"""Saves the newest proofs without making anyone wait: one write at a time, and later proofs go into the next one.

A crash loses the proofs of the last few milliseconds, which were not committed. The bill can only be less for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from langdao_video.errors import Unavailable
from langdao_video.store.port import Presence, Store

log = structlog.get_logger(__name__)

_RETRY_SECONDS = 0.5
_FLUSH_SECONDS_MAX = 2.0


class ProofKeeper(Protocol):
    """Keep the newest proof of each seat."""

    def note(self, proof: Presence) -> None:
        """Save *proof* soon; do not block."""
        ...

    def unsaved(self, session_id: str) -> Sequence[Presence]:
        """Return the newest proofs of a session that are not in the store yet."""
        ...

    async def flush(self) -> None:
        """Wait until each noted proof is saved, or its save has failed this time."""
        ...


class PresenceWriter:
    """Save the newest proof of each seat. At most one row for each seat waits, even if the store is slow."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unsaved: dict[tuple[str, str], Presence] = {}
        self._saving: list[Presence] = []
        self._task: asyncio.Task[None] | None = None

    def note(self, proof: Presence) -> None:
        """Save *proof* soon. If another proof of the seat waits, the one with the newer time is kept."""
        self._keep(proof)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write())

    def _keep(self, proof: Presence) -> None:
        seat = proof.session_id, proof.role
        known = self._unsaved.get(seat)
        if known is None or (known.epoch, known.proof_ms) < (proof.epoch, proof.proof_ms):
            self._unsaved[seat] = proof

    def unsaved(self, session_id: str) -> Sequence[Presence]:
        """Return the newest proofs of a session that are not in the store yet."""
        waiting = (*self._saving, *self._unsaved.values())
        return [proof for proof in waiting if proof.session_id == session_id]

    async def flush(self) -> None:
        """Wait until each noted proof is saved, at most two seconds."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=_FLUSH_SECONDS_MAX)

    async def _write(self) -> None:
        while self._unsaved:
            rows, self._unsaved = list(self._unsaved.values()), {}
            self._saving = rows
            is_saved = await self._save(rows)
            self._saving = []
            if not is_saved:
                await asyncio.sleep(_RETRY_SECONDS)

    async def _save(self, rows: Sequence[Presence]) -> bool:
        try:
            await self._store.save_presence(rows)
        except Unavailable as error:
            for row in rows:
                self._keep(row)
            log.warning("presence-not-saved", code=error.code, seats=len(rows))
            return False
        except Exception:
            # One row that the store cannot take fails its whole batch. Halve the batch until only that row is given up.
            if len(rows) == 1:
                log.exception("presence-lost", session=rows[0].session_id, role=rows[0].role)
                return True
            half = len(rows) // 2
            return all([await self._save(part) for part in (rows[:half], rows[half:])])
        return True
