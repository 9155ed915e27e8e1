"""The kinds of stores. Each begins empty and can be opened more than once, as by two nodes."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from langdao_video.store.delivery_port import DeliveryStore
from langdao_video.store.memory import MemoryStore
from langdao_video.store.migrate import migrate
from langdao_video.store.port import Store
from langdao_video.store.sql import SqlStore
from tests.contracts.postgres import PostgresServer, postgres_server
from tests.contracts.streams import HOOK, OutboxStore
from tests.stories.live import migrated_sqlite

__all__ = ["postgres_server"]


@dataclass(slots=True)
class Place:
    """Where stores are opened. Without a URL there is one store, in memory."""

    database_url: str | None
    opened: list[SqlStore | MemoryStore] = field(default_factory=list)

    async def open(self) -> SqlStore | MemoryStore:
        """Open another store on the same database."""
        if self.database_url is None:
            store: SqlStore | MemoryStore = self.opened[0] if self.opened else MemoryStore()
        else:
            store = await SqlStore.open(self.database_url)
        self.opened.append(store)
        return store


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database of each kind."""
    return await _empty_database(request, tmp_path)


@pytest.fixture
async def migrated_url(database_url: str) -> str:
    """Return the URL of a database of each kind with the schema."""
    await migrate(database_url)
    return database_url


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """Yield an empty place of each kind with the schema. Close all its stores at the end."""
    async with AsyncExitStack() as stack:
        url = None
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
            await asyncio.to_thread(shutil.copyfile, await migrated_sqlite(), tmp_path / "ledger.sqlite")
        elif request.param == "postgresql":
            server: PostgresServer = request.getfixturevalue("postgres_server")
            url = await server.take_migrated_database()
            stack.push_async_callback(server.give_back, url)
        place = Place(url)
        yield place
        for store in place.opened:
            await store.close()


@pytest.fixture
async def store(place: Place) -> Store:
    """Open a store in that place."""
    return await place.open()


@pytest.fixture
async def outbox(store: OutboxStore) -> DeliveryStore:
    """Return the outbox of the store, with one endpoint."""
    await store.deliveries.save_endpoint(HOOK)
    return store.deliveries


async def _empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'ledger.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return await server.make_database()
