"""The port of the outbox: which endpoints there are, and how far each of them has taken each session's events.

The outbox copies no event. The ledger is the queue; a *stream* is the place of one endpoint in one session: it has
taken every event up to *position*. An append moves `newest_seq` of the session's streams in its own transaction (law
5), so that an event is stored if and only if somebody will deliver it.

A stream is due at `due_ms`; None means that nothing waits. A worker *claims* due streams: it moves their due time
past the end of its lease and writes its token. So no two workers have one stream, and the streams of a worker that
died are due again by themselves. Only a result with the stream's current token counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from langdao_video.session.roles import Role
from langdao_video.store.port import StoredEvent

EndpointKind = Literal["events", "room"]
"""`events`: a platform's URL, which gets events. `room`: a call service elsewhere, which gets room commands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A URL that gets what is appended after the endpoint was made."""

    id: str
    url: str
    kind: EndpointKind = "events"
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Keys that sign (`whsec_…`), newest first. With none, nothing is signed."""
    types: tuple[str, ...] | None = None
    """The event types that it gets; None means all."""
    is_from_settings: bool = False
    disabled: str | None = None
    """Why nothing is sent now; what waits is kept. None while it is enabled."""
    made_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A claimed stream. *token* proves the claim."""

    endpoint_id: str
    session_id: str
    token: str
    position: int
    """Every event up to this seq was taken, filtered or parked."""
    newest_seq: int
    beats_until_ms: int
    """The newest heartbeat taken, Unix ms."""
    attempts: int
    """How often delivery of the next event has failed."""
    failing_since_ms: int | None
    """When delivery of the next event first failed, Unix ms."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The newest heartbeat of a seat, as its public event. *seq* is the session's newest fact at that time."""

    role: Role
    at_ms: int
    seq: int
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SessionLog:
    """A session as one snapshot of the store: all of its facts, and the newest heartbeat of each seat."""

    events: Sequence[StoredEvent]
    beats: Sequence[Beat]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to deliver one event."""

    endpoint_id: str
    session_id: str
    seq: int
    event_id: str
    type: str
    at_ms: int
    duration_ms: int
    status: int | None
    """The HTTP status; None if no answer came."""
    error: str | None
    """What went wrong without an answer."""
    answer: str
    """The beginning of the answer's body, at most 500 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """An event that was tried for three days and not taken. `rewind` sends it again."""

    endpoint_id: str
    session_id: str
    seq: int
    event_id: str
    type: str
    parked_ms: int
    attempts: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a claimed stream."""

    stream: Stream
    position: int
    beats_until_ms: int
    attempts: int = 0
    failing_since_ms: int | None = None
    due_ms: int | None = None
    """When to try again, Unix ms. None: at once if the session has newer events, else when it gets some."""
    keeps_lease_until_ms: int | None = None
    """The worker goes on with the stream until then: the result is saved, and the claim stays."""
    parked: Sequence[Parked] = ()
    log: Sequence[Attempt] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamView:
    """A stream as an operator sees it."""

    endpoint_id: str
    session_id: str
    position: int
    newest_seq: int
    attempts: int
    failing_since_ms: int | None
    due_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointCounts:
    """How much of an endpoint waits: *streams* with something to send, of these *failing*, and events *parked*."""

    streams: int
    failing: int
    parked: int
    events_waiting: int
    """At most this many events: those that the filter will leave out are counted, too."""
    oldest_due_ms: int | None
    """Since when the longest waiting stream is due, Unix ms; a minute early for events that were never tried."""


class DeliveryStore(Protocol):
    """Keep the outbox. Errors are as in `store.port.Store`."""

    async def save_endpoint(self, endpoint: Endpoint, expected: Endpoint | None = None) -> Endpoint:
        """Add an endpoint, or change the one with its id, which keeps its *made_ms* and its streams.

        Raises Conflict `endpoint-known` if another has its URL, and `endpoints-full` at 100 endpoints. With *expected*
        it changes that one: Conflict `endpoint-changed` if the stored one is another or gone.
        """
        ...

    async def disable_endpoint(self, endpoint_id: str, url: str, why: str) -> bool:
        """Disable an endpoint if it still has that *url* and is enabled. Return whether it did.

        Nothing else of it changes, whatever somebody has changed or removed meanwhile.
        """
        ...

    async def remove_endpoint(self, endpoint_id: str) -> bool:
        """Remove an endpoint and all that waits for it, in steps. Return whether there was one.

        Claims of its streams no longer stand. An endpoint with the same id that is made later begins anew.
        """
        ...

    async def load_endpoints(self) -> list[Endpoint]:
        """Return all endpoints, the oldest first."""
        ...

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
        """Claim at most *limit* streams that are due, the longest due first.

        With *sessions*, claim the streams of these sessions, also those that are not due because nothing but a
        heartbeat waits (due_ms None). A stream that waits for a retry or belongs to another worker is not claimed.
        """
        ...

    async def load_logs(self, session_ids: Sequence[str]) -> dict[str, SessionLog]:
        """Return each session's facts and newest heartbeats, all of one snapshot."""
        ...

    async def settle(self, outcomes: Sequence[Outcome]) -> list[bool]:
        """Save results in one transaction, and return for each whether its claim still stood.

        A result without a claim changes nothing, not even the log. Several results of one stream count in their order.
        What an answer or error has beyond 500 characters is cut; text that a database cannot keep is replaced.
        """
        ...

    async def hurry(self, endpoint_id: str, now_ms: int, limit: int) -> int:
        """Make at most *limit* failing streams due now, because the endpoint answers again. Return how many."""
        ...

    async def free_claims(self, now_ms: int, node_id: str = "") -> int:
        """Make due now what a process that died had claimed; return how many streams.

        With *node_id*: the claims whose token begins with it and a dot, when that node's lease has ended. Without:
        call it before any claim. Only one process at a time uses an SQLite file, so at its start nobody holds a claim.
        On PostgreSQL other nodes may be at work: there this does nothing.
        """
        ...

    async def rewind(  # noqa: PLR0913 - the ways to choose events
        self,
        now_ms: int,
        *,
        limit: int,
        endpoint_id: str | None = None,
        session_id: str | None = None,
        from_ms: int | None = None,
        to_ms: int | None = None,
        only_parked: bool = False,
        after_session: str = "",
    ) -> tuple[int, int, str | None]:
        """Send events again: move streams back to before the first chosen event, and forget what was parked since.

        A chosen event meets all conditions: its own time is at least *from_ms* and less than *to_ms*; it was taken,
        filtered or parked, with *only_parked* the last. Later events of its session are sent again, too, because the
        order is kept. One call looks at *limit* streams at most, so that no lesson waits for it. Return how many
        streams and events are sent again, and where the next call goes on (*after_session*; None: all done).

        A worker's result no longer counts for a rewound stream. It is due when that worker's lease ends: until then
        the worker may be sending, and nobody else may begin.
        """
        ...

    async def count(self, endpoint_id: str, now_ms: int) -> EndpointCounts:
        """Count what waits."""
        ...

    async def load_streams(
        self, endpoint_id: str | None, session_id: str | None, limit: int, *, only_failing: bool = False
    ) -> list[StreamView]:
        """Return streams with something to send, the longest failing first."""
        ...

    async def load_parked(self, endpoint_id: str | None, session_id: str | None, limit: int) -> list[Parked]:
        """Return parked events, the newest first."""
        ...

    async def load_attempts(
        self, endpoint_id: str | None, session_id: str | None, limit: int
    ) -> list[Attempt]:
        """Return attempts, the newest first."""
        ...

    async def forget_attempts(self, before_ms: int, keep: int) -> None:
        """Forget attempts from before *before_ms*, and all but the newest *keep* of each endpoint, in steps."""
        ...

    async def load_all_events(self, after: str, limit: int) -> tuple[list[StoredEvent], str]:
        """Return at most *limit* facts of all sessions after the cursor *after*, and the cursor after them.

        The empty cursor is the beginning. After the last fact the cursor stays the same. No fact that is committed
        later can get a place before a cursor that was given out.
        Raises BadRequest `cursor-invalid`, and Conflict `cursor-unknown` for a cursor of another database.
        """
        ...

    async def keep_answer(
        self, scope: str, key: str, digest: str, answer: str, now_ms: int
    ) -> tuple[str, str]:
        """Keep the answer to a request with an idempotency key, unless there is one; return what is kept.

        It is kept for at least a week.
        """
        ...

    async def load_answer(self, scope: str, key: str) -> tuple[str, str] | None:
        """Return the digest and answer kept for a key; None if it is new."""
        ...
