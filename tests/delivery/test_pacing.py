"""The window of one endpoint: it shrinks and grows, rests, and shares itself between news and what waits for long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.delivery.pacing import REST_MS_MAX, WINDOW_MAX, Lane, Pace

NOW_MS = 1_764_000_000_000


def failing(times: int, now_ms: int = NOW_MS) -> Pace:
    pace = Pace()
    for _ in range(times):
        pace.fail(now_ms, is_trouble=True, is_known=False)
    return pace


def test_each_taken_event_widens_the_window_to_its_bound() -> None:
    pace = Pace()
    for _ in range(200):
        pace.take()

    assert pace.window == WINDOW_MAX == 64


def test_each_failure_halves_it_to_one() -> None:
    assert [failing(times).window for times in range(6)] == [16, 8, 4, 2, 1, 1]


def test_at_one_it_rests_longer_from_probe_to_probe_and_never_over_a_minute() -> None:
    pace, now_ms = failing(4), NOW_MS
    rests = []
    for _ in range(9):
        pace.fail(now_ms, is_trouble=True, is_known=True)
        rests.append(pace.rests_until_ms - now_ms)
        assert pace.plan_room(pace.rests_until_ms - 1, fresh=5, backlog=True) == {"fresh": 0, "backlog": 0}
        now_ms = pace.rests_until_ms
        assert sum(pace.plan_room(now_ms, fresh=5, backlog=True).values()) == 1

    assert rests == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]


def test_requests_that_fail_together_make_one_rest() -> None:
    pace = failing(64)

    assert pace.rests_until_ms - NOW_MS == 1_000


def test_the_first_taken_event_ends_rest_and_outage() -> None:
    pace = failing(10)

    assert pace.take()
    assert pace.rests_until_ms == 0
    assert not pace.take()


def test_a_session_that_always_fails_slows_no_endpoint_that_takes_others() -> None:
    pace = Pace()
    for _ in range(100):
        pace.take()
        pace.fail(NOW_MS, is_trouble=True, is_known=True)

    assert pace.window == WINDOW_MAX


def test_events_that_are_refused_one_by_one_slow_nothing_but_count_as_an_outage() -> None:
    pace = Pace()
    for _ in range(10):
        pace.fail(NOW_MS, is_trouble=False, is_known=False)

    assert (pace.window, pace.rests_until_ms, pace.is_away) == (16, 0, True)
    assert pace.take()


def test_a_single_probe_is_of_each_lane_in_turn() -> None:
    pace = failing(4)
    lanes: list[Lane] = []
    for _ in range(4):
        [lane] = [lane for lane, room in pace.plan_room(NOW_MS, fresh=9, backlog=True).items() if room]
        pace.begin(lane)
        pace.end(lane)
        lanes.append(lane)

    assert sorted(lanes[:2]) == sorted(lanes[2:]) == ["backlog", "fresh"]
    assert failing(4).plan_room(NOW_MS, fresh=9, backlog=False) == {"fresh": 1, "backlog": 0}
    assert failing(4).plan_room(NOW_MS, fresh=0, backlog=True) == {"fresh": 0, "backlog": 1}


def test_what_waits_for_long_leaves_a_quarter_for_news_to_come() -> None:
    assert Pace().plan_room(NOW_MS, fresh=0, backlog=True) == {"fresh": 0, "backlog": 12}


def test_news_may_have_everything_while_nothing_else_waits() -> None:
    assert Pace().plan_room(NOW_MS, fresh=100, backlog=False) == {"fresh": 16, "backlog": 0}


def test_when_both_wait_news_go_first_and_leave_a_quarter() -> None:
    assert Pace().plan_room(NOW_MS, fresh=100, backlog=True) == {"fresh": 12, "backlog": 4}
    assert Pace().plan_room(NOW_MS, fresh=2, backlog=True) == {"fresh": 2, "backlog": 12}


events = st.lists(
    st.tuples(
        st.sampled_from(["take", "fail", "known", "refused", "rest"]), st.integers(0, 80), st.booleans()
    ),
    max_size=120,
)


@given(events)
def test_whatever_happens_the_window_holds_and_somebody_may_go(steps: list[tuple[str, int, bool]]) -> None:
    pace, now_ms = Pace(), NOW_MS
    running: list[Lane] = []
    for what, fresh, backlog in steps:
        if what == "rest":
            now_ms += REST_MS_MAX
        room = pace.plan_room(now_ms, fresh=fresh, backlog=backlog)
        assert min(room.values()) >= 0
        assert room["fresh"] <= fresh
        assert room["backlog"] == 0 or backlog
        assert sum(room.values()) <= max(0, pace.window - pace.running)
        for lane, count in room.items():
            for _ in range(count):
                pace.begin(lane)
                running.append(lane)
        if running and what != "rest":
            if what == "take":
                pace.take()
            else:
                pace.fail(now_ms, is_trouble=what != "refused", is_known=what == "known")
            pace.end(running.pop(0))
        assert 1 <= pace.window <= WINDOW_MAX
        if not running and (fresh or backlog) and now_ms >= pace.rests_until_ms:
            assert sum(pace.plan_room(now_ms, fresh=fresh, backlog=backlog).values()) > 0


@pytest.mark.parametrize("window", range(1, 65))
def test_each_lane_always_gets_its_share_in_the_end(window: int) -> None:
    pace = Pace()
    pace.window = window
    begun: dict[Lane, int] = {"fresh": 0, "backlog": 0}
    for _ in range(4):
        for lane, count in pace.plan_room(NOW_MS, fresh=1_000, backlog=True).items():
            for _ in range(count):
                pace.begin(lane)
                begun[lane] += 1
        if window == 1:
            pace.end("fresh" if pace._running["fresh"] else "backlog")

    assert min(begun.values()) >= max(1, window // 4)
