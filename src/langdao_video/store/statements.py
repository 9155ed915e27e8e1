"""What the store says to a database, in SQL that SQLite and PostgreSQL both understand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from sqlalchemy import Insert, Table, delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from langdao_video.session.roles import Role
from langdao_video.store.port import (
    Deadline,
    NewEvent,
    Presence,
    StoredEvent,
    check_append,
    encode_body,
    newest_of,
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
    deadline_changes: Mapping[str, int | None],
) -> list[StoredEvent]:
    """Append to a session that nobody else appends to until this transaction ends."""
    await _lock_session(connection, session_id)
    newest_seq, known_ids = await _look(connection, session_id, events)
    check_append(expected_version, newest_seq, events, known_ids)

    rows = [
        {
            "session_id": session_id,
            "seq": seq,
            "id": event.id,
            "type": event.type,
            "at_ms": event.at_ms,
            "body": encode_body(event),
        }
        for seq, event in enumerate(events, expected_version + 1)
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
    newest = newest_of(rows)
    if newest:
        await connection.execute(
            _UPSERT_PRESENCE[connection.dialect.name],
            [
                {"session_id": row.session_id, "role": row.role, "epoch": row.epoch, "proof_ms": row.proof_ms}
                for row in newest
            ],
        )


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


def _upsert_presence(insert: Any) -> Insert:  # noqa: ANN401 - the two dialects' inserts share no base class
    new, kept = insert.excluded, seat_presence.c
    return cast(
        "Insert",
        insert.on_conflict_do_update(
            index_elements=["session_id", "role"],
            set_={"epoch": new.epoch, "proof_ms": new.proof_ms},
            where=tuple_(new.epoch, new.proof_ms) > tuple_(kept.epoch, kept.proof_ms),
        ),
    )


_UPSERT_PRESENCE: Final = {
    dialect: _upsert_presence(insert(seat_presence)) for dialect, insert in _INSERTS.items()
}
