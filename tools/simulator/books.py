"""The store of a simulated service: the memory store with planned failures, and a ProofKeeper that can lose proofs.

Law: committed data survives every crash, and other data survives none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from langdao_video.errors import Unavailable
from langdao_video.session.facts import Ended
from langdao_video.store.delivery_port import Endpoint, Outcome, Parked, SessionLog, Stream
from langdao_video.store.memory import MemoryStore
from langdao_video.store.memory_deliveries import MemoryDeliveries, MemoryLedger
from langdao_video.store.port import (
    NO_DEADLINES,
    NO_OWNERS,
    NewEvent,
    Ownership,
    Presence,
    StoredEvent,
    keep_newest,
)
from tools.simulator.loop import Saving, VirtualLoop
from tools.simulator.world import Killed, World, finish

SAVED_MS_MAX: Final = 1_000
"""How long a proof may be on its way to the store. A crash loses the proofs on their way."""
_SAVED_MS: Final = 5
_RETRY_MS: Final = 500
_RARELY: Final = 0.1
Moment = Literal["before-commit", "after-commit"]
KillMoment = Literal["before-commit", "after-commit", "before-settle", "after-settle"]


class Books(MemoryStore):
    """A store that fails on command. It also knows when the next deadline is due, so that the monitor need not ask."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: Moment | None = None
        self.kills: KillMoment | None = None
        self.has_ended = False
        self.outbox = self.deliveries = BooksOutbox(self)

    def fail(self, moment: Moment | None) -> None:
        """Fail from now on at *moment* of an append; None: work again."""
        self.fails = moment

    @property
    def due_ms(self) -> int | None:
        """When the next deadline is due, by the service's clock."""
        return min((deadline.due_ms for deadline in self._deadlines.values()), default=None)

    async def append_events(
        self,
        session_id: str,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        deadlines: Mapping[str, int | None] = NO_DEADLINES,
        owner: Ownership | None = None,
    ) -> list[StoredEvent]:
        """Append; or fail or kill the service, before or after the commit."""
        self.strike("before-commit")
        stored = await super().append_events(
            session_id, expected_version, events, deadlines=deadlines, owner=owner
        )
        self.has_ended = self.has_ended or any(event.type == Ended.type for event in events)
        self.strike("after-commit")
        return stored

    async def save_presence(
        self, rows: Sequence[Presence], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        """Save, unless the store fails."""
        if self.fails:
            raise Unavailable("store-unavailable", "The simulated store is down.")
        return await super().save_presence(rows, owners)

    @property
    def facts(self) -> list[StoredEvent]:
        """The facts of the lesson."""
        return self._ledger.in_order

    @property
    def ledger(self) -> MemoryLedger:
        """The facts and proofs, as the outbox reads them."""
        return self._ledger

    def strike(self, moment: Moment, kills: KillMoment | None = None) -> None:
        """Kill the service, or fail, if that is to happen at *moment*. *kills*: another name of it for a kill."""
        if self.kills == (kills or moment):
            self.kills = None
            raise Killed
        if self.fails == moment:
            raise Unavailable("store-unavailable", "The simulated store is down.")


class BooksOutbox(MemoryDeliveries):
    """The outbox of such a store. It fails when the store does, and it remembers what was ever parked."""

    def __init__(self, books: Books) -> None:
        super().__init__(books.ledger)
        self._books = books
        self.ever_parked: list[Parked] = []

    async def load_endpoints(self) -> list[Endpoint]:
        """Load, unless the store fails."""
        self._check()
        return await super().load_endpoints()

    async def save_endpoint(self, endpoint: Endpoint, expected: Endpoint | None = None) -> Endpoint:
        """Save, unless the store fails."""
        self._check()
        return await super().save_endpoint(endpoint, expected)

    async def disable_endpoint(self, endpoint_id: str, url: str, why: str) -> bool:
        """Disable, unless the store fails."""
        self._check()
        return await super().disable_endpoint(endpoint_id, url, why)

    async def claim(
        self,
        endpoint_id: str,
        *,
        token: str,
        now_ms: int,
        lease_until_ms: int,
        limit: int,
        sessions: Sequence[str] | None = None,
    ) -> list[Stream]:
        """Claim; if the store fails, perhaps after the commit."""
        if self._books.fails == "before-commit":
            self._check()
        claimed = await super().claim(
            endpoint_id,
            token=token,
            now_ms=now_ms,
            lease_until_ms=lease_until_ms,
            limit=limit,
            sessions=sessions,
        )
        self._check()
        return claimed

    async def load_logs(self, session_ids: Sequence[str]) -> dict[str, SessionLog]:
        """Load, unless the store fails."""
        self._check()
        return await super().load_logs(session_ids)

    async def settle(self, outcomes: Sequence[Outcome]) -> list[bool]:
        """Settle; or fail or kill the service, before or after the commit."""
        self._books.strike("before-commit", "before-settle")
        stands = await super().settle(outcomes)
        for outcome, stood in zip(outcomes, stands, strict=True):
            self.ever_parked += outcome.parked if stood else ()
        self._books.strike("after-commit", "after-settle")
        return stands

    async def hurry(self, endpoint_id: str, now_ms: int, limit: int) -> int:
        """Hurry, unless the store fails."""
        self._check()
        return await super().hurry(endpoint_id, now_ms, limit)

    def find_waiting(self, endpoint_ids: Collection[str]) -> list[str]:
        """Return the unfinished streams of *endpoint_ids*: they are claimed, or due, or have events that wait."""
        return [
            f"{row.endpoint_id} at {row.position} of {row.newest_seq}, due {row.due_ms}, token {row.token}"
            for row in self._streams.values()
            if row.endpoint_id in endpoint_ids
            and (row.has_events or row.due_ms is not None or row.token is not None)
        ]

    def _check(self) -> None:
        if self._books.fails:
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
        self._waiting[proof.role] = keep_newest(self._waiting.get(proof.role), proof)

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
