"""Reads of SQLite on threads of ours: many at once, each of one moment, and none cut off by a close."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from langdao_video.errors import Unavailable
from langdao_video.store.engines import (
    SQLITE_READERS_MAX,
    make_sqlite_readers,
    make_sqlite_writer,
    parse_database_url,
)
from langdao_video.store.readers import SqliteReader


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[SqliteReader]:
    url = parse_database_url(f"sqlite:///{tmp_path / 'file.sqlite'}")
    writer = make_sqlite_writer(url)
    with writer.begin() as writing:
        writing.execute(text("CREATE TABLE t (x INTEGER)"))
        writing.execute(text("INSERT INTO t VALUES (1)"))
    writer.dispose()
    reader = SqliteReader(make_sqlite_readers(url))
    yield reader
    reader._close_here()


def count(connection: Connection) -> int:
    return connection.scalar(text("SELECT count(*) FROM t")) or 0


async def test_more_reads_than_threads_wait_for_their_turn(reader: SqliteReader) -> None:
    counts = await asyncio.gather(*(reader.read(count) for _ in range(5 * SQLITE_READERS_MAX)))

    assert counts == [1] * 5 * SQLITE_READERS_MAX


async def test_as_many_run_at_once_as_there_are_connections(reader: SqliteReader) -> None:
    meet = threading.Barrier(SQLITE_READERS_MAX, timeout=30)

    await asyncio.gather(*(reader.read(lambda _connection: meet.wait()) for _ in range(SQLITE_READERS_MAX)))

    assert not meet.broken


async def test_a_failed_read_says_so_and_the_next_one_works(reader: SqliteReader) -> None:
    with pytest.raises(Unavailable) as failed:
        await reader.read(lambda connection: connection.execute(text("SELECT * FROM nothing")))

    assert (failed.value.code, await reader.read(count)) == ("store-unavailable", 1)


async def test_a_close_waits_for_a_read_whose_caller_is_gone(reader: SqliteReader) -> None:
    began, may_end, counts = threading.Event(), threading.Event(), []

    def read_slowly(connection: Connection) -> None:
        began.set()
        may_end.wait(30)
        counts.append(count(connection))

    caller = asyncio.create_task(reader.read(read_slowly))
    await asyncio.to_thread(began.wait, 30)
    caller.cancel()
    closing = asyncio.create_task(reader.close())
    may_end.set()
    await closing

    assert counts == [1]
