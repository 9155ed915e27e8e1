"""Statements that go to SQLite's driver themselves: their transaction and their errors are SQLAlchemy's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from langdao_video.store.engines import make_sqlite_writer, parse_database_url
from langdao_video.store.quick import run_in_driver, run_quick, run_quick_with


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = make_sqlite_writer(parse_database_url(f"sqlite:///{tmp_path / 'some.sqlite'}"))
    with engine.begin() as connection:
        run_in_driver(connection, "CREATE TABLE words (word TEXT PRIMARY KEY, size INTEGER)")
    yield engine
    engine.dispose()


def add(connection: Connection, word: str) -> None:
    run_quick(connection, "INSERT INTO words VALUES (:word, :size)", {"word": word, "size": len(word)})


def words(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [word for (word,) in run_quick(connection, "SELECT word FROM words ORDER BY word", {})]


def test_what_a_transaction_has_written_stays_with_its_commit_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        add(connection, "kept")
    with suppress(KeyError), engine.begin() as connection:
        add(connection, "undone")
        raise KeyError
    with engine.connect() as connection:
        add(connection, "never committed")

    assert words(engine) == ["kept"]


def test_a_savepoint_undoes_it_too(engine: Engine) -> None:
    with engine.begin() as connection:
        add(connection, "kept")
        with suppress(KeyError), connection.begin_nested():
            add(connection, "undone")
            raise KeyError

    assert words(engine) == ["kept"]


def test_many_rows_go_with_one_statement(engine: Engine) -> None:
    statement = """
        INSERT INTO words SELECT word, :size FROM {given: word text} AS given RETURNING word, size
    """
    with engine.begin() as connection:
        found = run_quick_with(connection, statement, [{"word": "a"}, {"word": "é"}], size=7)

    assert sorted(found) == [("a", 7), ("é", 7)]


def test_its_errors_are_those_that_callers_know_and_name_no_value(engine: Engine) -> None:
    with engine.begin() as connection:
        add(connection, "secret")
    with pytest.raises(IntegrityError) as refused, engine.begin() as connection:
        add(connection, "secret")
    with pytest.raises(OperationalError), engine.begin() as connection:
        run_quick(connection, "SELECT * FROM nothing", {})

    assert "secret" not in str(refused.value)
    assert words(engine) == ["secret"]
