"""The time that nodes share: it follows the database's clock slowly, and is not moved when somebody sets that clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from langdao_video.store.shared_clock import NEAR_MS, Sample, SharedClock

NOON_MS = 1_790_000_000_000


class Machine:
    """A machine with an uptime, and a database whose clock the test sets."""

    def __init__(self, offset_ms: int = 0) -> None:
        self.uptime_ms = 5_000
        self.database_ms = NOON_MS
        self.clock = SharedClock(NOON_MS + offset_ms - self.uptime_ms, self.ask(), lambda: self.uptime_ms)

    def ask(self, way_ms: int = 0, back_ms: int = 0) -> Sample:
        asked_ms = self.uptime_ms
        self.run(way_ms)
        database_ms = self.database_ms
        self.run(back_ms)
        return Sample(database_ms, asked_ms, self.uptime_ms)

    def run(self, ms: int, *, drift_ms: int = 0) -> None:
        """Let *ms* pass; the database's clock goes *drift_ms* further."""
        self.uptime_ms += ms
        self.database_ms += ms + drift_ms

    def compare(self, seconds: int, *, drift_ms: int = 0) -> None:
        for _ in range(seconds):
            self.run(1_000, drift_ms=drift_ms)
            self.clock.note(self.ask())

    @property
    def ahead_ms(self) -> int:
        return self.clock.now_ms() - self.database_ms


def test_it_tells_the_databases_time_and_what_it_is_ahead() -> None:
    machine = Machine(offset_ms=700)

    machine.compare(60)

    assert machine.ahead_ms == machine.clock.offset_ms == 700


def test_a_step_of_the_databases_clock_moves_nothing() -> None:
    machine = Machine()
    machine.compare(60)
    for step_ms in (3_600_000, -7_200_000, 10_000):
        before_ms = machine.clock.now_ms()
        machine.database_ms += step_ms

        machine.compare(120)

        assert machine.clock.now_ms() == before_ms + 120_000
    assert machine.clock.offset_ms == 3_600_000 - 10_000


def test_a_drift_is_followed_by_a_millisecond_a_second() -> None:
    machine = Machine()
    for _ in range(200):
        machine.run(1_000)
        machine.database_ms += 1 if machine.uptime_ms % 5_000 == 0 else 0  # 200 ppm
        before_ms = machine.clock.now_ms()
        machine.clock.note(machine.ask())
        assert machine.clock.now_ms() - before_ms in {0, 1}

    assert -NEAR_MS - 30 // 5 <= machine.ahead_ms <= 0  # the best of half a minute of samples
    assert machine.clock.offset_ms == 0


def test_a_slow_way_is_not_taken_for_a_drift() -> None:
    machine = Machine()
    for _ in range(60):
        machine.run(1_000)
        machine.clock.note(machine.ask(way_ms=0, back_ms=900))

    assert machine.ahead_ms == 0


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3_000),
            st.integers(0, 400),
            st.integers(0, 400),
            st.sampled_from([-3_600_000, -300, -40, -1, 0, 0, 0, 1, 40, 300, 3_600_000]),
        ),
        max_size=60,
    )
)
def test_it_never_runs_back_nor_more_than_a_millisecond_fast_for_each_comparison(
    rounds: list[tuple[int, int, int, int]],
) -> None:
    machine = Machine()
    newest_ms, began_ms = machine.clock.now_ms(), machine.uptime_ms
    for comparisons, (ms, way_ms, back_ms, step_ms) in enumerate(rounds, start=1):
        machine.run(ms, drift_ms=step_ms)
        machine.clock.note(machine.ask(way_ms, back_ms))

        now_ms = machine.clock.now_ms()
        assert now_ms >= newest_ms
        newest_ms = now_ms
        assert abs(now_ms - NOON_MS - (machine.uptime_ms - began_ms)) <= comparisons
