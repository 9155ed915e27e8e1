"""Heartbeats that are taken at once: only those that move an edge, told when saved, and billed as all others are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.billing.grace import decide_due
from langdao_video.billing.heartbeats import moves_an_edge_only
from langdao_video.billing.lesson import Lesson
from langdao_video.errors import EventRefused
from langdao_video.session.events import PublicEvent, SessionHeartbeat
from langdao_video.session.facts import CapChanged, Recorded
from langdao_video.session.roles import ROLES, Role
from tests.billing.book import RULES, Book, T, connected, disputed, ended, heartbeat, left
from tests.billing.test_service_heartbeats import listen, quick_retries, settle
from tests.billing.timeline import SESSION

STORIES: Final = st.lists(
    st.tuples(
        st.sampled_from(
            [*["beat"] * 12, "denial", "late", "connect", "leave", "dispute", "warn", "cap", "end"]
        ),
        st.sampled_from(ROLES),
        st.sampled_from([0, 1, 4_000, 10_000, 14_000, 26_000, 60_000]),
        st.sampled_from([None, 1, 1, 1, 1, 2]),
    ),
    max_size=60,
)


@given(story=STORIES)
def test_a_heartbeat_that_is_said_to_move_an_edge_only_does_so(
    story: list[tuple[str, Role, int, int | None]],
) -> None:
    book, at = Book(), 20_000
    book.meet()
    for kind, role, ms, epoch in story:
        at += ms
        event = heartbeat(role, at - 13_000 if kind == "late" else at, epoch, flows=kind != "denial" and None)
        if kind in {"beat", "late", "denial"} and moves_an_edge_only(book.lesson, event, RULES):
            version, billable_ms = book.lesson.version, book.lesson.billable_ms

            intake = book.take(event, now=at)

            assert (intake.facts, intake.idle, intake.proof) == ([], None, (role, epoch, event.timestamp))
            assert book.lesson.version == version
            assert book.lesson.billable_ms >= billable_ms
            assert book.lesson.cap_ms is None or book.lesson.billable_ms < book.lesson.cap_ms
        else:
            _play(book, kind, role, at, epoch)


def _play(book: Book, kind: str, role: Role, at: int, epoch: int | None) -> None:
    events: dict[str, PublicEvent] = {
        "connect": connected(role, at, epoch),
        "leave": left(role, at, epoch),
        "dispute": disputed(role, at, epoch=epoch),
        "end": ended(at, role),
        "denial": heartbeat(role, at, epoch, flows=False),
        "late": heartbeat(role, at - 13_000, epoch),
    }
    match kind:
        case "warn":
            book.record(*decide_due(book.lesson, T + at, RULES))
        case "cap" if book.lesson.ended is None:
            seconds = book.lesson.billable_ms // 1_000 + 20
            book.record((T + at, CapChanged(cap_seconds=seconds, cap_minor=None)))
        case "cap":
            pass
        case _:
            try:
                book.take(events.get(kind, heartbeat(role, at, epoch)), now=at)
            except EventRefused:
                return


def test_in_a_lesson_without_trouble_every_heartbeat_is_taken_at_once() -> None:
    book = Book()
    book.meet()

    for at in range(30_000, 3_600_000, 10_000):
        for role in ROLES:
            assert moves_an_edge_only(book.lesson, heartbeat(role, at), RULES)
            book.take(heartbeat(role, at))


def test_one_that_may_reach_the_cap_is_not() -> None:
    book = Book()
    book.record((T, CapChanged(cap_seconds=30, cap_minor=None)))
    book.meet()

    assert moves_an_edge_only(book.lesson, heartbeat("student", 29_999), RULES)
    assert not moves_an_edge_only(book.lesson, heartbeat("student", 30_000), RULES)


# ── The service ──────────────────────────────────────────────────────────────────────────────────


async def test_it_is_told_when_its_proof_is_saved_and_billed_as_any_other() -> None:
    heard = await listen()
    heard.store.gate.clear()

    taken = [heard.take("student", 18), heard.take("tutor", 18)]
    await settle()
    before = list(heard.heartbeats)
    heard.store.gate.set()
    await settle()

    assert (taken, before) == ([True, True], [])
    assert heard.heartbeats == [("student", 18), ("tutor", 18)]
    assert (heard.billed, heard.ahead) == ([18, 18], [])


async def test_while_somebody_has_locked_the_session_it_has_to_wait_its_turn() -> None:
    heard = await listen()

    async with heard.line.service._live.lock(SESSION):
        taken = heard.take("student", 18)

    assert (taken, heard.take("student", 18)) == (False, True)


async def test_one_that_finds_its_session_locked_when_it_is_saved_is_told_afterwards() -> None:
    heard = await listen()
    heard.store.gate.clear()
    heard.take("student", 18)
    await settle()

    async with heard.line.service._live.lock(SESSION):
        heard.store.gate.set()
        await settle()
        before = list(heard.heartbeats)
    await settle()

    assert (before, heard.heartbeats) == ([], [("student", 18)])


async def test_one_that_is_not_saved_is_told_with_the_next() -> None:
    heard = await listen()
    heard.store.fails = True
    async with quick_retries():
        heard.take("student", 18)
        await settle()
        before = list(heard.heartbeats)
        heard.store.fails = False
        heard.take("tutor", 19)
        await settle()

    assert (before, heard.heartbeats) == ([], [("student", 18), ("tutor", 19)])
    assert heard.ahead == []


async def test_a_listener_that_fails_is_logged_and_the_next_heartbeat_is_told() -> None:
    heard = await listen()
    failures = [RuntimeError("a bug")]

    def fail_once(lesson: Lesson, records: Sequence[Recorded], heartbeat: SessionHeartbeat | None) -> None:
        assert (lesson.id, records) == (SESSION, ())
        if failures and heartbeat is not None:
            raise failures.pop()

    heard.line.service.listeners.insert(0, fail_once)
    with structlog.testing.capture_logs() as logs:
        heard.take("student", 18)
        await settle()
        heard.take("student", 28)
        await settle()

    assert [entry["event"] for entry in logs] == ["heartbeat-not-told"]
    assert heard.heartbeats == [("student", 28)]


@pytest.mark.parametrize("seconds", [18, 40])
async def test_after_an_end_none_is_taken(seconds: int) -> None:
    heard = await listen()
    await heard.line.service.take_event(ended(10_000))

    assert not heard.take("student", seconds)


async def test_of_a_session_that_is_not_in_memory_none_is_taken() -> None:
    heard = await listen()
    heard.line.open_service()

    assert not heard.take("student", 18)


async def test_the_end_at_the_cap_comes_in_its_turn() -> None:
    heard = await listen(cap_seconds=15)

    taken = [heard.take(role, 18) for role in ROLES]
    await asyncio.gather(*(heard.beat(role, 18) for role in ROLES))

    assert taken == [False, False]
    assert heard.kinds[-1] == "session-ended"
    assert (await heard.line.lesson()).billable_ms == 15_000
