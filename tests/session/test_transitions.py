"""One step by a table: its row, or an error that names what has none."""

from __future__ import annotations

import pytest

from langdao_video.session.transitions import NoTransition, follow

TABLE = {("shut", "open"): "ajar"}


def test_a_row_leads_where_it_says() -> None:
    assert follow(TABLE, "shut", "open") == "ajar"


@pytest.mark.parametrize(("state", "cause"), [("ajar", "open"), ("shut", "push")])
def test_a_step_without_a_row_raises_and_names_it(state: str, cause: str) -> None:
    with pytest.raises(NoTransition, match=f"'{state}' has no row for '{cause}'"):
        follow(TABLE, state, cause)
