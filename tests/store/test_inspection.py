"""Looking at an SQLite database without changing it. tests/contracts/test_store_schema.py has the healthy cases."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from langdao_video.errors import BadRequest, Unavailable
from langdao_video.store import inspection
from langdao_video.store.inspection import inspect_store, locate_sqlite
from langdao_video.store.migrate import migrate


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


async def test_a_file_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"

    report = await inspect_store(url_of(path))

    assert (report.schema, report.knows_schema) == (None, True)
    assert not path.exists()


async def test_an_older_schema_is_told_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "a b#.sqlite"
    await migrate(url_of(path), "0002")

    first, second = [await inspect_store(url_of(path)) for _ in range(2)]

    assert first == second
    assert (first.schema, first.head > "0002", first.knows_schema) == ("0002", True, True)


async def test_a_newer_schema_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    await migrate(url_of(path))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    report = await inspect_store(url_of(path))

    assert (report.schema, report.knows_schema) == ("9999", False)


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_text("no database, " * 500)

    with pytest.raises(Unavailable) as refused:
        await inspect_store(url_of(path))

    assert "file is not a database" in str(refused.value.__cause__)


async def test_a_database_that_somebody_else_holds_takes_no_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "SQLITE_LOCK_SECONDS_MAX", 0.05)
    path = tmp_path / "a.sqlite"
    await migrate(url_of(path))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable) as refused:
        await inspect_store(url_of(path))

    other.close()
    assert "locked" in str(refused.value.__cause__)


async def test_a_url_that_is_none_is_refused() -> None:
    with pytest.raises(BadRequest):
        await inspect_store("mysql://x/y")
    assert locate_sqlite("postgresql://u@h/d") is None
