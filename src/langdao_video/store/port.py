"""The port every store stands behind: append facts, remember proofs, keep deadlines.

Two laws: an append is taken whole or not at all, and what returned without an error survives a crash.
A call that is cancelled, or raises Unavailable, may or may not have been stored: event ids make the retry harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, Protocol

from langdao_video.session.roles import Role

EVENTS_PAGE: Final = 1_000
NO_DEADLINES: Final[Mapping[str, int | None]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A fact to append. *id* is unique in its session; *body* is a JSON object."""

    id: str
    type: str
    at_ms: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A fact that is stored for good. *seq* counts from 1 without a gap within its session."""

    session_id: str
    seq: int
    id: str
    type: str
    at_ms: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Presence:
    """The moving edge of an open span: the newest proof of a seat. One row a seat, never moved back."""

    session_id: str
    role: Role
    epoch: int
    proof_ms: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something to look at when its time comes. One row a session and kind."""

    session_id: str
    kind: str
    due_ms: int


RevocationKind = Literal["link", "session", "all"]


@dataclass(frozen=True, slots=True)
class Revocation:
    """Links that count no longer: the one whose id is *subject*, or those made before *before_ms*.

    *kind* `session`: of the session *subject*; `all`: of every session, *subject* is empty. *seq* counts up over all
    revocations: whoever has read up to one has missed none before it.
    """

    kind: RevocationKind
    subject: str
    before_ms: int
    seq: int = 0


class Store(Protocol):
    """Keep the ledger.

    Every method may raise Unavailable (`store-unavailable`, `store-busy`, `store-closed`), and BadRequest for
    what not every database can keep (`checks.py`): no store takes what another would refuse.
    """

    async def load_events(
        self, session_id: str, after_seq: int = 0, limit: int = EVENTS_PAGE
    ) -> list[StoredEvent]:
        """Return at most *limit* events of a session with seq > *after_seq*, in order; none for an unknown one."""
        ...

    async def append_events(
        self,
        session_id: str,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        deadlines: Mapping[str, int | None] = NO_DEADLINES,
    ) -> list[StoredEvent]:
        """Append *events* as seq *expected_version* + 1 and on, and set (ms) or clear (None) *deadlines* with them.

        No events is fine: the deadlines then change only if the session is still at *expected_version*.
        Raises Conflict `event-known` if an id is stored already in the session; else VersionConflict
        `version-conflict` if the newest seq is not *expected_version*. Neither changes anything.
        """
        ...

    async def load_presence(self, session_id: str) -> dict[Role, Presence]:
        """Return the newest proof of each seat that ever had one."""
        ...

    async def save_presence(self, rows: Sequence[Presence]) -> None:
        """Keep each row that is newer than the stored one by (epoch, proof_ms); older ones change nothing."""
        ...

    async def load_due(self, now_ms: int, limit: int) -> list[Deadline]:
        """Return at most *limit* deadlines with due_ms <= *now_ms*, the longest overdue first.

        Loading does not clear them: they come again until an append moves or clears them.
        """
        ...

    async def load_newest_ms(self) -> int:
        """Return the newest time of any event or proof of a session with a deadline, one that goes on; 0 if none does.

        A clock that starts again must not start before it.
        """
        ...

    async def load_boot_ms(self, boot_id: str) -> int | None:
        """Return what the service's clock said at uptime 0 of a machine's boot, as saved last; None if never."""
        ...

    async def save_boot_ms(self, boot_id: str, zero_ms: int) -> None:
        """Keep what the service's clock said at uptime 0 of a boot, instead of what was kept before."""
        ...

    async def load_secret(self, name: str, make: Callable[[], str]) -> str:
        """Return the secret of that name; the first caller's `make()` is kept, whatever nodes race."""
        ...

    async def revoke(self, revocation: Revocation, forget_before_ms: int) -> Revocation:
        """Keep *revocation*, and return it with its seq; one of the same subject is only ever moved forward.

        Revocations of before *forget_before_ms* are forgotten: every link that they are about has expired by then.
        """
        ...

    async def load_revocations(self, after_seq: int = 0, limit: int = EVENTS_PAGE) -> list[Revocation]:
        """Return at most *limit* revocations with seq > *after_seq*, in order."""
        ...

    async def close(self) -> None:
        """Finish the writes that wait, then let go of the database; later calls raise `store-closed`."""
        ...


async def load_stream(store: Store, session_id: str) -> list[StoredEvent]:
    """Return all events of a session, in order, read page by page."""
    events: list[StoredEvent] = []
    while True:
        page = await store.load_events(session_id, after_seq=len(events))
        events += page
        if len(page) < EVENTS_PAGE:
            return events
