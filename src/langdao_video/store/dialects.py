"""What SQLite and PostgreSQL write in different ways, by the name of the dialect; and many rows for one statement.

An executemany on SQLite takes the interpreter's lock again after each row, for which it waits while the event loop is
busy; a list of values of another length is another statement to plan. So rows are handed over as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import TextClause

INSERTS: Final[Mapping[str, Callable[[Table], Any]]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""Inserts that can meet a row with the same key."""

LOCK_STREAMS: Final[Mapping[str, str]] = {"sqlite": "", "postgresql": " FOR UPDATE OF stream"}
"""Wait for the locks of the rows of `stream`, in the query's order. SQLite has only one writer."""

SKIP_LOCKED: Final[Mapping[str, str]] = {"sqlite": "", "postgresql": " FOR UPDATE SKIP LOCKED"}
"""Lock the rows, and leave out those that are locked."""


def run_with(
    connection: Connection, statement: str, rows: Sequence[Mapping[str, object]], **values: object
) -> CursorResult[Any]:
    """Run *statement*, in which `{given: a text, b bigint}` stands for *rows* as a table with these columns."""
    prepared = _prepare(statement, connection.dialect.name)
    return connection.execute(prepared, {"given": encode_rows(rows), **values})


@cache
def _prepare(statement: str, dialect: str) -> TextClause:
    return text(write_given(statement, dialect))


def encode_rows(rows: Sequence[Mapping[str, object]]) -> str:
    """Write *rows* as the value of `:given`."""
    return json.dumps([dict(row) for row in rows])


@cache
def write_given(statement: str, dialect: str) -> str:
    """Write the statement of `run_with` with its parameter `:given`."""
    before, rest = statement.split("{given: ")
    columns, after = rest.split("}")
    if dialect == "postgresql":
        source = f"(SELECT * FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS given({columns}))"  # noqa: S608 - our own columns
    else:
        names = [column.split()[0] for column in columns.split(",")]
        fields = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in names)
        source = f"(SELECT {fields} FROM json_each(:given))"  # noqa: S608 - our own columns
    return before + source + after
