"""A node owns the rooms it decides for, tells whoever has to know when it lost one, and releases what nobody uses."""

from __future__ import annotations

import asyncio

import pytest

from langdao_video.errors import Lapsed, NotOwner, Unavailable
from langdao_video.nodes.holdings import IDLE_MS
from langdao_video.nodes.lease import DECIDES_MS
from langdao_video.store.memory import MemoryStore
from langdao_video.store.memory_owners import MemoryOwners
from langdao_video.store.port import Ownership
from tests.nodes.stage import ROOM, Stage


async def test_a_held_room_is_asked_for_once() -> None:
    stage = Stage()
    node = await stage.enter("a")

    first = await node.holdings.hold(ROOM)
    await stage.store.close()  # nobody may ask it again

    assert await node.holdings.hold(ROOM) == first == node.holdings.find(ROOM) == Ownership("a", 1)
    assert node.holdings.count == 1


async def test_the_room_of_another_node_is_refused() -> None:
    stage = Stage()
    here, there = await stage.enter("a"), await stage.enter("b")
    await here.holdings.hold(ROOM)

    with pytest.raises(NotOwner) as refused:
        await there.holdings.hold(ROOM)

    assert refused.value.code == "not-owner"
    assert there.holdings.find(ROOM) is None


async def test_a_node_that_was_stopped_decides_nothing_until_it_has_asked_what_is_left() -> None:
    stage = Stage()
    here, there = await stage.enter("a"), await stage.enter("b")
    await here.holdings.hold(ROOM)
    await here.holdings.hold("kept")

    await stage.pass_time(20_000, there)
    with pytest.raises(Lapsed):
        await here.holdings.hold(ROOM)
    with pytest.raises(Lapsed):
        await here.holdings.claim_due(0, 10)
    taken = await there.holdings.hold(ROOM)
    await here.membership.step()

    assert taken == Ownership("b", 2)
    assert here.lost == [ROOM]
    assert await here.holdings.hold("kept") == Ownership("a", 1)
    with pytest.raises(NotOwner):
        await here.holdings.hold(ROOM)


async def test_who_wants_a_room_while_the_renewal_is_late_waits_for_it() -> None:
    stage = Stage()
    node = await stage.enter("a")
    node.holdings._patience_seconds = 60
    await stage.pass_time(DECIDES_MS)

    holding = asyncio.create_task(node.holdings.hold(ROOM))
    await asyncio.sleep(0)
    assert not holding.done()
    await node.membership.step()

    assert await holding == Ownership("a", 1)


async def test_a_lease_that_lapses_while_the_room_is_claimed_gives_nothing() -> None:
    stage = Stage()
    node = await stage.enter("a")

    class SlowOwners(MemoryOwners):
        async def claim_room(self, session_id: str, node_id: str) -> Ownership:
            owner = await stage.store.owners.claim_room(session_id, node_id)
            stage.now_ms += DECIDES_MS
            return owner

    slow = MemoryStore()
    slow.owners = SlowOwners(slow._ledger, slow._list_due)
    node.holdings._store = slow.owners

    with pytest.raises(Lapsed):
        await node.holdings.hold(ROOM)
    assert node.holdings.find(ROOM) is None


async def test_a_write_that_was_refused_loses_the_room_once() -> None:
    stage = Stage()
    node = await stage.enter("a")
    owner = await node.holdings.hold(ROOM)

    node.holdings.lose(ROOM, owner)
    node.holdings.lose(ROOM, owner)

    assert node.lost == [ROOM]


async def test_a_late_refusal_of_an_old_fence_loses_nothing() -> None:
    stage = Stage()
    node = await stage.enter("a")
    old = await node.holdings.hold(ROOM)
    await node.holdings.release(ROOM)
    new = await node.holdings.hold(ROOM)

    node.holdings.lose(ROOM, old)

    assert node.lost == []
    assert node.holdings.find(ROOM) == new == Ownership("a", 2)


async def test_an_idle_room_is_released_and_one_with_pages_is_not() -> None:
    stage = Stage()
    here, there = await stage.enter("a"), await stage.enter("b")
    for name in ("idle", "hosted", "used"):
        await here.holdings.hold(name)
    here.holdings.hosts = lambda name: name == "hosted"

    await stage.pass_time(IDLE_MS - 1_000, here, there)
    await here.holdings.hold("used")
    await stage.pass_time(1_000, here, there)

    assert [here.holdings.find(name) is None for name in ("idle", "hosted", "used")] == [True, False, False]
    assert here.lost == []
    assert await there.holdings.hold("idle") == Ownership("b", 2)


async def test_who_wants_a_room_that_is_being_released_gets_it_anew() -> None:
    stage = Stage()
    node = await stage.enter("a")
    gate = asyncio.Event()
    await node.holdings.hold(ROOM)

    class SlowOwners(MemoryOwners):
        async def release_room(self, session_id: str, owner: Ownership) -> bool:
            await gate.wait()
            return await stage.store.owners.release_room(session_id, owner)

        async def claim_room(self, session_id: str, node_id: str) -> Ownership:
            return await stage.store.owners.claim_room(session_id, node_id)

    slow = MemoryStore()
    node.holdings._store = SlowOwners(slow._ledger, slow._list_due)
    releasing = asyncio.create_task(node.holdings.release(ROOM))
    await asyncio.sleep(0)
    holding = asyncio.create_task(node.holdings.hold(ROOM))
    await asyncio.sleep(0)
    gate.set()

    assert await holding == Ownership("a", 2)
    await releasing
    assert node.holdings.find(ROOM) == Ownership("a", 2)


async def test_a_room_that_is_used_again_while_others_are_released_stays() -> None:
    stage = Stage()
    node = await stage.enter("a")
    for name in ("idle", "used", "hosted"):
        await node.holdings.hold(name)
    hosted = set[str]()
    node.holdings.hosts = hosted.__contains__

    class BusyOwners(MemoryOwners):
        async def release_room(self, session_id: str, owner: Ownership) -> bool:
            hosted.add("hosted")
            await node.holdings.hold("used")
            return await stage.store.owners.release_room(session_id, owner)

    busy = MemoryStore()
    node.holdings._store = BusyOwners(busy._ledger, busy._list_due)
    stage.now_ms += IDLE_MS
    node.membership.lease.renew(stage.now_ms)
    await node.holdings.release_idle()

    kept = {name for name in ("idle", "used", "hosted") if node.holdings.find(name)}
    assert kept == {"used", "hosted"}


async def test_whoever_hosts_a_room_is_told_when_another_node_turns_out_to_own_it() -> None:
    """A room that is lost while it opens is hosted afterwards: its pages would bill nothing, and never be told."""
    stage = Stage()
    here, there = await stage.enter("a"), await stage.enter("b")
    owner = await here.holdings.hold(ROOM)
    here.holdings.lose(ROOM, owner)
    await here.holdings._store.release_room(ROOM, owner)
    await there.holdings.hold(ROOM)
    here.lost.clear()

    with pytest.raises(NotOwner):
        await here.holdings.hold(ROOM)

    assert here.lost == [ROOM]
    assert dict(here.holdings.changes.items())["lost"] == 1, "it was lost once"


async def test_a_release_that_the_store_does_not_take_ends_the_holding_all_the_same() -> None:
    stage = Stage()
    node = await stage.enter("a")
    await node.holdings.hold(ROOM)
    await stage.store.close()

    await node.holdings.release(ROOM)

    assert node.holdings.find(ROOM) is None
    with pytest.raises(Unavailable):
        await node.holdings.hold(ROOM)


async def test_changes_of_owners_are_counted() -> None:
    stage = Stage()
    here, there = await stage.enter("a"), await stage.enter("b")
    await here.holdings.hold(ROOM)
    await here.holdings.hold("given")
    await here.holdings.give_away("given")

    await stage.pass_time(20_000, there)
    lease_of_a_stopped_node = here.holdings.holds_lease
    await there.holdings.hold(ROOM)
    await here.membership.step()

    assert not lease_of_a_stopped_node
    assert here.holdings.holds_lease
    assert dict(here.holdings.changes.items()) == {"claimed": 2, "released": 1, "lost": 1}
