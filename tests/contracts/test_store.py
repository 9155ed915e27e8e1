"""What all stores do: memory, an SQLite file and a real PostgreSQL run the same cases."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from langdao_video.errors import BadRequest, Conflict, Unavailable, VersionConflict
from langdao_video.store.port import (
    EVENTS_PAGE,
    Deadline,
    NewEvent,
    Presence,
    Revocation,
    Store,
    StoredEvent,
    load_stream,
)
from tests.contracts.conftest import Place
from tests.contracts.facts import SESSION, fact


class TestAppending:
    async def test_what_was_appended_is_loaded_in_order(self, store: Store) -> None:
        taken = NewEvent("a", "seat-taken", 5, {"role": "student", "epoch": 1})
        left = NewEvent("b", "seat-left", 7, {"role": "student", "reason": None, "nested": [1, {"x": 2.5}]})

        appended = await store.append_events(SESSION, 0, [taken, left])

        assert appended == [
            StoredEvent(SESSION, 1, "a", "seat-taken", 5, {"role": "student", "epoch": 1}),
            StoredEvent(
                SESSION,
                2,
                "b",
                "seat-left",
                7,
                {"role": "student", "reason": None, "nested": [1, {"x": 2.5}]},
            ),
        ]
        assert await store.load_events(SESSION) == appended

    async def test_another_node_sees_it_at_once(self, place: Place) -> None:
        here, there = await place.open(), await place.open()

        appended = await here.append_events(SESSION, 0, [fact("a")])

        assert await there.load_events(SESSION) == appended

    async def test_an_unknown_session_has_no_events(self, store: Store) -> None:
        await store.append_events("another", 0, [fact("a")])

        assert await store.load_events(SESSION) == []

    async def test_sessions_count_apart(self, store: Store) -> None:
        await store.append_events("one", 0, [fact("a"), fact("b")])
        (event,) = await store.append_events("two", 0, [fact("c")])

        assert event.seq == 1

    @pytest.mark.parametrize("expected_version", [0, 1, 3, 1000])
    async def test_a_wrong_version_is_refused_and_changes_nothing(
        self, store: Store, expected_version: int
    ) -> None:
        before = await store.append_events(SESSION, 0, [fact("a"), fact("b")], deadlines={"silence": 10})

        with pytest.raises(VersionConflict) as refused:
            await store.append_events(SESSION, expected_version, [fact("c")], deadlines={"silence": None})

        assert refused.value.code == "version-conflict"
        assert "version 2" in refused.value.message
        assert await store.load_events(SESSION) == before
        assert await store.load_due(10, 1) == [Deadline(SESSION, "silence", 10)]

    @pytest.mark.parametrize("expected_version", [0, 1])
    async def test_an_event_id_is_taken_once_in_a_session(self, store: Store, expected_version: int) -> None:
        await store.append_events(SESSION, 0, [fact("a")])

        with pytest.raises(Conflict) as refused:
            await store.append_events(SESSION, expected_version, [fact("new"), fact("a")], deadlines={"x": 1})

        assert refused.value.code == "event-known"
        assert [event.id for event in await store.load_events(SESSION)] == ["a"]
        assert await store.load_due(10, 10) == []

    async def test_another_session_may_use_the_same_event_id(self, store: Store) -> None:
        await store.append_events(SESSION, 0, [fact("a")])

        await store.append_events("another", 0, [fact("a")])

        assert [event.id for event in await store.load_events("another")] == ["a"]

    async def test_an_id_twice_in_one_append_is_refused(self, store: Store) -> None:
        with pytest.raises(Conflict) as refused:
            await store.append_events(SESSION, 0, [fact("a"), fact("a")])

        assert refused.value.code == "event-known"
        assert await store.load_events(SESSION) == []

    async def test_of_fifty_at_once_exactly_one_wins_each_version(self, place: Place) -> None:
        nodes = [await place.open(), await place.open()]

        for version in range(3):
            answers = await asyncio.gather(
                *(
                    nodes[n % 2].append_events(
                        SESSION, version, [fact(f"{version}-{n}")], deadlines={"won": n}
                    )
                    for n in range(50)
                ),
                return_exceptions=True,
            )

            winners = [answer for answer in answers if isinstance(answer, list)]
            losers = [answer for answer in answers if not isinstance(answer, list)]
            assert len(winners) == 1
            assert {type(loser) for loser in losers} == {VersionConflict}
            ((won,),) = winners
            assert (await nodes[0].load_events(SESSION))[version:] == [won]
            assert await nodes[1].load_due(100, 10) == [Deadline(SESSION, "won", int(won.id.split("-")[1]))]

    async def test_of_fifty_with_the_same_id_in_one_session_one_wins(self, place: Place) -> None:
        nodes = [await place.open(), await place.open()]

        answers = await asyncio.gather(
            *(nodes[n % 2].append_events(SESSION, 0, [fact("same")]) for n in range(50)),
            return_exceptions=True,
        )

        assert sum(isinstance(answer, list) for answer in answers) == 1
        codes = {answer.code for answer in answers if isinstance(answer, Conflict)}
        assert codes == {"event-known"}

    async def test_a_loser_hurts_none_of_those_stored_with_it(self, store: Store) -> None:
        await store.append_events("stale", 0, [fact("first")])

        answers = await asyncio.gather(
            *(
                store.append_events("stale" if n % 10 == 0 else f"session-{n}", 0, [fact(f"id-{n}")])
                for n in range(100)
            ),
            return_exceptions=True,
        )

        for n, answer in enumerate(answers):
            if n % 10 == 0:
                assert isinstance(answer, VersionConflict)
            else:
                assert await store.load_events(f"session-{n}") == answer


class TestPaging:
    async def test_pages_are_loaded_after_a_seq_up_to_a_limit(self, store: Store) -> None:
        await store.append_events(SESSION, 0, [fact(str(n)) for n in range(1, 11)])

        page = await store.load_events(SESSION, after_seq=3, limit=4)

        assert [(event.seq, event.id) for event in page] == [(4, "4"), (5, "5"), (6, "6"), (7, "7")]
        assert [event.seq for event in await store.load_events(SESSION, after_seq=9)] == [10]
        assert await store.load_events(SESSION, after_seq=10) == []
        assert len(await store.load_events(SESSION, after_seq=-5)) == 10

    async def test_a_stream_longer_than_a_page_is_loaded_whole(self, store: Store) -> None:
        await store.append_events(SESSION, 0, [fact(f"a{n}") for n in range(EVENTS_PAGE)])
        await store.append_events(SESSION, EVENTS_PAGE, [fact("last")])

        stream = await load_stream(store, SESSION)

        assert [event.seq for event in stream] == list(range(1, EVENTS_PAGE + 2))
        assert len(await store.load_events(SESSION)) == EVENTS_PAGE

    @pytest.mark.parametrize("limit", [0, -1, 2**63])
    async def test_a_limit_below_one_or_beyond_reason_is_refused(self, store: Store, limit: int) -> None:
        for attempt in (store.load_events(SESSION, limit=limit), store.load_due(0, limit)):
            with pytest.raises(BadRequest) as refused:
                await attempt

            assert refused.value.code == "limit-invalid"


class TestPresence:
    async def test_no_seat_was_ever_taken(self, store: Store) -> None:
        assert await store.load_presence(SESSION) == {}

    async def test_the_newest_proof_of_each_seat_is_kept(self, store: Store) -> None:
        await store.save_presence([Presence(SESSION, "student", 1, 100), Presence(SESSION, "tutor", 1, 90)])
        await store.save_presence([Presence(SESSION, "student", 1, 200), Presence("another", "tutor", 7, 7)])

        assert await store.load_presence(SESSION) == {
            "student": Presence(SESSION, "student", 1, 200),
            "tutor": Presence(SESSION, "tutor", 1, 90),
        }

    @pytest.mark.parametrize(("epoch", "proof_ms"), [(2, 99), (2, 100), (1, 999), (1, 100)])
    async def test_a_proof_never_goes_backwards(self, store: Store, epoch: int, proof_ms: int) -> None:
        newest = Presence(SESSION, "tutor", 2, 100)
        await store.save_presence([newest])

        await store.save_presence([Presence(SESSION, "tutor", epoch, proof_ms)])

        assert await store.load_presence(SESSION) == {"tutor": newest}

    async def test_a_new_epoch_wins_even_with_an_earlier_proof(self, store: Store) -> None:
        await store.save_presence([Presence(SESSION, "tutor", 1, 100)])
        await store.save_presence([Presence(SESSION, "tutor", 2, 50)])

        assert await store.load_presence(SESSION) == {"tutor": Presence(SESSION, "tutor", 2, 50)}

    async def test_one_save_may_hold_a_seat_many_times_in_any_order(self, store: Store) -> None:
        await store.save_presence([Presence(SESSION, "tutor", 1, proof_ms) for proof_ms in (5, 9, 1, 7)])

        assert (await store.load_presence(SESSION))["tutor"].proof_ms == 9

    async def test_two_nodes_save_the_same_seats_in_opposite_orders(self, place: Place) -> None:
        nodes = [await place.open(), await place.open()]
        rows = [Presence(f"session-{n}", "student", 1, 0) for n in range(40)]

        await asyncio.gather(
            *(
                nodes[turn % 2].save_presence(
                    [Presence(row.session_id, "student", 1, turn) for row in rows[:: 1 if turn % 2 else -1]]
                )
                for turn in range(40)
            )
        )

        for row in rows:
            assert (await nodes[0].load_presence(row.session_id))["student"].proof_ms == 39

    async def test_nothing_to_save_is_fine(self, store: Store) -> None:
        await store.save_presence([])

        assert await store.load_presence(SESSION) == {}


class TestDeadlines:
    async def test_the_longest_overdue_come_first_and_stay_until_they_are_moved(self, store: Store) -> None:
        await store.append_events("b", 0, [fact("1")], deadlines={"silence": 300, "cap": 100})
        await store.append_events("a", 0, [fact("2")], deadlines={"silence": 200, "grace": 301})

        due = [Deadline("b", "cap", 100), Deadline("a", "silence", 200), Deadline("b", "silence", 300)]
        assert await store.load_due(300, 10) == due
        assert await store.load_due(300, 2) == due[:2]
        assert await store.load_due(99, 10) == []

    async def test_an_append_moves_and_clears(self, store: Store) -> None:
        await store.append_events(SESSION, 0, [fact("1")], deadlines={"silence": 100, "grace": 100})
        await store.append_events("another", 0, [fact("2")], deadlines={"grace": 100})

        await store.append_events(
            SESSION, 1, [fact("3")], deadlines={"silence": 50, "grace": None, "never-set": None}
        )

        assert await store.load_due(1000, 10) == [
            Deadline(SESSION, "silence", 50),
            Deadline("another", "grace", 100),
        ]

    async def test_many_move_at_once_but_none_that_an_append_has_changed(self, store: Store) -> None:
        for name in ("a", "b", "c", "d"):
            await store.append_events(name, 0, [fact(name)], deadlines={"silence": 100, "grace": 900})
        known = await store.load_due(100, 10)
        await store.append_events("b", 1, [fact("b2")], deadlines={"silence": 150})
        await store.append_events("c", 1, [fact("c2")], deadlines={"silence": None})

        await store.postpone([(deadline, 400 + n) for n, deadline in enumerate(known)])
        await store.postpone([])

        assert [(one.session_id, one.due_ms) for one in await store.load_due(800, 10)] == [
            ("b", 150),
            ("a", 400),
            ("d", 403),
        ]
        assert len(await store.load_due(900, 10)) == 7

    async def test_a_deadline_moves_only_to_a_time_that_every_store_keeps(self, store: Store) -> None:
        await store.append_events(SESSION, 0, [fact("1")], deadlines={"silence": 100})

        with pytest.raises(BadRequest):
            await store.postpone([(Deadline(SESSION, "silence", 100), 2**60)])

        assert await store.load_due(100, 10) == [Deadline(SESSION, "silence", 100)]

    async def test_deadlines_change_without_an_event_if_the_version_is_right(self, store: Store) -> None:
        await store.append_events(SESSION, 0, [fact("1")], deadlines={"silence": 100})

        assert await store.append_events(SESSION, 1, [], deadlines={"silence": 125}) == []
        with pytest.raises(VersionConflict):
            await store.append_events(SESSION, 0, [], deadlines={"silence": 999})

        assert await store.load_due(1000, 10) == [Deadline(SESSION, "silence", 125)]


class TestSecrets:
    async def test_a_secret_is_made_once(self, store: Store) -> None:
        assert await store.load_secret("resume", lambda: "first") == "first"
        assert await store.load_secret("resume", lambda: "second") == "first"
        assert await store.load_secret("other", lambda: "third") == "third"

    async def test_racing_nodes_get_the_same_secret(self, place: Place) -> None:
        nodes = [await place.open(), await place.open()]

        secrets = await asyncio.gather(
            *(nodes[n % 2].load_secret("resume", partial(str, n)) for n in range(50))
        )

        assert len(set(secrets)) == 1
        assert await nodes[0].load_secret("resume", lambda: "late") == secrets[0]


class TestBoots:
    async def test_a_boot_nobody_saved_is_unknown(self, store: Store) -> None:
        assert await store.load_boot_ms("boot-1") is None

    async def test_the_newest_time_of_a_boot_replaces_the_one_before(self, place: Place) -> None:
        one, two = await place.open(), await place.open()
        await one.save_boot_ms("boot-1", 1_000)
        await one.save_boot_ms("boot-2", 5_000)

        await two.save_boot_ms("boot-1", -2_000)

        assert await one.load_boot_ms("boot-1") == -2_000
        assert await two.load_boot_ms("boot-2") == 5_000


class TestNewestTime:
    async def test_an_empty_store_has_none(self, store: Store) -> None:
        assert await store.load_newest_ms() == 0

    async def test_it_is_the_newest_of_events_and_proofs(self, store: Store) -> None:
        await store.append_events(
            "s-1", 0, [NewEvent("a", "seat-taken", 7_000, {})], deadlines={"silence": 1}
        )
        await store.append_events(
            "s-2", 0, [NewEvent("b", "seat-taken", 9_000, {})], deadlines={"silence": 1}
        )
        after_events = await store.load_newest_ms()
        await store.save_presence([Presence("s-1", "tutor", 1, 9_500), Presence("s-2", "tutor", 1, 8_000)])

        assert (after_events, await store.load_newest_ms()) == (9_000, 9_500)

    async def test_sessions_in_which_nothing_is_due_do_not_count(self, store: Store) -> None:
        await store.append_events(
            "over", 0, [NewEvent("a", "seat-taken", 9_000, {})], deadlines={"silence": 1}
        )
        await store.save_presence([Presence("over", "tutor", 1, 9_500)])
        await store.append_events("over", 1, [], deadlines={"silence": None})
        await store.append_events("open", 0, [NewEvent("b", "seat-taken", 7_000, {})], deadlines={"warn": 1})

        assert await store.load_newest_ms() == 7_000


class TestClosing:
    async def test_a_closed_store_refuses(self, store: Store) -> None:
        await store.close()

        for attempt in (
            store.load_events(SESSION),
            store.append_events(SESSION, 0, [fact("a")]),
            store.load_presence(SESSION),
            store.save_presence([Presence(SESSION, "tutor", 1, 1)]),
            store.load_due(0, 1),
            store.load_newest_ms(),
            store.load_boot_ms("boot-1"),
            store.save_boot_ms("boot-1", 1),
            store.load_secret("resume", str),
            store.revoke(Revocation("all", "", 1), 0),
            store.load_revocations(),
        ):
            with pytest.raises(Unavailable) as refused:
                await attempt

            assert refused.value.code == "store-closed"


class TestCancelling:
    async def test_a_cancelled_caller_hurts_nobody(self, store: Store) -> None:
        calls = [
            asyncio.ensure_future(store.append_events(f"s{n}", 0, [fact(str(n))], deadlines={"due": n}))
            for n in range(60)
        ]
        await asyncio.sleep(0)
        for call in calls[::3]:
            call.cancel()

        answers = await asyncio.gather(*calls, return_exceptions=True)

        for n, answer in enumerate(answers):
            stored = await store.load_events(f"s{n}")
            assert isinstance(answer, (list, asyncio.CancelledError))
            assert stored == answer if isinstance(answer, list) else len(stored) <= 1
        assert await store.append_events("afterwards", 0, [fact("x")])
