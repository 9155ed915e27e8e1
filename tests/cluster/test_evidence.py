"""What a lesson over nodes must have been billed at least, and may have been at most."""

from __future__ import annotations

from typing import Final

from tests.cluster.evidence import UNSTORED_MS, bounds_ms
from tests.cluster.page import Visit

LONG: Final = Visit(0, 1, list(range(0, 61_000, 1_000)), 60_000)
"""A page that answered each second for a minute."""


def last_whole_second(at_ms: int) -> int:
    """Return when it answered last, at *at_ms* or before."""
    return at_ms // 1_000 * 1_000


def test_a_lesson_without_a_drop_loses_nothing_but_its_last_call() -> None:
    assert bounds_ms([LONG], [LONG], []) == (59_000, 60_000)


def test_a_drop_may_lose_what_was_not_stored() -> None:
    again = Visit(90_000, 1, [90_000, 91_000], 91_000)
    least_ms, most_ms = bounds_ms([LONG, again], [LONG, again], [])
    assert least_ms == last_whole_second(60_000 - UNSTORED_MS)
    assert most_ms == 61_000


def test_a_node_that_wakes_has_forgotten_what_it_did_not_store_before_it_slept() -> None:
    again = Visit(61_000, 1, [61_000, 80_000], 80_000)
    awake = bounds_ms([LONG, again], [LONG, again], [])
    asleep = bounds_ms([LONG, again], [LONG, again], [], sleeps=[(40_000, 58_000)])
    assert awake == (61_000, 80_000)
    assert asleep == (last_whole_second(60_000 - UNSTORED_MS - 18_000), 80_000)


def test_an_end_that_a_page_hears_without_a_seat_has_asked_it_for_nothing() -> None:
    refused = Visit(90_000, None, [], 90_100)
    least_ms, most_ms = bounds_ms([LONG, refused], [LONG, refused], [])
    assert least_ms == last_whole_second(60_000 - UNSTORED_MS)
    assert most_ms == 60_100, "its welcome may be lost"


def test_nothing_need_be_billed_while_a_question_is_open() -> None:
    asked = bounds_ms([LONG], [LONG], [], questions=[(10_000, 14_000), (57_000, None)])
    assert asked == (59_000 - 4_000 - 2_000, 60_000)


def test_a_sleep_that_was_over_long_before_changes_nothing() -> None:
    again = Visit(61_000, 1, [61_000, 80_000], 80_000)
    assert bounds_ms([LONG, again], [LONG, again], [], sleeps=[(10_000, 30_000)]) == (61_000, 80_000)
