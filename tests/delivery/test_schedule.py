"""The waits between two tries of an event, and when it is parked."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.delivery.schedule import (
    PARK_MS_MIN,
    WAIT_MS_MAX,
    WAIT_MS_MIN,
    is_given_up,
    receive_retry_after,
    wait_ms,
)

NOW_MS = 1_764_000_000_000
MINUTE, HOUR = 60_000, 3_600_000
chances = st.floats(0, 1)


def test_the_waits_are_those_of_the_design() -> None:
    waits = [wait_ms(attempt, 0.5) for attempt in range(1, 12)]

    assert waits[:3] == [5_000, 5 * MINUTE, 30 * MINUTE]
    assert waits[3:] == [hours * HOUR for hours in (2, 5, 10, 14, 20, 24, 24, 24)]


@given(st.integers(1, 10_000), chances)
def test_jitter_is_a_tenth_at_most(attempts: int, chance: float) -> None:
    planned = wait_ms(attempts, 0.5)

    assert 0.9 * planned - 1 <= wait_ms(attempts, chance) <= 1.1 * planned + 1


@given(st.integers(1, 100), chances, st.integers(-(10**15), 10**15))
def test_what_the_receiver_asks_for_is_kept_within_five_seconds_and_a_day(
    attempts: int, chance: float, asked: int
) -> None:
    wait = wait_ms(attempts, chance, asked)

    assert WAIT_MS_MIN <= wait <= WAIT_MS_MAX
    if WAIT_MS_MIN <= asked <= WAIT_MS_MAX:
        assert asked <= wait


@given(st.lists(chances, min_size=40, max_size=40))
def test_an_event_is_tried_for_three_days_at_least_and_then_parked(rolls: list[float]) -> None:
    now = first = NOW_MS
    attempts = 1
    while not is_given_up(attempts, first, now):
        now += wait_ms(attempts, rolls[attempts])
        attempts += 1

    assert now - first >= PARK_MS_MIN == 72 * HOUR
    assert 10 <= attempts <= 12


def test_neither_many_attempts_nor_a_long_time_alone_parks() -> None:
    assert not is_given_up(1_000, NOW_MS, NOW_MS + PARK_MS_MIN - 1)
    assert not is_given_up(9, NOW_MS, NOW_MS + 100 * PARK_MS_MIN)
    assert is_given_up(10, NOW_MS, NOW_MS + PARK_MS_MIN)


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("text", "ms"),
        [("0", 0), ("120", 120_000), (" 7 ", 7_000), (formatdate(NOW_MS / 1000 + 90, usegmt=True), 90_000)],
    )
    def test_seconds_or_a_date(self, text: str, ms: int) -> None:
        assert receive_retry_after(text, NOW_MS) == ms

    def test_a_date_that_is_past_is_now(self) -> None:
        assert receive_retry_after(formatdate(0, usegmt=True), NOW_MS) == 0

    def test_a_number_without_end_is_the_longest_wait(self) -> None:
        assert receive_retry_after("9" * 5_000, NOW_MS) == WAIT_MS_MAX

    @pytest.mark.parametrize("text", [None, "", "soon", "-5", "1.5", "٣", "Mon, 99 Foo 2026 25:00:00 GMT"])
    def test_other_text_is_passed_over(self, text: str | None) -> None:
        assert receive_retry_after(text, NOW_MS) is None

    @given(st.text(max_size=60))
    def test_no_text_is_an_error(self, text: str) -> None:
        found = receive_retry_after(text, NOW_MS)

        assert found is None or found >= 0
