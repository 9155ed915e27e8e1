"""The tables of states: every row, what stays by name, and that anything else raises."""

from __future__ import annotations

from itertools import product

import pytest

from langdao_video.session.state import NEXT, STAYS, Cause, State, next_state
from langdao_video.session.transitions import NoTransition

ROWS = [
    ("waiting", "both there", "live"),
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
    ("waiting", "warned"),
    ("live", "both there"),
    ("paused", "a seat is lost"),
    ("paused", "media stopped"),
    ("paused", "chose to wait"),
    ("grace", "a seat is lost"),
    ("grace", "media stopped"),
    ("grace", "warned"),
    ("ended", "both there"),
    ("ended", "a seat is lost"),
    ("ended", "media stopped"),
    ("ended", "ended"),
]
NEVER = sorted(set(product(State, Cause)) - set(NEXT) - STAYS)


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


@pytest.mark.parametrize(("state", "cause"), NEVER, ids=str)
def test_what_stands_in_neither_table_raises(state: State, cause: Cause) -> None:
    with pytest.raises(NoTransition, match=cause.name):
        next_state(state, cause)


def test_nothing_leads_out_of_the_end() -> None:
    assert all(state is not State.ENDED for state, _ in NEXT)


def test_every_state_can_end() -> None:
    assert all(next_state(state, Cause.ENDED) is State.ENDED for state in State)
