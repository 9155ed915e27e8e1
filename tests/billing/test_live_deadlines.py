"""The deadlines of many sessions in memory that proofs have moved are moved in one write (`live.py`)."""

from __future__ import annotations

import pytest

from langdao_video.errors import Unavailable
from langdao_video.store.port import Deadline
from tests.billing.book import T
from tests.billing.test_live import MUTED, SEATED, Node


async def due_of_two(*, proof_ms: int) -> tuple[Node, list[Deadline]]:
    """Seat the tutor in two sessions, and note a proof of each. Return the deadlines that are due after 26 s."""
    node = Node()
    for name in ("s", "other"):
        async with node.sessions.lock(name) as session:
            lesson = await node.sessions.append(session, lambda _lesson: [(T, SEATED)])
            lesson.note_proof("tutor", T + proof_ms)
    return node, await node.store.load_due(T + 26_000, 10)


async def test_deadlines_that_proofs_have_moved_are_moved_together() -> None:
    node, due = await due_of_two(proof_ms=9_000)
    writes = len(node.store.deadlines)

    moved = await node.sessions.postpone_together(due, T + 26_000)

    assert moved == {"s", "other"}
    assert len(node.store.deadlines) == writes, "and no session was written by itself"
    later = await node.store.load_due(T + 34_001, 10)
    assert {(one.session_id, one.kind, one.due_ms) for one in later} == {
        ("s", "silence", T + 34_001),
        ("other", "silence", T + 34_001),
    }
    await node.append((T + 26_000, MUTED))
    assert node.store.deadlines[-1] == {}, "and this node knows where they are"


async def test_a_session_that_has_something_due_or_is_locked_or_unknown_is_left_to_a_lock() -> None:
    node, due = await due_of_two(proof_ms=9_000)
    late, stranger = await due_of_two(proof_ms=500), Node(node.store)

    async with node.sessions.lock("s"):
        locked = await node.sessions.postpone_together(due[1:], T + 26_000)
    twice = await node.sessions.postpone_together([*due, *due], T + 26_000)
    stale = [Deadline(one.session_id, one.kind, one.due_ms - 1) for one in due]

    assert due[1].session_id == "s"
    assert (locked, twice) == (set(), set())
    assert await node.sessions.postpone_together(stale, T + 26_000) == set()
    assert await late[0].sessions.postpone_together(late[1], T + 26_000) == set()
    assert await stranger.sessions.postpone_together(due, T + 26_000) == set()
    assert await node.store.load_due(T + 26_000, 10) == due


async def test_deadlines_that_may_not_have_been_moved_together_are_written_again() -> None:
    node, due = await due_of_two(proof_ms=9_000)
    node.store.loses = "the question"
    with pytest.raises(Unavailable):
        await node.sessions.postpone_together(due, T + 26_000)
    node.store.loses = None

    await node.append((T, MUTED))

    assert len(node.store.deadlines[-1]) == 7
