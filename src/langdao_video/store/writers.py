"""The two ways to write: SQLite has one writer that groups commits, PostgreSQL groups them itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from langdao_video.store import queries
from langdao_video.store.engines import Calls, database_errors
from langdao_video.store.group_commit import GroupCommit, Ticket
from langdao_video.store.port import Presence

T = TypeVar("T")
Write = Callable[[Connection], T]

RACE_TRIES: Final = 2


class Writer(Protocol):
    """Run writes in transactions. Raises Unavailable if the database does not take them."""

    async def write(self, write: Write[T]) -> T:
        """Return what *write* gave, after it is stored; if it raises, nothing of it is stored."""
        ...

    def save_presence(self, rows: Sequence[Presence]) -> Awaitable[None]:
        """Move the seats' proofs forward."""
        ...

    async def close(self) -> None:
        """Finish the writes that wait, then let go of the database."""
        ...


class SqliteWriter:
    """Join everything that waits into one transaction, and the disk is synced once for all of it.

    A batch runs as a whole on one thread: a hop to the driver's thread for each statement costs more than
    the statement, and while the event loop is busy each hop waits for the interpreter's lock.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "store-writer")
        self._group: GroupCommit[Sequence[Presence] | Write[Any]] = GroupCommit(self._commit)

    async def write(self, write: Write[T]) -> T:
        """Return what *write* gave, after the batch it was in is stored."""
        return cast("T", await self._group.submit(write))

    def save_presence(self, rows: Sequence[Presence]) -> Awaitable[None]:
        """Move the seats' proofs forward, joined in a few statements for the whole batch."""
        return self._group.submit(rows)

    async def close(self) -> None:
        """Finish the writes that wait, and let go of the file."""
        await self._group.close()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

    async def _commit(self, batch: Sequence[Ticket[Sequence[Presence] | Write[Any]]]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._commit_here, batch)

    def _commit_here(self, batch: Sequence[Ticket[Sequence[Presence] | Write[Any]]]) -> None:
        proofs: list[Presence] = []
        with self._engine.begin() as connection:
            for ticket in batch:
                if callable(ticket.job):
                    ticket.result, ticket.error = _attempt(connection, ticket.job)
                else:
                    proofs += ticket.job
            queries.save_presence(connection, proofs)


class PostgresWriter:
    """Give each write a transaction of its own; the server syncs concurrent ones together."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._calls = Calls()

    async def write(self, write: Write[T]) -> T:
        """Return what *write* gave. A lost race is run again: it then sees what the winner stored, and says so."""
        for _ in range(RACE_TRIES - 1):
            try:
                return await self._write_once(write)
            except IntegrityError:
                continue
        return await self._write_once(write)

    async def save_presence(self, rows: Sequence[Presence]) -> None:
        """Move the seats' proofs forward."""
        await self._write_once(lambda connection: queries.save_presence(connection, rows))

    async def close(self) -> None:
        """Finish the writes that are under way, and close every connection."""
        await self._calls.wait_for_the_last()
        await self._engine.dispose()

    async def _write_once(self, write: Write[T]) -> T:
        with self._calls, database_errors():
            async with self._engine.begin() as connection:
                return await connection.run_sync(write)


def _attempt(connection: Connection, write: Write[Any]) -> tuple[Any, Exception | None]:
    """Run one write inside the batch's transaction, so that what goes wrong with it undoes nothing else."""
    try:
        with connection.begin_nested():
            return write(connection), None
    except (OperationalError, InterfaceError):
        raise  # disk full, I/O error: SQLite may have rolled back everything, so the batch fails as one
    except Exception as error:  # noqa: BLE001 - one caller's mistake is that caller's answer
        return None, error
