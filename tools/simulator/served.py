"""What a stage and its people need of a simulated service, whether one process plays it or several nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from langdao_video.billing.service import SessionService
from langdao_video.session.roles import Role
from langdao_video.signaling.messages import ClientFrame
from tools.simulator.books import Books
from tools.simulator.intervals import Intervals

if TYPE_CHECKING:
    from tools.simulator.sockets import SimulatedSocket


class SocketsEnd(Protocol):
    """The service's end of the pages' sockets."""

    @property
    def run(self) -> int:
        """The number of the process that takes connections now. Sockets of an older one are dead."""
        ...

    def accept(self, socket: SimulatedSocket) -> bool:
        """Take a connection, if a process runs."""
        ...

    def receive(self, socket: SimulatedSocket, frame: ClientFrame) -> None:
        """Take a frame from a page."""
        ...

    def lose(self, socket: SimulatedSocket, *, said_goodbye: bool) -> None:
        """Note that a socket is gone."""
        ...

    def note_refused(self, role: Role) -> None:
        """Note a fault: the answer of somebody in the room was refused, as if they were not there."""
        ...


class Served(SocketsEnd, Protocol):
    """A service that can be started, and that can die."""

    @property
    def books(self) -> Books:
        """Its store."""
        ...

    @property
    def sessions(self) -> SessionService:
        """What makes the session, and what a platform asks."""
        ...

    @property
    def is_up(self) -> bool:
        """Whether a process runs."""
        ...

    @property
    def downs(self) -> Intervals:
        """When none ran."""
        ...

    @property
    def faults(self) -> Sequence[str]:
        """What it wrongly refused."""
        ...

    def start(self) -> None:
        """Start."""
        ...

    def kill(self, down_ms: int) -> None:
        """Let a process die, and start the next one after *down_ms*."""
        ...
