"""The two readers: SQLite is read on threads of ours, a whole read at a time; PostgreSQL through its asyncio driver.

The asyncio driver for SQLite hops to its own thread and back for each statement, seventeen times for one read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from langdao_video.store.engines import SQLITE_READERS_MAX, Calls, database_errors

T = TypeVar("T")
Read = Callable[[Connection], T]


class Reader(Protocol):
    """Run reads. Raises Unavailable if the database fails."""

    async def read(self, read: Read[T]) -> T:
        """Run *read*, which sees one moment of the database, and return its result."""
        ...

    async def close(self) -> None:
        """Finish the running reads. Close it before the writer."""
        ...


class SqliteReader:
    """Read on as many threads as there are connections. Readers see the last commit and never wait for the writer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(SQLITE_READERS_MAX, "store-reader")

    async def read(self, read: Read[T]) -> T:
        """Run *read* on a thread. If the caller is cancelled, the read goes on and is forgotten."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read_here, read)

    async def close(self) -> None:
        """Finish the running reads, and close the file."""
        await asyncio.to_thread(self._close_here)

    def _read_here(self, read: Read[T]) -> T:
        with database_errors(), self._engine.connect() as connection:
            return read(connection)

    def _close_here(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()


class PostgresReader:
    """Read through the connections of *engine*, which the writer uses too."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._calls = Calls()

    async def read(self, read: Read[T]) -> T:
        """Run *read* and return its result."""
        with self._calls, database_errors():
            async with self._engine.connect() as connection:
                return await connection.run_sync(read)

    async def close(self) -> None:
        """Finish the running reads. The writer closes the connections, because it shares them."""
        await self._calls.wait_for_end()
