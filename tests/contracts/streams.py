"""Makes endpoints, appends facts and claims streams, for cases in which little of them matters."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final, Protocol, cast

from langdao_video.store.delivery_port import Attempt, DeliveryStore, Endpoint, Outcome, Parked, Stream
from langdao_video.store.port import NewEvent, Store

NOW_MS: Final = 1_700_000_000_000
LEASE_MS: Final = 20_000
HOOK: Final = Endpoint(id="hook", url="https://platform.example/hook", made_ms=1)
OTHER: Final = Endpoint(id="other", url="https://other.example/hook", made_ms=2)


class _Place(Protocol):
    async def open(self) -> Store: ...


_numbers = itertools.count()


class OutboxStore(Store, Protocol):
    """A store with its outbox."""

    @property
    def deliveries(self) -> DeliveryStore:
        """The outbox."""
        ...


async def append(
    store: Store, session_id: str, version: int = 0, events: int = 1, at_ms: int = NOW_MS
) -> None:
    """Append facts of which only the number and time matter."""
    facts = [NewEvent(f"fact-{next(_numbers)}", "seat-taken", at_ms + n, {}) for n in range(events)]
    await store.append_events(session_id, version, facts)


async def claim(
    outbox: DeliveryStore,
    token: str = "one",  # noqa: S107 - no password
    *,
    now_ms: int = NOW_MS,
    limit: int = 100,
    sessions: Sequence[str] | None = None,
    endpoint: str = HOOK.id,
) -> list[Stream]:
    """Claim streams for LEASE_MS."""
    return await outbox.claim(
        endpoint, token=token, now_ms=now_ms, lease_until_ms=now_ms + LEASE_MS, limit=limit, sessions=sessions
    )


def took(stream: Stream, position: int | None = None) -> Outcome:
    """Say that all events, or those up to *position*, were taken."""
    reached = stream.newest_seq if position is None else position
    return Outcome(stream=stream, position=reached, beats_until_ms=stream.beats_until_ms)


def failed(stream: Stream, due_ms: int, since_ms: int = NOW_MS) -> Outcome:
    """Say that the next event failed, and when to try again."""
    return Outcome(
        stream=stream,
        position=stream.position,
        beats_until_ms=stream.beats_until_ms,
        attempts=stream.attempts + 1,
        failing_since_ms=since_ms,
        due_ms=due_ms,
    )


def parked(stream: Stream, seq: int, parked_ms: int = NOW_MS) -> Parked:
    """Make a parked event of which only the place matters."""
    return Parked(
        endpoint_id=stream.endpoint_id,
        session_id=stream.session_id,
        seq=seq,
        event_id=f"evt-{seq}",
        type="user-connected",
        parked_ms=parked_ms,
        attempts=10,
        error="500",
    )


def attempt(stream: Stream, seq: int = 1, at_ms: int = NOW_MS, answer: str = "no") -> Attempt:
    """Make an attempt of which little matters."""
    return Attempt(
        endpoint_id=stream.endpoint_id,
        session_id=stream.session_id,
        seq=seq,
        event_id=f"evt-{seq}",
        type="user-connected",
        at_ms=at_ms,
        duration_ms=12,
        status=500,
        error=None,
        answer=answer,
    )


async def claim_one(outbox: DeliveryStore, token: str = "one", now_ms: int = NOW_MS) -> Stream:  # noqa: S107
    """Claim the only stream that is due."""
    (stream,) = await claim(outbox, token, now_ms=now_ms)
    return stream


async def open_outbox(place: _Place) -> OutboxStore:
    """Open another store in a place, with its outbox."""
    return cast("OutboxStore", await place.open())
