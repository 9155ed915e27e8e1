"""Writes that share a transaction: one that fails undoes nothing of the others, and each gets its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from langdao_video.errors import Unavailable
from langdao_video.store.engines import make_sqlite_writer, parse_database_url
from langdao_video.store.tally import StoreTally
from langdao_video.store.writers import SqliteWriter, Write


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[SqliteWriter]:
    engine = make_sqlite_writer(parse_database_url(f"sqlite:///{tmp_path / 'some.sqlite'}"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE words (word TEXT PRIMARY KEY)"))
    writer = SqliteWriter(engine, StoreTally())
    yield writer
    await writer.close()


def add(word: str, *, then: Exception | None = None) -> Write[list[str]]:
    """Return a write that adds a word, perhaps fails, and returns the words that it sees."""

    def write(connection: Connection) -> list[str]:
        connection.execute(text("INSERT INTO words VALUES (:word)"), {"word": word})
        if then is not None:
            raise then
        return list(connection.scalars(text("SELECT word FROM words ORDER BY word")))

    return write


async def words(writer: SqliteWriter) -> list[str]:
    return await writer.write(lambda connection: list(connection.scalars(text("SELECT word FROM words"))))


async def test_writes_of_one_moment_share_a_transaction_and_see_those_before_them(
    writer: SqliteWriter,
) -> None:
    answers = await asyncio.gather(*(writer.write(add(word)) for word in "abc"))

    assert answers == [["a"], ["a", "b"], ["a", "b", "c"]]


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_one_that_fails_undoes_its_own_work_alone(writer: SqliteWriter, place: int) -> None:
    writes = [add("a"), add("b"), add("c")]
    writes.insert(place, add("wrong", then=KeyError("wrong")))

    answers = await asyncio.gather(*(writer.write(write) for write in writes), return_exceptions=True)

    failed = answers.pop(place)
    assert isinstance(failed, KeyError)
    assert answers == [["a"], ["a", "b"], ["a", "b", "c"]]
    assert await words(writer) == ["a", "b", "c"]


async def test_one_that_the_schema_refuses_is_told_so_and_the_others_are_stored(writer: SqliteWriter) -> None:
    answers = await asyncio.gather(
        *(writer.write(add(word)) for word in ("a", "a", "b")), return_exceptions=True
    )

    assert isinstance(answers[1], IntegrityError)
    assert (answers[0], answers[2]) == (["a"], ["a", "b"])
    assert await words(writer) == ["a", "b"]


async def test_a_failure_of_the_database_fails_all_and_stores_nothing(writer: SqliteWriter) -> None:
    def break_down(connection: Connection) -> None:
        connection.execute(text("SELECT * FROM nothing"))

    answers = await asyncio.gather(writer.write(add("a")), writer.write(break_down), return_exceptions=True)

    assert all(isinstance(answer, Unavailable) for answer in answers)
    assert await words(writer) == []
