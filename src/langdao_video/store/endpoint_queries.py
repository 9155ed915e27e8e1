"""The queries of endpoints, of what an operator asks about them, and of kept answers. Each runs in a transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any, Final, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    delete,
    func,
    select,
    tuple_,
    update,
)

from langdao_video.store.checks import NUMBER_MAX
from langdao_video.store.delivery_checks import ANSWERS_KEPT_MS, decide_endpoint
from langdao_video.store.delivery_port import Attempt, Endpoint, EndpointCounts, Parked, StreamView
from langdao_video.store.dialects import INSERTS, SKIP_LOCKED, run_with
from langdao_video.store.tables import (
    delivery_attempts,
    delivery_streams,
    endpoints,
    idempotent_answers,
    parked_events,
)

ANSWERS_PER_SWEEP: Final = 100

View = TypeVar("View", StreamView, Parked, Attempt)

_DROP: Final = """
    DELETE FROM delivery_streams WHERE endpoint_id = :endpoint_id
        AND session_id IN (SELECT session_id FROM {given: session_id text} AS given)
"""
_FORGET: Final = """
    DELETE FROM delivery_attempts WHERE number IN (
        SELECT number FROM delivery_attempts
        WHERE number IN (SELECT number FROM {given: number bigint} AS given) ORDER BY number
"""
_BEFORE_ALL_MS: Final = -NUMBER_MAX
"""Less than any due time. `due_ms IS NOT NULL` is no range of an index on every SQLite; `due_ms >= …` is."""


def save_endpoint(connection: Connection, endpoint: Endpoint, expected: Endpoint | None) -> Endpoint:
    """Add or change an endpoint. Of two changes of one endpoint the later sees what the earlier has committed."""
    known = select(endpoints.c.id).where(endpoints.c.id == endpoint.id)
    connection.execute(known.with_for_update(key_share=True))  # appends, which refer to it, do not wait
    kept = decide_endpoint(endpoint, load_endpoints(connection), expected)
    types = None if kept.types is None else json.dumps(kept.types)
    row = {**asdict(kept), "secrets": json.dumps(kept.secrets), "types": types}
    insert = INSERTS[connection.dialect.name](endpoints)
    changed = {name: insert.excluded[name] for name in row if name not in {"id", "made_ms"}}
    connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed), [row])
    return kept


def disable_endpoint(connection: Connection, endpoint_id: str, url: str, why: str) -> bool:
    """Disable an endpoint if it still has that URL and is enabled."""
    rows = endpoints.c
    changed = connection.execute(
        update(endpoints)
        .where(rows.id == endpoint_id, rows.url == url, rows.disabled.is_(None))
        .values(disabled=why)
    )
    return changed.rowcount == 1


def load_endpoints(connection: Connection) -> list[Endpoint]:
    """Read all endpoints, the oldest first."""
    rows = connection.execute(select(endpoints).order_by(endpoints.c.made_ms, endpoints.c.id))
    return [_read_endpoint(row) for row in rows]


def _read_endpoint(row: Row[Any]) -> Endpoint:
    values = row._asdict()
    types = None if values["types"] is None else tuple(json.loads(values["types"]))
    return Endpoint(**{**values, "secrets": tuple(json.loads(values["secrets"])), "types": types})


def drop_streams(connection: Connection, endpoint_id: str, limit: int) -> int:
    """Delete at most *limit* streams of an endpoint; return how many."""
    streams = delivery_streams.c
    found = connection.scalars(
        select(streams.session_id)
        .where(streams.endpoint_id == endpoint_id)
        .order_by(streams.session_id)
        .limit(limit)
        .with_for_update()
    ).all()
    if found:
        rows = [{"session_id": session_id} for session_id in found]
        run_with(connection, _DROP, rows, endpoint_id=endpoint_id)
    return len(found)


def drop_endpoint(connection: Connection, endpoint_id: str, limit: int) -> bool:
    """Delete an endpoint with all that is left of it. Nobody makes a stream of it once its row is locked."""
    known = connection.scalar(select(endpoints.c.id).where(endpoints.c.id == endpoint_id).with_for_update())
    while drop_streams(connection, endpoint_id, limit) == limit:
        pass
    for table in (parked_events, delivery_attempts):
        connection.execute(delete(table).where(table.c.endpoint_id == endpoint_id))
    connection.execute(delete(endpoints).where(endpoints.c.id == endpoint_id))
    return known is not None


def count(connection: Connection, endpoint_id: str, now_ms: int) -> EndpointCounts:
    """Count what waits for an endpoint."""
    streams = delivery_streams.c
    waiting = connection.execute(
        select(
            func.count().label("streams"),
            func.count().filter(streams.attempts > 0).label("failing"),
            func.coalesce(func.sum(streams.newest_seq - streams.position), 0).label("events_waiting"),
            func.min(streams.due_ms).filter(streams.due_ms <= now_ms).label("oldest_due_ms"),
        ).where(streams.endpoint_id == endpoint_id, _has_events())
    ).one()
    parked = connection.scalar(
        select(func.count()).select_from(parked_events).where(parked_events.c.endpoint_id == endpoint_id)
    )
    values = waiting._asdict()
    return EndpointCounts(**{**values, "events_waiting": int(values["events_waiting"])}, parked=parked or 0)


def _has_events() -> ColumnElement[bool]:
    """Return the condition of the streams with something to send. Only those are read: each is due at some time."""
    streams = delivery_streams.c
    return (streams.due_ms >= _BEFORE_ALL_MS) & (streams.newest_seq > streams.position)


def load_streams(
    connection: Connection, endpoint_id: str | None, session_id: str | None, limit: int, *, only_failing: bool
) -> list[StreamView]:
    """Read streams with something to send, the longest failing first."""
    streams = delivery_streams.c
    query = select(*_columns_of(StreamView, delivery_streams)).where(_has_events())
    if endpoint_id is None:  # so that the index, which begins with the endpoint, leaves out the rest
        query = query.where(streams.endpoint_id.in_(select(endpoints.c.id)))
    if only_failing:
        query = query.where(streams.attempts > 0)
    order = (
        streams.failing_since_ms.is_(None),
        streams.failing_since_ms,
        streams.endpoint_id,
        streams.session_id,
    )
    return _load(
        connection,
        StreamView,
        _narrow(query, delivery_streams, endpoint_id, session_id).order_by(*order).limit(limit),
    )


def load_parked(
    connection: Connection, endpoint_id: str | None, session_id: str | None, limit: int
) -> list[Parked]:
    """Read parked events, the newest first."""
    rows = parked_events.c
    query = _narrow(select(*_columns_of(Parked, parked_events)), parked_events, endpoint_id, session_id)
    order = (rows.parked_ms.desc(), rows.endpoint_id, rows.session_id, rows.seq)
    return _load(connection, Parked, query.order_by(*order).limit(limit))


def load_attempts(
    connection: Connection, endpoint_id: str | None, session_id: str | None, limit: int
) -> list[Attempt]:
    """Read attempts, the newest first."""
    rows = delivery_attempts.c
    query = _narrow(
        select(*_columns_of(Attempt, delivery_attempts)), delivery_attempts, endpoint_id, session_id
    )
    return _load(connection, Attempt, query.order_by(rows.number.desc()).limit(limit))


def find_surplus_attempts(
    connection: Connection, endpoint_id: str, before_ms: int, keep: int, limit: int
) -> Sequence[int]:
    """Find at most *limit* attempts of an endpoint that are old or too many, the oldest first."""
    rows = delivery_attempts.c
    newest = select(rows.number).where(rows.endpoint_id == endpoint_id).order_by(rows.number.desc())
    last = connection.scalar(newest.offset(keep).limit(1))
    is_old = rows.at_ms < before_ms
    return connection.scalars(
        select(rows.number)
        .where(rows.endpoint_id == endpoint_id, is_old if last is None else is_old | (rows.number <= last))
        .order_by(rows.number)
        .limit(limit)
    ).all()


def forget_attempts(connection: Connection, numbers: Iterable[int]) -> None:
    """Forget attempts. Those that another process is forgetting are left to it."""
    skip = SKIP_LOCKED[connection.dialect.name]
    run_with(connection, _FORGET + skip + ")", [{"number": number} for number in numbers])


def keep_answer(
    connection: Connection, scope: str, key: str, digest: str, answer: str, now_ms: int
) -> tuple[str, str]:
    """Keep the first answer to a key, and forget some that are too old."""
    rows = idempotent_answers.c
    oldest = (
        select(rows.scope, rows.key)
        .where(rows.at_ms < now_ms - ANSWERS_KEPT_MS)
        .order_by(rows.at_ms)
        .limit(ANSWERS_PER_SWEEP)
        .with_for_update(skip_locked=True)
    )
    if old := [(row.scope, row.key) for row in connection.execute(oldest)]:
        connection.execute(delete(idempotent_answers).where(tuple_(rows.scope, rows.key).in_(old)))
    row = {"scope": scope, "key": key, "digest": digest, "answer": answer, "at_ms": now_ms}
    insert = INSERTS[connection.dialect.name](idempotent_answers)
    connection.execute(insert.on_conflict_do_nothing(), [row])
    return load_answer(connection, scope, key) or (digest, answer)


def load_answer(connection: Connection, scope: str, key: str) -> tuple[str, str] | None:
    """Read the answer to a key."""
    rows = idempotent_answers.c
    found = connection.execute(
        select(rows.digest, rows.answer).where(rows.scope == scope, rows.key == key)
    ).first()
    return None if found is None else (found.digest, found.answer)


def _columns_of(view: type[View], table: Table) -> list[Column[Any]]:
    return [table.c[field.name] for field in fields(view)]


def _narrow(query: Select[Any], table: Table, endpoint_id: str | None, session_id: str | None) -> Select[Any]:
    if endpoint_id is not None:
        query = query.where(table.c.endpoint_id == endpoint_id)
    elif session_id is not None:  # so that an index that begins with the endpoint finds the session
        query = query.where(table.c.endpoint_id.in_(select(endpoints.c.id)))
    return query if session_id is None else query.where(table.c.session_id == session_id)


def _load(connection: Connection, view: type[View], query: Select[Any]) -> list[View]:
    return [view(**row._asdict()) for row in connection.execute(query)]
