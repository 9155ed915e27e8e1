"""The schema is the sum of the migrations, on both databases."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from langdao_video.errors import Conflict, Unavailable
from langdao_video.store import engines
from langdao_video.store.engines import (
    is_sqlite,
    make_postgres_engine,
    make_sqlite_writer,
    parse_database_url,
)
from langdao_video.store.inspection import inspect_store
from langdao_video.store.migrate import MIGRATION_LOCK, migrate
from langdao_video.store.port import NewEvent
from langdao_video.store.sql import SqlStore
from langdao_video.store.tables import metadata
from tests.contracts.postgres import PostgresServer

T = TypeVar("T")


async def run_on(database_url: str, work: Callable[[Connection], T]) -> T:
    """Run *work* in one transaction on that database."""
    url = parse_database_url(database_url)
    if is_sqlite(url):
        writer = make_sqlite_writer(url)
        with writer.begin() as connection:
            result = work(connection)
        writer.dispose()
        return result
    engine = make_postgres_engine(url)
    async with engine.begin() as connection_:
        result = await connection_.run_sync(work)
    await engine.dispose()
    return result


async def test_the_tables_are_what_the_migrations_make(migrated_url: str) -> None:
    differences = await run_on(
        migrated_url,
        lambda connection: compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), metadata
        ),
    )

    assert differences == []


async def test_sqlite_gets_the_same_definitions_to_the_letter(tmp_path: Path) -> None:
    by_tables, by_migrations = tmp_path / "tables.sqlite", tmp_path / "migrations.sqlite"

    await run_on(f"sqlite:///{by_tables}", metadata.create_all)
    await migrate(f"sqlite:///{by_migrations}")

    assert sqlite_schema(by_migrations) == sqlite_schema(by_tables)


async def test_postgresql_gets_the_same_definitions_to_the_letter(postgres_server: PostgresServer) -> None:
    by_tables, by_migrations = await postgres_server.make_database(), await postgres_server.make_database()

    await run_on(by_tables, metadata.create_all)
    await migrate(by_migrations)

    assert "CREATE TABLE public.session_events" in postgres_server.dump_schema(by_tables)
    assert postgres_server.dump_schema(by_migrations) == postgres_server.dump_schema(by_tables)


async def test_migrating_again_keeps_what_is_stored(migrated_url: str) -> None:
    store = await SqlStore.open(migrated_url)
    await store.append_events("session", 0, [NewEvent("a", "seat-taken", 1, {})])

    await migrate(migrated_url)

    assert len(await store.load_events("session")) == 1
    await store.close()


async def test_ids_become_those_of_their_session_and_all_events_stay(database_url: str) -> None:
    await migrate(database_url, "0002")
    insert = text("INSERT INTO session_events VALUES ('one', 1, 'evt-1', 'seat-taken', 5, '{}')")
    await run_on(database_url, lambda connection: connection.execute(insert))

    await migrate(database_url)

    store = await SqlStore.open(database_url)
    await store.append_events("another", 0, [NewEvent("evt-1", "seat-taken", 1, {})])
    assert [(event.seq, event.id, event.at_ms) for event in await store.load_events("one")] == [
        (1, "evt-1", 5)
    ]
    with pytest.raises(Conflict):
        await store.append_events("one", 1, [NewEvent("evt-1", "seat-taken", 1, {})])
    await store.close()


async def test_nodes_that_start_together_migrate_once(database_url: str) -> None:
    await asyncio.gather(*(migrate(database_url) for _ in range(8)))

    store = await SqlStore.open(database_url)
    assert await store.load_due(0, 1) == []
    await store.close()


async def test_a_schema_from_a_newer_version_is_refused(migrated_url: str) -> None:
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    await run_on(migrated_url, lambda connection: connection.execute(newer))

    with pytest.raises(Unavailable) as refused:
        await migrate(migrated_url)

    assert refused.value.code == "store-schema"
    assert "its schema is 9999" in refused.value.message
    assert "Start the newer version" in refused.value.message


async def test_a_migration_makes_the_folder_of_the_file(tmp_path: Path) -> None:
    await migrate(f"sqlite:///{tmp_path}/var/100% new/ledger.sqlite")

    assert sqlite_schema(tmp_path / "var" / "100% new" / "ledger.sqlite")


async def test_a_migration_is_never_cut_off(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "COMMAND_TIMEOUT_S", 0.1)
    url = await postgres_server.make_database()
    name = parse_database_url(url).database
    other = await asyncpg.connect(url)
    for limit in ("statement_timeout", "lock_timeout"):
        await other.execute(f"ALTER DATABASE {name} SET {limit} = '100ms'")
    await other.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)

    migrating = asyncio.create_task(migrate(url))
    await asyncio.sleep(0.5)  # five times as long as any limit
    await other.execute("SELECT pg_advisory_unlock($1)", MIGRATION_LOCK)
    await migrating

    assert await other.fetchval("SELECT count(*) FROM session_events") == 0
    await other.close()


def sqlite_schema(path: Path) -> list[tuple[str, str]]:
    """Return each definition with normalized white space, because alembic breaks lines in other places."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version' ORDER BY name"
        ).fetchall()
    connection.close()
    return [(name, " ".join(sql.split())) for name, sql in rows]


async def test_an_inspection_writes_and_leaves_nothing(migrated_url: str) -> None:
    report = await inspect_store(migrated_url)

    assert (report.schema, report.knows_schema) == (report.head, True)
    assert (report.skew_ms is None) == is_sqlite(parse_database_url(migrated_url))
    assert (
        await run_on(migrated_url, lambda connection: connection.execute(text("SELECT * FROM boots")).all())
        == []
    )


async def test_an_inspection_migrates_nothing(database_url: str) -> None:
    await migrate(database_url, "0001")

    assert (await inspect_store(database_url)).schema == "0001"
    assert (await inspect_store(database_url)).schema == "0001"


async def test_an_inspection_notices_that_postgresql_takes_no_write(postgres_server: PostgresServer) -> None:
    url = await postgres_server.make_database()
    await migrate(url)
    name = parse_database_url(url).database
    await run_on(
        url,
        lambda connection: connection.execute(
            text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        ),
    )

    with pytest.raises(Unavailable) as refused:
        await inspect_store(url)

    assert "read-only" in str(refused.value.__cause__)
