"""Runs the statements that each join and each append needs, on SQLite without SQLAlchemy.

For a statement of a few microseconds SQLAlchemy takes ten times as long as SQLite itself. Its transaction stays the
frame, and its errors are what a caller sees.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import DBAPIError

from langdao_video.store.dialects import encode_rows, write_given


def run_quick(
    connection: Connection, statement: str, values: Mapping[str, object]
) -> Sequence[tuple[Any, ...]]:
    """Run *statement*, whose parameters are `:name`, and return its rows."""
    if connection.dialect.name == "sqlite":
        if not connection.in_transaction():
            connection.begin()
        return run_in_driver(connection, statement, values)
    result = connection.execute(_prepare(statement), values)
    return [tuple(row) for row in result] if result.returns_rows else []


def run_quick_with(
    connection: Connection, statement: str, rows: Sequence[Mapping[str, object]], **values: object
) -> Sequence[tuple[Any, ...]]:
    """Run *statement* with *rows* as `dialects.run_with` does, and return its rows."""
    written = write_given(statement, connection.dialect.name)
    return run_quick(connection, written, {"given": encode_rows(rows), **values})


def run_in_driver(
    connection: Connection, statement: str, values: Mapping[str, object] | None = None
) -> Sequence[tuple[Any, ...]]:
    """Run a statement in SQLite's driver. Raises SQLAlchemy's errors."""
    driver = cast("sqlite3.Connection", connection.connection.dbapi_connection)
    try:
        cursor = driver.execute(statement, values or {})
        found = cursor.fetchall()
        cursor.close()
    except sqlite3.Error as error:
        raise DBAPIError.instance(statement, None, error, sqlite3.Error, hide_parameters=True) from error
    return found


@cache
def _prepare(statement: str) -> TextClause:
    return text(statement)
