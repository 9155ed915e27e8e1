"""Reads database URLs and makes engines. Only this module and `writers.py` know SQLite from PostgreSQL in detail."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import asyncpg
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from langdao_video.errors import BadRequest, Unavailable
from langdao_video.store.quick import run_in_driver

SQLITE_PRAGMAS: Final = (
    "busy_timeout=10000",  # ms that a transaction waits for the transaction of another process
    "synchronous=FULL",  # COMMIT returns when the data is on disk
    "foreign_keys=ON",
    "secure_delete=ON",  # zeros over what is deleted: lines of chat, and the salts that open them
)
SQLITE_WAL_TRIES: Final = 200  # one every 50 ms, together as long as the busy timeout
COMMAND_TIMEOUT_S: Final = 15
SQLITE_READERS_MAX: Final = 4
POSTGRES_CONNECTIONS_MAX: Final = 20
POSTGRES_SETTINGS: Final = {"idle_in_transaction_session_timeout": "3000"}
"""How long (ms) the server waits within a transaction: a node that is stopped there must not keep its rooms locked for
longer than its lease."""

_DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "sqlite+aiosqlite": "sqlite+pysqlite",  # what a URL may still say
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def parse_database_url(database_url: str) -> URL:
    """Return the URL with our driver: `sqlite:///var/file.sqlite` (a file) or `postgres(ql)://user@host/name`.

    libpq's `sslmode` works. Raises BadRequest `database-url`, whose message never contains the password.
    """
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):
        raise BadRequest("database-url", "A database URL looks like sqlite:///var/file.sqlite.") from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise BadRequest("database-url", f"A database must be sqlite or postgresql, not {url.drivername!r}.")
    url = url.set(drivername=driver)
    if is_sqlite(url):
        if url.query or url.database in {None, "", ":memory:"}:
            raise BadRequest(
                "database-url", "SQLite needs a file and takes no options: sqlite:///var/file.sqlite."
            )
        return url
    sslmode = url.query.get("sslmode")
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": sslmode} if sslmode else {})


class Calls:
    """Count running calls. An engine must not be closed before they end: it would forget the connections in use."""

    def __init__(self) -> None:
        self._under_way = 0
        self._none = asyncio.Event()
        self._none.set()

    def __enter__(self) -> None:
        self._under_way += 1
        self._none.clear()

    def __exit__(self, *_: object) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._none.set()

    async def wait_for_end(self) -> None:
        """Return when no call is running. Each call ends at its time limit at the latest."""
        await self._none.wait()


@contextmanager
def database_errors() -> Iterator[None]:
    """Raise Unavailable `store-unavailable` instead of the errors of a database that is down, full or not ours."""
    try:
        yield
    except (IntegrityError, DataError):
        raise  # the schema does not allow this value: that is our fault, and a retry does not help
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise Unavailable("store-unavailable", "The database does not answer; try again.") from error


def is_sqlite(url: URL) -> bool:
    """Tell whether a parsed URL names SQLite."""
    return url.get_backend_name() == "sqlite"


def make_sqlite_writer(url: URL) -> Engine:
    """Make the engine of the only writer. Each of its transactions takes the write lock at its start.

    By default the driver begins the transaction at the first write, so data read before that write could be stale.
    """
    engine = create_engine(url, pool_size=1, max_overflow=0)
    _configure_sqlite(engine, begin="BEGIN IMMEDIATE")
    event.listen(engine, "connect", _use_wal)
    return engine


def make_sqlite_readers(url: URL) -> Engine:
    """Make the engine of the readers. They see the last commit and never wait for the writer."""
    engine = create_engine(url, pool_size=SQLITE_READERS_MAX, max_overflow=0)
    _configure_sqlite(engine, "query_only=ON", begin="BEGIN")
    return engine


def _configure_sqlite(engine: Engine, *pragmas: str, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own, untyped
        connection.isolation_level = None  # the driver must not begin transactions by itself
        cursor = connection.cursor()
        for pragma in (*SQLITE_PRAGMAS, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        run_in_driver(connection, begin)


def _use_wal(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own, untyped
    """Switch a new file to its write-ahead log. Nodes that start together collide here, and no timeout applies."""
    for tries_left in reversed(range(SQLITE_WAL_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not tries_left:
                raise
            time.sleep(0.05)
        else:
            return


def make_postgres_renewer(url: URL) -> AsyncEngine:
    """Make the engine of leases: one connection of its own, on which a statement is one way there and back.

    A busy event loop takes a while for each way, and a lease must not lapse meanwhile.
    """
    settings = {"command_timeout": COMMAND_TIMEOUT_S}
    return create_async_engine(
        url, pool_size=1, max_overflow=0, isolation_level="AUTOCOMMIT", connect_args=settings
    )


def make_postgres_engine(url: URL, *, is_patient: bool = False) -> AsyncEngine:
    """Make the engine for PostgreSQL. It replaces a dead connection of the pool before use.

    A patient one has no time limit for a query: a migration may rewrite a large table, or wait for the one that does.
    """
    return create_async_engine(
        url,
        pool_size=POSTGRES_CONNECTIONS_MAX,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",  # after waiting for a session's lock, we see what its holder committed
        connect_args={
            "command_timeout": None if is_patient else COMMAND_TIMEOUT_S,
            "server_settings": {} if is_patient else POSTGRES_SETTINGS,
        },
    )
