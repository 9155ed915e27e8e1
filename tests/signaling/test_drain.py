"""A drain tells each room once, evenly in the first half of its time, and sends nobody back to its own process."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.errors import Unavailable
from langdao_video.signaling.drain import ROOMS_PER_SECOND, Drain

BEGAN_MS: Final = 1_764_000_000_000
WINDOW_MS: Final = 20_000


def drain_of(rooms: int, window_ms: int = WINDOW_MS) -> Drain:
    return Drain("old", (f"r-{number}" for number in range(rooms)), BEGAN_MS, window_ms)


def test_a_few_rooms_are_told_at_once() -> None:
    drain = drain_of(3)

    told = [drain.take_due(BEGAN_MS + ms) for ms in (0, 20, 30, 10_000)]

    assert [len(names) for names in told] == [1, 2, 0, 0]


def test_many_rooms_are_told_evenly_and_no_faster_than_another_process_opens_them() -> None:
    drain = drain_of(500)

    told = [len(drain.take_due(BEGAN_MS + second * 1_000)) for second in range(7)]

    assert told == [1, *[ROOMS_PER_SECOND] * 4, ROOMS_PER_SECOND - 1, 0]


def test_a_full_process_tells_all_in_half_the_time() -> None:
    drain = drain_of(10_000)

    before = len(drain.take_due(BEGAN_MS + WINDOW_MS // 2 - 100))

    assert 9_800 <= before < 10_000
    assert before + len(drain.take_due(BEGAN_MS + WINDOW_MS // 2)) == 10_000


@given(
    rooms=st.integers(0, 300),
    window_ms=st.integers(1, 60_000),
    steps_ms=st.lists(st.integers(0, 5_000), max_size=30),
)
def test_each_room_is_told_once_and_all_in_half_the_window(
    rooms: int, window_ms: int, steps_ms: list[int]
) -> None:
    drain, now_ms, told = drain_of(rooms, window_ms), BEGAN_MS, list[str]()

    for step_ms in [*steps_ms, window_ms]:
        now_ms += step_ms
        told += drain.take_due(now_ms)

    assert sorted(told) == sorted(f"r-{number}" for number in range(rooms))


@pytest.mark.parametrize(("at_ms", "within_ms"), [(0, 20_000), (5_000, 15_000), (30_000, 0)])
def test_the_frame_says_how_much_time_is_left(at_ms: int, within_ms: int) -> None:
    frame = drain_of(1).write(BEGAN_MS + at_ms)

    assert (frame.leaving, frame.within_ms) == ("old", within_ms)


def test_only_a_socket_that_leaves_this_process_is_sent_away() -> None:
    drain = drain_of(1)

    drain.check(None)
    drain.check("another")
    with pytest.raises(Unavailable) as refused:
        drain.check("old")

    assert refused.value.code == "service-moving"
