"""Migrates a database to the schema of this version: in `langdao-video migrate`, and before every `serve`."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, func, select, text

from langdao_video.errors import Unavailable
from langdao_video.store.cursors import renumber_restored
from langdao_video.store.engines import (
    database_errors,
    is_sqlite,
    make_postgres_engine,
    make_sqlite_writer,
    parse_database_url,
)

MIGRATIONS: Final = Path(__file__).parent / "migrations"
MIGRATION_LOCK: Final = 0x6C616E6764616F  # "langdao": the number of the PostgreSQL lock for which nodes queue
SERVER_LIMITS: Final = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
"""What a PostgreSQL server may have set for all. A migration that is cut off begins anew at every start."""


async def migrate(database_url: str, revision: str = "head") -> None:
    """Run the missing migrations, all in one transaction. Nodes that start together queue.

    Makes the folder of an SQLite file. Raises BadRequest `database-url`; Unavailable `store-schema` if a newer
    version of this package has migrated the database, and `store-unavailable` if the database does not answer.
    """
    url = parse_database_url(database_url)
    with database_errors():
        if is_sqlite(url):
            await asyncio.to_thread(_migrate_sqlite, url, revision)
        else:
            await _migrate_postgres(url, revision)


def _migrate_sqlite(url: URL, revision: str) -> None:
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = make_sqlite_writer(url)
    try:
        with engine.begin() as connection:
            _upgrade(connection, revision)
    finally:
        engine.dispose()


async def _migrate_postgres(url: URL, revision: str) -> None:
    engine = make_postgres_engine(url, is_patient=True)
    try:
        async with engine.begin() as connection:
            for limit in SERVER_LIMITS:
                await connection.execute(text(f"SET LOCAL {limit} = 0"))
            await connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
        if revision == "head":
            renumber_restored(connection)
    except CommandError as error:
        raise _refuse_schema(connection, config) from error


def _refuse_schema(connection: Connection, config: Config) -> Unavailable:
    found = MigrationContext.configure(connection).get_current_revision()
    newest = ScriptDirectory.from_config(config).get_current_head()
    return Unavailable(
        "store-schema",
        f"A newer version has migrated the database: its schema is {found}, and version "
        f"{version('langdao-video')} knows none after {newest}. Start the newer version, or restore a backup that has "
        f"schema {newest}.",
    )
