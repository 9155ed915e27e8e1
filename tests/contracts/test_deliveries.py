"""What the outbox of every store does: memory, an SQLite file and a real PostgreSQL run the same cases."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from langdao_video.errors import VersionConflict
from langdao_video.store.delivery_port import Beat, DeliveryStore, Stream
from langdao_video.store.migrate import migrate
from langdao_video.store.port import Presence
from langdao_video.store.sql import SqlStore
from tests.contracts.conftest import Place
from tests.contracts.facts import SESSION
from tests.contracts.postgres import PostgresServer
from tests.contracts.streams import (
    HOOK,
    LEASE_MS,
    NOW_MS,
    OTHER,
    OutboxStore,
    append,
    attempt,
    claim,
    claim_one,
    failed,
    open_outbox,
    parked,
    took,
)
from tests.contracts.test_store_schema import run_on
from tests.store.test_delivery_queries import noted_statements


class TestAppending:
    async def test_an_endpoint_gets_what_is_appended_after_it_was_made(self, store: OutboxStore) -> None:
        await append(store, SESSION, events=2)
        await store.deliveries.save_endpoint(HOOK)
        assert await claim(store.deliveries) == []

        await append(store, SESSION, version=2, events=3)

        (stream,) = await claim(store.deliveries)
        assert (stream.position, stream.newest_seq, stream.attempts) == (2, 5, 0)

    async def test_every_endpoint_has_a_stream_of_its_own(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await outbox.save_endpoint(OTHER)
        await append(store, SESSION)
        await outbox.settle([took(stream) for stream in await claim(outbox)])

        assert await claim(outbox) == []
        assert len(await claim(outbox, endpoint=OTHER.id)) == 1

    async def test_a_refused_append_leaves_nothing_to_deliver(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        with pytest.raises(VersionConflict):
            await append(store, SESSION, version=7)
        await store.append_events(SESSION, 0, [], deadlines={"x": 1})

        assert await claim(outbox) == []

    async def test_an_event_of_a_clock_that_is_ahead_is_due_at_once(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await append(store, SESSION, at_ms=NOW_MS + 60_000)

        assert len(await claim(outbox)) == 1


class TestClaiming:
    async def test_the_longest_due_comes_first(self, store: OutboxStore, outbox: DeliveryStore) -> None:
        for session_id, at_ms in (("b", NOW_MS - 5), ("c", NOW_MS - 9), ("a", NOW_MS - 1), ("d", NOW_MS - 5)):
            await append(store, session_id, at_ms=at_ms)

        first = await claim(outbox, limit=3)

        assert [stream.session_id for stream in first] == ["c", "b", "d"]
        assert [stream.session_id for stream in await claim(outbox, "two")] == ["a"]

    async def test_a_claimed_stream_is_nobody_elses_until_the_lease_ends(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await append(store, SESSION)
        first = await claim_one(outbox)

        assert await claim(outbox, "two", now_ms=NOW_MS + LEASE_MS - 1) == []
        assert await claim(outbox, "two", now_ms=NOW_MS + LEASE_MS - 1, sessions=[SESSION]) == []
        second = await claim_one(outbox, "two", now_ms=NOW_MS + LEASE_MS)

        assert second == replace(first, token="two")  # noqa: S106 - no password
        assert await outbox.settle([took(first)]) == [False]
        assert await outbox.settle([took(second)]) == [True]
        assert await outbox.settle([took(second)]) == [False]

    async def test_what_a_dead_process_claimed_is_due_at_the_next_start_unless_other_nodes_may_have_it(
        self, store: OutboxStore, outbox: DeliveryStore, place: Place
    ) -> None:
        await append(store, SESSION)
        dead = await claim_one(outbox, "dead")
        is_ours_alone = not (place.database_url or "").startswith("postgresql")

        assert await outbox.free_claims(NOW_MS + 1) == int(is_ours_alone)
        freed = await claim(outbox, "two", now_ms=NOW_MS + 1)

        assert [stream.token for stream in freed] == ["two"] * is_ours_alone
        assert await outbox.settle([took(dead)]) == [not is_ours_alone]
        assert await outbox.free_claims(NOW_MS + 1) == int(is_ours_alone)

    async def test_a_hint_claims_only_its_sessions_and_also_those_with_nothing_but_a_heartbeat(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        for session_id in ("quiet", "new", "waits", "another"):
            await append(store, session_id)
        quiet, waits = await claim(outbox, sessions=["quiet", "waits", "unknown"])
        await outbox.settle([took(quiet), failed(waits, NOW_MS + 5_000)])

        hinted = await claim(outbox, "two", sessions=["quiet", "new", "waits", "new"])

        assert [stream.session_id for stream in hinted] == ["new", "quiet"]
        assert await claim(outbox, sessions=[]) == []

    async def test_claimers_at_once_never_share_a_stream(self, place: Place) -> None:
        nodes = [await open_outbox(place), await open_outbox(place)]
        await nodes[0].deliveries.save_endpoint(HOOK)
        names = [f"session-{n:02}" for n in range(60)]
        await asyncio.gather(*(append(nodes[0], name) for name in names))

        claims = await asyncio.gather(
            *(
                claim(nodes[n % 2].deliveries, f"token-{n}", limit=7, sessions=names if n % 3 else None)
                for n in range(16)
            )
        )

        rest = await claim(nodes[0].deliveries, "rest")
        streams = [stream.session_id for one in (*claims, rest) for stream in one]
        assert sorted(streams) == names


class TestSettling:
    async def test_what_was_taken_is_not_due_and_what_came_meanwhile_is(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await append(store, SESSION, events=2)
        stream = await claim_one(outbox)
        await append(store, SESSION, version=2)
        await outbox.settle([replace(took(stream), beats_until_ms=77)])

        again = await claim_one(outbox, "two")
        await outbox.settle([took(again)])

        assert (again.position, again.newest_seq, again.beats_until_ms) == (2, 3, 77)
        assert await claim(outbox) == []

    async def test_a_failure_waits_for_its_time_and_new_events_wait_behind_it(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await append(store, SESSION)
        await outbox.settle([failed(await claim_one(outbox), NOW_MS + 5_000)])
        await append(store, SESSION, version=1)

        assert await claim(outbox, now_ms=NOW_MS + 4_999) == []
        stream = await claim_one(outbox, now_ms=NOW_MS + 5_000)
        assert (stream.position, stream.newest_seq) == (0, 2)
        assert (stream.attempts, stream.failing_since_ms) == (1, NOW_MS)

    async def test_a_result_may_keep_the_claim(self, store: OutboxStore, outbox: DeliveryStore) -> None:
        await append(store, SESSION, events=3)
        stream = await claim_one(outbox)

        kept = replace(took(stream, 1), keeps_lease_until_ms=NOW_MS + 50_000)
        assert await outbox.settle([kept]) == [True]

        assert await claim(outbox, "two", now_ms=NOW_MS + 49_999) == []
        assert await outbox.settle([took(stream, 2)]) == [True]
        assert (await claim_one(outbox, "two")).position == 2

    async def test_results_of_one_stream_count_in_their_order(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await append(store, SESSION, events=3)
        await append(store, "another")
        other, stream = await claim(outbox)
        first = replace(took(stream, 1), keeps_lease_until_ms=NOW_MS + 9_000, log=[attempt(stream, 1)])

        stood = await outbox.settle(
            [first, took(other), replace(took(stream, 2), log=[attempt(stream, 2)]), took(stream)]
        )

        assert stood == [True, True, True, False]
        assert (await claim_one(outbox, "two")).position == 2
        assert [row.seq for row in await outbox.load_attempts(None, SESSION, 9)] == [2, 1]

    async def test_a_released_claim_is_due_when_it_says(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await append(store, SESSION)
        stream = await claim_one(outbox)

        await outbox.settle([replace(took(stream, 0), due_ms=NOW_MS)])

        assert len(await claim(outbox, "two")) == 1

    async def test_nothing_is_settled_of_nothing(self, outbox: DeliveryStore) -> None:
        stranger = Stream(
            endpoint_id="hook",
            session_id="unknown",
            token="one",  # noqa: S106 - no password
            position=0,
            newest_seq=1,
            beats_until_ms=0,
            attempts=0,
            failing_since_ms=None,
        )

        assert await outbox.settle([]) == []
        assert await outbox.settle([replace(took(stranger), parked=[parked(stranger, 1)])]) == [False]
        assert await outbox.load_parked(None, None, 9) == []

    async def test_failing_streams_are_hurried_and_no_others(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        for session_id in ("a", "b", "c", "held", "paced"):
            await append(store, session_id)
        a, b, c, held, paced = await claim(outbox)
        keeping = replace(failed(held, NOW_MS), due_ms=None, keeps_lease_until_ms=NOW_MS + 9_000)
        await outbox.settle(
            [
                *(failed(one, NOW_MS + 10_000 + n) for n, one in enumerate((b, a, c))),
                keeping,
                replace(took(paced, 0), due_ms=NOW_MS + 5_000),
            ]
        )

        assert await outbox.hurry(HOOK.id, NOW_MS, 2) == 2
        assert [stream.session_id for stream in await claim(outbox, "two")] == ["a", "b"]
        assert await outbox.hurry(HOOK.id, NOW_MS, 2) == 1
        assert await outbox.hurry(HOOK.id, NOW_MS, 2) == 0


class TestLogs:
    async def test_a_log_has_all_facts_and_the_newest_heartbeat_of_each_seat(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await append(store, SESSION, events=12)
        body = {"type": "session-heartbeat", "id": "beat-1", "seq": 12, "timestamp": NOW_MS, "x": "課"}
        await store.save_presence(
            [
                Presence(SESSION, "tutor", 1, 5),
                Presence(SESSION, "student", 1, 5, json.dumps({**body, "seq": 3})),
                Presence(SESSION, "student", 1, 6, json.dumps(body)),
            ]
        )

        logs = await outbox.load_logs([SESSION, "unknown"])

        assert logs[SESSION].events == await store.load_events(SESSION)
        assert logs[SESSION].beats == [Beat("student", NOW_MS, 12, body)]
        assert (logs["unknown"].events, logs["unknown"].beats) == ([], [])
        assert await outbox.load_logs([]) == {}

    @pytest.mark.parametrize("is_one_save", [True, False])
    async def test_a_newer_proof_without_a_heartbeat_keeps_the_last_one(
        self, store: OutboxStore, *, is_one_save: bool
    ) -> None:
        beat = json.dumps({"seq": 1, "timestamp": 4})
        rows = [Presence(SESSION, "tutor", 1, 4, beat), Presence(SESSION, "tutor", 2, 5)]
        older = Presence(SESSION, "tutor", 2, 1, json.dumps({"seq": 9, "timestamp": 1}))

        for save in [[*rows, older]] if is_one_save else [[row] for row in (*rows, older)]:
            await store.save_presence(save)

        assert await store.load_presence(SESSION) == {"tutor": Presence(SESSION, "tutor", 2, 5, beat)}


async def test_postgresql_does_not_sort_the_streams_that_are_due_at_one_time(
    postgres_server: PostgresServer,
) -> None:
    url = await postgres_server.make_database()
    await migrate(url)
    store = await SqlStore.open(url)
    await store.deliveries.save_endpoint(HOOK)
    many = text(
        "INSERT INTO delivery_streams (endpoint_id, session_id, position, newest_seq, due_ms, attempts, beats_until_ms)"
        "SELECT 'hook', 'session-' || n, 0, 1, 5, 0, 0 FROM generate_series(1, 20000) AS n"
    )
    await run_on(url, lambda connection: connection.execute(many))
    await run_on(url, lambda connection: connection.execute(text("ANALYZE delivery_streams")))

    with noted_statements() as noted:
        assert len(await claim(store.deliveries, limit=64)) == 64
    await store.close()

    (find, values) = next(one for one in noted if "SKIP LOCKED" in one[0])
    plan = await run_on(
        url, lambda connection: str(connection.exec_driver_sql(f"EXPLAIN {find}", values).scalars().all())
    )
    assert "Index Scan using ix_delivery_streams_endpoint_id_due_ms_session_id" in plan
    assert "Sort" not in plan
