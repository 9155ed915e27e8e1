"""The store on SQLite or PostgreSQL: the same queries, two writers, and our own errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Self, TypeVar

from sqlalchemy import Connection

from langdao_video.errors import Unavailable
from langdao_video.session.roles import Role
from langdao_video.store import checks, queries
from langdao_video.store.chats import SqlChats
from langdao_video.store.deliveries import SqlDeliveries
from langdao_video.store.engines import (
    is_sqlite,
    make_postgres_engine,
    make_postgres_renewer,
    make_sqlite_readers,
    make_sqlite_writer,
    parse_database_url,
)
from langdao_video.store.owners import SqlOwners, check_owner, find_held
from langdao_video.store.port import (
    EVENTS_PAGE,
    NO_DEADLINES,
    NO_OWNERS,
    Deadline,
    NewEvent,
    Ownership,
    Presence,
    Revocation,
    StoredEvent,
)
from langdao_video.store.readers import PostgresReader, Reader, SqliteReader
from langdao_video.store.tally import StoreTally
from langdao_video.store.writers import PostgresWriter, SqliteWriter, Writer

T = TypeVar("T")


class SqlStore:
    """Keep sessions in a database with the schema that `migrate` makes."""

    def __init__(
        self, reader: Reader, writer: Writer, tally: StoreTally, renewer: Writer | None = None
    ) -> None:
        """Use *renewer* for the leases of nodes, by default the *writer* of all else."""
        self.tally = tally
        self._reader = reader
        self._writer = writer
        self._renewer = renewer or writer
        self._closed = False
        self.deliveries = SqlDeliveries(self._read, self._write, self.load_secret)
        self.chats = SqlChats(self._read, self._write)
        self.owners = SqlOwners(self._read, self._write, self._renew)

    @classmethod
    async def open(cls, database_url: str) -> Self:
        """Open the store and run one query, so that a wrong URL fails now.

        Raises BadRequest `database-url`, or Unavailable `store-unavailable` if the database does not answer.
        """
        url, tally = parse_database_url(database_url), StoreTally()
        if is_sqlite(url):
            store = cls(
                SqliteReader(make_sqlite_readers(url)), SqliteWriter(make_sqlite_writer(url), tally), tally
            )
        else:
            engine = make_postgres_engine(url)
            renewer = PostgresWriter(make_postgres_renewer(url))
            store = cls(PostgresReader(engine), PostgresWriter(engine), tally, renewer)
        try:
            await store.load_due(0, 1)
        except BaseException:
            await store.close()
            raise
        return store

    async def load_events(
        self, session_id: str, after_seq: int = 0, limit: int = EVENTS_PAGE
    ) -> list[StoredEvent]:
        """Return at most *limit* events with seq > *after_seq*, in order."""
        checks.check_page(session_id, after_seq, limit)
        return await self._read(
            lambda connection: queries.load_events(connection, session_id, after_seq, limit)
        )

    async def append_events(
        self,
        session_id: str,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        deadlines: Mapping[str, int | None] = NO_DEADLINES,
        owner: Ownership | None = None,
    ) -> list[StoredEvent]:
        """Append *events* and change *deadlines* in one transaction."""
        checks.check_append(session_id, events, deadlines)
        bodies = [
            checks.encode_body(event) for event in events
        ]  # outside the write lock, which it would prolong

        def append(connection: Connection) -> list[StoredEvent]:
            check_owner(connection, session_id, owner)
            return queries.append_events(connection, session_id, expected_version, events, bodies, deadlines)

        with self.tally.append():
            return await self._write(append)

    async def load_presence(self, session_id: str) -> dict[Role, Presence]:
        """Return the newest proof of each seat that ever had one."""
        checks.check_text(session_id)
        return await self._read(lambda connection: queries.load_presence(connection, session_id))

    async def save_presence(
        self, rows: Sequence[Presence], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        """Keep each row that is newer than the stored one, all in one transaction."""
        checks.check_presence(rows)
        self._check_open()
        if not owners:
            await self._writer.save_presence(rows)
            return frozenset()
        return await self._write(lambda connection: _save_owned_presence(connection, rows, owners))

    async def load_due(self, now_ms: int, limit: int) -> list[Deadline]:
        """Return at most *limit* deadlines that are due, the longest overdue first."""
        checks.check_due(now_ms, limit)
        return await self._read(lambda connection: queries.load_due(connection, now_ms, limit))

    async def postpone(
        self, moves: Sequence[tuple[Deadline, int]], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        """Move each deadline that is still as given, and whose room is still owned as *owners* says."""
        checks.check_moves(moves)
        return await self._write(lambda connection: _postpone_owned(connection, moves, owners))

    async def load_newest_ms(self) -> int:
        """Return the newest time of any event or proof of a session with a deadline."""
        return await self._read(queries.load_newest_ms)

    async def load_boot_ms(self, boot_id: str) -> int | None:
        """Return the clock's time at uptime 0 of a boot."""
        checks.check_text(boot_id)
        return await self._read(lambda connection: queries.load_boot_ms(connection, boot_id))

    async def save_boot_ms(self, boot_id: str, zero_ms: int) -> None:
        """Keep the clock's time at uptime 0 of a boot."""
        checks.check_boot(boot_id, zero_ms)
        await self._write(lambda connection: queries.save_boot_ms(connection, boot_id, zero_ms))

    async def load_secret(self, name: str, make: Callable[[], str]) -> str:
        """Return the secret *name*. In a race the database keeps the first one, and all nodes get it."""
        checks.check_text(name)
        known = await self._read(lambda connection: queries.find_secret(connection, name))
        if known is not None:
            return known
        made = make()
        return await self._write(lambda connection: queries.keep_secret(connection, name, made))

    async def revoke(self, revocation: Revocation, forget_before_ms: int) -> Revocation:
        """Keep *revocation*, and forget the revocations of before *forget_before_ms*."""
        checks.check_revocation(revocation, forget_before_ms)
        return await self._write(lambda connection: queries.revoke(connection, revocation, forget_before_ms))

    async def load_revocations(self, after_seq: int = 0, limit: int = EVENTS_PAGE) -> list[Revocation]:
        """Return at most *limit* revocations with seq > *after_seq*, in order."""
        checks.check_after(after_seq, limit)
        return await self._read(lambda connection: queries.load_revocations(connection, after_seq, limit))

    async def probe(self) -> None:
        """Write something and take it back. Raises Unavailable if the database takes no writes."""
        await self._write(queries.probe)

    async def close(self) -> None:
        """Finish the waiting writes, then close every connection."""
        if self._closed:
            return
        self._closed = True
        await self._reader.close()
        await self._writer.close()
        if self._renewer is not self._writer:
            await self._renewer.close()

    async def _read(self, read: Callable[[Connection], T]) -> T:
        self._check_open()
        return await self._reader.read(read)

    async def _write(self, write: Callable[[Connection], T]) -> T:
        self._check_open()
        return await self._writer.write(write)

    async def _renew(self, write: Callable[[Connection], T]) -> T:
        self._check_open()
        return await self._renewer.write(write)

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("store-closed", "The store is closed.")


def _save_owned_presence(
    connection: Connection, rows: Sequence[Presence], owners: Mapping[str, Ownership]
) -> frozenset[str]:
    """Save the rows of the sessions that are still owned as *owners* says; return the others of these."""
    lost = _find_lost(connection, owners)
    queries.save_presence(connection, [row for row in rows if row.session_id not in lost])
    return lost


def _postpone_owned(
    connection: Connection, moves: Sequence[tuple[Deadline, int]], owners: Mapping[str, Ownership]
) -> frozenset[str]:
    """Move the deadlines of the sessions that are still owned as *owners* says; return the others of these."""
    lost = _find_lost(connection, owners)
    queries.postpone(connection, [move for move in moves if move[0].session_id not in lost])
    return lost


def _find_lost(connection: Connection, owners: Mapping[str, Ownership]) -> frozenset[str]:
    return frozenset(owners) - find_held(connection, owners) if owners else frozenset()
