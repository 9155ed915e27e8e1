"""Database URLs and engines: what is particular to SQLite and PostgreSQL is here and in `sql.py`'s two writers."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from langdao_video.errors import BadRequest

BUSY_TIMEOUT_MS: Final = 10_000
COMMAND_TIMEOUT_S: Final = 15
SQLITE_READERS_MAX: Final = 4
POSTGRES_CONNECTIONS_MAX: Final = 20

_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def parse_database_url(database_url: str) -> URL:
    """Return the URL with our driver: `sqlite:///var/file.sqlite` (a file), `postgres(ql)://user@host/name`.

    libpq's `sslmode` is understood. Raises BadRequest `database-url`; the message never holds the password.
    """
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise BadRequest("database-url", "A database URL looks like sqlite:///var/file.sqlite.") from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise BadRequest("database-url", f"A database is sqlite or postgresql, not {url.drivername!r}.")
    url = url.set(drivername=driver)
    if is_sqlite(url):
        if url.database in {None, "", ":memory:"}:
            raise BadRequest("database-url", "SQLite needs a file that survives: sqlite:///var/file.sqlite.")
        return url
    sslmode = url.query.get("sslmode")
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": sslmode} if sslmode else {})


def is_sqlite(url: URL) -> bool:
    """Tell which of the two databases a parsed URL names."""
    return url.get_backend_name() == "sqlite"


def make_sqlite_engine(url: URL, *, writer: bool) -> AsyncEngine:
    """Make the engine of the one writer, or of the readers, which cannot write and never wait for it.

    The driver's own transactions begin late, at the first write, and lose updates that were read before it;
    so it is told to begin none, and the writer begins with the lock in its hand.
    """
    engine = create_async_engine(url, pool_size=1 if writer else SQLITE_READERS_MAX, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own, untyped
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"query_only={'OFF' if writer else 'ON'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


def make_postgres_engine(url: URL) -> AsyncEngine:
    """Make the engine for PostgreSQL; a connection that died in the pool is replaced before it is used."""
    return create_async_engine(
        url,
        pool_size=POSTGRES_CONNECTIONS_MAX,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={"command_timeout": COMMAND_TIMEOUT_S},
    )
