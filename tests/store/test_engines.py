"""Which database URLs we understand, and how a connection to SQLite is set up."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from langdao_video.errors import BadRequest
from langdao_video.store.engines import (
    COMMAND_TIMEOUT_S,
    POSTGRES_CONNECTIONS_MAX,
    make_sqlite_readers,
    make_sqlite_writer,
    parse_database_url,
)

OPERATIONS = Path(__file__).parents[2] / "docs/operations.md"


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        ("sqlite:///var/lessons.sqlite", "sqlite+pysqlite:///var/lessons.sqlite"),
        ("sqlite:////var/lessons.sqlite", "sqlite+pysqlite:////var/lessons.sqlite"),
        ("sqlite+aiosqlite:///var/lessons.sqlite", "sqlite+pysqlite:///var/lessons.sqlite"),
        ("postgres://me:pass@host:5432/lessons", "postgresql+asyncpg://me:pass@host:5432/lessons"),
        ("postgresql://me@host/lessons", "postgresql+asyncpg://me@host/lessons"),
        ("postgresql+asyncpg://me@host/lessons", "postgresql+asyncpg://me@host/lessons"),
        ("postgresql://host/lessons?sslmode=require", "postgresql+asyncpg://host/lessons?ssl=require"),
    ],
)
def test_a_database_url_gets_our_driver(given: str, understood: str) -> None:
    assert parse_database_url(given).render_as_string(hide_password=False) == understood


@pytest.mark.parametrize(
    "given",
    [
        "",
        "lessons.sqlite",
        "mysql://me:s3cret@host/lessons",
        "sqlite://",
        "sqlite:///:memory:",
        "postgres://me:s3cret@host:port/x",
        "sqlite:///file:memory?mode=memory&uri=true",
    ],
)
def test_another_url_is_refused_without_its_password(given: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_database_url(given)

    assert refused.value.code == "database-url"
    assert "s3cret" not in refused.value.message


def test_every_connection_syncs_fully_and_readers_cannot_write(tmp_path: Path) -> None:
    url = parse_database_url(f"sqlite:///{tmp_path / 'file.sqlite'}")
    writer, readers = make_sqlite_writer(url), make_sqlite_readers(url)

    with writer.begin() as writing:
        writing.execute(text("CREATE TABLE t (x INTEGER)"))
        written = [
            writing.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    with readers.connect() as reading:
        read = [
            reading.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
        with pytest.raises(OperationalError, match="readonly"):
            reading.execute(text("INSERT INTO t VALUES (1)"))

    assert written == read == ["wal", 2, 1]  # 2 is FULL
    writer.dispose()
    readers.dispose()


def test_the_writer_holds_the_lock_from_its_first_read_and_readers_do_not_wait(tmp_path: Path) -> None:
    url = parse_database_url(f"sqlite:///{tmp_path / 'file.sqlite'}")
    writer, second, readers = make_sqlite_writer(url), make_sqlite_writer(url), make_sqlite_readers(url)
    with second.connect() as other:
        other.exec_driver_sql("PRAGMA busy_timeout=0")

    with writer.begin() as writing:
        writing.execute(text("SELECT 1"))
        with pytest.raises(OperationalError, match="locked"), second.begin():
            pass
        with readers.connect() as reading:
            assert reading.scalar(text("SELECT 1")) == 1

    writer.dispose()
    second.dispose()
    readers.dispose()


def test_the_connections_that_a_node_opens_are_documented() -> None:
    text = OPERATIONS.read_text("utf-8")

    assert f"at most {POSTGRES_CONNECTIONS_MAX + 1} connections to PostgreSQL" in text
    assert f"After {COMMAND_TIMEOUT_S} s a node gives up a connection" in text
