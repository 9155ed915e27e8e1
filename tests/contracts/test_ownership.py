"""Who owns a room, on every store: one owner at a time, a fence that grows, and no write of an old owner.

A lease of no time has ended at once, so that no test waits for one.
"""

from __future__ import annotations

import asyncio

import pytest

from langdao_video.errors import Lapsed, NotOwner
from langdao_video.store.chat_port import SealedLine
from langdao_video.store.memory import MemoryStore
from langdao_video.store.ownership import Node
from langdao_video.store.port import Deadline, Ownership, Presence
from langdao_video.store.sql import SqlStore
from tests.contracts.conftest import Place
from tests.contracts.facts import SESSION, fact
from tests.contracts.streams import HOOK, LEASE_MS, NOW_MS, append

OwnedStore = SqlStore | MemoryStore
LINE = SealedLine(role="student", id="m-1", at_ms=1, number=1, sealed=b"sealed")


@pytest.fixture
async def store(place: Place) -> OwnedStore:
    """Open a store on which the nodes a and b live."""
    store = await place.open()
    await live(store, "a", "b")
    return store


async def live(store: OwnedStore, *names: str) -> None:
    for name in names:
        await store.owners.save_node(Node(id=name, version="1"))


async def die(store: OwnedStore, name: str) -> None:
    await store.owners.save_node(Node(id=name, version="1"), lease_ms=0)


class TestClaiming:
    async def test_a_free_room_is_taken_and_stays_with_its_owner(self, store: OwnedStore) -> None:
        first = await store.owners.claim_room(SESSION, "a")

        assert first == Ownership("a", 1)
        assert await store.owners.claim_room(SESSION, "b") == first
        assert await store.owners.claim_room(SESSION, "a") == first
        assert await store.owners.find_owner(SESSION) == first
        assert await store.owners.find_owner("another") is None

    async def test_a_room_of_a_node_that_died_goes_to_the_next_with_a_higher_fence(
        self, store: OwnedStore
    ) -> None:
        await store.owners.claim_room(SESSION, "a")
        await die(store, "a")

        assert await store.owners.find_owner(SESSION) is None
        assert await store.owners.claim_room(SESSION, "b") == Ownership("b", 2)

        await live(store, "a")
        assert await store.owners.claim_room(SESSION, "a") == Ownership("b", 2)
        assert await store.owners.load_rooms("a") == {}
        assert await store.owners.load_rooms("b") == {SESSION: 2}

    async def test_a_node_that_woke_up_before_anybody_claimed_still_owns(self, store: OwnedStore) -> None:
        held = await store.owners.claim_room(SESSION, "a")
        await die(store, "a")
        await live(store, "a")

        assert await store.owners.claim_room(SESSION, "b") == held
        await store.append_events(SESSION, 0, [fact("a")], owner=held)

    async def test_a_released_room_is_free_and_its_old_fence_never_comes_back(
        self, store: OwnedStore
    ) -> None:
        held = await store.owners.claim_room(SESSION, "a")

        assert await store.owners.release_room(SESSION, held)
        assert not await store.owners.release_room(SESSION, held)
        assert await store.owners.find_owner(SESSION) is None
        assert await store.owners.claim_room(SESSION, "a") == Ownership("a", 2)

    async def test_a_node_without_a_lease_claims_nothing(self, store: OwnedStore) -> None:
        await die(store, "a")

        for name in ("a", "nobody"):
            with pytest.raises(Lapsed) as refused:
                await store.owners.claim_room(SESSION, name)
            assert refused.value.retry
        assert await store.owners.claim_room(SESSION, "b") == Ownership("b", 1)

    async def test_of_claims_at_once_one_wins_and_all_are_told_who(self, place: Place) -> None:
        nodes = [await place.open(), await place.open()]
        names = [f"node-{number}" for number in range(20)]
        await live(nodes[0], *names)
        dead = await nodes[0].owners.claim_room(SESSION, names[0])
        await die(nodes[0], names[0])

        owners = await asyncio.gather(
            *(nodes[n % 2].owners.claim_room(SESSION, name) for n, name in enumerate(names[1:]))
        )

        assert len({*owners}) == 1
        assert owners[0].fence == dead.fence + 1


class TestFencing:
    async def test_the_owner_writes(self, store: OwnedStore) -> None:
        held = await store.owners.claim_room(SESSION, "a")

        await store.append_events(SESSION, 0, [fact("x")], owner=held)
        lost = await store.save_presence([Presence(SESSION, "student", 1, 5)], {SESSION: held})
        await store.chats.load_salt(SESSION, lambda: b"salt")
        await store.chats.append_lines(SESSION, b"salt", [LINE], 0, held)

        assert lost == frozenset()
        assert len(await store.load_events(SESSION)) == 1
        assert (await store.load_presence(SESSION))["student"].proof_ms == 5

    @pytest.mark.parametrize("how", ["taken", "released"])
    async def test_whoever_lost_a_room_stores_nothing_of_it(self, store: OwnedStore, how: str) -> None:
        held = await store.owners.claim_room(SESSION, "a")
        await store.append_events(SESSION, 0, [fact("x")], owner=held)
        await store.chats.load_salt(SESSION, lambda: b"salt")
        if how == "released":
            await store.owners.release_room(SESSION, held)
        else:
            await die(store, "a")
            await store.owners.claim_room(SESSION, "b")

        with pytest.raises(NotOwner) as refused:
            await store.append_events(SESSION, 1, [fact("y")], deadlines={"silence": 1}, owner=held)
        with pytest.raises(NotOwner):
            await store.append_events(SESSION, 1, [], deadlines={"silence": 1}, owner=held)
        with pytest.raises(NotOwner):
            await store.chats.append_lines(SESSION, b"salt", [LINE], 0, held)

        assert refused.value.code == "not-owner"
        assert len(await store.load_events(SESSION)) == 1
        assert await store.load_due(10, 10) == []
        chat = await store.chats.load_chat(SESSION)
        assert chat is not None
        assert chat.lines == ()

    async def test_a_batch_of_proofs_keeps_those_of_rooms_that_are_owned_still(
        self, store: OwnedStore
    ) -> None:
        kept = await store.owners.claim_room("kept", "a")
        lost = await store.owners.claim_room("lost", "a")
        await store.owners.release_room("lost", lost)

        refused = await store.save_presence(
            [Presence(name, "tutor", 1, 5) for name in ("free", "kept", "lost")],
            {"kept": kept, "lost": lost},
        )

        assert refused == {"lost"}
        assert set(await store.load_presence("kept")) == {"tutor"}
        assert set(await store.load_presence("free")) == {"tutor"}  # nobody has to own it
        assert await store.load_presence("lost") == {}

    async def test_deadlines_move_together_only_where_the_room_is_owned_still(
        self, store: OwnedStore
    ) -> None:
        owners = {}
        for name in ("kept", "lost", "taken"):
            await store.append_events(name, 0, [fact(name)], deadlines={"silence": 100})
            owners[name] = await store.owners.claim_room(name, "a")
        await store.append_events("free", 0, [fact("free")], deadlines={"silence": 100})
        await store.owners.release_room("lost", owners["lost"])
        await store.owners.release_room("taken", owners["taken"])
        await store.owners.claim_room("taken", "b")

        refused = await store.postpone([(due, 500) for due in await store.load_due(100, 10)], owners)

        assert refused == {"lost", "taken"}
        assert [one.session_id for one in await store.load_due(100, 10)] == ["lost", "taken"]
        assert [one.session_id for one in await store.load_due(500, 10)][2:] == ["free", "kept"]

    async def test_no_append_of_the_old_owner_comes_after_a_claim(self, place: Place) -> None:
        here, there = await place.open(), await place.open()
        await live(here, "a", "b")
        held = await here.owners.claim_room(SESSION, "a")
        await die(here, "a")

        async def claim_and_look() -> tuple[Ownership, int]:
            owner = await there.owners.claim_room(SESSION, "b")
            return owner, len(await there.load_events(SESSION))

        answers = await asyncio.gather(
            *(here.append_events(SESSION, n, [fact(f"{n}")], owner=held) for n in range(10)),
            claim_and_look(),
            return_exceptions=True,
        )

        assert isinstance(answers[-1], tuple)
        owner, seen = answers[-1]
        assert owner == Ownership("b", 2)
        assert len(await here.load_events(SESSION)) == seen


class TestDeadlines:
    async def test_each_node_gets_those_of_its_rooms_and_of_rooms_that_nobody_owns(
        self, store: OwnedStore
    ) -> None:
        for number, name in enumerate(("free", "of-a", "of-b", "later")):
            await store.append_events(name, 0, [fact(name)], deadlines={"silence": 100 * number})
        await store.owners.claim_room("of-a", "a")
        await store.owners.claim_room("of-b", "b")

        due = await store.owners.claim_due("a", 200, 10)

        assert due == [Deadline("free", "silence", 0), Deadline("of-a", "silence", 100)]
        assert await store.owners.claim_due("b", 200, 10) == [Deadline("of-b", "silence", 200)]
        assert await store.owners.find_owner("free") == Ownership("a", 1)

    async def test_those_of_a_dead_node_go_to_whoever_asks_first(self, store: OwnedStore) -> None:
        held = await store.owners.claim_room(SESSION, "a")
        await store.append_events(SESSION, 0, [fact("x")], deadlines={"silence": 1, "grace": 2}, owner=held)
        await die(store, "a")

        due = await store.owners.claim_due("b", 10, 10)

        assert [deadline.kind for deadline in due] == ["silence", "grace"]
        assert await store.owners.find_owner(SESSION) == Ownership("b", 2)
        assert await store.owners.claim_due("a", 10, 10) == []

    async def test_nodes_that_ask_at_once_never_get_the_same_room(self, place: Place) -> None:
        nodes = [await place.open(), await place.open()]
        await live(nodes[0], "node-0", "node-1", "gone")
        for number in range(30):
            name = f"session-{number}"
            await nodes[0].append_events(name, 0, [fact(name)], deadlines={"silence": number})
            if number % 2:
                await nodes[0].owners.claim_room(name, "gone")
        await die(nodes[0], "gone")

        rounds = await asyncio.gather(
            *(nodes[n % 2].owners.claim_due(f"node-{n % 2}", 100, 30) for n in range(8))
        )

        taken = [{deadline.session_id for answer in rounds[n::2] for deadline in answer} for n in (0, 1)]
        assert taken[0] & taken[1] == set()
        assert len(taken[0] | taken[1]) == 30

    async def test_the_limit_takes_the_longest_overdue(self, store: OwnedStore) -> None:
        for number in range(5):
            await store.append_events(f"s-{number}", 0, [fact("x")], deadlines={"silence": 10 - number})

        due = await store.owners.claim_due("a", 100, 2)

        assert [deadline.due_ms for deadline in due] == [6, 7]


class TestNodes:
    async def test_a_node_sees_the_living_ones_the_oldest_first(self, store: OwnedStore) -> None:
        node = Node(
            id="c",
            version="2.0",
            keys=("k1", "k2"),
            backplane="redis",
            process="boot/1/2/3",
            offset_ms=-7,
            is_leaving=True,
        )

        census = await store.owners.save_node(node)

        assert [one.id for one in census.nodes] == ["a", "b", "c"]
        assert census.nodes[2] == node
        assert [one.id for one in census.others("c")] == ["a", "b"]
        later = await store.owners.load_census()
        assert later.nodes == census.nodes
        assert later.now_ms >= census.now_ms

    async def test_a_dead_node_and_one_that_ended_are_not_among_them(self, store: OwnedStore) -> None:
        await die(store, "a")
        await store.owners.remove_node("b")

        assert (await store.owners.load_census()).nodes == []

    async def test_the_rooms_of_a_node_that_ended_are_free_at_once(self, store: OwnedStore) -> None:
        await store.owners.claim_room(SESSION, "a")

        await store.owners.remove_node("a")

        assert await store.owners.claim_room(SESSION, "b") == Ownership("b", 2)

    async def test_a_dead_node_is_named_so_that_what_it_had_claimed_is_taken_over(
        self, store: OwnedStore
    ) -> None:
        await store.deliveries.save_endpoint(HOOK)
        await append(store, SESSION, at_ms=NOW_MS - 1)
        await append(store, "of-b")
        for name in ("a", "b"):
            await store.deliveries.claim(
                HOOK.id, token=f"{name}.t", now_ms=NOW_MS, lease_until_ms=NOW_MS + LEASE_MS, limit=1
            )
        assert await store.owners.bury_nodes() == []
        await die(store, "a")

        assert await store.owners.bury_nodes() == ["a"]
        assert await store.deliveries.free_claims(NOW_MS + 1, "a") == 1

        streams = await store.deliveries.claim(
            HOOK.id, token=f"{SESSION}.u", now_ms=NOW_MS + 1, lease_until_ms=NOW_MS + LEASE_MS, limit=9
        )
        assert [stream.session_id for stream in streams] == [SESSION]
