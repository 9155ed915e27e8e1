"""Endpoints, what an operator sees, and kept answers: the same for every store."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from langdao_video.errors import BadRequest, Conflict, Unavailable
from langdao_video.store.delivery_port import DeliveryStore, Endpoint
from langdao_video.store.port import Presence
from tests.contracts.conftest import Place
from tests.contracts.facts import SESSION
from tests.contracts.streams import (
    HOOK,
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


class TestEndpoints:
    async def test_an_endpoint_comes_back_as_it_was_saved(self, store: OutboxStore) -> None:
        whole = Endpoint(
            id="a.b-c_1",
            url="https://platform.example/課堂",
            kind="room",
            secrets=("whsec_new", "whsec_old"),
            types=("user-connected",),
            is_from_settings=True,
            disabled="410 Gone",
            made_ms=7,
        )

        assert await store.deliveries.save_endpoint(whole) == whole
        assert await store.deliveries.save_endpoint(HOOK) == HOOK
        assert await store.deliveries.load_endpoints() == [HOOK, whole]

    async def test_a_change_keeps_when_it_was_made_and_what_waits(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await append(store, SESSION)

        changed = await outbox.save_endpoint(replace(HOOK, url="https://new.example", made_ms=99))

        assert changed == replace(HOOK, url="https://new.example")
        assert await outbox.load_endpoints() == [changed]
        assert len(await claim(outbox)) == 1

    async def test_two_endpoints_of_one_url_are_refused(self, outbox: DeliveryStore) -> None:
        await outbox.save_endpoint(OTHER)
        for endpoint in (replace(HOOK, id="twin"), replace(OTHER, url=HOOK.url)):
            with pytest.raises(Conflict) as refused:
                await outbox.save_endpoint(endpoint)

            assert refused.value.code == "endpoint-known"
            assert "'hook'" in refused.value.message
        assert await outbox.load_endpoints() == [HOOK, OTHER]

    async def test_of_two_that_come_at_once_with_one_url_one_is_refused(self, place: Place) -> None:
        nodes = [await open_outbox(place), await open_outbox(place)]

        answers = await asyncio.gather(
            *(nodes[n % 2].deliveries.save_endpoint(replace(HOOK, id=f"hook-{n}")) for n in range(8)),
            return_exceptions=True,
        )

        assert sorted(type(answer).__name__ for answer in answers) == ["Conflict"] * 7 + ["Endpoint"]

    async def test_a_change_of_an_endpoint_that_is_no_longer_that_one_is_refused(
        self, outbox: DeliveryStore
    ) -> None:
        first = replace(HOOK, types=("a",))
        assert await outbox.save_endpoint(first, HOOK) == first

        for expected in (HOOK, replace(first, secrets=("whsec_old",))):
            with pytest.raises(Conflict) as refused:
                await outbox.save_endpoint(replace(HOOK, url="https://new.example"), expected)
            assert refused.value.code == "endpoint-changed"
        assert await outbox.load_endpoints() == [first]
        await outbox.remove_endpoint(HOOK.id)
        with pytest.raises(Conflict):
            await outbox.save_endpoint(first, first)
        assert await outbox.load_endpoints() == []

    async def test_of_changes_that_come_at_once_one_is_made(self, place: Place) -> None:
        nodes = [await open_outbox(place), await open_outbox(place)]
        await nodes[0].deliveries.save_endpoint(HOOK)

        answers = await asyncio.gather(
            *(
                nodes[n % 2].deliveries.save_endpoint(replace(HOOK, secrets=(f"whsec_{n}",)), HOOK)
                for n in range(8)
            ),
            return_exceptions=True,
        )

        (made,) = [answer for answer in answers if isinstance(answer, Endpoint)]
        assert await nodes[1].deliveries.load_endpoints() == [made]

    async def test_only_the_endpoint_that_answered_is_disabled(self, outbox: DeliveryStore) -> None:
        moved = await outbox.save_endpoint(replace(HOOK, url="https://new.example", secrets=("whsec_new",)))

        assert not await outbox.disable_endpoint(HOOK.id, HOOK.url, "It answered 410.")
        assert await outbox.load_endpoints() == [moved]
        assert await outbox.disable_endpoint(HOOK.id, moved.url, "It answered 410.")
        assert not await outbox.disable_endpoint(HOOK.id, moved.url, "It answered 410 again.")
        assert await outbox.load_endpoints() == [replace(moved, disabled="It answered 410.")]
        assert await outbox.remove_endpoint(HOOK.id)
        assert not await outbox.disable_endpoint(HOOK.id, moved.url, "It answered 410.")
        assert await outbox.load_endpoints() == []

    async def test_a_removed_endpoint_takes_all_with_it_and_begins_anew(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await append(store, SESSION, events=3)
        held = await claim_one(outbox)
        await outbox.settle(
            [
                replace(
                    took(held, 1),
                    parked=[parked(held, 1)],
                    log=[attempt(held)],
                    keeps_lease_until_ms=NOW_MS + 9,
                )
            ]
        )

        assert await outbox.remove_endpoint(HOOK.id)
        assert not await outbox.remove_endpoint(HOOK.id)

        assert await outbox.settle([took(held)]) == [False]
        assert await outbox.load_endpoints() == []
        await outbox.save_endpoint(HOOK)
        await append(store, SESSION, version=3)
        assert (await claim_one(outbox)).position == 3
        assert await outbox.load_parked(HOOK.id, None, 9) == []
        assert await outbox.load_attempts(HOOK.id, None, 9) == []


class TestOperating:
    async def test_what_waits_is_counted_and_listed(self, store: OutboxStore, outbox: DeliveryStore) -> None:
        for session_id, events in (("done", 1), ("failing", 2), ("long", 3), ("new", 4)):
            await append(store, session_id, events=events)
        done, failing, long, _new = await claim(outbox)
        since = replace(failed(long, NOW_MS - 1_000, NOW_MS - 9_000), log=[attempt(long)])
        await outbox.settle([took(done), failed(failing, NOW_MS + 5_000), since])

        counts = await outbox.count(HOOK.id, NOW_MS)
        listed = await outbox.load_streams(None, None, 9)

        assert (counts.streams, counts.failing, counts.parked) == (3, 2, 0)
        assert (counts.events_waiting, counts.oldest_due_ms) == (9, NOW_MS - 1_000)
        assert [view.session_id for view in listed] == ["long", "failing", "new"]
        assert (listed[0].attempts, listed[0].failing_since_ms, listed[0].due_ms) == (
            1,
            NOW_MS - 9_000,
            NOW_MS - 1_000,
        )
        assert await outbox.load_streams(HOOK.id, None, 9, only_failing=True) == listed[:2]
        assert await outbox.load_streams(None, "new", 1) == listed[2:]
        assert await outbox.load_streams("other", "new", 1) == []
        assert (await outbox.count("unknown", NOW_MS)).oldest_due_ms is None

    async def test_parked_events_are_listed_the_newest_first(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await append(store, "a", events=2)
        await append(store, "b")
        a, b = await claim(outbox)
        rows = [parked(a, 1, NOW_MS + 1), parked(a, 2, NOW_MS + 3), parked(b, 1, NOW_MS + 2)]
        await outbox.settle([replace(took(a), parked=rows[:2]), replace(took(b), parked=rows[2:])])

        assert await outbox.load_parked(HOOK.id, None, 2) == [rows[1], rows[2]]
        assert await outbox.load_parked(None, "a", 9) == [rows[1], rows[0]]
        assert (await outbox.count(HOOK.id, NOW_MS)).parked == 3

    async def test_attempts_are_cut_cleaned_and_forgotten(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await outbox.save_endpoint(OTHER)
        await append(store, SESSION)
        (stream,), (other,) = await claim(outbox), await claim(outbox, endpoint=OTHER.id)
        log = [attempt(stream, seq, NOW_MS + seq, "語\0\ud800" + "x" * 900) for seq in range(1, 6)]
        silent = replace(attempt(other), status=None, error="timeout")
        await outbox.settle([replace(took(stream), log=log), replace(took(other), log=[silent])])

        (newest,) = await outbox.load_attempts(HOOK.id, None, 1)
        await outbox.forget_attempts(NOW_MS, 2)
        kept = await outbox.load_attempts(None, SESSION, 9)
        await outbox.forget_attempts(NOW_MS + 5, 2)

        assert newest == replace(log[4], answer="語\ufffd?" + "x" * 497)
        assert [row.seq for row in kept if row.endpoint_id == HOOK.id] == [5, 4]
        assert [row for row in kept if row.endpoint_id == OTHER.id] == [silent]
        assert await outbox.load_attempts(None, None, 9) == [newest]

    async def test_the_first_answer_to_a_key_is_kept(self, place: Place) -> None:
        nodes = [await open_outbox(place), await open_outbox(place)]
        assert await nodes[0].deliveries.load_answer("links", "key") is None

        answers = await asyncio.gather(
            *(
                nodes[n % 2].deliveries.keep_answer("links", "key", f"{n}", f"body {n}", NOW_MS)
                for n in range(8)
            )
        )

        assert len({*answers}) == 1
        assert await nodes[1].deliveries.load_answer("links", "key") == answers[0]
        assert await nodes[0].deliveries.keep_answer("caps", "key", "9", "other", NOW_MS) == ("9", "other")

    async def test_an_old_answer_is_forgotten_when_another_is_kept(self, outbox: DeliveryStore) -> None:
        await outbox.keep_answer("links", "old", "a", "b", NOW_MS)

        await outbox.keep_answer("links", "new", "a", "b", NOW_MS + 7 * 24 * 3_600_000 + 1)

        assert await outbox.load_answer("links", "old") is None

    @pytest.mark.parametrize(
        ("endpoint", "code"),
        [
            (replace(HOOK, id="a b"), "endpoint-id-invalid"),
            (replace(HOOK, id=""), "endpoint-id-invalid"),
            (replace(HOOK, url="x" * 2_049), "text-too-long"),
            (replace(HOOK, url="a\0"), "text-invalid"),
            (replace(HOOK, types=("x",) * 65), "endpoint-too-large"),
            (replace(HOOK, secrets=("x" * 513,)), "text-too-long"),
            (replace(HOOK, made_ms=2**53), "number-invalid"),
        ],
        ids=["space", "no id", "long url", "NUL", "many types", "long secret", "number"],
    )
    async def test_an_endpoint_that_not_every_database_keeps_is_refused(
        self, store: OutboxStore, endpoint: Endpoint, code: str
    ) -> None:
        with pytest.raises(BadRequest) as refused:
            await store.deliveries.save_endpoint(endpoint)

        assert refused.value.code == code

    async def test_values_that_not_every_database_keeps_are_refused_by_all(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await append(store, SESSION)
        stream = await claim_one(outbox)
        bad = "a\0b"
        for attempt_, code in (
            (claim(outbox, bad), "text-invalid"),
            (claim(outbox, ""), "token-invalid"),
            (claim(outbox, limit=0), "limit-invalid"),
            (claim(outbox, sessions=["x"] * 10_001), "sessions-too-many"),
            (claim(outbox, sessions=[bad]), "text-invalid"),
            (outbox.load_logs([bad]), "text-invalid"),
            (outbox.settle([replace(took(stream), due_ms=2**53)]), "number-invalid"),
            (outbox.hurry(HOOK.id, NOW_MS, 0), "limit-invalid"),
            (outbox.rewind(NOW_MS, limit=1, from_ms=2**60), "number-invalid"),
            (outbox.rewind(NOW_MS, limit=1, session_id=bad), "text-invalid"),
            (outbox.load_parked(bad, None, 1), "text-invalid"),
            (outbox.keep_answer("x", "k" * 513, "", "", 1), "text-too-long"),
            (outbox.load_all_events("", 0), "limit-invalid"),
            (store.save_presence([Presence(SESSION, "tutor", 1, 1, "x" * 65_537)]), "beat-too-large"),
        ):
            with pytest.raises(BadRequest) as refused:
                await attempt_

            assert refused.value.code == code
        assert await outbox.settle([took(stream)]) == [True]

    async def test_a_closed_store_has_a_closed_outbox(
        self, store: OutboxStore, outbox: DeliveryStore
    ) -> None:
        await store.close()

        for attempt_ in (outbox.load_endpoints(), claim(outbox), outbox.load_all_events("", 1)):
            with pytest.raises(Unavailable) as refused:
                await attempt_

            assert refused.value.code == "store-closed"
