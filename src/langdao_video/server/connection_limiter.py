"""Limits the connections of a process and of each address. Sans-I/O state.

Law: an idle connection never keeps a new one out. At a limit we close the connection that has waited longest without a
request, and admit the new one. If all are busy, the new one goes to the reserve, which answers only `/health`. In a
full reserve the newest connection replaces the oldest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class ConnectionStage(Enum):
    """What a connection is doing."""

    SILENT = "silent"
    """It has not yet sent the whole head of a request."""
    IDLE = "idle"
    """Its requests are answered, and it may send another one."""
    BUSY = "busy"
    """A request is being served, or the connection is a WebSocket."""


@dataclass(eq=False, slots=True)
class ConnectionSlot:
    """One connection. *network* is None for a proxy's connection until its first caller is known."""

    network: str | None
    evict: Callable[[], None]
    stage: ConnectionStage = ConnectionStage.SILENT
    is_reserve: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """The most open connections: in all, for one address, and in the reserve for `/health`."""

    connections_max: int
    per_address_max: int
    reserve_max: int


class ConnectionLimiter:
    """Limit the connections of this process."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self._limits = limits
        self._count = 0
        self._of_network: Counter[str] = Counter()
        # Dictionaries used as ordered sets: the first connection has waited longest.
        self._waiting: dict[ConnectionStage, dict[ConnectionSlot, None]] = {
            ConnectionStage.SILENT: {},
            ConnectionStage.IDLE: {},
        }
        self._waiting_of: dict[str, dict[ConnectionSlot, None]] = {}
        self._reserve: dict[ConnectionSlot, None] = {}

    @property
    def count(self) -> int:
        """How many connections are open, without the reserve."""
        return self._count

    def admit(self, network: str | None, evict: Callable[[], None]) -> ConnectionSlot:
        """Admit a new connection or put it into the reserve. If it replaces another, that one's *evict* is called."""
        slot = ConnectionSlot(network, evict)
        if not self._make_room(network):
            slot.is_reserve = True
            if len(self._reserve) >= self._limits.reserve_max:
                self._push_out(next(iter(self._reserve)))
            self._reserve[slot] = None
            return slot
        self._count += 1
        self._count_in(slot)
        self._wait(slot, ConnectionStage.SILENT)
        return slot

    def begin(self, slot: ConnectionSlot, network: str) -> bool:
        """Note that a request of *network* begins. Return False if that address has too many connections."""
        if slot.is_gone or slot.is_reserve:
            return not slot.is_gone
        self._stop_waiting(slot)
        slot.stage = ConnectionStage.BUSY
        if slot.network != network:
            self._count_out(slot)
            has_room = self._has_room_for(network)
            slot.network = network
            self._count_in(slot)
            return has_room
        return True

    def rest(self, slot: ConnectionSlot) -> None:
        """Note that all requests are answered."""
        if not (slot.is_gone or slot.is_reserve) and slot.stage is ConnectionStage.BUSY:
            self._wait(slot, ConnectionStage.IDLE)

    def leave(self, slot: ConnectionSlot) -> None:
        """Note that a connection is closed. A second call does nothing."""
        if slot.is_gone:
            return
        slot.is_gone = True
        if slot.is_reserve:
            self._reserve.pop(slot, None)
            return
        self._stop_waiting(slot)
        self._count_out(slot)
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

    def _push_out(self, slot: ConnectionSlot) -> None:
        self.leave(slot)
        slot.evict()

    def _wait(self, slot: ConnectionSlot, stage: ConnectionStage) -> None:
        slot.stage = stage
        self._waiting[stage][slot] = None
        if slot.network is not None:
            self._waiting_of.setdefault(slot.network, {})[slot] = None

    def _stop_waiting(self, slot: ConnectionSlot) -> None:
        if slot.stage is ConnectionStage.BUSY:
            return
        self._waiting[slot.stage].pop(slot, None)
        if slot.network is not None and (waiting := self._waiting_of.get(slot.network)):
            waiting.pop(slot, None)
            if not waiting:
                del self._waiting_of[slot.network]

    def _count_in(self, slot: ConnectionSlot) -> None:
        if slot.network is not None:
            self._of_network[slot.network] += 1

    def _count_out(self, slot: ConnectionSlot) -> None:
        if slot.network is None:
            return
        self._of_network[slot.network] -= 1
        if not self._of_network[slot.network]:
            del self._of_network[slot.network]
