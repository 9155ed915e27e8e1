"""The sessions in memory: listeners get each stored fact once and in order, whatever fails (`live.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from langdao_video.billing import live
from langdao_video.billing.grace import Dated
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.live import LiveSessions, load_lesson
from langdao_video.errors import Conflict, Unavailable, VersionConflict
from langdao_video.session.facts import Ended, Recorded, SeatLeft, SeatTaken, UserActed
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import NO_DEADLINES, NewEvent, Ownership, Presence, StoredEvent
from tests.billing.book import RULES, T, UnsavedProofs

SEATED = SeatTaken(role="tutor", epoch=1, address=None)
MUTED, UNMUTED = (UserActed(role="tutor", action=action) for action in ("muted", "unmuted"))
OVER = Ended(ended_by="tutor", reason="x", address=None, total_seconds=0, billable_ms=0, cost_minor=0)


class ShakyStore(MemoryStore):
    """Fails when a test says so, before or after it has stored, and keeps the requested writes."""

    def __init__(self) -> None:
        super().__init__()
        self.loses: str | None = None
        self.deadlines: list[dict[str, int | None]] = []

    async def postpone(self, *arguments: Any, **more: Any) -> frozenset[str]:  # noqa: ANN401 - as it came
        if self.loses == "the question":
            raise Unavailable("store-unavailable", "Not now.")
        return await super().postpone(*arguments, **more)

    async def append_events(
        self,
        session_id: str,
        expected_version: int,
        events: Sequence[NewEvent],
        *,
        deadlines: Mapping[str, int | None] = NO_DEADLINES,
        owner: Ownership | None = None,
    ) -> list[StoredEvent]:
        if self.loses == "the question":
            raise Unavailable("store-unavailable", "Not now.")
        stored = await super().append_events(
            session_id, expected_version, events, deadlines=deadlines, owner=owner
        )
        self.deadlines.append(dict(deadlines))
        if self.loses == "the answer":
            raise Unavailable("store-unavailable", "Not now.")
        return stored


@dataclass(slots=True)
class Node:
    """One process: its sessions, and what its listeners got."""

    store: ShakyStore = field(default_factory=ShakyStore)
    unsaved: list[Presence] = field(default_factory=list)
    name: str = "a"
    told: list[tuple[int, str]] = field(default_factory=list)
    tellings: int = 0
    ids: int = 0
    on_tell: Callable[[Lesson], object] = lambda _lesson: None
    sessions: LiveSessions = field(init=False)

    def __post_init__(self) -> None:
        proofs = UnsavedProofs(self.unsaved)
        self.sessions = LiveSessions(self.store, RULES, self.make_id, self.tell, proofs)

    def make_id(self) -> str:
        self.ids += 1
        return f"{self.name}-{self.ids}"

    def tell(self, lesson: Lesson, records: Sequence[Recorded]) -> None:
        assert lesson.version == records[-1].seq
        self.on_tell(lesson)
        self.tellings += 1
        self.told += [(record.seq, record.id) for record in records]

    async def append(self, *facts: Dated, event_id: str | None = None) -> Lesson:
        async with self.sessions.lock("s") as session:
            return await self.sessions.append(session, lambda _lesson: facts, event_id)

    async def look(self) -> Lesson:
        async with self.sessions.lock("s") as session:
            return await self.sessions.load_lesson(session)


async def test_appended_facts_are_stored_and_told_once() -> None:
    node = Node()

    lesson = await node.append((T, SEATED), (T + 5, MUTED), event_id="e-1")
    again = await node.look()

    assert (lesson.version, again is lesson) == (2, True)
    assert node.told == [(1, "a-1"), (2, "e-1")]
    assert node.tellings == 1
    stored = await node.store.load_events("s")
    assert [(event.id, event.type, event.at_ms) for event in stored] == [
        ("a-1", "user-connected", T),
        ("e-1", "user-action", T + 5),
    ]
    assert stored[1].body == {
        "role": "tutor",
        "action": "muted",
        "mark": {"student_ms": None, "tutor_ms": T, "billable_ms": 0},
    }
    assert (await load_lesson(node.store, "s")).seats["tutor"].is_taken


async def test_an_empty_decision_stores_and_tells_nothing() -> None:
    node = Node()

    lesson = await node.append(event_id="e-1")

    assert (lesson.version, node.told, node.store.deadlines) == (0, [], [])
    assert node.sessions.in_doubt == []


async def test_only_deadlines_that_changed_are_written() -> None:
    node = Node()
    await node.append((T, SEATED))
    await node.append((T + 5, MUTED))
    await node.append((T + 5, SeatLeft(role="tutor", epoch=1, reason="x")))

    first, second, third = node.store.deadlines
    kinds = {"silence", "warn", "grace", "notice", "cap", "vacant", "final"}
    assert first == {**dict.fromkeys(kinds), "silence": T + 25_001}
    assert second == {}
    assert third == {"silence": None, "vacant": T + 5 + RULES.vacant_ms}


async def test_a_known_event_is_refused_and_leaves_nothing_behind() -> None:
    node = Node()
    await node.append((T, SEATED), event_id="e-1")

    with pytest.raises(Conflict):
        await node.append((T, MUTED), event_id="e-1")

    assert (await node.look()).version == 1
    assert node.told == [(1, "e-1")]


async def test_after_a_lost_race_the_others_facts_are_told_and_the_decision_is_made_again() -> None:
    one = Node()
    two = Node(one.store, name="b")
    await one.append((T, SEATED))
    seen = [(await two.look()).version]
    await one.append((T + 1, MUTED))

    def decide(lesson: Lesson) -> list[Dated]:
        seen.append(lesson.version)
        return [(T + 2, UNMUTED)]

    async with two.sessions.lock("s") as session:
        lesson = await two.sessions.append(session, decide)

    assert seen == [1, 1, 2]
    assert (lesson.version, two.told) == (3, [(2, "a-2"), (3, "b-2")])
    assert (two.sessions.in_doubt, (await two.look()) is lesson) == ([], True)


async def test_after_eight_lost_races_the_append_gives_up() -> None:
    node = Node()
    tries = 0

    def decide(lesson: Lesson) -> list[Dated]:
        nonlocal tries
        tries += 1
        mark = {"student_ms": None, "tutor_ms": None, "billable_ms": 0}
        body = {"role": "tutor", "action": "muted", "mark": mark}
        others = StoredEvent("s", lesson.version + 1, f"x-{tries}", "user-action", T, body)
        node.store._events.setdefault("s", []).append(others)
        return [(T, MUTED)]

    async with node.sessions.lock("s") as session:
        with pytest.raises(VersionConflict, match="'s' is being changed") as lost:
            await node.sessions.append(session, decide)

    assert (tries, lost.value.code) == (8, "version-conflict")
    assert node.sessions.in_doubt == ["s"]


@pytest.mark.parametrize(
    ("loses", "told"), [("the answer", [(1, "a-1"), (2, "a-2")]), ("the question", [(1, "a-1")])]
)
async def test_facts_that_may_be_stored_are_in_doubt_and_told_with_the_next_load(
    loses: str, told: list[tuple[int, str]]
) -> None:
    node = Node()
    await node.append((T, SEATED))
    node.store.loses = loses
    with pytest.raises(Unavailable):
        await node.append((T + 1, MUTED))
    before = list(node.told), node.sessions.in_doubt

    lesson = await node.look()

    assert before == ([(1, "a-1")], ["s"])
    assert (lesson.version, node.told, node.sessions.in_doubt) == (len(told), told, [])


async def test_after_a_doubt_every_deadline_is_written_anew() -> None:
    node = Node()
    await node.append((T, SEATED))
    node.store.loses = "the question"
    with pytest.raises(Unavailable):
        await node.append((T + 1, MUTED))
    node.store.loses = None

    await node.append((T + 1, MUTED))

    assert len(node.store.deadlines[-1]) == 7


async def test_the_first_load_of_a_session_tells_no_earlier_facts() -> None:
    one = Node()
    two = Node(one.store, name="b")
    await one.append((T, SEATED))

    await two.look()
    await two.append((T, MUTED))

    assert two.told == [(2, "b-1")]


async def test_reloading_a_session_tells_the_facts_that_came_meanwhile() -> None:
    one = Node()
    two = Node(one.store, name="b")
    await one.append((T, SEATED))
    await two.look()
    await one.append((T, MUTED))

    async with two.sessions.lock("s") as session:
        stale = await two.sessions.load_lesson(session)
        fresh = await two.sessions.reload(session)
        records = await two.sessions.load_records(session)

    assert (stale.version, fresh.version, [record.seq for record in records]) == (1, 2, [1, 2])
    assert two.told == [(2, "a-2")]


async def test_a_forgotten_session_is_loaded_as_for_the_first_time() -> None:
    one = Node()
    two = Node(one.store, name="b")
    async with two.sessions.lock("s") as session:
        await two.sessions.load_lesson(session)
        two.sessions.forget(session)
        await one.append((T, SEATED))
        lesson = await two.sessions.load_lesson(session)

    assert (lesson.version, two.told) == (1, [])


# ── Proofs that are not in the store yet ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("proof", "edge"),
    [
        (Presence("s", "tutor", 1, T + 9_000), 9_000),
        (Presence("s", "tutor", 2, T + 9_000), 0),
        (Presence("other", "tutor", 1, T + 9_000), 0),
    ],
)
async def test_a_lesson_is_loaded_with_the_newest_proofs_of_its_sitting(proof: Presence, edge: int) -> None:
    saved, unsaved, ended = Node(), Node(unsaved=[proof]), Node(unsaved=[proof])
    for node in (saved, unsaved, ended):
        await node.append((T, SEATED))
    await saved.store.save_presence([proof])
    await ended.append((T, OVER))
    await ended.store.save_presence([proof])

    edges = []
    for node in (saved, unsaved, ended):
        async with node.sessions.lock("s") as session:
            edges.append((await node.sessions.reload(session)).meter.edge_ms("tutor") - T)
    edges.append((await load_lesson(saved.store, "s")).meter.edge_ms("tutor") - T)

    assert edges == [edge, edge, 0, edge]


async def test_an_unknown_session_has_no_proofs() -> None:
    node = Node()
    await node.store.save_presence([Presence("s", "tutor", 0, T)])

    lesson = await node.look()

    assert (lesson.id, lesson.version, lesson.meter.edge_ms("tutor")) == ("s", 0, -1)


# ── Deadlines that proofs move ───────────────────────────────────────────────────────────────────


async def test_deadlines_are_moved_to_where_the_newest_proofs_put_them() -> None:
    node = Node()
    await node.append((T, SEATED))
    async with node.sessions.lock("s") as session:
        (await node.sessions.load_lesson(session)).note_proof("tutor", T + 9_000)
        await node.sessions.postpone(session, T + 9_000)
    moved = node.store.deadlines[-1]

    await node.append((T + 9_000, MUTED))

    assert (moved["silence"], len(moved), node.store.deadlines[-1]) == (T + 34_001, 7, {})
    assert (node.told, (await node.look()).version) == ([(1, "a-1"), (2, "a-2")], 2)


async def test_a_session_that_was_empty_for_an_hour_has_no_deadline() -> None:
    node = Node()
    await node.append((T, SEATED), (T, SeatLeft(role="tutor", epoch=1, reason="x")))
    vacant_ms = T + RULES.vacant_ms
    plans = []
    for now_ms in (vacant_ms - 1, vacant_ms, vacant_ms + 1):
        async with node.sessions.lock("s") as session:
            await node.sessions.postpone(session, now_ms)
        plans.append(node.store.deadlines[-1]["vacant"])

    assert plans == [vacant_ms, None, None]


async def test_deadlines_that_may_not_have_been_moved_are_written_again() -> None:
    node = Node()
    await node.append((T, SEATED))
    node.store.loses = "the question"
    async with node.sessions.lock("s") as session:
        with pytest.raises(Unavailable):
            await node.sessions.postpone(session, T)
    node.store.loses = None

    await node.append((T, MUTED))

    assert len(node.store.deadlines[-1]) == 7


# ── Which sessions stay in memory ────────────────────────────────────────────────────────────────


async def touch(node: Node, *names: str) -> None:
    for name in names:
        async with node.sessions.lock(name) as session:
            await node.sessions.load_lesson(session)


async def test_beyond_the_bound_the_session_locked_longest_ago_is_dropped() -> None:
    node = Node()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "SESSIONS_IN_MEMORY_MAX", 3)

        await touch(node, "a", "b", "c", "a")
        all_three = [name in node.sessions._sessions for name in "abc"]
        await touch(node, "d", "e")

    assert all_three == [True] * 3
    assert list(node.sessions._sessions) == ["a", "d", "e"]


async def test_a_session_that_is_locked_or_in_doubt_is_not_dropped() -> None:
    node = Node()
    node.store.loses = "the question"
    with pytest.raises(Unavailable):
        await node.append((T, SEATED))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "SESSIONS_IN_MEMORY_MAX", 1)
        async with node.sessions.lock("held"):
            await touch(node, "a", "b")
            kept = list(node.sessions._sessions)

    assert kept == ["s", "held"]


async def test_a_session_is_held_by_one_at_a_time() -> None:
    node, order = Node(), []

    async def lock(name: str, until: asyncio.Event) -> None:
        async with node.sessions.lock("s") as session:
            order.append((name, session.id, session.users))
            await until.wait()
            order.append((name, "leaves", session.users))

    first, second = asyncio.Event(), asyncio.Event()
    second.set()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(lock("one", first))
        await asyncio.sleep(0)
        tasks.create_task(lock("two", second))
        await asyncio.sleep(0)
        first.set()

    assert order == [("one", "s", 1), ("one", "leaves", 2), ("two", "s", 1), ("two", "leaves", 1)]
