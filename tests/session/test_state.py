"""The table of states: all its rows, and that a cause without a row changes nothing."""

from __future__ import annotations

from itertools import product

import pytest

from langdao_video.session.state import NEXT, Cause, State, next_state

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
WITHOUT_ROW = [pair for pair in product(State, Cause) if pair not in NEXT]


@pytest.mark.parametrize(("state", "cause", "then"), ROWS, ids=" + ".join)
def test_each_row_leads_where_the_design_says(state: str, cause: str, then: str) -> None:
    assert next_state(State(state), Cause(cause)) is State(then)


def test_there_are_no_other_rows() -> None:
    written = {(State(state), Cause(cause)): State(then) for state, cause, then in ROWS}

    assert written == NEXT


@pytest.mark.parametrize(("state", "cause"), WITHOUT_ROW, ids=str)
def test_a_cause_without_a_row_changes_nothing(state: State, cause: Cause) -> None:
    assert next_state(state, cause) is state


def test_nothing_leads_out_of_the_end() -> None:
    assert all(state is not State.ENDED for state, _ in NEXT)


def test_every_state_can_end() -> None:
    assert all(next_state(state, Cause.ENDED) is State.ENDED for state in State)
