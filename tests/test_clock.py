"""What time it is: never backwards, and after a restart as if nobody had set the machine's clock meanwhile."""

from __future__ import annotations

import pytest

from langdao_video import app, clock
from langdao_video.app import start_clock
from langdao_video.clock import BRIDGED_MS, SystemClock, plan_start_ms
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import NewEvent, Presence

NOON_MS = 1_790_000_000_000
HOUR_MS = 3_600_000


class TestOnAnotherMachine:
    def test_the_wall_clock_is_believed(self) -> None:
        assert plan_start_ms(NOON_MS, None, NOON_MS - 5_000) == NOON_MS

    def test_time_never_runs_back_behind_the_store_and_no_gap_of_unknown_length_is_billed(self) -> None:
        assert plan_start_ms(NOON_MS - HOUR_MS, None, NOON_MS) == NOON_MS + BRIDGED_MS + 1


class TestOnTheSameBoot:
    @pytest.mark.parametrize("step_ms", [-HOUR_MS, -20_000, -1, 0, 1, 20_000, HOUR_MS])
    def test_a_step_of_the_wall_clock_changes_no_gap_that_could_be_billed(self, step_ms: int) -> None:
        down_ms = 8_000

        start_ms = plan_start_ms(NOON_MS + down_ms + step_ms, NOON_MS + down_ms, NOON_MS)

        assert start_ms - NOON_MS == down_ms

    def test_when_nobody_can_notice_a_wrong_clock_is_put_right(self) -> None:
        assert plan_start_ms(NOON_MS - HOUR_MS, NOON_MS, NOON_MS - 2 * HOUR_MS) == NOON_MS - HOUR_MS

    def test_a_gap_that_was_too_long_does_not_become_short(self) -> None:
        """The wall clock was set back while the service was down for longer than a tunnel may be."""
        start_ms = plan_start_ms(NOON_MS - HOUR_MS, NOON_MS + 35_000, NOON_MS)

        assert start_ms - NOON_MS > BRIDGED_MS

    def test_without_any_clock_to_trust_no_gap_is_billed(self) -> None:
        start_ms = plan_start_ms(NOON_MS + 3_000, NOON_MS - HOUR_MS, NOON_MS)

        assert start_ms - NOON_MS > BRIDGED_MS


def test_it_tells_unix_time() -> None:
    assert abs(SystemClock().now_ms() - clock.read_wall_ms()) < 60_000


async def test_a_service_that_starts_again_goes_on_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = {"wall": NOON_MS, "uptime": 5_000}
    for module in (app, clock):
        monkeypatch.setattr(module, "read_wall_ms", lambda: machine["wall"])
        monkeypatch.setattr(module, "read_uptime_ms", lambda: machine["uptime"])
    monkeypatch.setattr(app, "read_boot_id", lambda: "boot-1")
    store = MemoryStore()
    first = await start_clock(store)
    await store.append_events(
        "s", 0, [NewEvent("a", "user-connected", first.now_ms(), {})], deadlines={"silence": 1}
    )
    await store.save_presence([Presence("s", "student", 1, first.now_ms())])

    machine["uptime"] += 4_000
    machine["wall"] += 4_000 + 10_000
    again = await start_clock(store)

    assert first.now_ms() == again.now_ms() == NOON_MS + 4_000


async def test_another_machine_does_not_go_back_behind_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "read_wall_ms", lambda: NOON_MS - HOUR_MS)
    monkeypatch.setattr(app, "read_boot_id", lambda: None)
    store = MemoryStore()
    await store.append_events(
        "s", 0, [NewEvent("a", "user-connected", NOON_MS, {})], deadlines={"silence": 1}
    )

    assert BRIDGED_MS < (await start_clock(store)).now_ms() - NOON_MS < 60_000
