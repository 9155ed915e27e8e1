"""Brings a database to the schema of this version: `langdao-video migrate`, and before every `serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, func, select

from langdao_video.errors import Unavailable
from langdao_video.store.engines import (
    is_sqlite,
    make_postgres_engine,
    make_sqlite_engine,
    parse_database_url,
)

HERE: Final = Path(__file__).parent
MIGRATION_LOCK: Final = 0x6C616E6764616F  # "langdao": the name of the PostgreSQL lock that nodes queue for


async def migrate(database_url: str, revision: str = "head") -> None:
    """Run the migrations that the database has not seen, all in one transaction; nodes that start together queue.

    Makes the folder of an SQLite file. Raises BadRequest `database-url`, Unavailable `store-schema` if a newer
    version of this package has migrated the database, or `store-unavailable` if it does not answer.
    """
    url = parse_database_url(database_url)
    if is_sqlite(url) and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = make_sqlite_engine(url, writer=True)
    else:
        engine = make_postgres_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
    config = Config()
    config.set_main_option("script_location", _escape(HERE))
    config.set_main_option("version_locations", _escape(HERE / "migrations"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise Unavailable("store-schema", f"The database has a schema this version does not know: {error}.") from error


def _escape(path: Path) -> str:
    return str(path).replace("%", "%%")
