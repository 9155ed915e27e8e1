"""The two ways to write: SQLite has one writer that groups commits, PostgreSQL groups them itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar, cast

from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from langdao_video.store import statements
from langdao_video.store.group_commit import GroupCommit, Ticket
from langdao_video.store.port import Presence

T = TypeVar("T")
Write = Callable[[AsyncConnection], Awaitable[T]]

RACE_TRIES: Final = 2


class Writer(Protocol):
    """Run writes in transactions."""

    async def write(self, write: Write[T]) -> T:
        """Return what *write* gave, after it is stored; if it raises, nothing of it is stored."""
        ...

    async def save_presence(self, rows: Sequence[Presence]) -> None:
        """Move the seats' proofs forward."""
        ...

    async def close(self) -> None:
        """Finish the writes that wait."""
        ...


@dataclass(frozen=True, slots=True)
class _SavePresence:
    rows: Sequence[Presence]


class SqliteWriter:
    """Join everything that waits into one transaction, and the disk is synced once for all of it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._group: GroupCommit[_SavePresence | Write[Any]] = GroupCommit(self._commit)

    async def write(self, write: Write[T]) -> T:
        """Return what *write* gave, after the batch it was in is stored."""
        return cast("T", await self._group.submit(write))

    async def save_presence(self, rows: Sequence[Presence]) -> None:
        """Move the seats' proofs forward, in one statement for the whole batch."""
        await self._group.submit(_SavePresence(rows))

    async def close(self) -> None:
        """Finish the writes that wait."""
        await self._group.close()

    async def _commit(self, batch: Sequence[Ticket[_SavePresence | Write[Any]]]) -> None:
        proofs: list[Presence] = []
        async with self._engine.begin() as connection:
            for ticket in batch:
                if isinstance(ticket.job, _SavePresence):
                    proofs += ticket.job.rows
                else:
                    ticket.result, ticket.error = await _attempt(connection, ticket.job)
            await statements.save_presence(connection, proofs)


class PostgresWriter:
    """Give each write a transaction of its own; the server syncs concurrent ones together."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

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
        await self._write_once(lambda connection: statements.save_presence(connection, rows))

    async def close(self) -> None:
        """Have nothing that waits."""

    async def _write_once(self, write: Write[T]) -> T:
        async with self._engine.begin() as connection:
            return await write(connection)


async def _attempt(connection: AsyncConnection, write: Write[Any]) -> tuple[Any, Exception | None]:
    """Run one write inside the batch's transaction, so that what goes wrong with it undoes nothing else."""
    try:
        async with connection.begin_nested():
            return await write(connection), None
    except (OperationalError, InterfaceError):
        raise  # disk full, I/O error: SQLite may have rolled back everything, so the batch fails as one
    except Exception as error:  # noqa: BLE001 - one caller's mistake is that caller's answer
        return None, error
