"""Virtual time, and the networks on which frames travel.

Laws: nothing here waits or reads a clock; things planned for the same instant happen in the order of planning;
frames in one direction of one socket keep their order (TCP), even when they are delayed.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Literal, TypeVar, cast

from tools.simulator.intervals import Intervals, intersect, union

Way = Literal["up", "down"]
Result = TypeVar("Result")
_RETRANSMIT_MS_MAX: Final = 5_000


def finish(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine that waits for nothing to its end. Raises RuntimeError if it does wait."""
    try:
        work.send(None)
    except StopIteration as done:
        return cast("Result", done.value)
    work.close()
    raise RuntimeError(f"{work} waited, which nothing may do in virtual time")


class Killed(SystemExit):
    """The service died while it did something, which it does not finish.

    This is a SystemExit, because a task passes no other exception on to its loop.
    """


class Bug(SystemExit):
    """The service raised an exception that it would log and survive in production. Here it ends the run."""


@dataclass(slots=True)
class World:
    """The true time, and what is planned."""

    random: Random
    now_ms: int = 0
    on_killed: Callable[[], None] = lambda: None
    _plans: list[tuple[int, int, Callable[[], Any]]] = field(default_factory=list)
    _count: int = 0

    def at(self, at_ms: int, do: Callable[[], Any]) -> None:
        """Plan *do* for *at_ms*, or for now if that is past."""
        self._count += 1
        heapq.heappush(self._plans, (max(at_ms, self.now_ms), self._count, do))

    def after(self, ms: int, do: Callable[[], Any]) -> None:
        """Plan *do* for *ms* from now."""
        self.at(self.now_ms + ms, do)

    def forget(self) -> None:
        """Drop everything that is planned."""
        self._plans.clear()

    def run(self, until_ms: int, is_over: Callable[[], bool]) -> None:
        """Run what is planned before *until_ms*; stop early when *is_over*."""
        plans = self._plans
        while plans and plans[0][0] < until_ms and not is_over():
            self.now_ms, _, do = heapq.heappop(plans)
            try:
                do()
            except Killed:
                self.on_killed()


@dataclass(slots=True)
class Line:
    """One person's network to the service and back."""

    world: World
    latency_ms: int
    cuts: dict[Way, Intervals]

    def arrival_ms(self, way: Way, sent_ms: int) -> int:
        """Return when a frame sent at *sent_ms* arrives. After each cut that it meets, TCP sends it again."""
        random = self.world.random.random
        at_ms = sent_ms + self.latency_ms + int(random() * self.latency_ms)
        for start_ms, end_ms in self.cuts[way]:
            if sent_ms < end_ms and start_ms <= at_ms:
                again_ms = min(_RETRANSMIT_MS_MAX, end_ms - start_ms)
                at_ms = max(at_ms, end_ms + self.latency_ms + int(random() * again_ms))
        return at_ms

    def is_cut(self) -> Intervals:
        """Return when both directions are cut."""
        return intersect(self.cuts["up"], self.cuts["down"])

    def is_stalled(self) -> Intervals:
        """Return when frames are delayed: during a cut, and after it until TCP has sent them again."""
        return union(
            (start_ms, end_ms + 2 * self.latency_ms + min(_RETRANSMIT_MS_MAX, end_ms - start_ms))
            for cuts in self.cuts.values()
            for start_ms, end_ms in cuts
        )


@dataclass(slots=True)
class Pipe:
    """One direction of one socket."""

    line: Line
    way: Way
    newest_ms: int = 0

    def send(self, deliver: Callable[[], Any]) -> None:
        """Run *deliver* at the other end, after everything that was sent before."""
        world = self.line.world
        self.newest_ms = max(self.newest_ms, self.line.arrival_ms(self.way, world.now_ms))
        world.at(self.newest_ms, deliver)
