"""Proofs on their way to the store: the newest of each seat arrives, in whatever order they were noted."""

from __future__ import annotations

import pytest

from langdao_video.billing.presence import PresenceWriter
from langdao_video.errors import Unavailable
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import Presence
from tests.stories.live import until

OLD, NEW = Presence("s", "student", 1, 70_000), Presence("s", "student", 1, 100_000)
NEXT_SITTING = Presence("s", "student", 2, 90_000)


class FailingStore(MemoryStore):
    """Takes no proofs until it is told to."""

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


async def test_what_could_not_be_saved_is_saved_later_unless_something_newer_is() -> None:
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
    await writer.flush()
    writer.note(NEW)

    await writer.flush()

    assert set(store._presence) == {*(f"s-{number}" for number in range(others)), "s"}
