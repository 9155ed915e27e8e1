"""A lesson with our call service and our backend in two places. The oracle judges the backend's bill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from langdao_video.billing.lesson import Lesson
from langdao_video.in_process.event_renderer import MADE_BY_THE_PLATFORM
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.facts import GraceResolved, Recorded
from langdao_video.views.session import view_heartbeat, view_record
from tools.simulator.hooks import Hooks, SimulatedBackend
from tools.simulator.intervals import Intervals, union
from tools.simulator.log import check_questions, read_log
from tools.simulator.machine import EPOCH_MS
from tools.simulator.oracle import Truth
from tools.simulator.plan import HooksFail, Plan, lasts
from tools.simulator.stage import Stage


class Apart(Stage):
    """One lesson with a webhook in the middle."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.backend = SimulatedBackend(self.world, plan.cap_seconds)
        self.ledger = self.backend.books
        fails = union(lasts(trouble) for trouble in plan.all(HooksFail))
        self.hooks = Hooks(self.backend, plan.hook_delay_ms, fails, keeps_order=plan.seed % 2 == 0)
        self.listeners.append(self._send)

    def _send(self, lesson: Lesson, records: Sequence[Recorded], heartbeat: SessionHeartbeat | None) -> None:
        """Send each change as its public event."""
        for record in records:
            if not isinstance(record.fact, MADE_BY_THE_PLATFORM):
                self.hooks.send(view_record(record, lesson))
        if heartbeat is not None:
            self.hooks.send(view_heartbeat(heartbeat, lesson, f"{self.world.random.getrandbits(64):016x}"))

    def delay_ms(self) -> int:
        """Return by how many ms the network raises the allowed cost of a drop."""
        return super().delay_ms() + self.hooks.delay_ms()

    def faults(self) -> list[str]:
        """Return what is wrong. The call service has a ledger too, and its question may end the lesson for both."""
        return [*super().faults(), *check_questions(read_log(self.service.books))]

    def truth(self) -> Truth:
        """Return the truth up to now. What the backend could not hear in time counts as stalled, not as its fault."""
        truth = super().truth()
        late = union(self.hooks.stalls(self.machine), self._read_as_asked())
        return replace(truth, stalls={role: union(stalls, late) for role, stalls in truth.stalls.items()})

    def _read_as_asked(self) -> Intervals:
        """Return when a clock that is behind still read times of a question that was over, in true time.

        A question ends by the backend's clock, which is right: until then it bills nothing (docs/decisions/0018).
        """
        ends_ms = [each.at_ms for each in read_log(self.ledger) if isinstance(each.fact, GraceResolved)]
        return union(
            (end_ms - EPOCH_MS, self.machine.reaches_ms(end_ms, end_ms - EPOCH_MS)) for end_ms in ends_ms
        )
