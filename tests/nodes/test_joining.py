"""Processes that must not serve together refuse to start and say what to set; those that may share one time."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

import pytest
from structlog.testing import capture_logs

from langdao_video import clock
from langdao_video.errors import Unavailable
from langdao_video.nodes import joining
from langdao_video.nodes.file_lock import locked
from langdao_video.nodes.joining import JoinedNode, fingerprint, join
from langdao_video.store import server_clock
from langdao_video.store.memory import MemoryStore
from langdao_video.store.sql import SqlStore
from tests.contracts.postgres import PostgresServer, postgres_server
from tests.stories.forked import run_forked

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["postgres_server"]

POSTGRES: Final = "postgresql://anywhere/lessons"
"""Only says that other machines may use the store; the tests give one."""

NOON_MS: Final = 1_790_000_000_000


async def enter(
    store: MemoryStore, stack: AsyncExitStack, *keys: str, backplane: str = "redis"
) -> JoinedNode:
    return await join(POSTGRES, store, stack, keys=keys, backplane=backplane)


def test_a_second_service_on_one_file_ends_with_what_to_set(tmp_path: Path) -> None:
    database = tmp_path / "lessons.sqlite"
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "STUN_URLS": "none", "PORT": "1"}

    with locked(database):
        ended = run_forked("serve", env=env, cwd=tmp_path)

    assert ended.returncode == 3
    (told,) = [line for line in ended.stderr.splitlines() if line.startswith("Another process")]
    assert "serves lessons.sqlite already" in told
    assert "REDIS_URL" in told
    assert not database.exists()  # nothing was migrated under the one that runs


async def test_a_second_service_on_postgresql_without_redis_ends_with_what_to_set(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    url = await postgres_server.take_migrated_database()
    env = {**os.environ, "DATABASE_URL": url, "STUN_URLS": "none", "PORT": "1"}
    store = await SqlStore.open(url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        node = await join(url, store, stack, keys=["key"])
        assert node.membership is not None
        living = asyncio.create_task(node.membership.run())

        ended = await asyncio.to_thread(run_forked, "serve", env=env, cwd=tmp_path)

        living.cancel()
        await asyncio.wait([living])
    await postgres_server.give_back(url)
    assert ended.returncode == 3
    (told,) = [line for line in ended.stderr.splitlines() if line.startswith("Another process")]
    assert "LINK_KEYS" in told  # its development key is another, too


async def test_two_services_without_redis_are_one_too_many() -> None:
    now_ms = 0
    store = MemoryStore(lambda: now_ms)
    async with AsyncExitStack() as stack:
        first = await enter(store, stack, "key", backplane="")
        assert first.membership is not None

        second = asyncio.create_task(enter(store, stack, "key", backplane=""))
        await asyncio.sleep(0.01)
        now_ms += 1_000
        await first.membership.step()

        with pytest.raises(Unavailable) as refused:
            await second
        assert "set the same REDIS_URL on both" in refused.value.message


async def test_a_service_that_ended_makes_room_at_once() -> None:
    store = MemoryStore()
    async with AsyncExitStack() as stack:
        await enter(store, stack, "key", backplane="")

    async with AsyncExitStack() as stack:
        node = await enter(store, stack, "another key", backplane="")
        assert node.holdings is not None
        assert (await node.holdings.hold("lesson")).node_id == node.id


@pytest.mark.parametrize("wrong_ms", [-3_600_000, 0, 3_600_000])
async def test_machines_whose_clocks_are_an_hour_apart_tell_one_time(
    monkeypatch: pytest.MonkeyPatch, wrong_ms: int
) -> None:
    store = MemoryStore(lambda: NOON_MS + clock.read_uptime_ms())
    async with AsyncExitStack() as stack:
        first = await enter(store, stack, "key")
        for module in (clock, joining, server_clock):
            monkeypatch.setattr(module, "read_wall_ms", lambda: NOON_MS + clock.read_uptime_ms() + wrong_ms)
        monkeypatch.setattr(server_clock, "read_boot_id", lambda: "another machine")

        with capture_logs() as lines:
            second = await enter(store, stack, "key")

        earlier_ms, later_ms = first.clock.now_ms(), second.clock.now_ms()
        assert abs(later_ms - earlier_ms) <= 60_000  # an hour would be 3,600,000
        assert second.torn_ms == 0
    assert ("clock-differs" in [line["event"] for line in lines]) == (wrong_ms != 0)


async def test_a_node_goes_on_with_the_time_of_the_others_after_the_database_was_set() -> None:
    database_ms = NOON_MS
    store = MemoryStore(lambda: database_ms + clock.read_uptime_ms())
    async with AsyncExitStack() as stack:
        first = await enter(store, stack, "key")
        assert first.membership is not None
        database_ms += 3_600_000
        await first.membership.step()

        second = await enter(store, stack, "key")

        assert abs(second.clock.now_ms() - first.clock.now_ms()) <= 60_000


def test_a_fingerprint_tells_keys_apart_and_does_not_tell_them() -> None:
    keys = [f"key {n}" for n in range(50)]

    assert len({fingerprint(key) for key in keys}) == 50
    assert all(len(fingerprint(key)) == 16 for key in keys)
    assert fingerprint("key 1") == fingerprint("key 1")
    assert "key" not in fingerprint("key 1")
