"""The connection breaks at COMMIT: the facts are stored, but the answer is lost. Listeners hear of them once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import pytest

from langdao_video.billing.live import load_lesson
from langdao_video.billing.monitor import act_on_all_due
from langdao_video.billing.quota import Cap
from langdao_video.errors import Unavailable
from langdao_video.session.facts import CapChanged, Ended, Warned
from langdao_video.store.port import NO_DEADLINES, NewEvent, Ownership, Store, StoredEvent
from tests.billing.timeline import SESSION, START_MS, HandClock, Timeline


class CutOffStore:
    """A store that appends, but loses its answers while a test says so."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_cut = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def append_events(
        self,
        session_id: str,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        deadlines: Mapping[str, int | None] = NO_DEADLINES,
        owner: Ownership | None = None,
    ) -> list[StoredEvent]:
        stored = await self._store.append_events(
            session_id, expected_version, events, deadlines=deadlines, owner=owner
        )
        if self.is_cut and events:
            raise Unavailable("store-unavailable", "The connection broke at COMMIT.")
        return stored


@pytest.fixture
def cut(store: Store) -> CutOffStore:
    return CutOffStore(store)


async def begin_lesson(cut: CutOffStore, cap: Cap | None = None) -> Timeline:
    line = Timeline(store=cast("Store", cut))
    await line.create(cap)
    await line.connect("student")
    await line.connect("tutor")
    return line


async def test_listeners_get_an_end_that_was_stored_without_an_answer(cut: CutOffStore) -> None:
    line = await begin_lesson(cut, Cap(seconds=60))
    await line.run_until(59)
    cut.is_cut = True
    with pytest.raises(Unavailable):
        await line.run_until(60)
    cut.is_cut = False

    await act_on_all_due(line.service)

    assert [record.seq for record in line.told] == [1, 2, 3, 4]
    assert isinstance(line.told[-1].fact, Ended)
    assert line.told[-1].mark.billable_ms == 60_000


async def test_listeners_get_facts_of_the_clock_once_and_in_order(cut: CutOffStore) -> None:
    line = await begin_lesson(cut)
    await line.run_until(60)
    await line.leave("tutor")
    await line.run_until(64)
    cut.is_cut = True
    await line.run_until(100)
    cut.is_cut = False

    await line.run_until(110)

    version = (await load_lesson(cast("Store", cut), SESSION)).version
    assert [record.seq for record in line.told] == list(range(1, version + 1))
    assert [type(record.fact) for record in line.told[-2:]] == [Warned, Ended]


async def test_an_answer_lost_on_the_way_to_a_platform_is_told_when_it_asks_again(cut: CutOffStore) -> None:
    line = await begin_lesson(cut)
    cut.is_cut = True
    with pytest.raises(Unavailable):
        await line.service.change_cap(SESSION, Cap(seconds=600))
    cut.is_cut = False

    await line.service.load(SESSION)
    await act_on_all_due(line.service)

    assert [record.fact for record in line.told if isinstance(record.fact, CapChanged)] == [
        CapChanged(cap_seconds=600, cap_minor=None)
    ]


async def test_listeners_get_facts_of_another_process_before_ours(store: Store) -> None:
    line = Timeline(store=store)
    await line.create()
    other = Timeline(store=store, clock=HandClock(START_MS + 1_000))
    await other.service.change_cap(SESSION, Cap(seconds=600))

    await line.service.change_cap(SESSION, Cap(seconds=900))

    caps = [record.fact.cap_seconds for record in line.told if isinstance(record.fact, CapChanged)]
    assert caps == [600, 900]
    assert [record.seq for record in line.told] == [1, 2, 3]
    assert [record.seq for record in other.told] == [2]


async def test_a_correction_whose_answer_was_lost_is_sent_again_and_added_once(cut: CutOffStore) -> None:
    line = await begin_lesson(cut)
    await line.run_until(60)
    await line.end("student")
    cut.is_cut = True
    with pytest.raises(Unavailable):
        await line.service.correct_bill(SESSION, -40, "late start", "refund-1")
    cut.is_cut = False

    lesson = await line.service.correct_bill(SESSION, -40, "late start", "refund-1")

    assert lesson.cost.minor == 20
    assert [record.seq for record in line.told] == list(range(1, lesson.version + 1))
