"""Addresses for participants who have none."""

from __future__ import annotations

from langdao_video.access.throwaway import make_throwaway
from langdao_video.session.address import is_address, normalize


def test_a_throwaway_address_is_a_right_one_and_new_each_time() -> None:
    made = {make_throwaway() for _ in range(20)}

    assert len(made) == 20
    assert all(is_address(address) and normalize(address) == address for address in made)
