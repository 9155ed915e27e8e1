"""The monitor goes on, even if one session or a whole round fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import structlog

from langdao_video.billing import monitor
from langdao_video.billing.monitor import REST_MS, act_on_all_due, run_monitor
from langdao_video.session.facts import Ended, Warned
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import Deadline, NewEvent, Store
from tests.billing.timeline import SESSION, Timeline
from tests.stories.live import until


class StumblingStore(MemoryStore):
    """Raises unexpected errors in the first queries for due deadlines."""

    stumbles = 2
    looks = 0

    async def load_due(self, now_ms: int, limit: int) -> list[Deadline]:
        self.looks += 1
        if self.looks <= self.stumbles:
            raise RuntimeError("stumbled")
        return await super().load_due(now_ms, limit)


@asynccontextmanager
async def running(line: Timeline) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(run_monitor(line.service))
    yield task
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in [("SETTLE_SECONDS", 0), ("_ROUND_SECONDS", 0), ("REST_MS", 1)]:
        monkeypatch.setattr(monitor, name, value)


async def lesson_that_somebody_left(store: MemoryStore) -> Timeline:
    line = Timeline(store=store)
    await line.create()
    await line.connect("student")
    await line.connect("tutor")
    await line.leave("tutor")
    return line


async def put_a_session_nobody_can_read(store: Store, session_id: str = "a-broken-one") -> None:
    """Store a fact of another version with a deadline that is long overdue."""
    event = NewEvent(f"id-{session_id}", "unheard-of", 1, {"mark": {}})
    await store.append_events(session_id, 0, [event], deadlines={"silence": 1})


@pytest.mark.usefixtures("hurry")
async def test_a_look_that_fails_unforeseen_is_not_the_last() -> None:
    store = StumblingStore()
    line = await lesson_that_somebody_left(store)
    line.clock.at_ms += 6_000

    with structlog.testing.capture_logs() as logs:
        async with running(line) as task:
            await until(lambda: any(isinstance(record.fact, Warned) for record in line.told))

            assert not task.done()

    failed = [entry for entry in logs if entry["event"] == "monitor-failed"]
    assert [(entry["log_level"], entry["exc_info"]) for entry in failed] == [("error", True)] * 2


async def test_an_unexpected_error_in_a_session_is_logged_and_delays_no_other() -> None:
    store = MemoryStore()
    await put_a_session_nobody_can_read(store)
    line = await lesson_that_somebody_left(store)

    with structlog.testing.capture_logs() as logs:
        await line.run_until(60)

    assert isinstance(line.told[-1].fact, Ended)
    assert {entry["session"] for entry in logs if entry["event"] == "due-failed"} == {"a-broken-one"}


async def test_a_session_that_fails_rests_before_it_is_tried_again() -> None:
    line = Timeline()
    await put_a_session_nobody_can_read(line.store)
    resting: dict[str, int] = {}

    with structlog.testing.capture_logs() as logs:
        for _ in range(5):
            await act_on_all_due(line.service, resting)
            line.clock.at_ms += REST_MS // 4

    assert [entry["event"] for entry in logs] == ["due-failed"] * 2


async def test_a_session_with_nothing_due_is_removed_from_the_resting_ones() -> None:
    line = Timeline()
    resting = {"was-mended-elsewhere": line.clock.at_ms - 1, "still-resting": line.clock.at_ms + 1}

    await act_on_all_due(line.service, resting)

    assert list(resting) == ["still-resting"]


async def test_many_that_fail_do_not_crowd_out_the_one_that_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor, "_SESSIONS_A_ROUND", 3)
    store = MemoryStore()
    for number in range(7):
        await put_a_session_nobody_can_read(store, f"broken-{number}")
    line = await lesson_that_somebody_left(store)
    line.clock.at_ms += 6_000
    resting: dict[str, int] = {}

    with structlog.testing.capture_logs():  # printing a traceback takes seconds
        for _ in range(3):
            await act_on_all_due(line.service, resting)

    assert isinstance(line.told[-1].fact, Warned)
    assert line.told[-1].fact.role == "tutor"
    assert SESSION not in resting
