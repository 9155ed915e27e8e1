"""Hands many rows to one statement, as JSON. Both databases plan it once, for any number of rows.

An executemany on SQLite takes the interpreter's lock again after each row, for which it waits while the event loop is
busy; a list of values of another length is another statement to plan.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult, text
from sqlalchemy.sql.elements import TextClause


def run_with(
    connection: Connection, statement: str, rows: Sequence[Mapping[str, object]], **values: object
) -> CursorResult[Any]:
    """Run *statement*, in which `{given: a text, b bigint}` stands for *rows* as a table with these columns."""
    encoded = json.dumps([dict(row) for row in rows])
    return connection.execute(_prepare(statement, connection.dialect.name), {"given": encoded, **values})


@cache
def _prepare(statement: str, dialect: str) -> TextClause:
    before, rest = statement.split("{given: ")
    columns, after = rest.split("}")
    if dialect == "postgresql":
        source = f"(SELECT * FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS given({columns}))"  # noqa: S608 - our own columns
    else:
        names = [column.split()[0] for column in columns.split(",")]
        fields = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in names)
        source = f"(SELECT {fields} FROM json_each(:given))"  # noqa: S608 - our own columns
    return text(before + source + after)
