"""Proofs on their way to the store: the newest proof of each seat is saved, in any order of notes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
import structlog

from langdao_video.billing import presence
from langdao_video.billing.presence import PresenceWriter
from langdao_video.errors import Unavailable
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import Presence
from tests.billing.book import T
from tests.billing.test_live import SEATED, Node
from tests.stories.live import until

OLD, NEW = Presence("s", "student", 1, 70_000), Presence("s", "student", 1, 100_000)
NEXT_SITTING = Presence("s", "student", 2, 90_000)


class FailingStore(MemoryStore):
    """Saves no proofs until the test allows it."""

    fails = True

    async def save_presence(self, rows: object) -> None:
        if self.fails:
            raise Unavailable("store-unavailable", "Not now.")
        await super().save_presence(rows)  # type: ignore[arg-type]


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

    async def save_presence(self, rows: Sequence[Presence]) -> None:
        self.asked.set()
        await self.gate.wait()
        await super().save_presence(rows)


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
        patch.setattr(presence, "_FLUSH_SECONDS_MAX", 1)
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
