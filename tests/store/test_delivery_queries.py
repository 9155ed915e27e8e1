"""With a million streams waiting nothing reads them all: SQLite finds due and hinted streams by an index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from langdao_video.store.engines import make_sqlite_writer, parse_database_url
from langdao_video.store.migrate import migrate
from langdao_video.store.sql import SqlStore
from tests.contracts.streams import HOOK, NOW_MS, append, claim, failed

WATCHED = re.compile(
    r"SCAN (delivery_streams|stream|session_events|event|seat_presence|parked)\b(?! USING)|\(endpoint_id=\?\)"
)


@contextmanager
def noted_statements() -> Iterator[list[tuple[str, Any]]]:
    """Note the statements of all engines, with their values."""
    noted: list[tuple[str, Any]] = []

    def note(_1: object, _2: object, statement: str, values: Any, *_: object) -> None:  # noqa: ANN401 - the driver's
        noted.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_no_query_of_a_delivery_reads_a_whole_table(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    await migrate(url)
    store = await SqlStore.open(url)
    outbox = store.deliveries
    await outbox.save_endpoint(HOOK)

    with noted_statements() as noted:
        await append(store, "session")
        (stream,) = await claim(outbox, limit=1)
        await outbox.load_logs(["session"])
        await outbox.settle([failed(stream, NOW_MS + 9)])
        await outbox.hurry(HOOK.id, NOW_MS, 1)
        await claim(outbox, sessions=["session"])
        await outbox.rewind(NOW_MS, limit=1)
        await outbox.rewind(NOW_MS, limit=1, session_id="session")
        await outbox.rewind(NOW_MS, limit=1, only_parked=True)
        await outbox.load_streams(None, "session", 1)
        await outbox.load_all_events("", 1)
    await store.close()

    scans = [
        plan
        for statement, values in noted
        for plan in plans_of(url, statement, values)
        if WATCHED.search(plan)
    ]
    assert scans == []


async def test_what_was_delivered_is_not_read_to_count_or_list_what_waits(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    await migrate(url)
    store = await SqlStore.open(url)

    with noted_statements() as noted:
        await store.deliveries.count(HOOK.id, NOW_MS)
        await store.deliveries.load_streams(None, None, 1)
        await store.deliveries.load_streams(HOOK.id, None, 1, only_failing=True)
    await store.close()

    plans = [plan for statement, values in noted for plan in plans_of(url, statement, values)]
    reads = [plan.split(":")[0] for plan in plans if re.match(r"(SCAN|SEARCH) delivery_streams", plan)]
    assert len(reads) == 3
    assert all("(endpoint_id=? AND due_ms>?)" in read for read in reads), reads


async def test_streams_that_are_due_at_one_time_are_not_sorted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    await migrate(url)
    store = await SqlStore.open(url)

    with noted_statements() as noted:
        await claim(store.deliveries, limit=1)
        await store.deliveries.hurry(HOOK.id, NOW_MS, 1)
    await store.close()

    plans = [plan for statement, values in noted for plan in plans_of(url, statement, values)]
    assert sum("(endpoint_id=? AND due_ms" in plan for plan in plans) == 2
    assert not [plan for plan in plans if "TEMP B-TREE" in plan]


def plans_of(url: str, statement: str, values: Any) -> list[str]:  # noqa: ANN401 - the driver's
    """Ask SQLite how it would run a statement."""
    if statement.lstrip().split()[0] not in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}:
        return []
    writer = make_sqlite_writer(parse_database_url(url))
    with writer.connect() as connection:
        first = values[0] if isinstance(values, list) else values
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", first)
        found = [f"{row[3]}: {statement}" for row in plan]
    writer.dispose()
    return found
