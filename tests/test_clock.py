"""The clock never runs backwards, and after a restart it ignores that somebody has set the machine's clock."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from langdao_video import clock
from langdao_video.clock import Start, SystemClock, plan_start
from langdao_video.store import server_clock
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import NewEvent, Presence
from langdao_video.store.server_clock import start_clock

NOON_MS = 1_790_000_000_000
HOUR_MS = 3_600_000


class TestOnAnotherMachine:
    def test_the_wall_clock_is_believed(self) -> None:
        assert plan_start(NOON_MS, None, NOON_MS - 5_000) == Start(NOON_MS, goes_on=True)

    def test_a_wall_clock_that_is_a_little_behind_waits_for_the_other(self) -> None:
        assert plan_start(NOON_MS - 800, None, NOON_MS) == Start(NOON_MS, goes_on=True)

    def test_time_never_runs_back_behind_the_store_and_no_gap_of_unknown_length_is_billed(self) -> None:
        assert plan_start(NOON_MS - HOUR_MS, None, NOON_MS) == Start(NOON_MS + 30_000, goes_on=False)


class TestOnTheSameBoot:
    @pytest.mark.parametrize("step_ms", [-HOUR_MS, -20_000, -1, 0, 1, 20_000, HOUR_MS])
    @pytest.mark.parametrize("down_ms", [0, 8_000, 35_000, 299_000])
    def test_a_step_of_the_wall_clock_changes_no_gap_of_a_lesson(self, step_ms: int, down_ms: int) -> None:
        start = plan_start(NOON_MS + down_ms + step_ms, NOON_MS + down_ms, NOON_MS)

        assert start == Start(NOON_MS + down_ms, goes_on=True)

    def test_when_no_lesson_is_under_way_a_wrong_clock_is_put_right(self) -> None:
        start = plan_start(NOON_MS - HOUR_MS, NOON_MS, NOON_MS - 2 * HOUR_MS)

        assert start == Start(NOON_MS - HOUR_MS, goes_on=False)

    def test_a_clock_that_is_off_by_less_than_a_minute_stays(self) -> None:
        assert plan_start(NOON_MS - 60_000, NOON_MS, 0) == Start(NOON_MS, goes_on=True)

    @pytest.mark.parametrize("wall_ms", [NOON_MS - HOUR_MS, NOON_MS, NOON_MS + 3_000, NOON_MS + HOUR_MS])
    def test_behind_the_store_there_is_no_clock_to_go_on_with(self, wall_ms: int) -> None:
        """Events of another call service may be newer than this clock has ever been."""
        start = plan_start(wall_ms, NOON_MS - 1, NOON_MS)

        assert start == Start(max(wall_ms, NOON_MS + 30_000), goes_on=False)


def test_it_tells_unix_time() -> None:
    assert abs(SystemClock().now_ms() - clock.read_wall_ms()) < 60_000


@dataclass(slots=True)
class Machine:
    """A machine whose clocks the test sets."""

    wall_ms: int = NOON_MS
    uptime_ms: int = 5_000
    boot_id: str | None = "boot-1"

    def pass_ms(self, ms: int, *, step_ms: int = 0) -> None:
        self.uptime_ms += ms
        self.wall_ms += ms + step_ms


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    for module in (server_clock, clock):
        monkeypatch.setattr(module, "read_wall_ms", lambda: machine.wall_ms)
    monkeypatch.setattr(clock, "_read_uptime_ns", lambda: machine.uptime_ms * 1_000_000)
    monkeypatch.setattr(server_clock, "read_boot_id", lambda: machine.boot_id)
    return machine


async def store_with_a_lesson(proof_ms: int) -> MemoryStore:
    store = MemoryStore()
    events = [NewEvent("a", "user-connected", NOON_MS, {})]
    await store.append_events("s", 0, events, deadlines={"silence": 1})
    await store.save_presence([Presence("s", "student", 1, proof_ms)])
    return store


async def test_a_service_that_starts_again_goes_on_with_its_time(machine: Machine) -> None:
    store = await store_with_a_lesson(NOON_MS)
    first, _ = await start_clock(store)

    machine.pass_ms(4_000, step_ms=10_000)
    again, torn_ms = await start_clock(store)

    assert first.now_ms() == again.now_ms() == NOON_MS + 4_000
    assert torn_ms == 0


async def test_the_next_start_continues_a_corrected_clock(machine: Machine) -> None:
    """Before, the clock went on from the first start after the boot, although that time was out of use."""
    store = await store_with_a_lesson(NOON_MS)
    await start_clock(store)
    machine.pass_ms(400_000, step_ms=75_000)
    right, torn_ms = await start_clock(store)
    await store.save_presence([Presence("s", "student", 1, right.now_ms())])

    machine.pass_ms(87_000)
    again, torn_again_ms = await start_clock(store)

    assert torn_ms == NOON_MS + 475_000
    assert (again.now_ms(), torn_again_ms) == (NOON_MS + 562_000, 0)


async def test_another_machine_does_not_go_back_behind_the_store(machine: Machine) -> None:
    machine.boot_id = None
    store = await store_with_a_lesson(NOON_MS + HOUR_MS)

    started, torn_ms = await start_clock(store)

    assert started.now_ms() == torn_ms == NOON_MS + HOUR_MS + 30_000
