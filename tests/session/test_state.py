"""The tables of states: every row, and what stays by name."""

from __future__ import annotations

from itertools import product

import pytest

from langdao_video.session.state import NEXT, STAYS, Cause, State, next_state

ROWS = [
    ("waiting", "both there", "live"),
    ("waiting", "warned", "grace"),
    ("waiting", "ended", "ended"),
    ("live", "a seat is lost", "paused"),
    ("live", "media stopped", "paused"),
    ("live", "warned", "grace"),
    ("live", "ended", "ended"),
    ("paused", "both there", "live"),
    ("paused", "warned", "grace"),
    ("paused", "ended", "ended"),
    ("grace", "both there", "live"),
    ("grace", "the missing one is back", "paused"),
    ("grace", "chose to wait", "paused"),
    ("grace", "ended", "ended"),
]
STAY_ROWS = [
    ("waiting", "a seat is lost"),
    ("waiting", "media stopped"),
    ("waiting", "the missing one is back"),
    ("waiting", "chose to wait"),
    ("live", "both there"),
    ("live", "the missing one is back"),
    ("live", "chose to wait"),
    ("paused", "a seat is lost"),
    ("paused", "media stopped"),
    ("paused", "the missing one is back"),
    ("paused", "chose to wait"),
    ("grace", "a seat is lost"),
    ("grace", "media stopped"),
    ("grace", "warned"),
    ("ended", "both there"),
    ("ended", "a seat is lost"),
    ("ended", "media stopped"),
    ("ended", "warned"),
    ("ended", "the missing one is back"),
    ("ended", "chose to wait"),
    ("ended", "ended"),
]


@pytest.mark.parametrize(("state", "cause", "then"), ROWS, ids=" + ".join)
def test_each_row_leads_where_the_design_says(state: str, cause: str, then: str) -> None:
    assert next_state(State(state), Cause(cause)) is State(then)


def test_there_are_no_other_rows() -> None:
    written = {(State(state), Cause(cause)): State(then) for state, cause, then in ROWS}

    assert written == NEXT


@pytest.mark.parametrize(("state", "cause"), STAY_ROWS, ids=" + ".join)
def test_what_stays_by_name_changes_nothing(state: str, cause: str) -> None:
    assert next_state(State(state), Cause(cause)) is State(state)


def test_nothing_else_stays() -> None:
    assert {(State(state), Cause(cause)) for state, cause in STAY_ROWS} == STAYS


def test_what_moves_a_session_does_not_stay() -> None:
    assert STAYS.isdisjoint(NEXT)


def test_every_pair_stands_in_one_of_the_tables() -> None:
    assert set(product(State, Cause)) == set(NEXT) | STAYS


def test_nothing_leads_out_of_the_end() -> None:
    assert all(state is not State.ENDED for state, _ in NEXT)


def test_every_state_can_end() -> None:
    assert all(next_state(state, Cause.ENDED) is State.ENDED for state in State)
