"""Proofs on their way to the store: the newest proof of each seat is saved, in any order of notes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest
import structlog

from langdao_video.billing import presence
from langdao_video.billing.presence import PresenceWriter
from langdao_video.errors import Unavailable
from langdao_video.session.roles import Role
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import NO_OWNERS, Ownership, Presence
from tests.billing.book import T
from tests.billing.test_live import MUTED, SEATED, Node
from tests.stories.live import until

OLD, NEW = Presence("s", "student", 1, 70_000), Presence("s", "student", 1, 100_000)
NEXT_SITTING = Presence("s", "student", 2, 90_000)


class FailingStore(MemoryStore):
    """Saves no proofs until the test allows it."""

    fails = True

    async def save_presence(
        self, rows: Sequence[Presence], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        if self.fails:
            raise Unavailable("store-unavailable", "Not now.")
        return await super().save_presence(rows, owners)


class CountingStore(MemoryStore):
    """Keeps how many proofs each save had."""

    def __init__(self) -> None:
        super().__init__()
        self.saves: list[int] = []

    async def save_presence(
        self, rows: Sequence[Presence], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        self.saves.append(len(rows))
        return await super().save_presence(rows, owners)


@pytest.mark.parametrize(
    ("noted", "kept"),
    [
        ([OLD, NEW], NEW),
        pytest.param([NEW, OLD], NEW, id="a copy of an old heartbeat"),
        ([NEW, NEXT_SITTING], NEXT_SITTING),
        ([NEXT_SITTING, NEW], NEXT_SITTING),
    ],
)
async def test_the_newest_proof_is_saved_whichever_came_last(noted: list[Presence], kept: Presence) -> None:
    store = MemoryStore()
    writer = PresenceWriter(store)

    for proof in noted:
        writer.note(proof)
    await writer.flush()

    assert await store.load_presence("s") == {"student": kept}


async def test_an_unsaved_proof_is_saved_later_unless_a_newer_one_is() -> None:
    store = FailingStore()
    writer = PresenceWriter(store)
    writer.note(NEW)
    await writer.flush()
    writer.note(OLD)

    store.fails = False
    await until(lambda: store._presence)

    assert await store.load_presence("s") == {"student": NEW}


@pytest.mark.parametrize("others", [1, 2, 7, 30])
async def test_a_row_that_no_store_takes_costs_no_other_row(others: int) -> None:
    store = MemoryStore()
    writer = PresenceWriter(store)
    for number in range(others):
        writer.note(Presence(f"s-{number}", "student", 1, 70_000))
        if number == others // 2:
            writer.note(Presence("bad", "tutor", 2**53, 70_000))
    with structlog.testing.capture_logs() as logs:  # printing a traceback takes seconds
        await writer.flush()
    writer.note(NEW)

    await writer.flush()

    assert set(store._presence) == {*(f"s-{number}" for number in range(others)), "s"}
    assert [(entry["event"], entry["session"], entry["role"]) for entry in logs] == [
        ("presence-lost", "bad", "tutor")
    ]


class SlowStore(MemoryStore):
    """Saves proofs when the test allows it."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.asked = asyncio.Event()

    async def save_presence(
        self, rows: Sequence[Presence], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        self.asked.set()
        await self.gate.wait()
        return await super().save_presence(rows, owners)


async def test_a_proof_on_its_way_to_the_store_counts_as_unsaved() -> None:
    store = SlowStore()
    writer = PresenceWriter(store)
    other = Presence("other", "student", 1, 70_000)
    before = writer.unsaved("s")
    writer.note(OLD)
    writer.note(other)
    waiting = writer.unsaved("s")
    await store.asked.wait()
    writer.note(NEW)

    on_its_way = writer.unsaved("s")
    store.gate.set()
    await writer.flush()

    assert (before, waiting, on_its_way, writer.unsaved("s")) == ([], [OLD], [OLD, NEW], [])
    assert writer.unsaved("other") == []


async def test_a_failed_save_is_tried_again_by_itself() -> None:
    store = FailingStore()
    writer = PresenceWriter(store)
    with pytest.MonkeyPatch.context() as patch, structlog.testing.capture_logs():
        patch.setattr(presence, "_RETRY_SECONDS", 0)
        writer.note(NEW)
        await asyncio.sleep(0)
        kept = writer.unsaved("s")
        store.fails = False
        await until(lambda: store._presence)

    assert (kept, await store.load_presence("s")) == ([NEW], {"student": NEW})


@pytest.mark.parametrize("first", [OLD, Presence("bad", "tutor", 2**53, 70_000)])
async def test_a_row_that_is_saved_or_given_up_holds_nothing_back(first: Presence) -> None:
    store = MemoryStore()
    writer = PresenceWriter(store)
    with pytest.MonkeyPatch.context() as patch, structlog.testing.capture_logs():
        patch.setattr(presence, "_RETRY_SECONDS", 3_600)
        patch.setattr(presence, "_WAIT_SECONDS_MAX", 1)
        writer.note(first)
        await writer.flush()
        writer.note(NEW)
        await writer.flush()

    assert await store.load_presence("s") == {"student": NEW}


async def test_a_proof_is_noted_once_in_memory_and_for_the_store() -> None:
    node, proof = Node(), Presence("s", "tutor", 1, T + 7_000)
    async with node.sessions.lock("s") as session:
        lesson = await node.sessions.append(session, lambda _: [(T, SEATED)])

        node.sessions.note_proof(lesson, proof)

    assert node.unsaved == [proof]
    assert lesson.meter.edge_ms("tutor") == T + 7_000


async def test_news_is_told_without_the_proofs_that_are_not_saved() -> None:
    proof = Presence("s", "tutor", 1, T + 9_000)
    one = Node()
    two = Node(one.store, [proof], name="b")
    await one.append((T, SEATED))
    await two.look()
    await one.append((T, MUTED))
    edges: list[int] = []
    two.on_tell = lambda lesson: edges.append(lesson.meter.edge_ms("tutor") - T)

    async with two.sessions.lock("s") as session:
        edges.append((await two.sessions.reload(session)).meter.edge_ms("tutor") - T)

    assert edges == [0, 9_000]


async def test_a_proof_that_is_saved_while_its_lesson_is_loaded_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    node = Node(unsaved=[Presence("s", "tutor", 1, T + 9_000)])
    await node.append((T, SEATED))
    load = node.store.load_presence

    async def load_just_before_the_save(session_id: str) -> dict[Role, Presence]:
        rows = await load(session_id)
        node.unsaved.clear()
        return rows

    monkeypatch.setattr(node.store, "load_presence", load_just_before_the_save)

    async with node.sessions.lock("s") as session:
        assert (await node.sessions.reload(session)).meter.edge_ms("tutor") == T + 9_000


async def test_after_a_batch_of_several_proofs_the_next_ones_gather() -> None:
    store = CountingStore()
    writer = PresenceWriter(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presence, "_PACE_SECONDS_A_ROW", 0.1)
        patch.setattr(presence, "_PACE_SECONDS_MAX", 1.0)
        writer.note(OLD)
        writer.note(Presence("other", "student", 1, 70_000))
        await until(lambda: store.saves)
        for number in range(50):
            writer.note(Presence(f"s-{number}", "student", 1, 70_000))
            await asyncio.sleep(0)

        await until(lambda: len(store._presence) == 52)

    assert store.saves == [2, 50]


async def test_single_proofs_wait_for_nothing() -> None:
    store = CountingStore()
    writer = PresenceWriter(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presence, "_PACE_SECONDS_A_ROW", 3_600)
        patch.setattr(presence, "_PACE_SECONDS_MAX", 3_600)

        for number in range(3):
            writer.note(Presence(f"s-{number}", "student", 1, 70_000))
            await writer.wait_for_save(f"s-{number}")

    assert store.saves == [1, 1, 1]


# ── Who waits for a save ─────────────────────────────────────────────────────────────────────────


async def test_a_session_without_waiting_proofs_waits_for_nothing() -> None:
    writer = PresenceWriter(SlowStore())
    writer.note(Presence("other", "student", 1, 70_000))

    assert await writer.wait_for_save("s")


async def test_a_wait_ends_when_the_batch_with_the_newest_proof_is_saved() -> None:
    store = SlowStore()
    writer = PresenceWriter(store)
    writer.note(OLD)
    first = asyncio.create_task(writer.wait_for_save("s"))
    await store.asked.wait()
    writer.note(NEW)
    second = asyncio.create_task(writer.wait_for_save("s"))
    await asyncio.sleep(0)
    waiting = first.done(), second.done()

    store.gate.set()

    assert (waiting, await first, await second) == ((False, False), True, True)
    assert await store.load_presence("s") == {"student": NEW}


async def test_a_failed_save_is_told_to_all_who_wait_and_the_next_one_anew() -> None:
    store = FailingStore()
    writer = PresenceWriter(store)
    with pytest.MonkeyPatch.context() as patch, structlog.testing.capture_logs():
        patch.setattr(presence, "_RETRY_SECONDS", 0)
        writer.note(NEW)
        failed = [*await asyncio.gather(writer.wait_for_save("s"), writer.wait_for_save("s"))]
        store.fails = False

        saved = await writer.wait_for_save("s")

    assert (failed, saved) == ([False, False], True)
    assert await store.load_presence("s") == {"student": NEW}


async def test_a_row_that_no_store_takes_is_not_saved_but_the_others_are() -> None:
    store = SlowStore()
    writer = PresenceWriter(store)
    writer.note(NEW)
    writer.note(Presence("bad", "tutor", 2**53, 70_000))
    waiting = [asyncio.create_task(writer.wait_for_save(session_id)) for session_id in ("s", "bad")]
    await store.asked.wait()
    with structlog.testing.capture_logs():
        store.gate.set()

        assert await asyncio.gather(*waiting) == [True, False]


async def test_one_who_gives_up_waiting_takes_nothing_from_the_others() -> None:
    store = SlowStore()
    writer = PresenceWriter(store)
    writer.note(NEW)
    leaves, stays = (asyncio.create_task(writer.wait_for_save("s")) for _ in range(2))
    await store.asked.wait()

    leaves.cancel()
    store.gate.set()

    assert await stays
    assert leaves.cancelled()


async def test_a_wait_has_a_bound() -> None:
    store = SlowStore()
    writer = PresenceWriter(store)
    writer.note(NEW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presence, "_WAIT_SECONDS_MAX", 0)

        assert not await writer.wait_for_save("s")
    store.gate.set()
    await writer.flush()
