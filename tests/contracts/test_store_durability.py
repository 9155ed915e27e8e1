"""After a crash all acknowledged data is there. While the database is down, the store says so."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from langdao_video.errors import Unavailable
from langdao_video.store.migrate import migrate
from langdao_video.store.port import Deadline, NewEvent, Presence
from langdao_video.store.sql import SqlStore
from tests.contracts.postgres import PostgresServer

KILLS = 5
ACKNOWLEDGED_BEFORE_A_KILL = 60


@pytest.mark.slow
async def test_what_was_acknowledged_survives_sigkill_and_nothing_is_torn(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    await migrate(url)

    acknowledged: set[str] = set()
    for run in range(KILLS):
        acknowledged |= await asyncio.to_thread(append_until_killed, url, run)

    store = await SqlStore.open(url)
    assert len(acknowledged) >= KILLS * ACKNOWLEDGED_BEFORE_A_KILL
    for session_id in acknowledged:
        events = await store.load_events(session_id)
        assert [event.seq for event in events] == [1, 2, 3]
        assert len(await store.load_presence(session_id)) == 2
    due = {deadline.session_id for deadline in await store.load_due(10, 100_000)}
    await store.close()
    assert acknowledged <= due
    assert sqlite_query(tmp_path / "ledger.sqlite", "PRAGMA integrity_check") == [("ok",)]
    # An append of three events and a deadline is there as a whole or not at all, acknowledged or not.
    counted = "SELECT session_id, count(*), max(seq) FROM session_events GROUP BY session_id"
    whole = sqlite_query(tmp_path / "ledger.sqlite", counted)
    assert {(count, newest) for _, count, newest in whole} == {(3, 3)}
    assert {session_id for session_id, _, _ in whole} == due


def append_until_killed(url: str, run: int) -> set[str]:
    """Let a process append, kill it after enough acknowledgements, and return what it acknowledged."""
    writer = [sys.executable, "-m", "tests.contracts.endless_writer", url, str(run)]
    with subprocess.Popen(writer, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [next(process.stdout).strip() for _ in range(ACKNOWLEDGED_BEFORE_A_KILL)]
        os.kill(process.pid, signal.SIGKILL)
        said += [line.strip() for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL
    return set(said)


async def test_writes_begun_before_closing_are_kept(migrated_url: str) -> None:
    closing = await SqlStore.open(migrated_url)
    writes = [
        asyncio.ensure_future(closing.append_events(f"s{n}", 0, [NewEvent(str(n), "x", 1, {})]))
        for n in range(9)
    ]
    await asyncio.sleep(0)  # one turn of the loop, in which each write is submitted

    await closing.close()

    reopened = await SqlStore.open(migrated_url)
    for n, write in enumerate(writes):
        assert await reopened.load_events(f"s{n}") == await write
    await reopened.close()


async def test_reads_begun_before_closing_are_answered(migrated_url: str) -> None:
    store = await SqlStore.open(migrated_url)
    await store.append_events("session", 0, [NewEvent("a", "x", 1, {})])
    reads = [asyncio.ensure_future(store.load_events("session")) for _ in range(30)]
    await asyncio.sleep(0)  # one turn of the loop, in which each read begins

    await store.close()

    assert [len(await read) for read in reads] == [1] * 30


async def test_a_postgresql_that_stops_is_unavailable_and_is_used_again_when_it_is_back(
    postgres_server: PostgresServer,
) -> None:
    url = await postgres_server.make_database()
    await migrate(url)
    store = await SqlStore.open(url)
    await store.append_events("session", 0, [NewEvent("a", "x", 1, {})], deadlines={"silence": 5})

    postgres_server.stop()
    try:
        for attempt in (
            store.load_events("session"),
            store.append_events("session", 1, [NewEvent("b", "x", 1, {})]),
            store.save_presence([Presence("session", "tutor", 1, 1)]),
            SqlStore.open(url),
        ):
            with pytest.raises(Unavailable) as refused:
                await attempt

            assert (refused.value.code, refused.value.retry) == ("store-unavailable", True)
    finally:
        postgres_server.start()

    assert len(await store.append_events("session", 1, [NewEvent("b", "x", 1, {})])) == 1
    assert await store.load_due(5, 1) == [Deadline("session", "silence", 5)]
    await store.close()


async def test_an_sqlite_file_that_cannot_grow_is_unavailable_until_it_can(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    await migrate(url)
    store = await SqlStore.open(url)
    await store.append_events("session", 0, [NewEvent("a", "x", 1, {})])
    body = {"text": "x" * 500_000}

    with files_no_larger_than(200_000):
        answers = await asyncio.gather(
            store.append_events("session", 1, [NewEvent("b", "x", 1, body)]),
            store.append_events("another", 0, [NewEvent("c", "x", 1, {})]),
            store.save_presence([Presence("session", "tutor", 1, 1)]),
            return_exceptions=True,
        )

    assert [answer.code for answer in answers if isinstance(answer, Unavailable)] == ["store-unavailable"] * 3
    assert len(await store.load_events("session")) == 1
    assert await store.load_events("another") == []
    assert len(await store.append_events("session", 1, [NewEvent("b", "x", 1, body)])) == 1
    await store.close()


@contextmanager
def files_no_larger_than(size_bytes: int) -> Iterator[None]:
    """Make this process's writes fail beyond that size, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_missing_schema_is_found_when_the_store_is_opened(database_url: str) -> None:
    with pytest.raises(Unavailable) as refused:
        await SqlStore.open(database_url)

    assert refused.value.code == "store-unavailable"


def sqlite_query(path: Path, query: str) -> list[tuple[object, ...]]:
    """Query the file directly, without the store."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
