"""Lessons over several nodes bill no second too many, whatever nodes, leases and letters do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from langdao_video.nodes.holdings import Holdings
from langdao_video.store.memory import MemoryStore
from langdao_video.store.memory_owners import MemoryOwners
from langdao_video.store.port import NewEvent, Ownership, StoredEvent
from tests.examples import examples
from tools.simulator.chance import make_plan
from tools.simulator.lesson import LessonVerdict, play
from tools.simulator.plan import Answers, MediaStops, NodeStandsStill, Partition
from tools.simulator.report import write_failure
from tools.simulator.run import SEEDS_APART, quiet

LESSONS = 80
"""How many lessons are played; for a night see docs/decisions/0008. The planted fault must show within as many."""


def play_lessons(count: int) -> Iterator[LessonVerdict]:
    with quiet():
        for number in range(count):
            yield play(make_plan((1 << 32) + number, "several"))


@pytest.mark.requirement("R36")
def test_no_lesson_of_several_nodes_is_over_billed_and_no_drop_costs_more_than_an_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = _count_refused(monkeypatch)
    lost = _count_lost(monkeypatch)
    lessons = examples(LESSONS)

    verdicts = list(play_lessons(lessons))

    wrong = [(number, verdict) for number, verdict in enumerate(verdicts) if not verdict.is_right]
    assert [line for number, verdict in wrong for line in write_failure(verdict, number, 1)] == []
    assert sum(verdict.billable_ms for verdict in verdicts) > lessons * 30_000, "most lessons are lessons"
    assert lost, "rooms went from node to node"
    assert refused or lessons < LESSONS, "a node that stood still wrote with an old fence"


def test_media_that_stopped_while_nobody_was_heard_is_not_billed_when_a_new_owner_hears_them() -> None:
    """Found by the simulator: the page's first counters, which were old, passed for media that arrives."""
    troubles = (
        NodeStandsStill(at_ms=4_154, for_ms=82_033, in_write=True),
        MediaStops(at_ms=40_888, who="student", for_ms=85_053),
    )
    plan = make_plan(200 * SEEDS_APART + 380, "several")
    with quiet():
        verdict = play(replace(plan, troubles=troubles))

    assert (verdict.over_ms, verdict.faults, verdict.is_right) == (0, [], True)


@pytest.mark.requirement("R40")
def test_who_comes_back_after_a_silence_and_answers_at_once_is_not_held_for_gone() -> None:
    """Found by the simulator: the new owner had not reported the page, whose first counters say nothing."""
    troubles = (
        Partition(at_ms=80_984, who="tutor", for_ms=86_410, way="both", cuts_media=True, tells_page=False),
        NodeStandsStill(at_ms=83_619, for_ms=29_565, in_write=True),
        Answers(at_ms=88_248, who="student", decision="end", after_ms=300, times=1),
    )
    plan = make_plan(400 * SEEDS_APART + 1256, "several")
    with quiet():
        verdict = play(replace(plan, troubles=troubles))

    assert (verdict.faults, verdict.is_right) == ([], True)


def test_a_store_that_takes_an_old_fence_and_version_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    append = MemoryStore.append_events

    async def append_anyway(
        store: MemoryStore,
        session_id: str,
        expected_version: int,
        events: Sequence[NewEvent],
        **more: Any,  # noqa: ANN401 - as the store
    ) -> list[StoredEvent]:
        version = max(expected_version, len(await store.load_events(session_id)))
        return await append(store, session_id, version, events, **more)

    monkeypatch.setattr(MemoryStore, "append_events", append_anyway)
    monkeypatch.setattr(MemoryOwners, "is_held", lambda *_: True)

    assert any(not verdict.is_right for verdict in play_lessons(LESSONS))


def _count_refused(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows with each write that the store refuses for its fence."""
    refused: list[str] = []
    is_held = MemoryOwners.is_held

    def note(owners: MemoryOwners, session_id: str, owner: Ownership) -> bool:
        held = is_held(owners, session_id, owner)
        refused.extend([] if held else [owner.node_id])
        return held

    monkeypatch.setattr(MemoryOwners, "is_held", note)
    return refused


def _count_lost(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lost: list[str] = []
    lose = Holdings.lose

    def note(holdings: Holdings, session_id: str, owner: Ownership) -> None:
        lost.append(holdings.node_id)
        lose(holdings, session_id, owner)

    monkeypatch.setattr(Holdings, "lose", note)
    return lost
