"""Who of all connections may stay. Pure.

Laws: nobody is refused for one who has asked for nothing. When the house, or what one address may have of it, is full,
the connection goes that has waited longest without a request, and a new one comes in. Only when all are busy is a new
one sent to the reserve, where `/health` alone is answered; there the newest pushes out the oldest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Stage(Enum):
    """What a connection is doing."""

    SILENT = "silent"
    """It has not sent a whole request head yet."""
    IDLE = "idle"
    """Its requests are answered, and it may send another."""
    BUSY = "busy"
    """A request is being served, or it is a socket."""


@dataclass(eq=False, slots=True)
class Visit:
    """One connection. *network* is None while it is a proxy's and nobody knows for whom it will ask."""

    network: str | None
    evict: Callable[[], None]
    stage: Stage = Stage.SILENT
    is_reserve: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """How many connections there may be: in all, for one address, and beside them for `/health`."""

    connections_max: int
    per_address_max: int
    reserve_max: int


class Door:
    """All connections of this process."""

    def __init__(self, limits: DoorLimits) -> None:
        self._limits = limits
        self._count = 0
        self._of_network: Counter[str] = Counter()
        # Dictionaries as ordered sets: the one that came first is the one that has waited longest.
        self._waiting: dict[Stage, dict[Visit, None]] = {Stage.SILENT: {}, Stage.IDLE: {}}
        self._waiting_of: dict[str, dict[Visit, None]] = {}
        self._reserve: dict[Visit, None] = {}

    @property
    def count(self) -> int:
        """How many connections there are, without those in the reserve."""
        return self._count

    def knock(self, network: str | None, evict: Callable[[], None]) -> Visit:
        """Let a new connection in, or into the reserve; calls *evict* of the one that has to go for it."""
        visit = Visit(network, evict)
        if not self._make_room(network):
            visit.is_reserve = True
            if len(self._reserve) >= self._limits.reserve_max:
                self._push_out(next(iter(self._reserve)))
            self._reserve[visit] = None
            return visit
        self._count += 1
        self._count_in(visit)
        self._wait(visit, Stage.SILENT)
        return visit

    def begin(self, visit: Visit, network: str) -> bool:
        """Note that a request for *network* is served from now on; False if that address has its fill."""
        if visit.is_gone or visit.is_reserve:
            return not visit.is_gone
        self._stop_waiting(visit)
        visit.stage = Stage.BUSY
        if visit.network != network:
            self._count_out(visit)
            has_room = self._has_room_for(network)
            visit.network = network
            self._count_in(visit)
            return has_room
        return True

    def rest(self, visit: Visit) -> None:
        """Note that all requests are answered."""
        if not (visit.is_gone or visit.is_reserve) and visit.stage is Stage.BUSY:
            self._wait(visit, Stage.IDLE)

    def leave(self, visit: Visit) -> None:
        """Note that a connection is closed; harmless when told twice."""
        if visit.is_gone:
            return
        visit.is_gone = True
        if visit.is_reserve:
            self._reserve.pop(visit, None)
            return
        self._stop_waiting(visit)
        self._count_out(visit)
        self._count -= 1

    def _make_room(self, network: str | None) -> bool:
        if network is not None and not self._has_room_for(network):
            return False
        if self._count < self._limits.connections_max:
            return True
        for waiting in self._waiting.values():
            if waiting:
                self._push_out(next(iter(waiting)))
                return True
        return False

    def _has_room_for(self, network: str) -> bool:
        if self._of_network[network] < self._limits.per_address_max:
            return True
        if waiting := self._waiting_of.get(network):
            self._push_out(next(iter(waiting)))
            return True
        return False

    def _push_out(self, visit: Visit) -> None:
        self.leave(visit)
        visit.evict()

    def _wait(self, visit: Visit, stage: Stage) -> None:
        visit.stage = stage
        self._waiting[stage][visit] = None
        if visit.network is not None:
            self._waiting_of.setdefault(visit.network, {})[visit] = None

    def _stop_waiting(self, visit: Visit) -> None:
        if visit.stage is Stage.BUSY:
            return
        self._waiting[visit.stage].pop(visit, None)
        if visit.network is not None and (waiting := self._waiting_of.get(visit.network)):
            waiting.pop(visit, None)
            if not waiting:
                del self._waiting_of[visit.network]

    def _count_in(self, visit: Visit) -> None:
        if visit.network is not None:
            self._of_network[visit.network] += 1

    def _count_out(self, visit: Visit) -> None:
        if visit.network is None:
            return
        self._of_network[visit.network] -= 1
        if not self._of_network[visit.network]:
            del self._of_network[visit.network]
