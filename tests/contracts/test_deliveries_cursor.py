"""The facts of all sessions, page by page: each reader sees each fact once, whoever writes meanwhile."""

from __future__ import annotations

import asyncio
import base64
from collections import Counter
from functools import partial

import pytest
from sqlalchemy import Connection, text

from langdao_video.errors import BadRequest, Conflict
from langdao_video.store.migrate import migrate
from langdao_video.store.sql import SqlStore
from tests.contracts.conftest import Place
from tests.contracts.postgres import PostgresServer
from tests.contracts.streams import HOOK, NOW_MS, OutboxStore, append, claim, open_outbox
from tests.contracts.test_store_schema import run_on

WRITERS, SESSIONS_EACH, APPENDS_EACH = 8, 3, 12


async def read_all(store: OutboxStore, after: str = "", limit: int = 7) -> tuple[list[tuple[str, int]], str]:
    """Read to the end; return each fact's session and seq, and the last cursor."""
    seen: list[tuple[str, int]] = []
    while True:
        page, after = await store.deliveries.load_all_events(after, limit)
        if not page:
            return seen, after
        seen += [(event.session_id, event.seq) for event in page]


async def test_a_reader_goes_on_where_it_was(store: OutboxStore) -> None:
    assert await store.deliveries.load_all_events("", 5) == ([], "")
    await append(store, "b", events=3)
    await append(store, "a", events=2)

    seen, after = await read_all(store, limit=2)
    await append(store, "b", version=3)

    assert seen == [("b", 1), ("b", 2), ("b", 3), ("a", 1), ("a", 2)]
    assert await read_all(store, after) == ([("b", 4)], (await read_all(store, after))[1])
    assert (await store.deliveries.load_all_events("", 1))[0] == [(await store.load_events("b"))[0]]


async def test_a_reader_beside_eight_writers_sees_every_fact_once(place: Place) -> None:
    nodes: list[OutboxStore] = [await open_outbox(place) for _ in range(3)]
    seen: list[tuple[str, int]] = []
    after = ""
    writers = asyncio.gather(*(write_lessons(nodes[n % 2], n) for n in range(WRITERS)))
    while not writers.done():
        page, after = await nodes[2].deliveries.load_all_events(after, 5)
        seen += [(event.session_id, event.seq) for event in page]
        await asyncio.sleep(0)
    await writers

    rest, _ = await read_all(nodes[2], after)

    seen += rest
    assert [number for number in Counter(seen).values() if number != 1] == []
    assert len(seen) == WRITERS * SESSIONS_EACH * APPENDS_EACH
    for session_id in {session_id for session_id, _ in seen}:
        seqs = [seq for name, seq in seen if name == session_id]
        assert seqs == sorted(seqs)


async def write_lessons(store: OutboxStore, writer: int) -> None:
    """Append to three sessions in turn."""
    for version in range(APPENDS_EACH):
        for n in range(SESSIONS_EACH):
            await append(store, f"{writer}-{n}", version=version)


@pytest.mark.parametrize("cursor", ["x", "AAAA", "=", "é", "a" * 500, "ab\0", " "])
async def test_rubbish_is_refused(store: OutboxStore, cursor: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await store.deliveries.load_all_events(cursor, 1)

    assert refused.value.code == "cursor-invalid"


async def test_a_cursor_of_another_database_is_unknown(store: OutboxStore) -> None:
    await append(store, "a")
    _, after = await store.deliveries.load_all_events("", 1)
    ours = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode()
    theirs = base64.urlsafe_b64encode(("0" * 32 + ours[32:]).encode()).rstrip(b"=").decode()

    with pytest.raises(Conflict) as refused:
        await store.deliveries.load_all_events(theirs, 1)

    assert refused.value.code == "cursor-unknown"
    assert "begin again without `after`" in refused.value.message


async def test_a_cursor_beyond_the_newest_fact_is_unknown_because_a_backup_was_restored(
    store: OutboxStore,
) -> None:
    await append(store, "a", events=2)
    _, after = await store.deliveries.load_all_events("", 2)
    ledger_id, xid, position = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode().split(":")
    beyond = base64.urlsafe_b64encode(f"{ledger_id}:{xid}:{int(position) + 1}".encode()).rstrip(b"=").decode()

    with pytest.raises(Conflict) as refused:
        await store.deliveries.load_all_events(beyond, 1)

    assert refused.value.code == "cursor-unknown"


def insert_old(row: dict[str, object], connection: Connection) -> None:
    """Insert a fact as version 0004 did."""
    columns = "INSERT INTO session_events (session_id, seq, id, type, at_ms, body) "
    connection.execute(text(columns + "VALUES (:session_id, :seq, :id, 'x', :at_ms, '{}')"), row)


async def test_facts_of_before_this_version_come_first_in_their_order(database_url: str) -> None:
    await migrate(database_url, "0004")
    for session_id, seq, at_ms in (("late", 1, 5), ("early", 1, 6), ("late", 2, 9)):
        row = {"session_id": session_id, "seq": seq, "id": f"fact-{seq}", "at_ms": at_ms}
        await run_on(database_url, partial(insert_old, row))
    seat = text("INSERT INTO seat_presence VALUES ('late', 'tutor', 1, 7)")
    await run_on(database_url, lambda connection: connection.execute(seat))

    await migrate(database_url)

    store = await SqlStore.open(database_url)
    await append(store, "new")
    seen, _ = await read_all(store, limit=2)
    assert seen == [("late", 1), ("early", 1), ("late", 2), ("new", 1)]
    assert (await store.load_presence("late"))["tutor"].beat is None
    await store.close()


async def test_a_node_of_before_this_version_appends_while_it_is_still_running(
    postgres_server: PostgresServer,
) -> None:
    url = await postgres_server.make_database()
    await migrate(url)
    store = await SqlStore.open(url)
    await store.deliveries.save_endpoint(HOOK)
    await append(store, "a")

    def append_as_0004(connection: Connection) -> None:
        for seq in (2, 3):
            insert_old({"session_id": "a", "seq": seq, "id": f"old-{seq}", "at_ms": NOW_MS}, connection)

    await run_on(url, append_as_0004)
    await append(store, "a", version=3)

    seen, _ = await read_all(store)
    assert seen == [("a", seq) for seq in (1, 2, 3, 4)]
    (stream,) = await claim(store.deliveries)
    assert (stream.position, stream.newest_seq) == (0, 4)
    await store.close()


async def test_facts_of_another_server_are_ordered_anew_when_this_one_starts(
    postgres_server: PostgresServer,
) -> None:
    url = await postgres_server.make_database()
    await migrate(url)
    store = await SqlStore.open(url)
    for session_id in ("b", "a", "c"):
        await append(store, session_id, events=2)
    seen, old = await read_all(store)
    await store.close()
    counted_higher = text("UPDATE session_events SET xid = xid + 1000000000")
    await run_on(url, lambda connection: connection.execute(counted_higher))

    await migrate(url)

    store = await SqlStore.open(url)
    await append(store, "new")
    again, _ = await read_all(store)
    assert again == [*seen, ("new", 1)]
    with pytest.raises(Conflict):
        await read_all(store, old)
    await store.close()
