"""A process that stands still does afterwards, in its order, what it missed."""

from __future__ import annotations

from random import Random

from tools.simulator.node import StillLoop
from tools.simulator.world import World


def test_what_is_missed_happens_in_its_order() -> None:
    world, done = World(Random(7)), list[str]()  # noqa: S311 - the same every time
    loop = StillLoop(world, 1, lambda: done.append("at work"))
    loop.is_still = True
    loop.call_later(1, done.append, "timer")
    world.run(2_000, lambda: False)
    loop.do(lambda: done.append("frame"))

    before, done[:] = list(done), []
    loop.go_on()

    assert before == []
    assert done == ["at work", "timer", "at work", "frame"]


def test_a_timer_that_is_cancelled_by_what_was_missed_does_not_fire() -> None:
    world, done = World(Random(7)), list[str]()  # noqa: S311 - the same every time
    loop = StillLoop(world, 1, lambda: None)
    timer = loop.call_later(2, done.append, "timer")
    loop.call_later(1, timer.cancel)
    loop.is_still = True
    world.run(3_000, lambda: False)

    loop.go_on()

    assert done == []
