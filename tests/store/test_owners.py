"""What the databases add to the contract of owners: their own clock, and old rows that go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from langdao_video.clock import read_wall_ms
from langdao_video.store.engines import make_sqlite_writer, parse_database_url
from langdao_video.store.ownership import BURY_MS, OWNERS_KEPT_MS, Node
from langdao_video.store.port import Ownership
from langdao_video.store.sql import SqlStore
from tests.stories.live import migrated_sqlite

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def url(tmp_path: Path) -> str:
    (tmp_path / "ledger.sqlite").write_bytes((await migrated_sqlite()).read_bytes())
    return f"sqlite:///{tmp_path / 'ledger.sqlite'}"


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    store = await SqlStore.open(url)
    yield store
    await store.close()


def run(url: str, statement: str, **values: object) -> list[tuple[object, ...]]:
    engine = make_sqlite_writer(parse_database_url(url))
    with engine.begin() as connection:
        result = connection.execute(text(statement), values)
        rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


async def test_a_lease_ends_by_the_databases_clock(store: SqlStore, url: str) -> None:
    before_ms = read_wall_ms()  # SQLite's clock is this machine's
    census = await store.owners.save_node(Node(id="a", version="1"), lease_ms=4_000)

    ((expires_ms,),) = run(url, "SELECT expires_ms FROM nodes")

    assert before_ms <= census.now_ms <= read_wall_ms()
    assert isinstance(expires_ms, int)
    assert abs(expires_ms - census.now_ms - 4_000) <= 60_000  # one clock; the statements are two


async def test_old_nodes_and_rooms_are_forgotten_and_those_of_the_living_stay(
    store: SqlStore, url: str
) -> None:
    for name in ("living", "dead"):
        await store.owners.save_node(Node(id=name, version="1"))
        await store.owners.claim_room(f"of-{name}", name)
    run(url, "UPDATE nodes SET expires_ms = expires_ms - :ms WHERE node_id = 'dead'", ms=BURY_MS + 60_000)
    run(url, "UPDATE room_owners SET at_ms = at_ms - :ms", ms=OWNERS_KEPT_MS)

    named = await store.owners.bury_nodes()
    again = await store.owners.bury_nodes()
    forgotten = await store.owners.forget_rooms()

    assert (named, again, forgotten) == (["dead"], [], 1)
    assert run(url, "SELECT node_id FROM nodes") == [("living",)]
    assert run(url, "SELECT session_id FROM room_owners") == [("of-living",)]


async def test_a_room_that_was_released_lately_keeps_its_fence(store: SqlStore) -> None:
    await store.owners.save_node(Node(id="a", version="1"))
    await store.owners.release_room("room", await store.owners.claim_room("room", "a"))

    assert await store.owners.forget_rooms() == 0

    assert await store.owners.claim_room("room", "a") == Ownership("a", 2)
