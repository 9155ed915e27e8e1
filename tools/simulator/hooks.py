"""The webhook between a call service and a backend elsewhere, and that backend. Events may come late, twice, unordered.

They are the public contract (R21–R26) as JSON, and the backend reads them like any HTTP body.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from pydantic import ValidationError

from langdao_video.billing.monitor import act_on_all_due
from langdao_video.errors import LangDAOError
from langdao_video.session.events import public_event
from tools.simulator.books import SAVED_MS_MAX, Books
from tools.simulator.intervals import Intervals, union
from tools.simulator.loop import VirtualLoop
from tools.simulator.machine import EPOCH_MS, Machine
from tools.simulator.service import create_session, make_sessions
from tools.simulator.world import Bug, World, finish

_LOOK_MS: Final = 500
_TICK_MS: Final = 10
_SPREAD_MS: Final = 30_000
"""The time over which waiting events are sent after a failure."""
_TWICE: Final = 0.1
_AGAIN_MS: Final = 5_000


class SimulatedBackend:
    """A separate backend: the real session service over a store, on a machine whose clock is right."""

    def __init__(self, world: World, cap_seconds: int | None) -> None:
        self.world = world
        self.books = Books()
        self._machine = Machine(world)
        self._machine.start(0)
        self._start()
        create_session(self._sessions, EPOCH_MS, cap_seconds)
        self._look()

    def restart(self) -> None:
        """Die and start again at once."""
        self._proofs.is_lost = True
        self._loop.kill()
        self._start()

    def receive(self, body: str, on_refused: Callable[[], object] = lambda: None) -> None:
        """Take a body; call *on_refused* if it is refused, or if the backend dies before it answers."""
        self._loop.do(lambda: self._loop.create_task(self._take(body, on_refused)))

    def _start(self) -> None:
        self._loop = VirtualLoop(self.world, _TICK_MS)
        self._sessions, self._proofs = make_sessions(self.world, self.books, self._machine, self._loop)

    async def _take(self, body: str, on_refused: Callable[[], object]) -> None:
        try:
            await self._sessions.take_event(public_event.validate_json(body), is_from_elsewhere=True)
        except (ValidationError, LangDAOError, GeneratorExit) as error:
            on_refused()
            if isinstance(error, GeneratorExit):
                raise
        except Exception as error:
            raise Bug(f"{error!r}") from error

    def _look(self) -> None:
        due_ms = self.books.due_ms
        if due_ms is not None and due_ms <= self._machine.now_ms():
            finish(act_on_all_due(self._sessions))
        self.world.after(_LOOK_MS, self._look)


class Hooks:
    """Carry events to a backend. *keeps_order*: events arrive in the order sent, but second copies may be later."""

    def __init__(
        self, backend: SimulatedBackend, delay_ms: int, fails: Intervals, *, keeps_order: bool
    ) -> None:
        self._backend = backend
        self._delay_ms = delay_ms
        self._fails = fails
        self._keeps_order = keeps_order
        self._newest_ms = 0
        self.longest_ms = 0
        """How long the slowest event was on its way, without failures, ms."""
        for start_ms, _ in fails:
            backend.world.at(start_ms, backend.restart)

    def stalls(self, sender: Machine) -> Intervals:
        """Return when the backend got no events, got them too late, or could not believe their times."""
        if sender.is_wrong():
            return [(0, self._backend.world.now_ms)]
        before_ms, after_ms = self.longest_ms + SAVED_MS_MAX, _SPREAD_MS + self.longest_ms
        return union((start_ms - before_ms, end_ms + after_ms) for start_ms, end_ms in self._fails)

    def delay_ms(self) -> int:
        """Return by how many ms the webhook raises the allowed cost of a drop."""
        return self.longest_ms

    def send(self, event: dict[str, Any]) -> None:
        """Send an event, which arrives once or twice."""
        world, body = self._backend.world, json.dumps(event)
        at_ms = self._arrival_ms(world.now_ms)
        if self._keeps_order:
            at_ms = self._newest_ms = max(at_ms, self._newest_ms)
        world.at(at_ms, lambda: self._deliver(body))
        if world.random.random() < _TWICE:
            world.at(
                self._arrival_ms(at_ms) + world.random.randrange(60_000), lambda: self._backend.receive(body)
            )

    def _deliver(self, body: str) -> None:
        backend = self._backend
        backend.receive(body, lambda: backend.world.after(_AGAIN_MS, lambda: backend.receive(body)))

    def _arrival_ms(self, sent_ms: int) -> int:
        delay_ms = int(self._backend.world.random.expovariate(1) * self._delay_ms)
        self.longest_ms = max(self.longest_ms, delay_ms)
        at_ms = sent_ms + delay_ms
        for start_ms, end_ms in self._fails:
            if start_ms <= at_ms < end_ms:
                at_ms = end_ms + self._backend.world.random.randrange(_SPREAD_MS)
        return at_ms
