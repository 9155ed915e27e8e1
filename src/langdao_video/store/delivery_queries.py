"""The queries of the outbox's streams, in SQL that SQLite and PostgreSQL both understand.

Each function runs inside a transaction. Whoever waits for the lock of a row takes the rows in the order of their
primary key, so that no two transactions wait for each other; the others skip rows that are locked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from sqlalchemy import Connection, text

from langdao_video.store.delivery_checks import (
    CLOCK_AHEAD_MS,
    cut_attempt,
    cut_parked,
    due_at_once,
    read_beat,
    rounds_of,
)
from langdao_video.store.delivery_port import Beat, Outcome, SessionLog, Stream
from langdao_video.store.dialects import LOCK_STREAMS, SKIP_LOCKED, run_with
from langdao_video.store.port import StoredEvent
from langdao_video.store.quick import run_quick

Key = tuple[str, str]
"""(endpoint, session)."""

_EXTEND: Final = """
    INSERT INTO delivery_streams
        (endpoint_id, session_id, position, newest_seq, due_ms, attempts, beats_until_ms)
    SELECT id, :session_id, :before, :newest, :due_ms, 0, 0 FROM endpoints WHERE true ORDER BY id
    ON CONFLICT (endpoint_id, session_id) DO UPDATE SET
        newest_seq = excluded.newest_seq, due_ms = COALESCE(delivery_streams.due_ms, excluded.due_ms)
"""
_FIND_DUE: Final = """
    SELECT session_id, position, newest_seq, beats_until_ms, attempts, failing_since_ms FROM delivery_streams
    WHERE endpoint_id = :endpoint_id AND due_ms <= :now_ms
    ORDER BY due_ms, session_id LIMIT :limit
"""
_FIND_HINTED: Final = """
    SELECT session_id, position, newest_seq, beats_until_ms, attempts, failing_since_ms FROM delivery_streams
    WHERE endpoint_id = :endpoint_id AND (due_ms IS NULL OR due_ms <= :now_ms)
        AND session_id IN (SELECT session_id FROM {given: session_id text} AS given)
    ORDER BY due_ms IS NULL, due_ms, session_id LIMIT :limit
"""
_FIND_FAILING: Final = """
    SELECT session_id FROM delivery_streams
    WHERE endpoint_id = :endpoint_id AND due_ms > :now_ms AND attempts > 0 AND token IS NULL
    ORDER BY due_ms, session_id LIMIT :limit
"""
_CLAIM: Final = """
    UPDATE delivery_streams SET due_ms = :due_ms, token = :token WHERE endpoint_id = :endpoint_id
        AND session_id IN (SELECT session_id FROM {given: session_id text} AS given)
"""
_HURRY: Final = """
    UPDATE delivery_streams SET due_ms = :due_ms WHERE endpoint_id = :endpoint_id
        AND session_id IN (SELECT session_id FROM {given: session_id text} AS given)
"""
_FREE: Final = text("UPDATE delivery_streams SET due_ms = :now_ms, token = NULL WHERE token IS NOT NULL")
_FREE_OF: Final = text("UPDATE delivery_streams SET due_ms = :now_ms, token = NULL WHERE token LIKE :tokens")
_FIND_HELD: Final = """
    SELECT stream.endpoint_id, stream.session_id
    FROM {given: endpoint_id text, session_id text, token text} AS given
    JOIN delivery_streams AS stream ON stream.endpoint_id = given.endpoint_id
        AND stream.session_id = given.session_id AND stream.token = given.token
    ORDER BY stream.endpoint_id, stream.session_id
"""
_SETTLE: Final = """
    UPDATE delivery_streams SET
        position = given.position, beats_until_ms = given.beats_until_ms,
        attempts = given.attempts, failing_since_ms = given.failing_since_ms,
        token = CASE WHEN given.lease_ms IS NULL THEN NULL ELSE token END,
        due_ms = COALESCE(given.lease_ms, given.due_ms, CASE WHEN newest_seq > given.position THEN COALESCE(
            (SELECT event.at_ms - :clock_ahead_ms FROM session_events AS event
             WHERE event.session_id = given.session_id AND event.seq = given.position + 1), 0) END)
    FROM {given: endpoint_id text, session_id text, position bigint, beats_until_ms bigint, attempts bigint,
          failing_since_ms bigint, due_ms bigint, lease_ms bigint} AS given
    WHERE delivery_streams.endpoint_id = given.endpoint_id AND delivery_streams.session_id = given.session_id
"""
_PARK: Final = """
    INSERT INTO parked_events (endpoint_id, session_id, seq, event_id, type, parked_ms, attempts, error)
    SELECT endpoint_id, session_id, seq, event_id, type, parked_ms, attempts, error
    FROM {given: endpoint_id text, session_id text, seq bigint, event_id text, type text, parked_ms bigint,
          attempts bigint, error text} AS given WHERE true
    ON CONFLICT (endpoint_id, session_id, seq) DO UPDATE SET
        parked_ms = excluded.parked_ms, attempts = excluded.attempts, error = excluded.error
"""
_LOG: Final = """
    INSERT INTO delivery_attempts
        (endpoint_id, session_id, seq, event_id, type, at_ms, duration_ms, status, error, answer)
    SELECT endpoint_id, session_id, seq, event_id, type, at_ms, duration_ms, status, error, answer
    FROM {given: endpoint_id text, session_id text, seq bigint, event_id text, type text, at_ms bigint,
          duration_ms bigint, status bigint, error text, answer text} AS given
"""
# One statement, so that facts and heartbeats are of one snapshot of PostgreSQL, too.
_LOAD_LOGS: Final = """
    WITH wanted AS (SELECT session_id FROM {given: session_id text} AS given)
    SELECT session_id, seq, id, type, at_ms, body FROM session_events
        WHERE session_id IN (SELECT session_id FROM wanted)
    UNION ALL SELECT session_id, 0, role, 'beat', proof_ms, beat FROM seat_presence
        WHERE beat IS NOT NULL AND session_id IN (SELECT session_id FROM wanted)
    ORDER BY 1, 2, 3
"""


def extend_streams(
    connection: Connection, session_id: str, version: int, appended: Sequence[StoredEvent]
) -> None:
    """Tell the streams of all endpoints that a session has got events. New streams begin at *version*."""
    row = {
        "session_id": session_id,
        "before": version,
        "newest": appended[-1].seq,
        "due_ms": due_at_once(appended[0].at_ms),
    }
    run_quick(connection, _EXTEND, row)


def claim(  # noqa: PLR0913 - one query
    connection: Connection,
    endpoint_id: str,
    *,
    token: str,
    now_ms: int,
    lease_until_ms: int,
    limit: int,
    sessions: Sequence[str] | None,
) -> list[Stream]:
    """Claim streams that nobody else holds."""
    values = {"endpoint_id": endpoint_id, "now_ms": now_ms, "limit": limit}
    skip = SKIP_LOCKED[connection.dialect.name]
    if sessions is None:
        rows = connection.execute(text(_FIND_DUE + skip), values).all()
    else:
        rows = run_with(connection, _FIND_HINTED + skip, _sessions(sessions), **values).all()
    if rows:
        claimed = _sessions(row.session_id for row in rows)
        run_with(connection, _CLAIM, claimed, endpoint_id=endpoint_id, token=token, due_ms=lease_until_ms)
    return [Stream(endpoint_id=endpoint_id, token=token, **row._asdict()) for row in rows]


def load_logs(connection: Connection, session_ids: Sequence[str]) -> dict[str, SessionLog]:
    """Read the facts and heartbeats of sessions."""
    events: dict[str, list[StoredEvent]] = {session_id: [] for session_id in session_ids}
    beats: dict[str, list[Beat]] = {session_id: [] for session_id in session_ids}
    for row in run_with(connection, _LOAD_LOGS, _sessions(events)):
        if row.seq:
            events[row.session_id].append(
                StoredEvent(row.session_id, row.seq, row.id, row.type, row.at_ms, json.loads(row.body))
            )
        else:
            beats[row.session_id].append(read_beat(row.id, row.body))
    return {session_id: SessionLog(events[session_id], beats[session_id]) for session_id in events}


def settle(connection: Connection, outcomes: Sequence[Outcome]) -> list[bool]:
    """Save the results whose claims still stand."""
    stood = [False] * len(outcomes)
    for turn in rounds_of(outcomes):
        held = _lock_held(connection, [outcome for _, outcome in turn])
        kept = [(number, outcome) for number, outcome in turn if _key(outcome) in held]
        for number, _ in kept:
            stood[number] = True
        if kept:
            _save(connection, [outcome for _, outcome in kept])
    return stood


def _lock_held(connection: Connection, outcomes: Sequence[Outcome]) -> set[Key]:
    rows = [
        {
            "endpoint_id": outcome.stream.endpoint_id,
            "session_id": outcome.stream.session_id,
            "token": outcome.stream.token,
        }
        for outcome in outcomes
    ]
    found = run_with(connection, _FIND_HELD + LOCK_STREAMS[connection.dialect.name], rows)
    return {(row.endpoint_id, row.session_id) for row in found}


def _save(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    rows = [
        {
            "endpoint_id": outcome.stream.endpoint_id,
            "session_id": outcome.stream.session_id,
            "position": outcome.position,
            "beats_until_ms": outcome.beats_until_ms,
            "attempts": outcome.attempts,
            "failing_since_ms": outcome.failing_since_ms,
            "due_ms": outcome.due_ms,
            "lease_ms": outcome.keeps_lease_until_ms,
        }
        for outcome in outcomes
    ]
    run_with(connection, _SETTLE, rows, clock_ahead_ms=CLOCK_AHEAD_MS)
    parked = {(row.endpoint_id, row.session_id, row.seq): row for one in outcomes for row in one.parked}
    if parked:
        run_with(connection, _PARK, [asdict(cut_parked(row)) for row in parked.values()])
    log = [asdict(cut_attempt(attempt)) for outcome in outcomes for attempt in outcome.log]
    if log:
        run_with(connection, _LOG, log)


def hurry(connection: Connection, endpoint_id: str, now_ms: int, limit: int) -> int:
    """Make failing streams due now."""
    values = {"endpoint_id": endpoint_id, "now_ms": now_ms, "limit": limit}
    found = connection.scalars(text(_FIND_FAILING + SKIP_LOCKED[connection.dialect.name]), values).all()
    if found:
        run_with(connection, _HURRY, _sessions(found), endpoint_id=endpoint_id, due_ms=now_ms)
    return len(found)


def free_claims(connection: Connection, now_ms: int, node_id: str) -> int:
    """Make due now what is claimed: by a node, or by anybody. On PostgreSQL other nodes may hold the claims."""
    if node_id:
        return connection.execute(_FREE_OF, {"now_ms": now_ms, "tokens": f"{node_id}.%"}).rowcount
    if connection.dialect.name != "sqlite":
        return 0
    return connection.execute(_FREE, {"now_ms": now_ms}).rowcount


def _sessions(session_ids: Iterable[str]) -> list[dict[str, object]]:
    return [{"session_id": session_id} for session_id in session_ids]


def _key(outcome: Outcome) -> Key:
    return outcome.stream.endpoint_id, outcome.stream.session_id
