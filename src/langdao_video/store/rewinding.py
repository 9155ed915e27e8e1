"""Rewinds streams, so that events are sent again, step by step and without a long transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Row, text

from langdao_video.store.checks import NUMBER_MAX
from langdao_video.store.delivery_checks import read_after, write_after
from langdao_video.store.delivery_queries import Key
from langdao_video.store.dialects import LOCK_STREAMS, run_with

REWOUND: Final = ""
"""The token of a stream that was rewound while a worker had it: nobody's. It is due when that worker's lease ends."""

Step = tuple[int, int, str | None]
"""How many streams and events are sent again, and where to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which events are sent again: those that meet all of it. Times are of the events, Unix ms; *to_ms* is excluded."""

    endpoint_id: str | None = None
    session_id: str | None = None
    from_ms: int | None = None
    to_ms: int | None = None
    only_parked: bool = False

    @property
    def first_ms(self) -> int:
        """Return the lowest time that is chosen."""
        return -NUMBER_MAX if self.from_ms is None else self.from_ms

    @property
    def last_ms(self) -> int:
        """Return the highest time that is chosen."""
        return NUMBER_MAX if self.to_ms is None else self.to_ms - 1

    def __contains__(self, key: Key) -> bool:
        """Tell whether a stream may have chosen events."""
        return self.endpoint_id in {None, key[0]} and self.session_id in {None, key[1]}


class _Held(Protocol):
    """A stream as far as its next due time is concerned."""

    @property
    def token(self) -> str | None:
        """The claim."""

    @property
    def due_ms(self) -> int | None:
        """When the stream is due, or its lease ends."""


_PAGE: Final = """
    SELECT DISTINCT endpoint_id, session_id FROM {table} WHERE {narrowed}
        AND (endpoint_id, session_id) > (:after_endpoint, :after_session)
    ORDER BY endpoint_id, session_id LIMIT :limit
"""
_FIND: Final = """
    SELECT stream.endpoint_id, stream.session_id, stream.position, stream.token, stream.due_ms
    FROM {given: endpoint_id text, session_id text} AS given
    JOIN delivery_streams AS stream
        ON stream.endpoint_id = given.endpoint_id AND stream.session_id = given.session_id
    ORDER BY stream.endpoint_id, stream.session_id
"""
_FIND_FIRST: Final = """
    SELECT given.endpoint_id, given.session_id, MIN(event.seq) AS seq
    FROM {given: endpoint_id text, session_id text, position bigint} AS given
    JOIN session_events AS event ON event.session_id = given.session_id AND event.seq <= given.position
    WHERE event.at_ms BETWEEN :first_ms AND :last_ms
    GROUP BY given.endpoint_id, given.session_id
"""
_FIND_FIRST_PARKED: Final = """
    SELECT given.endpoint_id, given.session_id, MIN(event.seq) AS seq
    FROM {given: endpoint_id text, session_id text, position bigint} AS given
    JOIN parked_events AS parked ON parked.endpoint_id = given.endpoint_id
        AND parked.session_id = given.session_id AND parked.seq <= given.position
    JOIN session_events AS event ON event.session_id = parked.session_id AND event.seq = parked.seq
    WHERE event.at_ms BETWEEN :first_ms AND :last_ms
    GROUP BY given.endpoint_id, given.session_id
"""
_REWIND: Final = """
    UPDATE delivery_streams SET position = given.position, attempts = 0, failing_since_ms = NULL,
        token = given.token, due_ms = given.due_ms
    FROM {given: endpoint_id text, session_id text, position bigint, token text, due_ms bigint} AS given
    WHERE delivery_streams.endpoint_id = given.endpoint_id AND delivery_streams.session_id = given.session_id
"""
_FORGET_PARKED: Final = """
    DELETE FROM parked_events WHERE (endpoint_id, session_id, seq) IN (
        SELECT parked.endpoint_id, parked.session_id, parked.seq
        FROM {given: endpoint_id text, session_id text, position bigint} AS given
        JOIN parked_events AS parked ON parked.endpoint_id = given.endpoint_id
            AND parked.session_id = given.session_id AND parked.seq > given.position)
"""


def plan_due(stream: _Held, now_ms: int) -> tuple[str | None, int]:
    """Return the token and due time of a rewound stream: now, or when the lease of its worker ends.

    The worker's result no longer counts, but it may be sending. No other may begin before it must have stopped.
    """
    is_held = stream.token is not None and stream.due_ms is not None and stream.due_ms > now_ms
    return (REWOUND, stream.due_ms or now_ms) if is_held else (None, now_ms)


def rewind(connection: Connection, choice: Choice, now_ms: int, limit: int, after: str) -> Step:
    """Rewind the next streams of a choice."""
    page = _find_page(connection, choice, limit, read_after(after))
    keys = [{"endpoint_id": endpoint_id, "session_id": session_id} for endpoint_id, session_id in page]
    streams = run_with(connection, _FIND + LOCK_STREAMS[connection.dialect.name], keys).all() if keys else []
    firsts = _find_first(connection, choice, streams)
    rows: list[dict[str, object]] = []
    events = 0
    for stream in streams:
        first = firsts.get((stream.endpoint_id, stream.session_id))
        if first is None:
            continue
        token, due_ms = plan_due(stream, now_ms)
        events += stream.position - first + 1
        rows.append(
            {
                "endpoint_id": stream.endpoint_id,
                "session_id": stream.session_id,
                "position": first - 1,
                "token": token,
                "due_ms": due_ms,
            }
        )
    if rows:
        run_with(connection, _REWIND, rows)
        run_with(connection, _FORGET_PARKED, rows)
    return len(rows), events, write_after(*page[-1]) if len(page) == limit else None


def _find_page(connection: Connection, choice: Choice, limit: int, after: Key) -> list[Key]:
    narrowed = [
        "endpoint_id = :endpoint_id"
        if choice.endpoint_id is not None
        else "endpoint_id IN (SELECT id FROM endpoints)"
        if choice.session_id is not None  # so that the primary key finds the session's streams
        else "true",
        "session_id = :session_id" if choice.session_id is not None else "true",
    ]
    table = "parked_events" if choice.only_parked else "delivery_streams"
    statement = _PAGE.replace("{table}", table).replace("{narrowed}", " AND ".join(narrowed))
    values = {
        "after_endpoint": after[0],
        "after_session": after[1],
        "limit": limit,
        "endpoint_id": choice.endpoint_id,
        "session_id": choice.session_id,
    }
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    return [(row.endpoint_id, row.session_id) for row in connection.execute(text(statement), used)]


def _find_first(connection: Connection, choice: Choice, streams: Sequence[Row[Any]]) -> dict[Key, int]:
    if not streams:
        return {}
    statement = _FIND_FIRST_PARKED if choice.only_parked else _FIND_FIRST
    rows = [
        {"endpoint_id": stream.endpoint_id, "session_id": stream.session_id, "position": stream.position}
        for stream in streams
    ]
    found = run_with(connection, statement, rows, first_ms=choice.first_ms, last_ms=choice.last_ms)
    return {(row.endpoint_id, row.session_id): row.seq for row in found}
