"""The outbox in memory, for tests. It passes the same contract tests as the databases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from secrets import token_hex
from typing import Protocol, TypeVar

from langdao_video.errors import Unavailable
from langdao_video.session.roles import Role
from langdao_video.store import cursors, delivery_checks
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
from langdao_video.store.port import Presence, StoredEvent
from langdao_video.store.rewinding import Choice, plan_due


@dataclass(slots=True)
class MemoryLedger:
    """The facts and proofs that the store in memory shares with its outbox."""

    events: dict[str, list[StoredEvent]] = field(default_factory=dict)
    presence: dict[str, dict[Role, Presence]] = field(default_factory=dict)
    in_order: list[StoredEvent] = field(default_factory=list)
    is_closed: bool = False

    def check_open(self) -> None:
        """Raise Unavailable if the store is closed."""
        if self.is_closed:
            raise Unavailable("store-closed", "The store is closed.")


@dataclass(slots=True, kw_only=True)
class _Row:
    """A stream as the databases keep it."""

    endpoint_id: str
    session_id: str
    position: int
    newest_seq: int
    due_ms: int | None
    token: str | None = None
    attempts: int = 0
    failing_since_ms: int | None = None
    beats_until_ms: int = 0

    @property
    def has_events(self) -> bool:
        """Tell whether events wait."""
        return self.newest_seq > self.position

    def is_due(self, now_ms: int) -> bool:
        """Tell whether the stream may be claimed as due."""
        return self.due_ms is not None and self.due_ms <= now_ms

    def view(self) -> StreamView:
        """Return what an operator sees."""
        return StreamView(**{one.name: getattr(self, one.name) for one in fields(StreamView)})


class _OfSession(Protocol):
    @property
    def endpoint_id(self) -> str: ...

    @property
    def session_id(self) -> str: ...


Listed = TypeVar("Listed", bound=_OfSession)


class MemoryDeliveries:
    """Keep the outbox in dictionaries. No method awaits anything, so each call is atomic in its event loop."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger
        self._ledger_id = token_hex(16)
        self._endpoints: dict[str, Endpoint] = {}
        self._streams: dict[tuple[str, str], _Row] = {}
        self._parked: dict[tuple[str, str, int], Parked] = {}
        self._attempts: list[Attempt] = []
        self._answers: dict[tuple[str, str], tuple[str, str, int]] = {}

    def extend_streams(self, session_id: str, version: int, appended: Sequence[StoredEvent]) -> None:
        """Tell the streams of all endpoints that a session has got events. New streams begin at *version*."""
        due_ms = delivery_checks.due_at_once(appended[0].at_ms)
        for endpoint_id in self._endpoints:
            row = self._streams.setdefault(
                (endpoint_id, session_id),
                _Row(
                    endpoint_id=endpoint_id,
                    session_id=session_id,
                    position=version,
                    newest_seq=0,
                    due_ms=None,
                ),
            )
            row.newest_seq = appended[-1].seq
            row.due_ms = due_ms if row.due_ms is None else row.due_ms

    async def save_endpoint(self, endpoint: Endpoint, expected: Endpoint | None = None) -> Endpoint:
        """Add an endpoint, or change the one with its id."""
        self._ledger.check_open()
        delivery_checks.check_endpoint(endpoint)
        kept = delivery_checks.decide_endpoint(endpoint, self._endpoints.values(), expected)
        self._endpoints[endpoint.id] = kept
        return kept

    async def disable_endpoint(self, endpoint_id: str, url: str, why: str) -> bool:
        """Disable an endpoint if it still has that *url* and is enabled."""
        self._ledger.check_open()
        delivery_checks.check_disabling(endpoint_id, url, why)
        known = self._endpoints.get(endpoint_id)
        if known is None or known.url != url or known.disabled is not None:
            return False
        self._endpoints[endpoint_id] = replace(known, disabled=why)
        return True

    async def remove_endpoint(self, endpoint_id: str) -> bool:
        """Remove an endpoint and all that waits for it."""
        self._ledger.check_open()
        check_text(endpoint_id)
        self._streams = {key: row for key, row in self._streams.items() if key[0] != endpoint_id}
        self._parked = {key: row for key, row in self._parked.items() if key[0] != endpoint_id}
        self._attempts = [one for one in self._attempts if one.endpoint_id != endpoint_id]
        return self._endpoints.pop(endpoint_id, None) is not None

    async def load_endpoints(self) -> list[Endpoint]:
        """Return all endpoints, the oldest first."""
        self._ledger.check_open()
        return sorted(self._endpoints.values(), key=lambda endpoint: (endpoint.made_ms, endpoint.id))

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
        self._ledger.check_open()
        delivery_checks.check_claim(endpoint_id, token, (now_ms, lease_until_ms), limit, sessions)
        rows = [row for row in self._streams.values() if row.endpoint_id == endpoint_id]
        if sessions is None:
            found = [row for row in rows if row.is_due(now_ms)]
        else:
            hinted = {*sessions}
            found = [
                row for row in rows if row.session_id in hinted and (row.due_ms is None or row.is_due(now_ms))
            ]
        found.sort(key=lambda row: (row.due_ms is None, row.due_ms or 0, row.session_id))
        for row in found[:limit]:
            row.due_ms, row.token = lease_until_ms, token
        return [_claimed(row, token) for row in found[:limit]]

    async def load_logs(self, session_ids: Sequence[str]) -> dict[str, SessionLog]:
        """Return each session's facts and newest heartbeats."""
        self._ledger.check_open()
        delivery_checks.check_sessions(session_ids)
        return {
            session_id: SessionLog(
                list(self._ledger.events.get(session_id, [])),
                [
                    delivery_checks.read_beat(role, row.beat)
                    for role, row in sorted(self._ledger.presence.get(session_id, {}).items())
                    if row.beat is not None
                ],
            )
            for session_id in session_ids
        }

    async def settle(self, outcomes: Sequence[Outcome]) -> list[bool]:
        """Save results."""
        self._ledger.check_open()
        delivery_checks.check_outcomes(outcomes)
        return [self._settle(outcome) for outcome in outcomes]

    def _settle(self, outcome: Outcome) -> bool:
        row = self._streams.get((outcome.stream.endpoint_id, outcome.stream.session_id))
        if row is None or row.token != outcome.stream.token:
            return False
        row.position, row.beats_until_ms = outcome.position, outcome.beats_until_ms
        row.attempts, row.failing_since_ms = outcome.attempts, outcome.failing_since_ms
        row.due_ms = outcome.due_ms
        if outcome.keeps_lease_until_ms is not None:
            row.due_ms = outcome.keeps_lease_until_ms
        else:
            row.token = None
            if row.due_ms is None and row.has_events:
                following = self._ledger.events[row.session_id][outcome.position]
                row.due_ms = delivery_checks.due_at_once(following.at_ms)
        for parked in outcome.parked:
            key = parked.endpoint_id, parked.session_id, parked.seq
            self._parked[key] = delivery_checks.cut_parked(parked)
        self._attempts += map(delivery_checks.cut_attempt, outcome.log)
        return True

    async def hurry(self, endpoint_id: str, now_ms: int, limit: int) -> int:
        """Make failing streams due now."""
        self._ledger.check_open()
        check_text(endpoint_id)
        check_due(now_ms, limit)
        failing = [
            (row.due_ms, row.session_id, row)
            for row in self._streams.values()
            if row.endpoint_id == endpoint_id
            and row.attempts > 0
            and row.token is None
            and row.due_ms is not None
            and row.due_ms > now_ms
        ]
        chosen = sorted(failing, key=lambda one: one[:2])[:limit]
        for _, _, row in chosen:
            row.due_ms = now_ms
        return len(chosen)

    async def free_claims(self, now_ms: int, node_id: str = "") -> int:
        """Make due now what is claimed."""
        self._ledger.check_open()
        check_numbers(now_ms)
        claimed = [row for row in self._streams.values() if row.token and row.token.startswith(node_id)]
        for row in claimed:
            row.due_ms, row.token = now_ms, None
        return len(claimed)

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
        self._ledger.check_open()
        delivery_checks.check_listing(endpoint_id, session_id, limit)
        check_numbers(now_ms, from_ms or 0, to_ms or 0)
        choice = Choice(
            endpoint_id=endpoint_id,
            session_id=session_id,
            from_ms=from_ms,
            to_ms=to_ms,
            only_parked=only_parked,
        )
        after = delivery_checks.read_after(after_session)
        keys = {key[:2] for key in self._parked} if only_parked else {*self._streams}
        page = sorted(key for key in keys if key in choice and key > after)[:limit]
        moved = [self._rewind(self._streams[key], choice, now_ms) for key in page if key in self._streams]
        done = None if len(page) < limit else delivery_checks.write_after(*page[-1])
        return sum(1 for events in moved if events), sum(moved), done

    def _rewind(self, row: _Row, choice: Choice, now_ms: int) -> int:
        chosen = [
            event.seq
            for event in self._ledger.events[row.session_id][: row.position]
            if choice.first_ms <= event.at_ms <= choice.last_ms
            and (not choice.only_parked or (row.endpoint_id, row.session_id, event.seq) in self._parked)
        ]
        if not chosen:
            return 0
        events = row.position - chosen[0] + 1
        row.position, row.attempts, row.failing_since_ms = chosen[0] - 1, 0, None
        row.token, row.due_ms = plan_due(row, now_ms)
        self._parked = {
            key: parked
            for key, parked in self._parked.items()
            if key[:2] != (row.endpoint_id, row.session_id) or parked.seq <= row.position
        }
        return events

    async def count(self, endpoint_id: str, now_ms: int) -> EndpointCounts:
        """Count what waits."""
        self._ledger.check_open()
        check_text(endpoint_id)
        check_numbers(now_ms)
        rows = [row for row in self._streams.values() if row.endpoint_id == endpoint_id and row.has_events]
        overdue = [row.due_ms for row in rows if row.due_ms is not None and row.due_ms <= now_ms]
        return EndpointCounts(
            streams=len(rows),
            failing=sum(row.attempts > 0 for row in rows),
            parked=sum(key[0] == endpoint_id for key in self._parked),
            events_waiting=sum(row.newest_seq - row.position for row in rows),
            oldest_due_ms=min(overdue, default=None),
        )

    async def load_streams(
        self, endpoint_id: str | None, session_id: str | None, limit: int, *, only_failing: bool = False
    ) -> list[StreamView]:
        """Return streams with something to send, the longest failing first."""
        self._ledger.check_open()
        delivery_checks.check_listing(endpoint_id, session_id, limit)
        rows = [
            row
            for row in _narrow(self._streams.values(), endpoint_id, session_id)
            if row.has_events and (row.attempts > 0 or not only_failing)
        ]
        rows.sort(
            key=lambda row: (
                row.failing_since_ms is None,
                row.failing_since_ms or 0,
                row.endpoint_id,
                row.session_id,
            )
        )
        return [row.view() for row in rows[:limit]]

    async def load_parked(self, endpoint_id: str | None, session_id: str | None, limit: int) -> list[Parked]:
        """Return parked events, the newest first."""
        self._ledger.check_open()
        delivery_checks.check_listing(endpoint_id, session_id, limit)
        rows = list(_narrow(self._parked.values(), endpoint_id, session_id))
        rows.sort(key=lambda row: (-row.parked_ms, row.endpoint_id, row.session_id, row.seq))
        return rows[:limit]

    async def load_attempts(
        self, endpoint_id: str | None, session_id: str | None, limit: int
    ) -> list[Attempt]:
        """Return attempts, the newest first."""
        self._ledger.check_open()
        delivery_checks.check_listing(endpoint_id, session_id, limit)
        return list(_narrow(reversed(self._attempts), endpoint_id, session_id))[:limit]

    async def forget_attempts(self, before_ms: int, keep: int) -> None:
        """Forget old attempts, and all but the newest *keep* of each endpoint."""
        self._ledger.check_open()
        check_due(before_ms, keep)
        kept: list[Attempt] = []
        numbers = dict.fromkeys(self._endpoints, 0)
        for attempt in reversed(self._attempts):
            numbers[attempt.endpoint_id] += 1
            if attempt.at_ms >= before_ms and numbers[attempt.endpoint_id] <= keep:
                kept.append(attempt)
        self._attempts = kept[::-1]

    async def load_all_events(self, after: str, limit: int) -> tuple[list[StoredEvent], str]:
        """Return the next facts of all sessions, and the cursor after them."""
        self._ledger.check_open()
        check_limit(limit)
        place = cursors.decode_cursor(self._ledger_id, after)
        position = place[1]
        if position > len(self._ledger.in_order):
            raise cursors.unknown_cursor()
        events = self._ledger.in_order[position : position + limit]
        if not events:
            return [], after
        return events, cursors.encode_cursor(self._ledger_id, (0, position + len(events)))

    async def keep_answer(
        self, scope: str, key: str, digest: str, answer: str, now_ms: int
    ) -> tuple[str, str]:
        """Keep the first answer to a request with an idempotency key."""
        self._ledger.check_open()
        delivery_checks.check_kept_answer(scope, key, digest, answer, now_ms)
        oldest_ms = now_ms - delivery_checks.ANSWERS_KEPT_MS
        self._answers = {name: one for name, one in self._answers.items() if one[2] >= oldest_ms}
        return self._answers.setdefault((scope, key), (digest, answer, now_ms))[:2]

    async def load_answer(self, scope: str, key: str) -> tuple[str, str] | None:
        """Return the digest and answer kept for a key."""
        self._ledger.check_open()
        check_text(scope, key)
        found = self._answers.get((scope, key))
        return None if found is None else found[:2]


def _claimed(row: _Row, token: str) -> Stream:
    return Stream(
        endpoint_id=row.endpoint_id,
        session_id=row.session_id,
        token=token,
        position=row.position,
        newest_seq=row.newest_seq,
        beats_until_ms=row.beats_until_ms,
        attempts=row.attempts,
        failing_since_ms=row.failing_since_ms,
    )


def _narrow(rows: Iterable[Listed], endpoint_id: str | None, session_id: str | None) -> Iterable[Listed]:
    return (
        row for row in rows if endpoint_id in {None, row.endpoint_id} and session_id in {None, row.session_id}
    )
