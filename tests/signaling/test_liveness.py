"""When sockets are pinged, and when one is dead: each bound of `liveness.py`."""

from __future__ import annotations

import pytest

from langdao_video.signaling.liveness import Liveness
from langdao_video.signaling.rules import RoomRules

T = 1_698_234_567_000
RULES = RoomRules(ping_ms=5_000, socket_dead_ms=15_000)


@pytest.mark.parametrize(("quiet_ms", "is_dead"), [(0, False), (15_000, False), (15_001, True)])
def test_a_socket_is_dead_when_nothing_came_for_longer_than_fifteen_seconds(
    quiet_ms: int, *, is_dead: bool
) -> None:
    assert Liveness(RULES).is_dead(T, T + quiet_ms) is is_dead


def test_without_a_start_time_the_first_ping_is_due_at_once() -> None:
    live = Liveness(RULES)

    assert [live.take_due(T + ms) for ms in (0, 1, 4_999, 5_000, 9_999, 10_000)] == [
        *(True, False, False, True, False, True)
    ]


def test_with_a_time_nothing_is_due_before_it() -> None:
    live = Liveness(RULES, T + 5_000)

    assert [live.take_due(T + ms) for ms in (0, 4_999, 5_000)] == [False, False, True]


@pytest.mark.parametrize(
    ("late_ms", "next_ms"), [(0, 10_000), (200, 10_000), (2_500, 10_000), (4_000, 11_500)]
)
def test_a_late_tick_does_not_move_the_next_ping_unless_it_is_half_an_interval_late(
    late_ms: int, next_ms: int
) -> None:
    live = Liveness(RULES, T + 5_000)
    live.take_due(T + 5_000 + late_ms)

    assert [live.take_due(T + next_ms + ms) for ms in (-1, 0)] == [False, True]


def test_when_all_were_pinged_the_interval_begins_anew() -> None:
    live = Liveness(RULES, T + 5_000)
    live.restart(T + 4_000)

    assert [live.take_due(T + ms) for ms in (5_000, 8_999, 9_000)] == [False, False, True]
