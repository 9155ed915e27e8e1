"""The owner of a room decides for its session. What another owner did is read anew; a lost room stores nothing."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from langdao_video.billing.live import LiveSessions
from langdao_video.billing.presence import PresenceWriter
from langdao_video.errors import Lapsed, NotOwner
from langdao_video.store.port import Presence
from tests.billing.book import RULES, T
from tests.billing.test_live import MUTED, SEATED
from tests.nodes.stage import Actor, Stage

if TYPE_CHECKING:
    from langdao_video.billing.grace import Dated
    from langdao_video.billing.lesson import Lesson

SESSION = "lesson"
_numbers = itertools.count()


@dataclass(slots=True)
class Node:
    """A node of the stage with its sessions in memory."""

    actor: Actor
    proofs: PresenceWriter = field(init=False)
    sessions: LiveSessions = field(init=False)
    told: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        store, owners = self.actor.store, self.actor.holdings
        self.proofs = PresenceWriter(store, owners)
        self.sessions = LiveSessions(
            store,
            RULES,
            lambda: f"id-{next(_numbers)}",
            lambda _lesson, records: self.told.extend(record.seq for record in records),
            self.proofs,
            owners,
        )

    async def append(self, *facts: Dated) -> Lesson:
        async with self.sessions.lock(SESSION) as session:
            return await self.sessions.append(session, lambda _lesson: facts)

    async def look(self) -> Lesson:
        async with self.sessions.lock(SESSION) as session:
            return await self.sessions.load_lesson(session)

    async def prove(self, proof_ms: int) -> None:
        async with self.sessions.lock(SESSION) as session:
            lesson = await self.sessions.load_lesson(session)
            self.sessions.note_proof(lesson, Presence(SESSION, "tutor", 1, proof_ms))


async def test_only_the_owner_reads_and_changes_a_session() -> None:
    stage = Stage()
    here, there = Node(await stage.enter("a")), Node(await stage.enter("b"))
    await here.append((T, SEATED))

    with pytest.raises(NotOwner):
        await there.append((T + 5, MUTED))
    with pytest.raises(NotOwner):
        await there.look()

    assert (await here.append((T + 5, MUTED))).version == 2
    assert here.told == [1, 2]


async def test_the_next_owner_reads_the_session_as_it_was_left() -> None:
    stage = Stage()
    here, there = Node(await stage.enter("a")), Node(await stage.enter("b"))
    await here.append((T, SEATED))
    await here.actor.holdings.release(SESSION)
    await there.append((T + 5, MUTED))
    await there.actor.holdings.release(SESSION)

    lesson = await here.look()

    assert lesson.version == 2
    assert here.told == [1]  # the other node has told the second
    assert there.told == [2]


async def test_a_paused_node_that_still_believes_it_owns_the_room_stores_nothing() -> None:
    stage = Stage()
    here, there = Node(await stage.enter("a")), Node(await stage.enter("b"))
    await here.append((T, SEATED))
    await stage.pass_time(5_000, there.actor)
    await there.look()
    # It looked at its clock before it was stopped, so nothing keeps it from writing but the store.
    here.actor.membership.lease.renew(stage.now_ms)

    with pytest.raises(NotOwner):
        await here.append((T + 5, MUTED))

    assert here.actor.lost == [SESSION]
    assert len(await stage.store.load_events(SESSION)) == 1
    assert (await there.append((T + 6, MUTED))).version == 2


async def test_proofs_of_a_room_that_was_lost_are_given_up_and_the_room_is_told() -> None:
    stage = Stage()
    here, there = Node(await stage.enter("a")), Node(await stage.enter("b"))
    await here.append((T, SEATED))
    await stage.pass_time(5_000, there.actor)
    await there.look()
    here.actor.membership.lease.renew(stage.now_ms)

    await here.prove(T + 1_000)
    is_saved = await here.proofs.wait_for_save(SESSION)

    assert not is_saved
    assert here.actor.lost == [SESSION]
    assert await stage.store.load_presence(SESSION) == {}
    assert here.proofs.unsaved(SESSION) == []


async def test_a_lease_that_lapses_for_a_moment_forgets_nothing() -> None:
    stage = Stage()
    node = Node(await stage.enter("a"))
    await node.append((T, SEATED))
    await node.prove(T + 1_000)
    await stage.pass_time(5_000)

    with pytest.raises(Lapsed):
        await node.look()
    await node.actor.membership.step()
    await node.proofs.wait_for_save(SESSION)

    assert (await node.look()).meter.edge_ms("tutor") == T + 1_000
    assert (await stage.store.load_presence(SESSION))["tutor"].proof_ms == T + 1_000
    assert node.actor.lost == []
