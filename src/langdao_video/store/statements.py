"""What the store says to a database, in SQL that SQLite and PostgreSQL both understand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, cast

from sqlalchemy import Table, delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from langdao_video.session.roles import Role
from langdao_video.store.checks import decide_append, newest_of
from langdao_video.store.port import (
    Deadline,
    NewEvent,
    Presence,
    StoredEvent,
)
from langdao_video.store.tables import deadlines, seat_presence, secrets, session_events

_INSERTS: Final[Mapping[str, Callable[[Table], Any]]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


async def load_events(
    connection: AsyncConnection, session_id: str, after_seq: int, limit: int
) -> list[StoredEvent]:
    """Read one page of a session's events in order."""
    events = session_events.c
    rows = await connection.execute(
        select(events.seq, events.id, events.type, events.at_ms, events.body)
        .where(events.session_id == session_id, events.seq > after_seq)
        .order_by(events.seq)
        .limit(limit)
    )
    return [
        StoredEvent(session_id, seq, id_, type_, at_ms, json.loads(body))
        for seq, id_, type_, at_ms, body in rows
    ]


async def append_events(
    connection: AsyncConnection,
    session_id: str,
    expected_version: int,
    events: Sequence[NewEvent],
    bodies: Sequence[str],
    deadline_changes: Mapping[str, int | None],
) -> list[StoredEvent]:
    """Append *events* with their encoded *bodies*; nobody else appends to the session until this transaction ends."""
    await _lock_session(connection, session_id)
    newest_seq, known_ids = await _look(connection, session_id, events)
    decide_append(expected_version, newest_seq, events, known_ids)

    rows = [
        {
            "session_id": session_id,
            "seq": seq,
            "id": event.id,
            "type": event.type,
            "at_ms": event.at_ms,
            "body": body,
        }
        for seq, (event, body) in enumerate(zip(events, bodies, strict=True), expected_version + 1)
    ]
    if rows:
        await connection.execute(session_events.insert(), rows)
    await _change_deadlines(connection, session_id, deadline_changes)
    return [StoredEvent(**{**row, "body": json.loads(row["body"])}) for row in rows]


async def _lock_session(connection: AsyncConnection, session_id: str) -> None:
    # SQLite's transaction began with the only write lock there is. In PostgreSQL a lock named for the session
    # makes the loser of a race wait and see the winner's rows, instead of running into the unique constraint.
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(session_id, 0))))


async def _look(
    connection: AsyncConnection, session_id: str, events: Sequence[NewEvent]
) -> tuple[int, Sequence[str]]:
    newest_seq = await connection.scalar(
        select(func.coalesce(func.max(session_events.c.seq), 0)).where(
            session_events.c.session_id == session_id
        )
    )
    if not events:
        return cast("int", newest_seq), []
    known = await connection.scalars(
        select(session_events.c.id).where(session_events.c.id.in_([event.id for event in events]))
    )
    return cast("int", newest_seq), known.all()


async def _change_deadlines(
    connection: AsyncConnection, session_id: str, changes: Mapping[str, int | None]
) -> None:
    cleared = [kind for kind, due_ms in changes.items() if due_ms is None]
    moved = [
        {"session_id": session_id, "kind": kind, "due_ms": due_ms}
        for kind, due_ms in changes.items()
        if due_ms is not None
    ]
    if cleared:
        await connection.execute(
            delete(deadlines).where(deadlines.c.session_id == session_id, deadlines.c.kind.in_(cleared))
        )
    if moved:
        insert = _INSERTS[connection.dialect.name](deadlines)
        upsert = insert.on_conflict_do_update(
            index_elements=["session_id", "kind"], set_={"due_ms": insert.excluded.due_ms}
        )
        await connection.execute(upsert, moved)


async def load_presence(connection: AsyncConnection, session_id: str) -> dict[Role, Presence]:
    """Read the newest proof of each seat."""
    seats = seat_presence.c
    rows = await connection.execute(
        select(seats.role, seats.epoch, seats.proof_ms).where(seats.session_id == session_id)
    )
    return {role: Presence(session_id, role, epoch, proof_ms) for role, epoch, proof_ms in rows}


async def save_presence(connection: AsyncConnection, rows: Sequence[Presence]) -> None:
    """Move each seat's newest proof forward, never back."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        seats = [(row.session_id, row.role, row.epoch, row.proof_ms) for row in rows]
        await connection.exec_driver_sql(_UPSERT_PRESENCE_SQLITE, (json.dumps(seats),))
    else:
        await connection.execute(_UPSERT_PRESENCE_POSTGRESQL, [asdict(row) for row in newest_of(rows)])


async def load_due(connection: AsyncConnection, now_ms: int, limit: int) -> list[Deadline]:
    """Read the deadlines that are due, the longest overdue first."""
    due = deadlines.c
    rows = await connection.execute(
        select(due.session_id, due.kind, due.due_ms)
        .where(due.due_ms <= now_ms)
        .order_by(due.due_ms, due.session_id, due.kind)
        .limit(limit)
    )
    return [Deadline(*row) for row in rows]


async def find_secret(connection: AsyncConnection, name: str) -> str | None:
    """Read a secret, if it is there."""
    return cast("str | None", await connection.scalar(select(secrets.c.secret).where(secrets.c.name == name)))


async def keep_secret(connection: AsyncConnection, name: str, secret: str) -> str:
    """Keep *secret* unless another was first; return the one that is kept."""
    insert = _INSERTS[connection.dialect.name](secrets)
    await connection.execute(insert.on_conflict_do_nothing(), [{"name": name, "secret": secret}])
    return cast("str", await find_secret(connection, name))


# The driver takes the interpreter's lock again after each row of an executemany, and waits for it up to 5 ms each
# time while the event loop is busy; so a batch goes down as one parameter of one statement. "WHERE true" tells the
# parser that ON CONFLICT is not a join's ON (sqlite.org/lang_upsert.html, section 2.2).
_UPSERT_PRESENCE_SQLITE: Final = """
    INSERT INTO seat_presence (session_id, role, epoch, proof_ms)
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
           json_extract(value, '$[2]'), json_extract(value, '$[3]')
    FROM json_each(?) WHERE true
    ON CONFLICT (session_id, role) DO UPDATE SET epoch = excluded.epoch, proof_ms = excluded.proof_ms
    WHERE (excluded.epoch, excluded.proof_ms) > (seat_presence.epoch, seat_presence.proof_ms)
"""

_insert_presence = postgresql.insert(seat_presence)
_UPSERT_PRESENCE_POSTGRESQL: Final = _insert_presence.on_conflict_do_update(
    index_elements=["session_id", "role"],
    set_={"epoch": _insert_presence.excluded.epoch, "proof_ms": _insert_presence.excluded.proof_ms},
    where=tuple_(_insert_presence.excluded.epoch, _insert_presence.excluded.proof_ms)
    > tuple_(seat_presence.c.epoch, seat_presence.c.proof_ms),
)
