"""What the store counts about its appends and commits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from langdao_video.errors import NotOwner, Unavailable, VersionConflict
from langdao_video.store.port import NewEvent
from langdao_video.store.sql import SqlStore
from langdao_video.store.tally import StoreTally
from tests.stories.live import migrated_sqlite


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    (tmp_path / "ledger.sqlite").write_bytes((await migrated_sqlite()).read_bytes())
    store = await SqlStore.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield store
    await store.close()


def fact(number: int) -> NewEvent:
    return NewEvent(f"event-{number}", "seat-taken", 1_000, {})


async def test_appends_that_come_together_share_a_commit_and_are_counted_each(store: SqlStore) -> None:
    before = store.tally.commits.count, store.tally.commits.total

    await asyncio.gather(*(store.append_events(f"s-{number}", 0, [fact(number)]) for number in range(20)))

    assert store.tally.append_us.count == 20
    assert store.tally.append_us.total > 0
    assert store.tally.commits.total - before[1] == 20
    assert 1 <= store.tally.commits.count - before[0] <= 2, "the first may go alone"


@pytest.mark.parametrize("error", [NotOwner("not-owner", "Another node."), VersionConflict("v", "Again.")])
def test_a_lost_race_is_no_failure(error: Exception) -> None:
    tally = StoreTally()

    with pytest.raises(type(error)), tally.append():
        raise error

    assert (tally.appends_failed, tally.append_us.count) == (0, 0)


def test_an_append_that_the_database_did_not_take_is_a_failure() -> None:
    tally = StoreTally()

    with pytest.raises(Unavailable), tally.append():
        raise Unavailable("store-unavailable", "The disk is full.")

    assert (tally.appends_failed, tally.append_us.count) == (1, 0)


async def test_the_probe_writes_and_leaves_nothing(store: SqlStore) -> None:
    before = store.tally.commits.total

    await store.probe()

    assert store.tally.commits.total == before + 1
    assert await store.load_boot_ms("probe") is None
