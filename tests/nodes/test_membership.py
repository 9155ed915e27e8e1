"""Nodes that come, live, die and leave: who may run, who is replaced when, and who takes over what they had."""

from __future__ import annotations

import asyncio

import pytest

from langdao_video.errors import NotOwner, Unavailable
from langdao_video.nodes.holdings import IDLE_MS
from langdao_video.nodes.lease import GIVES_UP_MS
from langdao_video.nodes.membership import join_nodes
from langdao_video.nodes.process import describe_process
from langdao_video.store.memory import MemoryStore
from langdao_video.store.memory_owners import MemoryOwners
from langdao_video.store.ownership import LEASE_MS, RENEW_MS, Census, Node
from langdao_video.store.port import Ownership
from langdao_video.store.shared_clock import Sample, SharedClock
from tests.nodes.stage import ROOM, Stage
from tests.stories.live import until

ENDED = describe_process().rpartition("/")[0] + "/0"
"""A process of this machine that has ended: its number is taken by one that began at another time."""


async def free_nothing(_node_id: str) -> int:
    return 0


class TestJoining:
    async def test_the_first_node_comes_and_sees_itself(self) -> None:
        store = MemoryStore()

        census = await join_nodes(store.owners, Node(id="a", version="1"), free_nothing)

        assert [node.id for node in census.nodes] == ["a"]

    async def test_a_second_one_without_redis_is_refused_when_the_first_renews(self) -> None:
        stage = Stage()
        await stage.store.owners.save_node(Node(id="a", version="1"))

        joining = asyncio.create_task(join_nodes(stage.store.owners, Node(id="b", version="1"), free_nothing))
        await asyncio.sleep(0.01)
        stage.now_ms += RENEW_MS
        await stage.store.owners.save_node(Node(id="a", version="1"))

        with pytest.raises(Unavailable) as refused:
            await joining
        assert refused.value.code == "node-refused"
        assert "REDIS_URL" in refused.value.message
        assert [node.id for node in (await stage.store.owners.load_census()).nodes] == ["a"]

    async def test_it_waits_for_the_lease_of_one_that_died(self) -> None:
        stage = Stage()
        await stage.store.owners.save_node(Node(id="a", version="1"))

        joining = asyncio.create_task(join_nodes(stage.store.owners, Node(id="b", version="1"), free_nothing))
        await asyncio.sleep(0.01)
        stage.now_ms += LEASE_MS

        assert [node.id for node in (await joining).nodes] == ["b"]

    async def test_it_does_not_wait_for_a_process_of_this_machine_that_ended(self) -> None:
        store = MemoryStore()
        await store.owners.save_node(Node(id="a", version="1", process=ENDED))
        freed: list[str] = []

        async def free(node_id: str) -> int:
            freed.append(node_id)
            return 3

        async with asyncio.timeout(60):  # not for the lease either: this store's time is the machine's
            census = await join_nodes(store.owners, Node(id="b", version="1"), free)

        assert [node.id for node in census.nodes] == ["b"]
        assert freed == ["a"]


class TestLiving:
    async def test_a_node_that_dies_is_replaced_within_five_seconds(self) -> None:
        stage = Stage()
        here, there = await stage.enter("a"), await stage.enter("b")
        await here.holdings.hold(ROOM)
        await stage.pass_time(3_000, here, there)

        await stage.pass_time(4_000, there)
        owner = await there.holdings.hold(ROOM)

        assert owner == Ownership("b", 2)
        assert there.freed == ["a"]
        await stage.pass_time(3_000, there)
        assert there.freed == ["a"]  # once

    async def test_a_database_that_does_not_answer_for_a_while_costs_no_room(self) -> None:
        stage = Stage()
        node = await stage.enter("a")
        owner = await node.holdings.hold(ROOM)

        await stage.pass_time(GIVES_UP_MS - 1_000)
        with pytest.raises(NotOwner):
            await node.holdings.hold(ROOM)
        await node.membership.step()

        assert await node.holdings.hold(ROOM) == owner
        assert node.lost == []

    async def test_a_node_that_cannot_renew_for_long_sends_its_pages_away(self) -> None:
        stage = Stage()
        node = await stage.enter("a")
        await node.holdings.hold(ROOM)
        await stage.store.close()

        await stage.pass_time(GIVES_UP_MS - 1_000, node)
        before = [*node.lost]
        await stage.pass_time(1_000, node)

        assert before == []
        assert node.lost == [ROOM]

    async def test_the_lease_is_renewed_while_rooms_are_released(self) -> None:
        stage = Stage()
        node = await stage.enter("a")
        await node.holdings.hold(ROOM)
        released, renewals = asyncio.Event(), asyncio.Queue[int]()

        class SlowOwners(MemoryOwners):
            async def release_room(self, session_id: str, owner: Ownership) -> bool:
                await released.wait()
                return await stage.store.owners.release_room(session_id, owner)

            async def save_node(self, node: Node, lease_ms: int = LEASE_MS) -> Census:
                renewals.put_nowait(stage.now_ms)
                return await stage.store.owners.save_node(node, lease_ms)

        slow = MemoryStore()
        node.membership.store = node.holdings._store = SlowOwners(slow._ledger, slow._list_due)
        stage.now_ms += IDLE_MS
        node.membership.lease.renew(stage.now_ms)
        running = asyncio.create_task(node.membership.run())
        async with asyncio.timeout(60):
            for _ in range(3):
                await renewals.get()

        assert node.holdings.find(ROOM) is not None, "its release hangs"
        released.set()
        await until(lambda: node.holdings.find(ROOM) is None)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    async def test_the_time_that_nodes_share_is_compared_at_each_renewal(self) -> None:
        stage = Stage()
        node = await stage.enter("a")
        zero_ms = stage.now_ms - stage.now_ms + 100
        sample = Sample(stage.now_ms, stage.now_ms, stage.now_ms)
        node.membership.clock = SharedClock(zero_ms, sample, lambda: stage.now_ms)

        await node.membership.step()

        (own,) = (await stage.store.owners.load_census()).nodes
        assert own.offset_ms == 100


class TestLeaving:
    async def test_rooms_go_to_a_node_that_takes_them_and_do_not_come_back(self) -> None:
        stage = Stage()
        here, there = await stage.enter("a"), await stage.enter("b")
        await here.holdings.hold(ROOM)
        await stage.pass_time(1_000, here, there)

        await here.membership.give_away(ROOM)

        with pytest.raises(NotOwner) as refused:
            await here.holdings.hold(ROOM)
        assert refused.value.code == "service-moving"
        assert await there.holdings.hold(ROOM) == Ownership("b", 2)
        assert here.lost == []

    async def test_without_a_successor_they_stay_until_one_comes(self) -> None:
        stage = Stage()
        here = await stage.enter("a")
        await here.holdings.hold(ROOM)

        await here.membership.give_away(ROOM)
        owner = await here.holdings.hold(ROOM)
        there = await stage.enter("b")
        await stage.pass_time(1_000, here, there)

        assert owner == Ownership("a", 1)
        assert await there.holdings.hold(ROOM) == Ownership("b", 2)

    async def test_another_node_that_leaves_is_no_successor(self) -> None:
        stage = Stage()
        here, there = await stage.enter("a"), await stage.enter("b")
        await here.holdings.hold(ROOM)
        await there.membership.give_away("nothing")
        await stage.pass_time(1_000, here, there)

        await here.membership.give_away(ROOM)

        assert await here.holdings.hold(ROOM) == Ownership("a", 1)

    async def test_a_node_that_left_is_gone_at_once(self) -> None:
        stage = Stage()
        here, there = await stage.enter("a"), await stage.enter("b")
        await here.holdings.hold(ROOM)

        await here.membership.leave()

        assert await there.holdings.hold(ROOM) == Ownership("b", 2)
