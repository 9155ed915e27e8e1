"""The page of one seat of a cluster: it comes back by itself, over any node, and keeps what it was shown and said."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.stories.page import ADDRESSES

if TYPE_CHECKING:
    from langdao_video.session.roles import Role


PATIENCE_SECONDS_MIN: Final = 0.1
HEARTBEAT: Final = {"type": "heartbeat", "audio": True, "video": True}


@dataclass(slots=True)
class Visit:
    """One socket of a page, from its join to its end."""

    joined_ms: int
    """When the page sent its join, by the machine's clock: Unix ms."""
    epoch: int | None = None
    """The sitting in which the room seated it; None if it heard no welcome."""
    proofs_ms: list[int] = field(default_factory=list)
    """The times of the welcome and of the pings that the page has answered, by the service's clock."""
    closed_ms: int | None = None


class ClusterPage:
    """The page of one seat. *choose_port* says to which node it connects next."""

    def __init__(self, choose_port: Callable[[], int], room: str, role: Role, start_ms: int) -> None:
        self.room = room
        self.role = role
        self.page = f"page-of-{role}"
        self._choose_port = choose_port
        self._join: dict[str, Any] = {
            "type": "join",
            "page": self.page,
            "role": role,
            "address": ADDRESSES[role],
            "language": "es",
            "sessionStart": start_ms,
        }
        self._socket: ClientConnection | None = None
        self._is_seated = False
        self.sockets = 0
        self.peers = 0
        """How often it has met its peer."""
        self.visits: list[Visit] = []
        self.rooms: set[str] = set()
        """The sessions whose frames it was sent."""
        self.chat: list[str] = []
        """The texts in the order in which they were shown, each line once."""
        self.offers: list[str] = []
        self.refusals: list[str] = []
        self.codes: list[int | None] = []
        """The close codes of its sockets."""
        self.ended: dict[str, Any] | None = None
        self._lines: set[str] = set()
        self._unkept: dict[str, str] = {}
        """What it has said and not been shown, by id, in its order. It says the first of it, as a real page does, and
        says that again at each ping and after it has come back."""

    @property
    def answers(self) -> int:
        """How many welcomes it was sent and pings it has answered."""
        return sum(len(visit.proofs_ms) for visit in self.visits)

    @property
    def local_port(self) -> int | None:
        """The port of its own end of its newest socket."""
        return self._socket.local_address[1] if self._socket else None

    def drop(self) -> None:
        """Lose the socket without a word, as a page whose network changes. It comes back at once."""
        if self._socket:
            self._socket.transport.abort()

    async def run(self) -> None:
        """Stay until the session has ended."""
        patience_s = PATIENCE_SECONDS_MIN
        while self.ended is None:
            sockets = self.sockets
            with suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError, EOFError):
                async with connect(
                    f"ws://127.0.0.1:{self._choose_port()}/?room={self.room}",
                    ping_interval=None,
                    proxy=None,
                    open_timeout=10,
                    close_timeout=1,
                ) as socket:
                    self._socket = socket
                    try:
                        await self._talk(socket)
                    finally:
                        self._is_seated = False
                        self.codes.append(socket.close_code)
            patience_s = PATIENCE_SECONDS_MIN if self.sockets > sockets else min(2 * patience_s, 2.0)
            await asyncio.sleep(patience_s)

    async def send(self, kind: str, **fields: Any) -> None:  # noqa: ANN401 - JSON
        """Send a frame, if there is a socket."""
        with suppress(ConnectionClosed):
            if self._socket:
                await self._socket.send(json.dumps({"type": kind, **fields}))

    async def say(self, text: str) -> None:
        """Say a line of chat when those before it are shown, and again until it is shown itself."""
        self._unkept[f"{self.role}-{text}"] = text
        if len(self._unkept) == 1:
            await self._say_next()

    async def _talk(self, socket: ClientConnection) -> None:
        visit = Visit(read_ms())
        self.visits.append(visit)
        try:
            await socket.send(json.dumps(self._join))
            async for text in socket:
                await self._take(socket, visit, json.loads(text))
        finally:
            visit.closed_ms = read_ms()

    async def _take(self, socket: ClientConnection, visit: Visit, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "welcome":
                self.sockets += 1
                self.peers += frame.get("peer") is not None
                visit.epoch = frame["epoch"]
                self.rooms.add(frame["session"]["id"])
                visit.proofs_ms.append(frame["serverTime"])  # a join is a proof
                self._join["resume"] = frame["resume"]
                for line in frame.get("chat", ()):
                    self._show(line)
                self._is_seated = True
                await self._say_next()
            case "peer-joined":
                self.peers += 1
            case "ping":
                visit.proofs_ms.append(
                    frame["serverTime"]
                )  # first: what breaks while it is sent may have arrived
                await socket.send(json.dumps(HEARTBEAT))
                await self._say_next()
            case "chat":
                self._show(frame["line"])
                if frame["line"]["role"] == self.role:
                    await self._say_next()
            case "offer":
                self.offers.append(frame["sdp"])
            case "error":
                self.refusals.append(frame["code"])
            case "session-ended":
                self.ended = frame

    async def _say_next(self) -> None:
        """Say the first line that was not shown yet, once the room has seated the page."""
        if self._is_seated and self._unkept:
            id_, text = next(iter(self._unkept.items()))
            await self.send("chat", id=id_, text=text)

    def _show(self, line: dict[str, Any]) -> None:
        if line["id"] not in self._lines:
            self._lines.add(line["id"])
            self.chat.append(line["text"])
            self._unkept.pop(line["id"], None)


def read_ms() -> int:
    """Read the machine's clock, Unix ms: that of the nodes, too."""
    return time.time_ns() // 1_000_000
