"""The store fails for a while, or the process stands still: a participant who was there is not reported as missing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest
import structlog

from langdao_video.billing import monitor, presence
from langdao_video.billing.monitor import run_monitor
from langdao_video.errors import Unavailable
from langdao_video.store.port import NO_OWNERS, Ownership, Presence
from tests.stories.lesson import begin, pass_time
from tests.stories.live import PATIENCE_SECONDS, HandClock, Live, until


async def test_when_writes_work_again_no_present_participant_is_reported_gone(
    live: Live, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id, student, tutor = await begin(live)
    await pass_time(clock, [student, tutor], 30_000)
    service = live.context.sessions
    heard = {page.role: len(page.of_type("bill")) for page in (student, tutor)}
    store = service.store
    is_full = True
    failed_ms: list[int] = []

    async def fail(*_: object, **__: object) -> None:
        if is_full:
            failed_ms.append(clock.now_ms())
            raise Unavailable("store-unavailable", "The disk is full.")

    append, save = store.append_events, store.save_presence
    monkeypatch.setattr(store, "append_events", fail)
    monkeypatch.setattr(store, "save_presence", fail)
    # This write fails, so the session in memory may be wrong.
    await student.send("user-status", audio=False, video=True)
    await tutor.expect("user-status")
    await pass_time(clock, [student, tutor], 40_000, takes_proofs=False)
    await until(lambda: failed_ms[-1:] == [clock.now_ms()])  # repeated until the disk has room

    is_full = False
    monkeypatch.setattr(store, "append_events", append)
    monkeypatch.setattr(store, "save_presence", save)
    hosted = live.context.hub._rooms[session_id]
    await until(lambda: hosted.outbox.is_idle)  # the waiting items are sent again
    await pass_time(clock, [student, tutor], 20_000)

    events = (await live.get(f"/api/sessions/{session_id}/events"))["events"]
    kinds = {event["type"] for event in events}
    assert not {"proof-lost", "connection-warning", "session-ended"} & kinds
    for page in (student, tutor):
        assert page.of_type("connection-warning") == []
        assert all(bill["running"] for bill in page.of_type("bill")[heard[page.role] :])
    assert (await live.get(f"/api/sessions/{session_id}"))["billableSeconds"] == 90


async def test_a_bill_is_shown_after_its_proofs_are_saved_and_the_call_goes_on_meanwhile(
    live: Live, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, student, tutor = await begin(live)
    await pass_time(clock, [student, tutor], 30_000)
    await until(lambda: tutor.last("bill")["billableSeconds"] == 30)
    store, gate, asked = live.context.store, asyncio.Event(), asyncio.Event()
    save = store.save_presence

    async def save_later(
        rows: Sequence[Presence], owners: Mapping[str, Ownership] = NO_OWNERS
    ) -> frozenset[str]:
        asked.set()
        await gate.wait()
        return await save(rows, owners)

    monkeypatch.setattr(store, "save_presence", save_later)
    monkeypatch.setattr(presence, "_WAIT_SECONDS_MAX", PATIENCE_SECONDS)
    await pass_time(clock, [student, tutor], 10_000, takes_proofs=False)
    await asked.wait()
    await student.send("chat", text="Do you hear me?", id="line-1")
    await tutor.expect("chat")
    before = {bill["billableSeconds"] for page in (student, tutor) for bill in page.of_type("bill")}

    gate.set()

    await until(lambda: all(page.last("bill")["billableSeconds"] == 40 for page in (student, tutor)))
    assert max(before) == 30


async def test_a_process_that_stood_still_first_reads_the_waiting_frames(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    uptime_ms, looks = 0, 0

    async def look(*_: object) -> None:
        nonlocal looks
        looks += 1

    monkeypatch.setattr(monitor, "read_uptime_ms", lambda: uptime_ms)
    monkeypatch.setattr(monitor, "act_on_all_due", look)
    running = asyncio.create_task(run_monitor(live.context.sessions))
    await until(lambda: looks > 1)
    monkeypatch.setattr(monitor, "SETTLE_SECONDS", 3_600.0)
    with structlog.testing.capture_logs() as logs:
        uptime_ms += 60_000
        await until(lambda: any(line["event"] == "monitor-stood-still" for line in logs))
        before = looks
        await asyncio.sleep(0)
    running.cancel()

    assert looks == before
