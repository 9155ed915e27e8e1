"""Looks at a database without changing it: whether it answers, which schema it has, whether it takes a write.

Law: it migrates nothing and leaves no row. An operator may run it beside a service of another version.
"""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select
from sqlalchemy.engine import URL

from langdao_video.clock import read_wall_ms
from langdao_video.store import queries
from langdao_video.store.engines import database_errors, is_sqlite, make_postgres_engine, parse_database_url
from langdao_video.store.migrate import MIGRATIONS

SQLITE_LOCK_SECONDS_MAX: Final = 3.0
"""How long a write may wait for the write of another process."""


@dataclass(frozen=True, slots=True)
class StoreReport:
    """What a database said."""

    schema: str | None
    """The newest migration that it has; None if it has none, or if the SQLite file does not exist yet."""
    head: str
    """The newest migration of this version."""
    knows_schema: bool
    """Whether this version has that migration."""
    skew_ms: int | None = None
    """How far its clock is ahead of this machine's; None for SQLite, which has no clock of its own."""


def locate_sqlite(database_url: str) -> Path | None:
    """Return the file of an SQLite database; None for another database. Raises BadRequest `database-url`."""
    url = parse_database_url(database_url)
    return Path(str(url.database)) if is_sqlite(url) else None


async def inspect_store(database_url: str) -> StoreReport:
    """Ask the database for its schema, and write and delete one row in one transaction.

    A missing SQLite file is not made. Raises BadRequest `database-url`, and Unavailable `store-unavailable`, whose
    cause says why the database does not answer or takes no write.
    """
    url = parse_database_url(database_url)
    with database_errors():
        if is_sqlite(url):
            return await asyncio.to_thread(_inspect_sqlite, Path(str(url.database)))
        return await _inspect_postgres(url)


def _inspect_sqlite(path: Path) -> StoreReport:
    if not path.exists():
        return _report(None)
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw", uri=True, timeout=SQLITE_LOCK_SECONDS_MAX, isolation_level=None
    )
    try:
        has_schema = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        ).fetchone()
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if has_schema else None
        # The same value again: it goes through the write lock, the log and the disk, and changes nothing.
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(f"PRAGMA user_version = {int(version)}")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()
    return _report(None if row is None else str(row[0]))


async def _inspect_postgres(url: URL) -> StoreReport:
    engine = make_postgres_engine(url)
    try:
        async with engine.begin() as connection:
            asked_ms = read_wall_ms()
            now_s = await connection.scalar(select(func.extract("epoch", func.clock_timestamp())))
            answered_ms = read_wall_ms()
            report = _report(await connection.run_sync(_read_schema))
            if report.schema == report.head:
                await connection.run_sync(queries.probe)
    finally:
        await engine.dispose()
    skew_ms = round(float(now_s or 0) * 1000) - (asked_ms + answered_ms) // 2
    return StoreReport(report.schema, report.head, report.knows_schema, skew_ms)


def _read_schema(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _report(schema: str | None) -> StoreReport:
    script = ScriptDirectory(str(MIGRATIONS))
    known = {revision.revision for revision in script.walk_revisions()}
    return StoreReport(schema, str(script.get_current_head()), schema is None or schema in known)
