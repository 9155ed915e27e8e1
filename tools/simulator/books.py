"""The store of a simulated service: the memory store with planned failures, and a ProofKeeper that can lose proofs.

Law: committed data survives every crash, and other data survives none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from langdao_video.errors import Unavailable
from langdao_video.session.facts import Ended
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import NO_DEADLINES, NewEvent, Presence, StoredEvent
from tools.simulator.loop import Saving, VirtualLoop
from tools.simulator.world import Killed, World, finish

SAVED_MS_MAX: Final = 1_000
"""How long a proof may be on its way to the store. A crash loses the proofs on their way."""
_SAVED_MS: Final = 5
_RETRY_MS: Final = 500
_RARELY: Final = 0.1
Moment = Literal["before-commit", "after-commit"]


class Books(MemoryStore):
    """A store that fails on command. It also knows when the next deadline is due, so that nothing must poll it."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: Moment | None = None
        self.kills: Moment | None = None
        self.has_ended = False
        self._due: dict[str, int] = {}

    def fail(self, moment: Moment | None) -> None:
        """Fail from now on at *moment* of an append; None: work again."""
        self.fails = moment

    @property
    def due_ms(self) -> int | None:
        """When the next deadline is due, by the service's clock."""
        return min(self._due.values(), default=None)

    async def append_events(
        self,
        session_id: str,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        deadlines: Mapping[str, int | None] = NO_DEADLINES,
    ) -> list[StoredEvent]:
        """Append; or fail or kill the service, before or after the commit."""
        self._strike("before-commit")
        stored = await super().append_events(session_id, expected_version, events, deadlines=deadlines)
        for kind, due_ms in deadlines.items():
            if due_ms is None:
                self._due.pop(kind, None)
            else:
                self._due[kind] = due_ms
        self.has_ended = self.has_ended or any(event.type == Ended.type for event in events)
        self._strike("after-commit")
        return stored

    async def save_presence(self, rows: Sequence[Presence]) -> None:
        """Save, unless the store fails."""
        if self.fails:
            raise Unavailable("store-unavailable", "The simulated store is down.")
        await super().save_presence(rows)

    def _strike(self, moment: Moment) -> None:
        if self.kills == moment:
            self.kills = None
            raise Killed
        if self.fails == moment:
            raise Unavailable("store-unavailable", "The simulated store is down.")


@dataclass(slots=True)
class Proofs:
    """A ProofKeeper whose writes take a while. A crash loses the writes under way."""

    world: World
    books: Books
    loop: VirtualLoop
    """The loop of the process, in which its tasks wait for a write."""
    is_lost: bool = False
    _waiting: dict[str, Presence] = field(default_factory=dict)
    _saving: Saving | None = None

    def note(self, proof: Presence) -> None:
        """Save *proof* within a second."""
        if not self._waiting:
            is_slow = self.world.random.random() < _RARELY
            self._save_after(SAVED_MS_MAX - 1 if is_slow else _SAVED_MS)
        known = self._waiting.get(proof.role, proof)
        self._waiting[proof.role] = max(known, proof, key=lambda row: (row.epoch, row.proof_ms))

    def unsaved(self, session_id: str) -> Sequence[Presence]:
        """Return the proofs that are not in the store yet."""
        return [proof for proof in self._waiting.values() if proof.session_id == session_id]

    async def wait_for_save(self, session_id: str) -> bool:
        """Wait for the next write; return whether the proofs of the session are saved."""
        if not self.unsaved(session_id):
            return True
        self._saving = self._saving or Saving(self.loop)
        return await self._saving.wait()

    async def flush(self) -> None:
        """Save all waiting proofs now."""
        self._save()

    def _save_after(self, ms: int) -> None:
        self.world.after(ms, self._save_in_loop)

    def _save_in_loop(self) -> None:
        if not self.is_lost:
            self.loop.do(self._save)

    def _save(self) -> None:
        rows, self._waiting = self._waiting, {}
        if not rows or self.is_lost:
            return
        try:
            finish(self.books.save_presence(list(rows.values())))
        except Unavailable:
            self._waiting = rows
            self._save_after(_RETRY_MS)
        saving, self._saving = self._saving, None
        if saving is not None:
            saving.finish(is_saved=not self._waiting)
