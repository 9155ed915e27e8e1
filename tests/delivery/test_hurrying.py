"""Failing streams are tried before their time when there is a reason, and ever more seldom while that is in vain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.delivery.hurrying import HURRY_STEP, PROBE_MS, WAIT_MS_MAX, Hurrying

START_MS = 1_764_000_000_000
SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000


def hurries(
    hurrying: Hurrying, for_ms: int, *, from_ms: int = START_MS, heard: bool = False, fails: bool = True
) -> list[int]:
    """Look each second; return the seconds at which all failing streams are hurried. They *fail* again at once."""
    seconds = []
    for now_ms in range(from_ms, from_ms + for_ms, SECOND):
        if heard:
            hurrying.note_heard()
        hurrying.note_sent(now_ms)
        limit = hurrying.plan(now_ms, is_away=False)
        if limit:
            seconds.append((now_ms - from_ms) // SECOND)
            hurrying.note_hurried(now_ms, limit, 1)
            if fails:
                hurrying.note_failed(now_ms)
    return seconds


@pytest.fixture
def hurrying() -> Hurrying:
    """Return one that knows of a failure and of no outage."""
    hurrying = Hurrying()
    hurrying.note_failed(START_MS)
    return hurrying


def test_an_owner_who_is_heard_all_the_time_causes_ever_fewer_tries(hurrying: Hurrying) -> None:
    assert hurries(hurrying, 2 * HOUR, heard=True) == [0, 10, 30, 70, 150, 310, 630, 1_270, 2_550, 5_110]


def test_an_owner_who_was_heard_too_soon_is_not_forgotten(hurrying: Hurrying) -> None:
    hurries(hurrying, SECOND, heard=True)
    hurrying.note_heard()

    assert hurries(hurrying, MINUTE, from_ms=START_MS + SECOND) == [9]


def test_the_end_of_an_outage_lets_an_owner_be_heard_at_once_again(hurrying: Hurrying) -> None:
    hurries(hurrying, HOUR, heard=True)
    hurrying.note_taken(ends_outage=True, had_failed=True)

    assert hurries(hurrying, MINUTE, from_ms=START_MS + HOUR, heard=True)[:2] == [0, 10]


def test_an_owner_who_is_owed_nothing_changes_nothing(hurrying: Hurrying) -> None:
    hurries(hurrying, SECOND, heard=True, fails=False)

    assert hurries(hurrying, HOUR, from_ms=START_MS + MINUTE, heard=True) == []


def test_an_owner_who_is_heard_does_not_shorten_the_waits_after_what_was_taken(hurrying: Hurrying) -> None:
    seconds = []
    for number in range(60):
        hurrying.note_taken(ends_outage=False, had_failed=True)
        seconds += hurries(hurrying, MINUTE, from_ms=START_MS + number * MINUTE, heard=True)

    assert len(seconds) <= 17, "of both reasons: 10 s and a minute, doubled each time"


def test_the_first_taken_message_after_a_start_hurries_and_then_only_an_outages_end() -> None:
    hurrying = Hurrying()
    hurrying.note_taken(ends_outage=False, had_failed=False)
    first = hurries(hurrying, MINUTE, fails=False)
    hurrying.note_taken(ends_outage=False, had_failed=False)
    second = hurries(hurrying, MINUTE, from_ms=START_MS + MINUTE)
    hurrying.note_taken(ends_outage=True, had_failed=False)

    assert (first, second) == ([0], [])
    assert hurries(hurrying, MINUTE, from_ms=START_MS + 2 * MINUTE) == [0]


def test_an_hour_without_a_hurry_lets_the_waits_begin_anew(hurrying: Hurrying) -> None:
    hurries(hurrying, 2 * HOUR, heard=True)

    assert hurries(hurrying, MINUTE, from_ms=START_MS + 5 * HOUR, heard=True) == [0, 10, 30]


def test_more_than_one_step_goes_on_at_once(hurrying: Hurrying) -> None:
    hurrying.note_heard()
    for count in (HURRY_STEP, HURRY_STEP, 7, 0):
        limit = hurrying.plan(START_MS, is_away=False)
        assert (limit == HURRY_STEP) is (count > 0)
        hurrying.note_hurried(START_MS, limit, count)


@pytest.mark.parametrize("reason", ["heard", "taken", "away"])
def test_nothing_is_tried_before_the_rest_that_was_asked_for(hurrying: Hurrying, reason: str) -> None:
    hurrying.note_failed(START_MS, 10 * MINUTE)
    hurrying.note_failed(START_MS + SECOND)
    if reason == "heard":
        hurrying.note_heard()
    if reason == "taken":
        hurrying.note_taken(ends_outage=True, had_failed=True)

    assert not hurrying.plan(START_MS + 10 * MINUTE - 1, is_away=True)
    assert hurrying.plan(START_MS + 10 * MINUTE, is_away=True)


def test_a_new_place_owes_nothing_to_what_the_old_one_asked_for(hurrying: Hurrying) -> None:
    hurries(hurrying, MINUTE, heard=True)
    hurrying.note_failed(START_MS + MINUTE, HOUR)
    hurrying.note_changed()

    assert hurries(hurrying, SECOND, from_ms=START_MS + MINUTE) == [0]


def test_an_endpoint_that_is_away_gets_one_probe_every_five_minutes(hurrying: Hurrying) -> None:
    hurrying.note_sent(START_MS)

    probes = [
        second for second in range(1_000) if hurrying.plan(START_MS + second * SECOND, is_away=True) == 1
    ]

    assert probes == [300, 600, 900]
    assert PROBE_MS == 300 * SECOND


@given(st.lists(st.sampled_from(["heard", "taken"]), min_size=1, max_size=200), st.integers(1, 120))
def test_whoever_asks_tries_are_few(reasons: list[str], every_s: int) -> None:
    hurrying = Hurrying()
    hurrying.note_taken(ends_outage=False, had_failed=False)
    tries = 0
    for number, reason in enumerate(reasons):
        now_ms = START_MS + number * every_s * SECOND
        if reason == "heard":
            hurrying.note_heard()
        else:
            hurrying.note_taken(ends_outage=False, had_failed=True)
        hurrying.note_sent(now_ms)
        if limit := hurrying.plan(now_ms, is_away=False):
            tries += 1
            hurrying.note_hurried(now_ms, limit, 1)
            hurrying.note_failed(now_ms)

    hours = len(reasons) * every_s * SECOND // WAIT_MS_MAX + 1
    assert tries <= 10 + 7 + 2 * hours
