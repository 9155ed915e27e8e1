"""Our call service and our backend in two places: what is judged is the backend's bill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from langdao_video.billing.lesson import Lesson
from langdao_video.session.events import SessionHeartbeat
from langdao_video.session.facts import Recorded, SessionCreated, TutorAccepted
from langdao_video.simulation.hooks import Hooks, SimulatedBackend
from langdao_video.simulation.intervals import union
from langdao_video.simulation.oracle import Truth
from langdao_video.simulation.plan import HooksFail, Plan, lasts
from langdao_video.simulation.stage import Stage
from langdao_video.views.session import view_heartbeat, view_record


class Apart(Stage):
    """One lesson with a webhook in the middle."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.backend = SimulatedBackend(self.world, plan.cap_seconds)
        self.ledger = self.backend.books
        fails = union(lasts(trouble) for trouble in plan.all(HooksFail))
        self.hooks = Hooks(self.backend, plan.hook_delay_ms, fails, keeps_order=plan.seed % 2 == 0)
        self.service.listeners.append(self._hear)

    def delay_ms(self) -> int:
        """Return what the ways add to what a drop may cost."""
        return super().delay_ms() + self.hooks.delay_ms()

    def truth(self) -> Truth:
        """Return what was true; what the backend cannot have heard in time is no fault of its bill."""
        truth = super().truth()
        late = self.hooks.stalls(self.machine)
        return replace(truth, stalls={role: union(stalls, late) for role, stalls in truth.stalls.items()})

    def _hear(self, lesson: Lesson, records: Sequence[Recorded], heartbeat: SessionHeartbeat | None) -> None:
        """Say what delivery/ says."""
        for record in records:
            if not isinstance(record.fact, SessionCreated | TutorAccepted):
                self.hooks.send(view_record(record, lesson))
        if heartbeat is not None:
            id_ = f"{self.world.random.getrandbits(64):016x}"
            self.hooks.send(view_heartbeat(heartbeat, lesson, id_))
