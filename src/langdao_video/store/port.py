"""The port of all stores: append facts, remember proofs, keep deadlines.

Two laws: an append is stored as a whole or not at all; after a call has returned without an error, its data survives a
crash. A call that is cancelled or raises Unavailable may or may not have been stored; event ids make a retry harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, Literal, Protocol

from langdao_video.session.roles import Role

EVENTS_PAGE: Final = 1_000
NO_DEADLINES: Final[Mapping[str, int | None]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ownership:
    """Which node decides for a room. *fence* grows with each owner; a write with another one is refused."""

    node_id: str
    fence: int


NO_OWNERS: Final[Mapping[str, Ownership]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A fact to append. *id* is unique in its session; *body* is a JSON object."""

    id: str
    type: str
    at_ms: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A stored fact. *seq* counts from 1 without a gap within its session."""

    session_id: str
    seq: int
    id: str
    type: str
    at_ms: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Presence:
    """The moving edge of an open span: the newest proof of a seat. Each seat has one row, which never moves back.

    *beat* is the seat's newest heartbeat: the JSON of its public event, with `seq` and `timestamp`. A proof without one
    keeps the older.
    """

    session_id: str
    role: Role
    epoch: int
    proof_ms: int
    beat: str | None = None


def keep_newest(known: Presence | None, row: Presence) -> Presence:
    """Return what is kept of two proofs of one seat, the second of which came later."""
    if known is None:
        return row
    if (row.epoch, row.proof_ms) < (known.epoch, known.proof_ms):
        return known
    return row if row.beat is not None or known.beat is None else replace(row, beat=known.beat)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time at which the monitor must act on a session. Each session has at most one row of each kind."""

    session_id: str
    kind: str
    due_ms: int


RevocationKind = Literal["link", "session", "all"]


@dataclass(frozen=True, slots=True)
class Revocation:
    """Links that are no longer valid: the link with the id *subject*, or the links made before *before_ms*.

    With the kind `session` these are the links of the session *subject*; with `all`, the links of all sessions, and
    *subject* is empty. *seq* counts up over all revocations: a reader who has read one has missed none before it.
    """

    kind: RevocationKind
    subject: str
    before_ms: int
    seq: int = 0


class Store(Protocol):
    """Keep the ledger.

    Every method may raise Unavailable (`store-unavailable`, `store-busy`, `store-closed`). It raises BadRequest for
    values that some database cannot keep (`checks.py`), so that all stores refuse the same.
    """

    async def load_events(
        self, session_id: str, after_seq: int = 0, limit: int = EVENTS_PAGE
    ) -> list[StoredEvent]:
        """Return at most *limit* events of a session with seq > *after_seq*, in order; none for an unknown session."""
        ...

    async def append_events(
        self,
        session_id: str,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        deadlines: Mapping[str, int | None] = NO_DEADLINES,
        owner: Ownership | None = None,
    ) -> list[StoredEvent]:
        """Append *events* from seq *expected_version* + 1 on, and set (ms) or clear (None) *deadlines* with them.

        *events* may be empty: the deadlines then change only if the session is still at *expected_version*.
        The same transaction tells every endpoint's stream of the session that there is something to deliver.
        With *owner* the room must still be owned so, else NotOwner `not-owner`. Without it only the version protects
        the session: a command line beside the service owns nothing.
        Raises Conflict `event-known` if the session has an event with the same id; else VersionConflict
        `version-conflict` if the newest seq is not *expected_version*. After either error nothing has changed.
        """
        ...

    async def load_presence(self, session_id: str) -> dict[Role, Presence]:
        """Return the newest proof of each seat that ever had one."""
        ...

    async def save_presence(
        self, rows: Sequence[Presence], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        """Keep each row that is newer than the stored one by (epoch, proof_ms), and ignore older rows.

        A newer row without a beat keeps the stored beat. Return the sessions in *owners* whose room is not owned so any
        more: their rows are refused, and the others kept.
        """
        ...

    async def load_due(self, now_ms: int, limit: int) -> list[Deadline]:
        """Return at most *limit* deadlines with due_ms <= *now_ms*, the longest overdue first.

        Loading does not clear them: they are returned again until an append moves or clears them.
        """
        ...

    async def postpone(
        self, moves: Sequence[tuple[Deadline, int]], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        """Move each deadline to its new time (Unix ms), all in one transaction.

        One that is no longer as it is given here stays as it is: an append has moved or cleared it meanwhile. Return
        the sessions in *owners* whose room is not owned so any more: their deadlines stay, and the others move.
        """
        ...

    async def load_newest_ms(self) -> int:
        """Return the newest time of any event or proof of the sessions that have a deadline; 0 if there is none.

        These are the sessions that have not ended. A restarted clock must not start before this time.
        """
        ...

    async def load_boot_ms(self, boot_id: str) -> int | None:
        """Return the service's time at uptime 0 of a machine's boot, as saved last; None if it was never saved."""
        ...

    async def save_boot_ms(self, boot_id: str, zero_ms: int) -> None:
        """Keep the service's time at uptime 0 of a boot, in place of an older one."""
        ...

    async def load_secret(self, name: str, make: Callable[[], str]) -> str:
        """Return the secret *name*. The first caller makes it with `make()`; in a race all nodes get the same one."""
        ...

    async def revoke(self, revocation: Revocation, forget_before_ms: int) -> Revocation:
        """Keep *revocation*, and return it with its seq. A revocation of the same subject only moves forward.

        Revocations of before *forget_before_ms* are forgotten, because their links have all expired.
        """
        ...

    async def load_revocations(self, after_seq: int = 0, limit: int = EVENTS_PAGE) -> list[Revocation]:
        """Return at most *limit* revocations with seq > *after_seq*, in order."""
        ...

    async def close(self) -> None:
        """Finish the waiting writes, then close the database. Later calls raise `store-closed`."""
        ...


async def load_stream(store: Store, session_id: str) -> list[StoredEvent]:
    """Read all events of a session page by page, and return them in order."""
    events: list[StoredEvent] = []
    while True:
        page = await store.load_events(session_id, after_seq=len(events))
        events += page
        if len(page) < EVENTS_PAGE:
            return events
