"""The order of the facts of all sessions, and the cursors into it. A cursor that was given out has all before it.

SQLite has one writer, which counts `position`, and `xid` is 0. PostgreSQL commits concurrent transactions in any order:
a reader that has seen number 7 may have missed number 6. So each fact carries its transaction's id, and a reader takes
only facts of transactions older than the oldest one that is running. A transaction that begins later has a higher id.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Final, cast

from sqlalchemy import (
    BigInteger,
    Connection,
    literal,
    literal_column,
    select,
    text,
    tuple_,
)

from langdao_video.errors import BadRequest, Conflict
from langdao_video.store.port import StoredEvent
from langdao_video.store.tables import secrets, session_events

LEDGER_ID: Final = "ledger-id"
"""The name of the secret by which a database knows its own cursors."""

Place = tuple[int, int]
"""(xid, position)."""

BEGINNING: Final[Place] = (-1, 0)

_CURSOR: Final = re.compile(r"([0-9a-f]{32}):(\d{1,19}):(\d{1,19})", re.ASCII)
_CURSOR_CHARACTERS_MAX: Final = 120


PLACES: Final = {
    "sqlite": "0 AS xid, (SELECT COALESCE(MAX(position), 0) FROM session_events WHERE xid = 0) AS position",
    # One transaction appends to one session, so its seqs are positions enough.
    "postgresql": "CAST(CAST(pg_current_xact_id() AS text) AS bigint) AS xid, COALESCE(MAX(seq), 0) AS position",
}
"""The place before the facts that are appended now, as two columns of a query of the session's facts."""

_OLDEST_RUNNING: Final = literal_column(
    "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)", BigInteger
)
_NEXT_XID: Final = text("SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)")
_RENUMBER: Final = (
    text("LOCK TABLE session_events IN EXCLUSIVE MODE"),
    # By way of -1, because no two facts may have one place in between.
    text(
        "UPDATE session_events AS event SET xid = -1, position = place.position FROM (SELECT session_id, seq, "
        "row_number() OVER (ORDER BY xid, position) AS position FROM session_events) AS place "
        "WHERE place.session_id = event.session_id AND place.seq = event.seq"
    ),
    text("UPDATE session_events SET xid = 0"),
)


def encode_cursor(ledger_id: str, place: Place) -> str:
    """Return the cursor after the fact at *place* of the database *ledger_id*."""
    cursor = f"{ledger_id}:{place[0]}:{place[1]}"
    return base64.urlsafe_b64encode(cursor.encode()).rstrip(b"=").decode()


def decode_cursor(ledger_id: str, cursor: str) -> Place:
    """Return the place of a cursor, the beginning for the empty one.

    Raises BadRequest `cursor-invalid`, and Conflict `cursor-unknown` for a cursor of another database.
    """
    if not cursor:
        return BEGINNING
    found = _CURSOR.fullmatch(_decode(cursor))
    place = (int(found[2]), int(found[3])) if found else BEGINNING
    if found is None or max(place) >= 1 << 63 or encode_cursor(found[1], place) != cursor:
        raise BadRequest(
            "cursor-invalid", f"{cursor[:64]!r} is no cursor; use the `next` of an earlier answer, unchanged."
        )
    if found[1] != ledger_id:
        raise unknown_cursor()
    return place


def unknown_cursor() -> Conflict:
    """Return the refusal of a cursor that this database did not give out."""
    return Conflict(
        "cursor-unknown",
        "The cursor is of another database, or of a time that was undone by restoring a backup: begin again without "
        "`after`, and leave out the events whose session and seq you have.",
    )


def load_all_events(connection: Connection, after: Place, limit: int) -> tuple[list[StoredEvent], Place]:
    """Read one page of the facts of all sessions after a place, and the place of the last one."""
    rows = session_events.c
    place = tuple_(rows.xid, rows.position)
    query = (
        select(rows.session_id, rows.seq, rows.id, rows.type, rows.at_ms, rows.body, rows.xid, rows.position)
        .where(place > tuple_(literal(after[0], BigInteger), literal(after[1], BigInteger)))
        .order_by(rows.xid, rows.position)
        .limit(limit)
    )
    if connection.dialect.name == "postgresql":
        query = query.where(rows.xid < _OLDEST_RUNNING)
    found = connection.execute(query).all()
    if not found:
        _check_is_past(connection, after)
        return [], after
    events = [StoredEvent(*row[:5], json.loads(row.body)) for row in found]
    return events, (found[-1].xid, found[-1].position)


def _check_is_past(connection: Connection, after: Place) -> None:
    """Refuse a cursor beyond the newest fact: a backup was restored, and what comes next would be left out."""
    if after != BEGINNING and after > _newest_place(connection):
        raise unknown_cursor()


def _newest_place(connection: Connection) -> Place:
    rows = session_events.c
    newest = connection.execute(
        select(rows.xid, rows.position).order_by(rows.xid.desc(), rows.position.desc()).limit(1)
    ).first()
    return BEGINNING if newest is None else (newest.xid, newest.position)


def renumber_restored(connection: Connection) -> None:
    """Order the facts anew if they come from another PostgreSQL server, whose transactions were counted higher.

    New facts would else get places before the old ones. Cursors that were given out are then unknown.
    """
    if connection.dialect.name != "postgresql":
        return
    next_xid = cast("int", connection.scalar(_NEXT_XID))
    if _newest_place(connection)[0] >= next_xid:
        for step in _RENUMBER:
            connection.execute(step)
        connection.execute(secrets.delete().where(secrets.c.name == LEDGER_ID))


def _decode(cursor: str) -> str:
    if len(cursor) > _CURSOR_CHARACTERS_MAX or not cursor.isascii():
        return ""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return ""
