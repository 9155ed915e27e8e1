"""The queries of the store, in SQL that SQLite and PostgreSQL both understand.

Each function runs inside a transaction, which its caller begins and ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Final, cast
from uuid import uuid4

from sqlalchemy import Connection, delete, func, select, text, tuple_
from sqlalchemy.dialects import postgresql

from langdao_video.session.roles import Role
from langdao_video.store.checks import decide_append, newest_of
from langdao_video.store.cursors import PLACES
from langdao_video.store.delivery_queries import extend_streams
from langdao_video.store.dialects import INSERTS, run_with
from langdao_video.store.port import (
    Deadline,
    NewEvent,
    Presence,
    Revocation,
    StoredEvent,
)
from langdao_video.store.quick import run_quick, run_quick_with
from langdao_video.store.tables import (
    boots,
    deadlines,
    revocations,
    seat_presence,
    secrets,
    session_events,
)

_READ_VERSION: Final = "SELECT COALESCE(MAX(seq), 0) FROM session_events WHERE session_id = :session_id"
_READ_NEWEST: Final = {
    dialect: """
        SELECT COALESCE(MAX(seq), 0) AS seq, (
            SELECT known.id FROM session_events AS known WHERE known.session_id = :session_id
                AND known.id IN (SELECT id FROM {given: id text} AS given) LIMIT 1
        ) AS known_id, {place} FROM session_events WHERE session_id = :session_id
    """.replace("{place}", place)
    for dialect, place in PLACES.items()
}
# Statements that are written once: to build one of an expression takes as long as to run it.
_LOAD_EVENTS: Final = """
    SELECT seq, id, type, at_ms, body FROM session_events
    WHERE session_id = :session_id AND seq > :after_seq ORDER BY seq LIMIT :limit
"""
_LOAD_PRESENCE: Final = "SELECT role, epoch, proof_ms, beat FROM seat_presence WHERE session_id = :session_id"
_LOAD_DUE: Final = text("""
    SELECT session_id, kind, due_ms FROM deadlines
    WHERE due_ms <= :now_ms ORDER BY due_ms, session_id, kind LIMIT :limit
""")
_INSERT_EVENT: Final = """
    INSERT INTO session_events (session_id, seq, id, type, at_ms, body, position, xid)
    VALUES (:session_id, :seq, :id, :type, :at_ms, :body, :position, :xid)
"""
_CLEAR_DEADLINES: Final = """
    DELETE FROM deadlines WHERE session_id = :session_id
    AND kind IN (SELECT kind FROM {given: kind text} AS given)
"""
_MOVE_DEADLINES: Final = """
    INSERT INTO deadlines (session_id, kind, due_ms)
    SELECT session_id, kind, due_ms FROM {given: session_id text, kind text, due_ms bigint} AS given WHERE true
    ON CONFLICT (session_id, kind) DO UPDATE SET due_ms = excluded.due_ms
"""
_POSTPONE: Final = """
    UPDATE deadlines SET due_ms = given.to_ms
    FROM {given: session_id text, kind text, due_ms bigint, to_ms bigint} AS given
    WHERE deadlines.session_id = given.session_id AND deadlines.kind = given.kind AND deadlines.due_ms = given.due_ms
"""
ROWS_PER_UPSERT_MAX: Final = 1_024  # both seats of each session in a full batch
_UPSERT_PRESENCE_SQLITE: Final = """
    INSERT INTO seat_presence (session_id, role, epoch, proof_ms) VALUES (?)
    ON CONFLICT (session_id, role) DO UPDATE SET epoch = excluded.epoch, proof_ms = excluded.proof_ms
    WHERE (excluded.epoch, excluded.proof_ms) > (seat_presence.epoch, seat_presence.proof_ms)
"""
_UPSERT_BEATS_SQLITE: Final = """
    INSERT INTO seat_presence (session_id, role, epoch, proof_ms, beat) VALUES (?)
    ON CONFLICT (session_id, role) DO UPDATE SET epoch = excluded.epoch, proof_ms = excluded.proof_ms,
    beat = COALESCE(excluded.beat, seat_presence.beat)
    WHERE (excluded.epoch, excluded.proof_ms) >= (seat_presence.epoch, seat_presence.proof_ms)
"""  # the same proof comes again with a heartbeat that proves nothing


def load_events(connection: Connection, session_id: str, after_seq: int, limit: int) -> list[StoredEvent]:
    """Read one page of a session's events in order."""
    values = {"session_id": session_id, "after_seq": after_seq, "limit": limit}
    rows = run_quick(connection, _LOAD_EVENTS, values)
    return [
        StoredEvent(session_id, seq, id_, type_, at_ms, json.loads(body))
        for seq, id_, type_, at_ms, body in rows
    ]


def append_events(
    connection: Connection,
    session_id: str,
    expected_version: int,
    events: Sequence[NewEvent],
    bodies: Sequence[str],
    deadline_changes: Mapping[str, int | None],
) -> list[StoredEvent]:
    """Append *events* with their encoded *bodies*. Nobody else appends to the session before the transaction ends."""
    _lock_session(connection, session_id)
    newest = _read_newest(connection, session_id, events)
    decide_append(expected_version, newest.seq, events, newest.known_ids)

    stored = [
        StoredEvent(session_id, seq, event.id, event.type, event.at_ms, json.loads(body))
        for seq, (event, body) in enumerate(zip(events, bodies, strict=True), expected_version + 1)
    ]
    if stored:
        rows = [
            {
                "session_id": session_id,
                "seq": event.seq,
                "id": event.id,
                "type": event.type,
                "at_ms": event.at_ms,
                "body": body,
                "position": newest.position + number,
                "xid": newest.xid,
            }
            for number, (event, body) in enumerate(zip(stored, bodies, strict=True), 1)
        ]
        for row in rows:
            run_quick(connection, _INSERT_EVENT, row)
        extend_streams(connection, session_id, expected_version, stored)
    _change_deadlines(connection, session_id, deadline_changes)
    return stored


def _lock_session(connection: Connection, session_id: str) -> None:
    # A transaction of SQLite already holds the only write lock. In PostgreSQL a lock for the session makes the loser
    # of a race wait and then see the winner's rows, so that it does not violate the unique constraint.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(session_id, 0))))


@dataclass(frozen=True, slots=True)
class _Newest:
    """What an append has to know: the session's version, a known id, and the place before the new facts (`cursors`)."""

    seq: int
    known_ids: Sequence[str] = ()
    xid: int = 0
    position: int = 0


def _read_newest(connection: Connection, session_id: str, events: Sequence[NewEvent]) -> _Newest:
    """Read it in one query, because each one is a way to the database and back."""
    if not events:
        return _Newest(run_quick(connection, _READ_VERSION, {"session_id": session_id})[0][0])
    ids = [{"id": event.id} for event in events]
    statement = _READ_NEWEST[connection.dialect.name]
    [(seq, known_id, xid, position)] = run_quick_with(connection, statement, ids, session_id=session_id)
    return _Newest(seq, () if known_id is None else (known_id,), xid, position)


def _change_deadlines(connection: Connection, session_id: str, changes: Mapping[str, int | None]) -> None:
    cleared = [{"kind": kind} for kind, due_ms in changes.items() if due_ms is None]
    moved = [
        {"session_id": session_id, "kind": kind, "due_ms": due_ms}
        for kind, due_ms in changes.items()
        if due_ms is not None
    ]
    if cleared:
        run_quick_with(connection, _CLEAR_DEADLINES, cleared, session_id=session_id)
    if moved:
        run_quick_with(connection, _MOVE_DEADLINES, moved)


def load_presence(connection: Connection, session_id: str) -> dict[Role, Presence]:
    """Read the newest proof of each seat."""
    rows = run_quick(connection, _LOAD_PRESENCE, {"session_id": session_id})
    return {role: Presence(session_id, role, *rest) for role, *rest in rows}


def save_presence(connection: Connection, rows: Sequence[Presence]) -> None:
    """Move the newest proof of each seat forward, never back."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        for part in _parts(rows):
            _save_part_sqlite(connection, part)
    else:
        connection.execute(_UPSERT_PRESENCE_POSTGRESQL, [asdict(row) for row in newest_of(rows)])


def _save_part_sqlite(connection: Connection, part: Sequence[Presence]) -> None:
    """Save without the column `beat` if no row has one: a quarter less to bind."""
    if any(row.beat is not None for row in part):
        values = [
            value for row in part for value in (row.session_id, row.role, row.epoch, row.proof_ms, row.beat)
        ]
        statement = _repeat(_UPSERT_BEATS_SQLITE, "(?, ?, ?, ?, ?)", len(part))
    else:
        values = [value for row in part for value in (row.session_id, row.role, row.epoch, row.proof_ms)]
        statement = _repeat(_UPSERT_PRESENCE_SQLITE, "(?, ?, ?, ?)", len(part))
    connection.exec_driver_sql(statement, tuple(values))


def load_due(connection: Connection, now_ms: int, limit: int) -> list[Deadline]:
    """Read the deadlines that are due, the longest overdue first."""
    rows = connection.execute(_LOAD_DUE, {"now_ms": now_ms, "limit": limit})
    return [Deadline(*row) for row in rows]


def postpone(connection: Connection, moves: Sequence[tuple[Deadline, int]]) -> None:
    """Move the deadlines that nobody has changed meanwhile. Sessions are locked in the order of their rows."""
    rows = [{**asdict(given), "to_ms": to_ms} for given, to_ms in moves]
    run_with(connection, _POSTPONE, sorted(rows, key=lambda row: (row["session_id"], row["kind"])))


def load_newest_ms(connection: Connection) -> int:
    """Read the newest time of the sessions that have not ended, because the whole ledger may be long."""
    open_ = select(deadlines.c.session_id)
    columns = (session_events.c.at_ms, seat_presence.c.proof_ms)
    newest = [
        connection.scalar(select(func.max(column)).where(column.table.c.session_id.in_(open_)))
        for column in columns
    ]
    return max(cast("int | None", at_ms) or 0 for at_ms in newest)


def load_boot_ms(connection: Connection, boot_id: str) -> int | None:
    """Read the clock's time at uptime 0 of a boot."""
    zero_ms = connection.scalar(select(boots.c.zero_ms).where(boots.c.boot_id == boot_id))
    return cast("int | None", zero_ms)


def save_boot_ms(connection: Connection, boot_id: str, zero_ms: int) -> None:
    """Keep the clock's time at uptime 0 of a boot."""
    insert = INSERTS[connection.dialect.name](boots)
    upsert = insert.on_conflict_do_update(
        index_elements=["boot_id"], set_={"zero_ms": insert.excluded.zero_ms}
    )
    connection.execute(upsert, [{"boot_id": boot_id, "zero_ms": zero_ms}])


def probe(connection: Connection) -> None:
    """Write a row and delete it, so that the write goes through lock, log and disk and leaves nothing."""
    name = f"probe-{uuid4()}"
    connection.execute(boots.insert().values(boot_id=name, zero_ms=0))
    connection.execute(delete(boots).where(boots.c.boot_id == name))


def find_secret(connection: Connection, name: str) -> str | None:
    """Read a secret; None if it does not exist."""
    return cast("str | None", connection.scalar(select(secrets.c.secret).where(secrets.c.name == name)))


def keep_secret(connection: Connection, name: str, secret: str) -> str:
    """Keep *secret*, unless there is one already; return the one that is kept."""
    insert = INSERTS[connection.dialect.name](secrets)
    connection.execute(insert.on_conflict_do_nothing(), [{"name": name, "secret": secret}])
    return cast("str", find_secret(connection, name))


def revoke(connection: Connection, revocation: Revocation, forget_before_ms: int) -> Revocation:
    """Keep *revocation*. Only one is stored at a time, so that readers see the seqs in order."""
    _lock_session(connection, revocations.name)
    rows = revocations.c
    known_ms = connection.scalar(
        select(rows.before_ms).where(rows.kind == revocation.kind, rows.subject == revocation.subject)
    )
    before_ms = max(revocation.before_ms, cast("int | None", known_ms) or 0)
    seq = cast("int", connection.scalar(select(func.coalesce(func.max(rows.seq), 0)))) + 1
    insert = INSERTS[connection.dialect.name](revocations)
    upsert = insert.on_conflict_do_update(
        index_elements=["kind", "subject"],
        set_={"before_ms": insert.excluded.before_ms, "seq": insert.excluded.seq},
    )
    row = {"kind": revocation.kind, "subject": revocation.subject, "before_ms": before_ms, "seq": seq}
    connection.execute(upsert, [row])
    connection.execute(delete(revocations).where(rows.before_ms < forget_before_ms, rows.seq < seq))
    return Revocation(revocation.kind, revocation.subject, before_ms, seq)


def load_revocations(connection: Connection, after_seq: int, limit: int) -> list[Revocation]:
    """Read one page of the revocations after *after_seq*."""
    rows = revocations.c
    found = connection.execute(
        select(rows.kind, rows.subject, rows.before_ms, rows.seq)
        .where(rows.seq > after_seq)
        .order_by(rows.seq)
        .limit(limit)
    )
    return [Revocation(*row) for row in found]


def _parts(rows: Sequence[Presence]) -> Iterator[Sequence[Presence]]:
    """Cut *rows* into parts whose lengths are powers of two, so that the driver keeps all their upserts compiled."""
    first = 0
    while first < len(rows):
        length = min(ROWS_PER_UPSERT_MAX, 1 << ((len(rows) - first).bit_length() - 1))
        yield rows[first : first + length]
        first += length


@cache
def _repeat(upsert: str, row: str, rows: int) -> str:
    """Return one upsert for that many rows. It takes half the time of an executemany.

    After each row of an executemany the driver takes the interpreter's lock again. While the event loop is busy, it
    waits up to 5 ms for it each time.
    """
    return upsert.replace("(?)", ", ".join([row] * rows))


_insert_presence = postgresql.insert(seat_presence)
_UPSERT_PRESENCE_POSTGRESQL: Final = _insert_presence.on_conflict_do_update(
    index_elements=["session_id", "role"],
    set_={
        "epoch": _insert_presence.excluded.epoch,
        "proof_ms": _insert_presence.excluded.proof_ms,
        "beat": func.coalesce(_insert_presence.excluded.beat, seat_presence.c.beat),
    },
    where=tuple_(_insert_presence.excluded.epoch, _insert_presence.excluded.proof_ms)
    >= tuple_(seat_presence.c.epoch, seat_presence.c.proof_ms),
)
