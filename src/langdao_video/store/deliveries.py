"""The outbox on SQLite or PostgreSQL: the same queries, behind the store's writer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from secrets import token_hex
from typing import Final, Protocol, TypeVar

from sqlalchemy import Connection

from langdao_video.store import cursors, delivery_checks, delivery_queries, endpoint_queries, rewinding
from langdao_video.store.checks import check_due, check_limit, check_numbers, check_text
from langdao_video.store.delivery_port import (
    Attempt,
    Endpoint,
    EndpointCounts,
    Outcome,
    Parked,
    SessionLog,
    Stream,
    StreamView,
)
from langdao_video.store.port import StoredEvent

T = TypeVar("T")

DROPPED_AT_ONCE: Final = 5_000
"""Streams or attempts that one transaction deletes. SQLite has one writer, for which the lessons wait meanwhile."""


class Run(Protocol):
    """Run queries in a transaction."""

    def __call__(self, work: Callable[[Connection], T], /) -> Awaitable[T]:
        """Return what *work* returns."""
        ...


class SqlDeliveries:
    """Keep the outbox in the database of a store, which lends its readers and its writer."""

    def __init__(
        self, read: Run, write: Run, load_secret: Callable[[str, Callable[[], str]], Awaitable[str]]
    ) -> None:
        self._read = read
        self._write = write
        self._load_secret = load_secret

    async def save_endpoint(self, endpoint: Endpoint, expected: Endpoint | None = None) -> Endpoint:
        """Add an endpoint, or change the one with its id."""
        delivery_checks.check_endpoint(endpoint)
        return await self._write(
            lambda connection: endpoint_queries.save_endpoint(connection, endpoint, expected)
        )

    async def disable_endpoint(self, endpoint_id: str, url: str, why: str) -> bool:
        """Disable an endpoint if it still has that *url* and is enabled."""
        delivery_checks.check_disabling(endpoint_id, url, why)
        return await self._write(
            lambda connection: endpoint_queries.disable_endpoint(connection, endpoint_id, url, why)
        )

    async def remove_endpoint(self, endpoint_id: str) -> bool:
        """Remove an endpoint and all that waits for it, in steps."""
        check_text(endpoint_id)

        def drop(connection: Connection) -> int:
            return endpoint_queries.drop_streams(connection, endpoint_id, DROPPED_AT_ONCE)

        while await self._write(drop) == DROPPED_AT_ONCE:
            pass
        return await self._write(
            lambda connection: endpoint_queries.drop_endpoint(connection, endpoint_id, DROPPED_AT_ONCE)
        )

    async def load_endpoints(self) -> list[Endpoint]:
        """Return all endpoints, the oldest first."""
        return await self._read(endpoint_queries.load_endpoints)

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
        """Claim streams that are due, or those of *sessions*."""
        delivery_checks.check_claim(endpoint_id, token, (now_ms, lease_until_ms), limit, sessions)
        return await self._write(
            lambda connection: delivery_queries.claim(
                connection,
                endpoint_id,
                token=token,
                now_ms=now_ms,
                lease_until_ms=lease_until_ms,
                limit=limit,
                sessions=sessions,
            )
        )

    async def load_logs(self, session_ids: Sequence[str]) -> dict[str, SessionLog]:
        """Return each session's facts and newest heartbeats, all of one snapshot."""
        delivery_checks.check_sessions(session_ids)
        return await self._read(lambda connection: delivery_queries.load_logs(connection, session_ids))

    async def settle(self, outcomes: Sequence[Outcome]) -> list[bool]:
        """Save results in one transaction."""
        delivery_checks.check_outcomes(outcomes)
        if not outcomes:
            return []
        return await self._write(lambda connection: delivery_queries.settle(connection, outcomes))

    async def hurry(self, endpoint_id: str, now_ms: int, limit: int) -> int:
        """Make failing streams due now."""
        check_text(endpoint_id)
        check_due(now_ms, limit)
        return await self._write(
            lambda connection: delivery_queries.hurry(connection, endpoint_id, now_ms, limit)
        )

    async def free_claims(self, now_ms: int, node_id: str = "") -> int:
        """Make due now what a dead node has claimed, or all if the database has only one process."""
        check_numbers(now_ms)
        check_text(node_id)
        return await self._write(lambda connection: delivery_queries.free_claims(connection, now_ms, node_id))

    async def rewind(  # noqa: PLR0913 - as the port
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
        """Send events again, one step."""
        delivery_checks.check_listing(endpoint_id, session_id, limit)
        check_numbers(now_ms, from_ms or 0, to_ms or 0)
        check_text(after_session)
        choice = rewinding.Choice(
            endpoint_id=endpoint_id,
            session_id=session_id,
            from_ms=from_ms,
            to_ms=to_ms,
            only_parked=only_parked,
        )
        return await self._write(
            lambda connection: rewinding.rewind(connection, choice, now_ms, limit, after_session)
        )

    async def count(self, endpoint_id: str, now_ms: int) -> EndpointCounts:
        """Count what waits."""
        check_text(endpoint_id)
        check_numbers(now_ms)
        return await self._read(lambda connection: endpoint_queries.count(connection, endpoint_id, now_ms))

    async def load_streams(
        self, endpoint_id: str | None, session_id: str | None, limit: int, *, only_failing: bool = False
    ) -> list[StreamView]:
        """Return streams with something to send, the longest failing first."""
        delivery_checks.check_listing(endpoint_id, session_id, limit)
        return await self._read(
            lambda connection: endpoint_queries.load_streams(
                connection, endpoint_id, session_id, limit, only_failing=only_failing
            )
        )

    async def load_parked(self, endpoint_id: str | None, session_id: str | None, limit: int) -> list[Parked]:
        """Return parked events, the newest first."""
        delivery_checks.check_listing(endpoint_id, session_id, limit)
        return await self._read(
            lambda connection: endpoint_queries.load_parked(connection, endpoint_id, session_id, limit)
        )

    async def load_attempts(
        self, endpoint_id: str | None, session_id: str | None, limit: int
    ) -> list[Attempt]:
        """Return attempts, the newest first."""
        delivery_checks.check_listing(endpoint_id, session_id, limit)
        return await self._read(
            lambda connection: endpoint_queries.load_attempts(connection, endpoint_id, session_id, limit)
        )

    async def forget_attempts(self, before_ms: int, keep: int) -> None:
        """Forget old attempts, and all but the newest *keep* of each endpoint."""
        check_due(before_ms, keep)
        for endpoint in await self.load_endpoints():
            while await self._forget_step(endpoint.id, before_ms, keep):
                pass

    async def _forget_step(self, endpoint_id: str, before_ms: int, keep: int) -> bool:
        """Forget some attempts of an endpoint, and return whether more are left. They are looked for by a reader."""
        surplus = await self._read(
            lambda connection: endpoint_queries.find_surplus_attempts(
                connection, endpoint_id, before_ms, keep, DROPPED_AT_ONCE
            )
        )
        if surplus:
            await self._write(lambda connection: endpoint_queries.forget_attempts(connection, surplus))
        return len(surplus) == DROPPED_AT_ONCE

    async def load_all_events(self, after: str, limit: int) -> tuple[list[StoredEvent], str]:
        """Return the next facts of all sessions, and the cursor after them."""
        check_limit(limit)
        ledger_id = await self._load_secret(cursors.LEDGER_ID, lambda: token_hex(16))
        place = cursors.decode_cursor(ledger_id, after)
        events, place = await self._read(lambda connection: cursors.load_all_events(connection, place, limit))
        return events, cursors.encode_cursor(ledger_id, place) if events else after

    async def keep_answer(
        self, scope: str, key: str, digest: str, answer: str, now_ms: int
    ) -> tuple[str, str]:
        """Keep the first answer to a request with an idempotency key."""
        delivery_checks.check_kept_answer(scope, key, digest, answer, now_ms)
        return await self._write(
            lambda connection: endpoint_queries.keep_answer(connection, scope, key, digest, answer, now_ms)
        )

    async def load_answer(self, scope: str, key: str) -> tuple[str, str] | None:
        """Return the digest and answer kept for a key."""
        check_text(scope, key)
        return await self._read(lambda connection: endpoint_queries.load_answer(connection, scope, key))
