"""Virtual time, and the ways on which frames travel.

Laws: nothing here waits or reads a clock; what happens at the same instant happens in the order in which it was
planned; on one way of one socket nothing overtakes (TCP), however long it is held up.
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
    """Run a coroutine that waits for nothing, to its end; RuntimeError if it does wait."""
    try:
        work.send(None)
    except StopIteration as done:
        return cast("Result", done.value)
    work.close()
    raise RuntimeError(f"{work} waited: nothing in virtual time may")


class Killed(SystemExit):
    """The service died in the middle of something: whatever it was doing is not done.

    A SystemExit, because a task passes on nothing else that its loop should see.
    """


class Bug(SystemExit):
    """The service raised what it logs and survives in life; here it ends the run."""


@dataclass(slots=True)
class World:
    """What is planned, and the true time."""

    random: Random
    now_ms: int = 0
    on_killed: Callable[[], None] = lambda: None
    _plans: list[tuple[int, int, Callable[[], Any]]] = field(default_factory=list)
    _count: int = 0

    def at(self, at_ms: int, do: Callable[[], Any]) -> None:
        """Plan *do* for a time; what is late happens now."""
        self._count += 1
        heapq.heappush(self._plans, (max(at_ms, self.now_ms), self._count, do))

    def after(self, ms: int, do: Callable[[], Any]) -> None:
        """Plan *do* for *ms* from now."""
        self.at(self.now_ms + ms, do)

    def run(self, until_ms: int, is_over: Callable[[], bool]) -> None:
        """Let happen what is planned before *until_ms*, or until *is_over*."""
        plans = self._plans
        while plans and plans[0][0] < until_ms and not is_over():
            self.now_ms, _, do = heapq.heappop(plans)
            try:
                do()
            except Killed:
                self.on_killed()


@dataclass(slots=True)
class Line:
    """One person's way to the service and back."""

    world: World
    latency_ms: int
    cuts: dict[Way, Intervals]

    def arrival_ms(self, way: Way, sent_ms: int) -> int:
        """Return when a frame sent at *sent_ms* arrives: after every cut that it meets, when TCP sends it again."""
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
        """Return when frames are held up: in a cut, and until TCP has sent again what it held back."""
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
        """Let *deliver* happen at the other end, after everything that was sent before it."""
        world = self.line.world
        self.newest_ms = max(self.newest_ms, self.line.arrival_ms(self.way, world.now_ms))
        world.at(self.newest_ms, deliver)
