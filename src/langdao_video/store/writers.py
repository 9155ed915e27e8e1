"""The two writers: for SQLite we group commits in a single writer; PostgreSQL groups commits itself."""

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
from langdao_video.store.tally import StoreTally

T = TypeVar("T")
Write = Callable[[Connection], T]
RunWrite = Callable[[Connection, Write[Any]], tuple[Any, Exception | None]]

RACE_TRIES: Final = 2


class Writer(Protocol):
    """Run writes in transactions. Raises Unavailable if the database fails."""

    async def write(self, write: Write[T]) -> T:
        """Run *write* and return its result after COMMIT. If it raises, nothing of it is stored."""
        ...

    def save_presence(self, rows: Sequence[Presence]) -> Awaitable[None]:
        """Move the seats' proofs forward."""
        ...

    async def close(self) -> None:
        """Finish the waiting writes, then close the database."""
        ...


class SqliteWriter:
    """Join all waiting writes into one transaction, so that the disk is synced once for all of them.

    A savepoint for each write would cost a third of the batch. So there is none, until a write fails: few do.

    A whole batch runs on one thread. A hop to the driver's thread for each query would cost more than the query, and
    while the event loop is busy each hop would wait for the interpreter's lock.
    """

    def __init__(self, engine: Engine, tally: StoreTally) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "store-writer")
        self._group: GroupCommit[Sequence[Presence] | Write[Any]] = GroupCommit(
            self._commit, sizes=tally.commits
        )

    async def write(self, write: Write[T]) -> T:
        """Run *write* in a batch, and return its result after COMMIT of the batch."""
        return cast("T", await self._group.submit(write))

    def save_presence(self, rows: Sequence[Presence]) -> Awaitable[None]:
        """Move the seats' proofs forward, with a few upserts for the whole batch."""
        return self._group.submit(rows)

    async def close(self) -> None:
        """Finish the waiting writes, and close the file."""
        await self._group.close()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

    async def _commit(self, batch: Sequence[Ticket[Sequence[Presence] | Write[Any]]]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._commit_here, batch)

    def _commit_here(self, batch: Sequence[Ticket[Sequence[Presence] | Write[Any]]]) -> None:
        if len(batch) == 1 and callable(batch[0].job):
            self._commit_alone(batch[0], batch[0].job)
            return
        try:
            self._commit_together(batch, _run)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # noqa: BLE001 - one write failed, and has undone the others: they run again without it
            self._commit_together(batch, _attempt)

    def _commit_together(
        self, batch: Sequence[Ticket[Sequence[Presence] | Write[Any]]], run: RunWrite
    ) -> None:
        proofs: list[Presence] = []
        with self._engine.begin() as connection:
            for ticket in batch:
                if callable(ticket.job):
                    ticket.result, ticket.error = run(connection, ticket.job)
                else:
                    proofs += ticket.job
            queries.save_presence(connection, proofs)

    def _commit_alone(self, ticket: Ticket[Sequence[Presence] | Write[Any]], write: Write[Any]) -> None:
        """Run a write that has the transaction for itself. Its failure undoes nothing else: it needs no savepoint."""
        try:
            with self._engine.begin() as connection:
                ticket.result = write(connection)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 - an error of the caller must reach the caller
            ticket.error = error


class PostgresWriter:
    """Give each write a transaction of its own. The database server syncs concurrent ones together."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._calls = Calls()

    async def write(self, write: Write[T]) -> T:
        """Run *write* and return its result. After a lost race it runs again: it then sees the winner's rows."""
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
        """Finish the running writes, and close every connection."""
        await self._calls.wait_for_end()
        await self._engine.dispose()

    async def _write_once(self, write: Write[T]) -> T:
        with self._calls, database_errors():
            async with self._engine.begin() as connection:
                return await connection.run_sync(write)


def _run(connection: Connection, write: Write[Any]) -> tuple[Any, None]:
    """Run one write without a savepoint: if it fails, so does the batch."""
    return write(connection), None


def _attempt(connection: Connection, write: Write[Any]) -> tuple[Any, Exception | None]:
    """Run one write in a savepoint of the batch's transaction, so that its failure undoes nothing else."""
    try:
        with connection.begin_nested():
            return write(connection), None
    except (OperationalError, InterfaceError):
        raise  # disk full or I/O error: SQLite may have rolled back everything, so the whole batch fails
    except Exception as error:  # noqa: BLE001 - an error of one caller must reach that caller only
        return None, error
