"""Letters between simulated nodes: in order while the backplane is well, and each illness does what it says."""

from __future__ import annotations

from functools import partial
from random import Random

import pytest

from langdao_video.errors import Unavailable
from tools.simulator.letters import Post, SimulatedBackplane
from tools.simulator.plan import Illness
from tools.simulator.world import World

LETTERS = [bytes([number]) for number in range(100)]


def carry(illness: Illness | None) -> list[bytes]:
    """Send the letters, one a millisecond, and return what comes."""
    world = World(Random(7))  # noqa: S311 - the same every time
    post, came = Post(world, illness=illness), list[bytes]()
    post.doors["b"] = came.append
    for at_ms, letter in enumerate(LETTERS):
        world.at(at_ms, partial(post.carry, "a", "b", letter))
    world.run(60_000, lambda: False)
    return came


@pytest.mark.parametrize("illness", [None, "delays"])
def test_letters_keep_their_order(illness: Illness | None) -> None:
    assert carry(illness) == LETTERS


def test_some_are_lost() -> None:
    came = carry("loses")

    assert 0 < len(came) < len(LETTERS)
    assert came == sorted(came)


def test_some_come_twice() -> None:
    came = carry("repeats")

    assert len(came) > len(LETTERS)
    assert list(dict.fromkeys(came)) == LETTERS


def test_some_overtake_others() -> None:
    came = carry("reorders")

    assert sorted(came) == LETTERS
    assert came != LETTERS


@pytest.mark.parametrize(("illness", "code"), [("away", "backplane-down"), (None, "node-gone")])
async def test_a_letter_that_cannot_be_sent_fails_at_once(illness: Illness | None, code: str) -> None:
    post = Post(World(Random(7)), illness=illness)  # noqa: S311 - the same every time

    with pytest.raises(Unavailable) as refused:
        await SimulatedBackplane(post, "a").send_letter("nobody", b"hello")

    assert refused.value.code == code
