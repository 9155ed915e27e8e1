"""A cursor is the place that it was made of, or refused."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.errors import BadRequest
from langdao_video.store.cursors import BEGINNING, decode_cursor, encode_cursor

LEDGER: Final = "0123456789abcdef" * 2
numbers = st.integers(0, 2**63 - 1)


@given(st.tuples(numbers, numbers))
def test_a_cursor_comes_back_as_its_place(place: tuple[int, int]) -> None:
    assert decode_cursor(LEDGER, encode_cursor(LEDGER, place)) == place


def test_the_empty_cursor_is_the_beginning() -> None:
    assert decode_cursor(LEDGER, "") == BEGINNING


@given(st.text(min_size=1, max_size=130))
def test_any_other_text_is_refused(cursor: str) -> None:
    with pytest.raises(BadRequest):
        decode_cursor(LEDGER, cursor)


@pytest.mark.parametrize("place", [(2**63, 1), (1, 2**63)])
def test_a_place_beyond_what_a_database_counts_is_refused(place: tuple[int, int]) -> None:
    with pytest.raises(BadRequest):
        decode_cursor(LEDGER, encode_cursor(LEDGER, place))
