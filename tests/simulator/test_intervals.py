"""The oracle's arithmetic, compared with sets of single milliseconds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tools.simulator.intervals import (
    Intervals,
    close_gaps,
    covers,
    intersect,
    measure,
    subtract,
    union,
)

pieces = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)
sets = pieces.map(union)


def members(intervals: Intervals) -> set[int]:
    return {ms for start, end in intervals for ms in range(start, end)}


def is_tidy(intervals: Intervals) -> bool:
    flat = [edge for piece in intervals for edge in piece]
    return flat == sorted(set(flat))


@given(one=pieces, two=pieces)
def test_a_union_is_everything_in_either_in_order(one: Intervals, two: Intervals) -> None:
    joined = union(one, two)

    assert members(joined) == members(one) | members(two)
    assert is_tidy(joined)


@given(one=sets, two=sets)
def test_an_intersection_is_what_is_in_both(one: Intervals, two: Intervals) -> None:
    assert members(intersect(one, two)) == members(one) & members(two)


@given(one=sets, two=sets)
def test_a_difference_is_what_is_left(one: Intervals, two: Intervals) -> None:
    assert members(subtract(one, two)) == members(one) - members(two)


@given(one=sets)
def test_a_measure_counts_them(one: Intervals) -> None:
    assert measure(one) == len(members(one))


def test_gaps_are_closed_up_to_their_length() -> None:
    assert close_gaps([(0, 10), (15, 20), (26, 30)], 5) == [(0, 20), (26, 30)]


def test_only_one_piece_covers() -> None:
    assert covers([(0, 10), (10, 20)], 0, 10)
    assert not covers([(0, 10), (12, 20)], 5, 15)
