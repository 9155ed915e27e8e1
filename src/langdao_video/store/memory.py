"""A store in memory, for the tests of code that uses a store. It passes the same contract tests as the databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from langdao_video.session.roles import Role
from langdao_video.store import checks
from langdao_video.store.memory_chats import MemoryChats
from langdao_video.store.memory_deliveries import MemoryDeliveries, MemoryLedger
from langdao_video.store.memory_owners import MemoryOwners, read_monotonic_ms
from langdao_video.store.port import (
    EVENTS_PAGE,
    NO_DEADLINES,
    NO_OWNERS,
    Deadline,
    NewEvent,
    Ownership,
    Presence,
    Revocation,
    RevocationKind,
    StoredEvent,
    keep_newest,
)


class MemoryStore:
    """Keep everything in dictionaries. No method awaits anything, so each call is atomic in its event loop."""

    def __init__(self, now_ms: Callable[[], int] = read_monotonic_ms) -> None:
        """Make an empty store. *now_ms* stands for the database's clock, which ends leases."""
        self._ledger = MemoryLedger()
        self._events, self._presence = self._ledger.events, self._ledger.presence
        self._ids: set[tuple[str, str]] = set()
        self._deadlines: dict[tuple[str, str], Deadline] = {}
        self._boots: dict[str, int] = {}
        self._secrets: dict[str, str] = {}
        self._revocations: dict[tuple[RevocationKind, str], Revocation] = {}
        self.deliveries = MemoryDeliveries(self._ledger)
        self.owners = MemoryOwners(self._ledger, self._list_due, now_ms)
        self.chats = MemoryChats(self._ledger, self.owners)

    async def load_events(
        self, session_id: str, after_seq: int = 0, limit: int = EVENTS_PAGE
    ) -> list[StoredEvent]:
        """Return at most *limit* events with seq > *after_seq*, in order."""
        self._check_open()
        checks.check_page(session_id, after_seq, limit)
        first = max(after_seq, 0)
        return self._events.get(session_id, [])[first : first + limit]

    async def append_events(
        self,
        session_id: str,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        deadlines: Mapping[str, int | None] = NO_DEADLINES,
        owner: Ownership | None = None,
    ) -> list[StoredEvent]:
        """Append *events* and change *deadlines*: both or neither."""
        self._check_open()
        checks.check_append(session_id, events, deadlines)
        stored = [
            StoredEvent(
                session_id, seq, event.id, event.type, event.at_ms, json.loads(checks.encode_body(event))
            )
            for seq, event in enumerate(events, expected_version + 1)
        ]
        self.owners.check_owner(session_id, owner)
        ledger = self._events.setdefault(session_id, [])
        known_ids = [event.id for event in events if (session_id, event.id) in self._ids]
        checks.decide_append(expected_version, len(ledger), events, known_ids)

        ledger.extend(stored)
        self._ledger.in_order.extend(stored)
        if stored:
            self.deliveries.extend_streams(session_id, expected_version, stored)
        self._ids.update((session_id, event.id) for event in events)
        for kind, due_ms in deadlines.items():
            if due_ms is None:
                self._deadlines.pop((session_id, kind), None)
            else:
                self._deadlines[session_id, kind] = Deadline(session_id, kind, due_ms)
        return stored

    async def load_presence(self, session_id: str) -> dict[Role, Presence]:
        """Return the newest proof of each seat that ever had one."""
        self._check_open()
        checks.check_text(session_id)
        return dict(self._presence.get(session_id, {}))

    async def save_presence(
        self, rows: Sequence[Presence], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        """Keep each row that is newer than the stored one."""
        self._check_open()
        checks.check_presence(rows)
        lost = frozenset(id_ for id_, owner in owners.items() if not self.owners.is_held(id_, owner))
        for row in rows:
            if row.session_id in lost:
                continue
            seats = self._presence.setdefault(row.session_id, {})
            seats[row.role] = keep_newest(seats.get(row.role), row)
        return lost

    async def load_due(self, now_ms: int, limit: int) -> list[Deadline]:
        """Return at most *limit* deadlines that are due, the longest overdue first."""
        self._check_open()
        checks.check_due(now_ms, limit)
        return self._list_due(now_ms)[:limit]

    def _list_due(self, now_ms: int) -> list[Deadline]:
        due = [deadline for deadline in self._deadlines.values() if deadline.due_ms <= now_ms]
        return sorted(due, key=lambda deadline: (deadline.due_ms, deadline.session_id, deadline.kind))

    async def postpone(
        self, moves: Sequence[tuple[Deadline, int]], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        """Move each deadline that is still as given, and whose room is still owned as *owners* says."""
        self._check_open()
        checks.check_moves(moves)
        lost = frozenset(name for name, owner in owners.items() if not self.owners.is_held(name, owner))
        for given, due_ms in moves:
            key = (given.session_id, given.kind)
            if given.session_id not in lost and self._deadlines.get(key) == given:
                self._deadlines[key] = replace(given, due_ms=due_ms)
        return lost

    async def load_newest_ms(self) -> int:
        """Return the newest time of any event or proof of a session with a deadline."""
        self._check_open()
        open_ = {session_id for session_id, _ in self._deadlines}
        events = (event.at_ms for id_ in open_ for event in self._events.get(id_, []))
        proofs = (row.proof_ms for id_ in open_ for row in self._presence.get(id_, {}).values())
        return max([0, *events, *proofs])

    async def load_boot_ms(self, boot_id: str) -> int | None:
        """Return the clock's time at uptime 0 of a boot."""
        self._check_open()
        checks.check_text(boot_id)
        return self._boots.get(boot_id)

    async def save_boot_ms(self, boot_id: str, zero_ms: int) -> None:
        """Keep the clock's time at uptime 0 of a boot."""
        self._check_open()
        checks.check_boot(boot_id, zero_ms)
        self._boots[boot_id] = zero_ms

    async def load_secret(self, name: str, make: Callable[[], str]) -> str:
        """Return the secret *name*, which the first caller has made."""
        self._check_open()
        checks.check_text(name)
        if name not in self._secrets:
            self._secrets[name] = make()
        return self._secrets[name]

    async def revoke(self, revocation: Revocation, forget_before_ms: int) -> Revocation:
        """Keep *revocation*, and forget the revocations of before *forget_before_ms*."""
        self._check_open()
        checks.check_revocation(revocation, forget_before_ms)
        key = (revocation.kind, revocation.subject)
        known = self._revocations.get(key, revocation)
        seq = max((row.seq for row in self._revocations.values()), default=0) + 1
        kept = replace(revocation, before_ms=max(known.before_ms, revocation.before_ms), seq=seq)
        self._revocations[key] = kept
        self._revocations = {
            key: row
            for key, row in self._revocations.items()
            if row.before_ms >= forget_before_ms or row is kept
        }
        return kept

    async def load_revocations(self, after_seq: int = 0, limit: int = EVENTS_PAGE) -> list[Revocation]:
        """Return at most *limit* revocations with seq > *after_seq*, in order."""
        self._check_open()
        checks.check_after(after_seq, limit)
        newer = (row for row in self._revocations.values() if row.seq > after_seq)
        return sorted(newer, key=lambda row: row.seq)[:limit]

    async def close(self) -> None:
        """Refuse all later calls, as a database store does."""
        self._ledger.is_closed = True

    def _check_open(self) -> None:
        self._ledger.check_open()
