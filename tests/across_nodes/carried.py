"""Two nodes in one process, a page at one of them, and its room at the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.types import Receive, Scope, Send

from langdao_video.across_nodes.joining import Carriages
from langdao_video.signaling.port import Carrier, Opening
from tests.across_nodes.medium import Medium


@dataclass(eq=False)
class ListeningPage:
    """A page at the edge, and what reaches it."""

    conn: int = 1
    frames: list[bytes] = field(default_factory=list)
    closed: tuple[int, str] | None = None
    resumed: int = 0

    def pass_on(self, frame: bytes) -> None:
        self.frames.append(frame)

    def close(self, code: int, reason: str) -> None:
        self.closed = code, reason

    def resume(self) -> None:
        self.resumed += 1


@dataclass(eq=False)
class ListeningTaker:
    """The room's end of a carried socket."""

    opening: Opening
    carrier: Carrier
    frames: list[bytes | None] = field(default_factory=list)
    lost: list[int | None] = field(default_factory=list)
    is_busy: bool = False

    def receive(self, frame: bytes | None) -> None:
        self.frames.append(frame)

    def lose(self, code: int | None) -> None:
        self.lost.append(code)


class TwoNodes:
    """The nodes `edge` and `owner`. The owner owns every room."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.medium = Medium()
        self.takers: list[ListeningTaker] = []
        self.asked: list[Scope] = []
        self.owner_name: str | None = "owner"
        self.edge, self.owner = (self._join(name) for name in ("edge", "owner"))

    def _join(self, name: str) -> Carriages:
        carriages = Carriages(name, self.medium.join(name), self._find_owner, self._answer, self._open)
        carriages.exchange.uptime_ms = lambda: self.now_ms
        return carriages

    async def _find_owner(self, _room: str) -> str | None:
        return self.owner_name

    def _open(self, opening: Opening, carrier: Carrier) -> ListeningTaker:
        taker = ListeningTaker(opening, carrier)
        self.takers.append(taker)
        return taker

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError(f"no request is expected: {scope} {receive} {send}")

    def pass_time(self, ms: int) -> None:
        """Let *ms* pass on both nodes, half a second at a time."""
        for _ in range(0, ms, 500):
            self.now_ms += 500
            self.edge.exchange.tick()
            self.owner.exchange.tick()
