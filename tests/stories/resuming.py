"""A page without a browser: it joins, answers pings, and comes back by itself with its resume token."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.stories.live import until

if TYPE_CHECKING:
    from langdao_video.session.roles import Role


class ResumingPage:
    """The page of one seat, over as many sockets as needed."""

    def __init__(self, port: int, room: str, role: Role, address: str, start_ms: int) -> None:
        self._url = f"ws://127.0.0.1:{port}/?room={room}"
        self._join = {
            "type": "join",
            "page": f"page-of-{role}",
            "role": role,
            "address": address,
            "language": "es",
            "sessionStart": start_ms,
        }
        self._socket: ClientConnection | None = None
        self.sockets = 0
        self.epochs: list[int] = []
        self.proofs_ms: list[int] = []
        """The instants that this page proved: the times of the answered pings, by the service's clock."""
        self._welcomed_ms = 0
        self.warnings: list[dict[str, Any]] = []
        self.ended: dict[str, Any] | None = None
        self.answers_pings = True
        self._refusals = 0

    async def run(self) -> None:
        """Stay until the session has ended."""
        while self.ended is None:
            with suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
                # No pings of the library: a busy service answers them late, and then they would close the socket.
                async with connect(self._url, ping_interval=None) as socket:
                    self._socket = socket
                    await self._talk(socket)
            await asyncio.sleep(0.05)

    async def end_session(self) -> None:
        """End the session, and try again if the frame was lost with its socket."""
        while self.ended is None:
            with suppress(ConnectionClosed):
                if self._socket:
                    await self._socket.send(json.dumps({"type": "end-session"}))
            await asyncio.sleep(0.5)

    @property
    def has_proved(self) -> bool:
        """Whether it has answered a ping since it joined last."""
        return bool(self.proofs_ms) and self.proofs_ms[-1] >= self._welcomed_ms

    async def fall_silent(self) -> None:
        """Answer no more pings, and wait until the service has taken all answers: a socket keeps their order."""
        self.answers_pings = False
        assert self._socket is not None
        refusals = self._refusals
        await self._socket.send(json.dumps(self._join))
        await until(lambda: self._refusals > refusals)

    async def _talk(self, socket: ClientConnection) -> None:
        await socket.send(json.dumps(self._join))
        async for text in socket:
            frame = json.loads(text)
            match frame["type"]:
                case "welcome":
                    self.sockets += 1
                    self.epochs.append(frame["epoch"])
                    self._welcomed_ms = frame["serverTime"]
                    self._join["resume"] = frame["resume"]
                case "ping" if self.answers_pings:
                    await socket.send(json.dumps({"type": "heartbeat", "audio": True, "video": True}))
                    self.proofs_ms.append(frame["serverTime"])
                case "error" if frame["code"] == "already-joined":
                    self._refusals += 1
                case "connection-warning":
                    self.warnings.append(frame)
                case "session-ended":
                    self.ended = frame
