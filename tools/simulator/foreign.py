"""A call service of somebody else: it sends the bare events of R21–R24, and trusts its machine's wall clock.

For each person it sends `user-connected`, a heartbeat every ten seconds while it reaches them, and
`user-disconnected` when they leave or it has not reached them for a while. It reports nothing about media.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, Final

from langdao_video.session.roles import ROLES, Role
from tools.simulator.hooks import Hooks, SimulatedBackend
from tools.simulator.intervals import Intervals, intersect, subtract, union
from tools.simulator.machine import EPOCH_MS, Machine
from tools.simulator.oracle import PageTruth, Truth
from tools.simulator.outbox import SimulatedOutbox
from tools.simulator.plan import Gone, HooksFail, Partition, Plan, Slew, Step, concerns, lasts
from tools.simulator.service import ADDRESSES, SESSION
from tools.simulator.world import World

_HEARTBEAT_MS: Final = 10_000
_MISSES_MS: Final = 12_000
"""How long it must not reach somebody before it counts them as gone."""


@dataclass(slots=True)
class Guest:
    """One person, as the other call service sees them."""

    role: Role
    sittings: Intervals
    cuts: Intervals
    reached_ms: int = 0
    sitting: int = 0
    is_connected: bool = False


class Foreign:
    """One lesson that another call service holds and our backend bills."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.world = World(Random(plan.seed))  # noqa: S311 - chance that can be had again is the point
        self.machine = Machine(self.world)
        self.backend = SimulatedBackend(self.world, plan.cap_seconds)
        self.ledger = self.backend.books
        self.outbox: SimulatedOutbox | None = None
        fails = union(lasts(trouble) for trouble in plan.all(HooksFail))
        self.hooks = Hooks(self.backend, plan.hook_delay_ms, fails, keeps_order=True)
        self.guests = {role: Guest(role, self._sittings(role), self._cuts(role)) for role in ROLES}
        self._is_over = False

    def set_up(self) -> None:
        """Plan what the service notices and sends."""
        at = self.world.at
        self.machine.start(0)
        for guest in self.guests.values():
            for start_ms, end_ms in guest.sittings:
                at(start_ms, partial(self._open, guest, end_ms))
                at(end_ms, partial(self._part, guest, end_ms))
        for slew in self.plan.all(Slew):
            at(slew.at_ms, partial(self.machine.slew, slew.ppm))
        for step in self.plan.all(Step):
            at(step.at_ms, partial(self.machine.step, step.by_ms, is_believed=True))
        if self.plan.ended_by is not None:
            at(self.plan.ends_ms, self._end)

    def delay_ms(self) -> int:
        """Return by how many ms the network raises the allowed cost of a drop."""
        return self.hooks.delay_ms()

    def truth(self) -> Truth:
        """Return the truth: who sat where, and which networks were cut."""
        # After its clock is set back, the service repeats times until the clock has caught up. Then a leave is dated
        # before events that it sent earlier, and it is read before them.
        steps = ((step.at_ms + min(0, step.by_ms), 2**40) for step in self.plan.all(Step))
        late = union(self.hooks.stalls(self.machine), steps)
        stalls = {
            role: union(late, ((start_ms, end_ms + _HEARTBEAT_MS) for start_ms, end_ms in guest.cuts))
            for role, guest in self.guests.items()
        }
        return Truth(
            pages={
                role: [PageTruth([sitting], [sitting], [], [], [], []) for sitting in guest.sittings]
                for role, guest in self.guests.items()
            },
            cuts={role: guest.cuts for role, guest in self.guests.items()},
            stalls=stalls,
            downs=[],
        )

    def faults(self) -> list[str]:
        """Return no faults, because the other service decides whom it asks."""
        return []

    # ── What people do ───────────────────────────────────────────────────────────────────────────

    def _sittings(self, role: Role) -> Intervals:
        comes_ms = self.plan.comes_ms[role]
        if comes_ms is None:
            return []
        whole = [(comes_ms, self.plan.ends_ms + self.plan.stays_ms)]
        last_ms = whole[0][1]
        away = [
            (gone.at_ms, last_ms if gone.for_ms is None else gone.at_ms + gone.for_ms)
            for gone in self.plan.all(Gone)
            if concerns(gone.who, role)
        ]
        return subtract(whole, union(away))

    def _cuts(self, role: Role) -> Intervals:
        return union(lasts(cut) for cut in self.plan.all(Partition) if concerns(cut.who, role))

    # ── What the service sends ───────────────────────────────────────────────────────────────────

    def _open(self, guest: Guest, end_ms: int) -> None:
        """Notice a new page; the page before it may have gone unnoticed."""
        if guest.is_connected:
            self._lose(guest)
        guest.sitting += 1
        self._reach(guest, end_ms)

    def _reach(self, guest: Guest, end_ms: int) -> None:
        """Note whether the person is reached, and look again later."""
        now_ms = self.world.now_ms
        if self._is_over or now_ms >= end_ms:
            return
        if not intersect(guest.cuts, [(now_ms, now_ms + 1)]):
            if not guest.is_connected:
                guest.is_connected = True
                self._say("user-connected", guest)
            guest.reached_ms = now_ms
            self._beat(guest)
        elif guest.is_connected and now_ms - guest.reached_ms > _MISSES_MS:
            self._lose(guest)
        self.world.after(_HEARTBEAT_MS, lambda: self._reach(guest, end_ms))

    def _part(self, guest: Guest, end_ms: int) -> None:
        """Notice that the person closes the page, at once or later."""
        if guest.is_connected and not intersect(guest.cuts, [(end_ms, end_ms + 1)]):
            guest.reached_ms = end_ms
            self._lose(guest)
        else:
            sitting = guest.sitting
            self.world.after(_MISSES_MS, lambda: self._lose(guest) if guest.sitting == sitting else None)

    def _lose(self, guest: Guest) -> None:
        was_connected, guest.is_connected = guest.is_connected, False
        if was_connected and not self._is_over:
            self._say("user-disconnected", guest, reason="connection-closed")

    def _beat(self, guest: Guest) -> None:
        elapsed_seconds = (self.machine.now_ms() - EPOCH_MS) // 1000
        self._say(
            "session-heartbeat",
            guest,
            userAddress=ADDRESSES[guest.role],
            language="es",
            startTime=EPOCH_MS,
            heartbeat=True,
            isAudioEnabled=True,
            isVideoEnabled=True,
            elapsedSeconds=max(0, elapsed_seconds),
        )

    def _end(self) -> None:
        """End the session, if the person who ends it is there."""
        here = [guest for guest in self.guests.values() if concerns(self.plan.ended_by or "", guest.role)]
        now_ms = self.world.now_ms
        by = [g for g in here if intersect(subtract(g.sittings, g.cuts), [(now_ms, now_ms + 1)])]
        if by and not self._is_over:
            self._is_over = True
            ended = {"endedBy": by[0].role, "userAddress": ADDRESSES[by[0].role]}
            self._say("session-ended", by[0], totalSeconds=now_ms // 1000, **ended)

    def _say(self, kind: str, guest: Guest, **fields: Any) -> None:  # noqa: ANN401 - JSON
        event = {
            "type": kind,
            "sessionId": SESSION,
            "userRole": guest.role,
            "timestamp": self.machine.now_ms(),
        }
        self.hooks.send(event | fields)
