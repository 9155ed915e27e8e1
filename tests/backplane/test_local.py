"""The backplane of one process wakes its own watchers, and knows no other node."""

from __future__ import annotations

import pytest

from langdao_video.backplane.local import LocalBackplane
from langdao_video.errors import Unavailable


async def test_a_hint_wakes_the_watchers_of_its_session_only() -> None:
    backplane = LocalBackplane()
    with backplane.watch("a") as first, backplane.watch("a") as second, backplane.watch("b") as other:
        backplane.publish_hint("a")

        assert (first.is_set(), second.is_set(), other.is_set()) == (True, True, False)


async def test_no_other_node_can_be_reached() -> None:
    with pytest.raises(Unavailable, match="REDIS_URL"):
        await LocalBackplane().send_letter("other", b"hello")
