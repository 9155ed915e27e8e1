"""Many rows for one statement: what goes in comes out."""

from __future__ import annotations

from sqlalchemy import create_engine

from langdao_video.store.dialects import run_with


def test_rows_come_back_as_they_were_given() -> None:
    rows: list[dict[str, object]] = [
        {"name": "課\"'堂", "number": 2**53 - 1},
        {"name": ":x {y} %s", "number": None},
    ]

    with create_engine("sqlite://").connect() as connection:
        found = run_with(
            connection, "SELECT name, number FROM {given: name text, number bigint} AS given", rows
        )

        assert [row._asdict() for row in found] == rows
