"""The owners on SQLite or PostgreSQL: the same queries, behind the store's readers and its writer.

A writer that carries a fence locks the row of its room for reading, and a claim changes that row: so no write with an
old fence is stored after a claim. Rows of several rooms are locked in the order of the primary key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, text

from langdao_video.store.checks import check_due, check_text
from langdao_video.store.deliveries import Run
from langdao_video.store.dialects import SKIP_LOCKED, run_with
from langdao_video.store.ownership import (
    BURY_MS,
    FORGOTTEN_AT_ONCE,
    LEASE_MS,
    OWNERS_KEPT_MS,
    Census,
    Node,
    check_node,
    check_room,
    refuse_lapsed,
    refuse_stranger,
)
from langdao_video.store.port import Deadline, Ownership

NODES_LOCK: Final = 0x6E6F646573  # "nodes": the number of the PostgreSQL lock for which new nodes queue

_NOW: Final = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint)",
}
"""The database's clock, Unix ms."""

_RENEW: Final = """
    UPDATE nodes SET expires_ms = {now} + :lease_ms, offset_ms = :offset_ms, is_leaving = :is_leaving,
        version = :version, keys = :keys, backplane = :backplane, process = :process WHERE node_id = :node_id
"""
_JOIN: Final = """
    INSERT INTO nodes (node_id, version, keys, backplane, process, offset_ms, is_leaving, started_ms, expires_ms)
    SELECT :node_id, :version, :keys, :backplane, :process, :offset_ms, :is_leaving, {now}, {now} + :lease_ms
"""
_CENSUS: Final = """
    SELECT clock.now_ms, node_id, version, keys, backplane, process, offset_ms, is_leaving, expires_ms
    FROM (SELECT {now} AS now_ms) AS clock LEFT JOIN nodes ON expires_ms > clock.now_ms ORDER BY started_ms, node_id
"""
# A statement sees the rows as they were before it. So the node that renews is among them although its lease had ended.
_CENSUS_AFTER: Final = """
    SELECT clock.now_ms, EXISTS (SELECT 1 FROM renewed) AS renewed, node_id, version, keys, backplane, process,
        offset_ms, is_leaving, expires_ms
    FROM (SELECT {now} AS now_ms) AS clock LEFT JOIN nodes ON expires_ms > clock.now_ms OR node_id = :node_id
    ORDER BY started_ms, node_id
"""
_BURIED: Final = "SELECT node_id FROM nodes WHERE expires_ms <= {now} ORDER BY node_id"
_BURY: Final = "DELETE FROM nodes WHERE expires_ms <= {now} - :bury_ms"
_FORGET_ROOMS: Final = """
    DELETE FROM room_owners WHERE session_id IN (SELECT session_id FROM room_owners WHERE at_ms <= {now} - :kept_ms
        AND (node_id IS NULL OR node_id NOT IN (SELECT node_id FROM nodes)) LIMIT :limit)
"""
# A room is free if its owner is not among the living. The same node may claim again: that changes nothing.
_CLAIM: Final = """
    INSERT INTO room_owners (session_id, node_id, fence, at_ms)
    SELECT session_id, :node_id, 1, {now} FROM {given: session_id text} AS given
    WHERE EXISTS (SELECT 1 FROM nodes WHERE nodes.node_id = :node_id AND nodes.expires_ms > {now})
    ORDER BY session_id
    ON CONFLICT (session_id) DO UPDATE SET
        fence = room_owners.fence + CASE WHEN room_owners.node_id = excluded.node_id THEN 0 ELSE 1 END,
        node_id = excluded.node_id, at_ms = excluded.at_ms
    WHERE room_owners.node_id = excluded.node_id OR NOT EXISTS (
        SELECT 1 FROM nodes WHERE nodes.node_id = room_owners.node_id AND nodes.expires_ms > {now})
    RETURNING session_id, fence
"""
_FIND_OWNER: Final = """
    SELECT owner.node_id, owner.fence FROM room_owners AS owner
    JOIN nodes ON nodes.node_id = owner.node_id AND nodes.expires_ms > {now} WHERE owner.session_id = :session_id
"""
_RELEASE: Final = """
    UPDATE room_owners SET node_id = NULL, at_ms = {now}
    WHERE session_id = :session_id AND node_id = :node_id AND fence = :fence
"""
_HELD: Final = """
    SELECT owner.session_id FROM {given: session_id text, node_id text, fence bigint} AS given
    JOIN room_owners AS owner ON owner.session_id = given.session_id AND owner.node_id = given.node_id
        AND owner.fence = given.fence ORDER BY owner.session_id
"""
_LOCK_HELD: Final = {"sqlite": "", "postgresql": " FOR SHARE OF owner"}
_FIND_DUE: Final = """
    SELECT due.session_id, due.kind, due.due_ms, nodes.node_id AS owner FROM deadlines AS due
    LEFT JOIN room_owners AS owner ON owner.session_id = due.session_id
    LEFT JOIN nodes ON nodes.node_id = owner.node_id AND nodes.expires_ms > {now}
    WHERE due.due_ms <= :now_ms AND (nodes.node_id IS NULL OR nodes.node_id = :node_id)
    ORDER BY due.due_ms, due.session_id, due.kind LIMIT :limit
"""
_KNOWN: Final = """
    SELECT session_id FROM room_owners WHERE session_id IN (SELECT session_id FROM {given: session_id text} AS given)
"""


class SqlOwners:
    """Keep nodes and owners in the database of a store, which lends its readers and its writer."""

    def __init__(self, read: Run, write: Run, renew: Run) -> None:
        """Use *renew* for leases: it waits for no other write, so that a busy node does not lapse."""
        self._read = read
        self._write = write
        self._renew = renew

    async def save_node(self, node: Node, lease_ms: int = LEASE_MS) -> Census:
        """Keep *node* alive for *lease_ms* from now on, and return who lives."""
        check_node(node, lease_ms)
        values = _write_node(node, lease_ms)
        census: Census | None = await self._renew(lambda connection: _renew(connection, values))
        if census is None:
            census = await self._write(lambda connection: _join(connection, values))
        return census

    async def remove_node(self, node_id: str) -> None:
        """Forget a node that ends."""
        check_text(node_id)
        forget = text("DELETE FROM nodes WHERE node_id = :node_id")
        await self._write(lambda connection: connection.execute(forget, {"node_id": node_id}))

    async def load_census(self) -> Census:
        """Return who lives."""
        return await self._read(_load_census)

    async def bury_nodes(self) -> Sequence[str]:
        """Return the nodes whose lease has ended, and forget the old ones."""
        dead = await self._read(lambda connection: [row.node_id for row in _run(connection, _BURIED)])
        if dead:
            await self._write(lambda connection: _run(connection, _BURY, bury_ms=BURY_MS))
        return dead

    async def forget_rooms(self) -> int:
        """Forget some of the rooms that nobody has owned for long."""
        values = {"kept_ms": OWNERS_KEPT_MS, "limit": FORGOTTEN_AT_ONCE}
        return await self._write(lambda connection: _run(connection, _FORGET_ROOMS, **values).rowcount)

    async def claim_room(self, session_id: str, node_id: str) -> Ownership:
        """Return the owner of a room, this node if nobody else is."""
        check_room(session_id, node_id)
        return await self._write(lambda connection: _claim_room(connection, session_id, node_id))

    async def find_owner(self, session_id: str) -> Ownership | None:
        """Return the living owner of a room."""
        check_text(session_id)
        return await self._read(lambda connection: _find_owner(connection, session_id))

    async def load_rooms(self, node_id: str) -> Mapping[str, int]:
        """Return the rooms that a node owns, each with its fence."""
        check_text(node_id)
        query = text("SELECT session_id, fence FROM room_owners WHERE node_id = :node_id")
        rows = await self._read(lambda connection: connection.execute(query, {"node_id": node_id}).all())
        return {row.session_id: row.fence for row in rows}

    async def release_room(self, session_id: str, owner: Ownership) -> bool:
        """Give a room up."""
        check_room(session_id, owner.node_id)
        values = {"session_id": session_id, "node_id": owner.node_id, "fence": owner.fence}
        return await self._write(lambda connection: _run(connection, _RELEASE, **values).rowcount > 0)

    async def claim_due(self, node_id: str, now_ms: int, limit: int) -> list[Deadline]:
        """Return deadlines of rooms that this node owns, or owns now."""
        check_text(node_id)
        check_due(now_ms, limit)
        return await self._write(lambda connection: _claim_due(connection, node_id, now_ms, limit))


def check_owner(connection: Connection, session_id: str, owner: Ownership | None) -> None:
    """Refuse a write in whose transaction the room is not owned so. No claim comes before the transaction's end."""
    if owner is not None and not find_held(connection, {session_id: owner}):
        raise refuse_stranger(session_id)


def find_held(connection: Connection, owners: Mapping[str, Ownership]) -> frozenset[str]:
    """Return the sessions in *owners* that are owned so, and keep them so until the transaction ends."""
    rows = [
        {"session_id": session_id, "node_id": owner.node_id, "fence": owner.fence}
        for session_id, owner in owners.items()
    ]
    found = run_with(connection, _HELD + _LOCK_HELD[connection.dialect.name], rows)
    return frozenset(row.session_id for row in found)


def _write_node(node: Node, lease_ms: int) -> dict[str, object]:
    return {
        "node_id": node.id,
        "version": node.version,
        "keys": json.dumps(node.keys),
        "backplane": node.backplane,
        "process": node.process,
        "offset_ms": node.offset_ms,
        "is_leaving": node.is_leaving,
        "lease_ms": lease_ms,
    }


def _renew(connection: Connection, values: Mapping[str, object]) -> Census | None:
    """Renew a lease; return None if there is no such node. On PostgreSQL this is one statement."""
    if connection.dialect.name == "sqlite":
        return _load_census(connection) if _run(connection, _RENEW, **values).rowcount else None
    rows = _run(connection, f"WITH renewed AS ({_RENEW} RETURNING 1) {_CENSUS_AFTER}", **values).all()
    return _read_census(rows) if rows[0].renewed else None


def _join(connection: Connection, values: Mapping[str, object]) -> Census:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": NODES_LOCK})
    _run(connection, _JOIN, **values)
    return _load_census(connection)


def _load_census(connection: Connection) -> Census:
    return _read_census(_run(connection, _CENSUS).all())


def _read_census(rows: Sequence[Row[Any]]) -> Census:
    return Census(rows[0].now_ms, [_read_node(row) for row in rows if row.node_id is not None])


def _read_node(row: Row[Any]) -> Node:
    return Node(
        id=row.node_id,
        version=row.version,
        keys=tuple(json.loads(row.keys)),
        backplane=row.backplane,
        process=row.process,
        offset_ms=row.offset_ms,
        is_leaving=bool(row.is_leaving),
        expires_ms=row.expires_ms,
    )


def _claim_room(connection: Connection, session_id: str, node_id: str) -> Ownership:
    claimed = _claim_rooms(connection, [session_id], node_id)
    if session_id in claimed:
        return Ownership(node_id, claimed[session_id])
    owner = _find_owner(connection, session_id)
    if owner is None:
        raise refuse_lapsed(node_id)
    return owner


def _claim_rooms(connection: Connection, session_ids: Sequence[str], node_id: str) -> dict[str, int]:
    rows = [{"session_id": session_id} for session_id in session_ids]
    found = run_with(connection, _at_its_clock(connection, _CLAIM), rows, node_id=node_id)
    return {row.session_id: row.fence for row in found}


def _find_owner(connection: Connection, session_id: str) -> Ownership | None:
    row = _run(connection, _FIND_OWNER, session_id=session_id).one_or_none()
    return None if row is None else Ownership(row.node_id, row.fence)


def _claim_due(connection: Connection, node_id: str, now_ms: int, limit: int) -> list[Deadline]:
    rows = _run(connection, _FIND_DUE, node_id=node_id, now_ms=now_ms, limit=limit).all()
    free = [*dict.fromkeys(row.session_id for row in rows if row.owner is None)]
    claimed = _claim_free(connection, free, node_id) if free else frozenset()
    return [
        Deadline(row.session_id, row.kind, row.due_ms)
        for row in rows
        if row.owner is not None or row.session_id in claimed
    ]


def _claim_free(connection: Connection, session_ids: Sequence[str], node_id: str) -> frozenset[str]:
    """Claim those of the rooms that nobody else is claiming at this moment."""
    if skip := SKIP_LOCKED[connection.dialect.name]:
        rows = [{"session_id": session_id} for session_id in session_ids]
        known = {row.session_id for row in run_with(connection, _KNOWN, rows)}
        taken = {row.session_id for row in run_with(connection, _KNOWN + "ORDER BY session_id" + skip, rows)}
        session_ids = [session_id for session_id in session_ids if session_id not in known - taken]
    return frozenset(_claim_rooms(connection, session_ids, node_id))


def _run(connection: Connection, statement: str, **values: object) -> Any:  # noqa: ANN401 - SQLAlchemy's own
    return connection.execute(text(_at_its_clock(connection, statement)), values)


def _at_its_clock(connection: Connection, statement: str) -> str:
    return statement.replace("{now}", _NOW[connection.dialect.name])
