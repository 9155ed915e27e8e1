"""The portable driver's connection, where we own the port: uvicorn's, but each frame is counted before it is parsed.

Laws: input is parsed in pieces, and other connections have their turn between two pieces. Reading is paused while a
piece waits, so that a flood stays in the sender's buffers. A peer over its budget gets a close code, and its connection
is aborted half a second later, whether it reads or not.
"""

from __future__ import annotations

import asyncio
import urllib.parse
from dataclasses import dataclass
from typing import Any, Final, cast

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

from langdao_video.access.network import ADMITTED
from langdao_video.server.answers import HEAD_TOO_LARGE
from langdao_video.server.budget import Ruling, SocketAccount
from langdao_video.server.connection_limiter import ConnectionSlot
from langdao_video.server.edge import LEAVE_SECONDS, Edge, close_soon
from langdao_video.server.frame_reader import FRAGMENTS_MAX, PIECE_BYTES_MAX, PIECE_FRAMES_MAX
from langdao_video.server.frames import FrameScanner
from langdao_video.server.handshake import HANDSHAKE_HEADERS
from langdao_video.signaling.effects import CloseCode

WAIT_SECONDS: Final = 0.1
CLOSING_CHECK_SECONDS: Final = 10.0
CLOSE_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Handshake:
    """A request to upgrade, as `HttpConnection` has read it."""

    method: str
    raw_path: bytes
    query_string: bytes
    headers: list[tuple[bytes, bytes]]
    caller: str
    scheme: str

    def encode(self) -> bytes:
        """Return only the lines that RFC 6455 §4.2.1 demands, because the handshake's parser takes no large headers."""
        lines = [f"{self.method} / HTTP/1.1".encode()]
        lines += [name + b": " + value for name, value in self.headers if name in HANDSHAKE_HEADERS]
        return b"\r\n".join([*lines, b"", b""])


class SocketConnection(WebSocketsSansIOProtocol):
    """Carry one socket between the network and the application."""

    def __init__(
        self,
        edge: Edge,
        slot: ConnectionSlot,
        account: SocketAccount,
        handshake: Handshake,
        **uvicorn: Any,  # noqa: ANN401 - what uvicorn gives its protocols
    ) -> None:
        super().__init__(**uvicorn)
        self.close_timeout = CLOSE_SECONDS
        self._edge = edge
        self._slot = slot
        self._account = account
        self._handshake = handshake
        self._scanner = FrameScanner()
        self._backlog = b""
        self._piece: tuple[int, int] | None = None
        self._turn: asyncio.Handle | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._is_closing = False

    # ── The connection ───────────────────────────────────────────────────────────────────────────

    def begin(self, transport: asyncio.Transport) -> None:
        """Take over a connection whose request asks for an upgrade. Frames are read after the application accepts."""
        self.connection_made(transport)
        self.scheme = "wss" if self._handshake.scheme == "wss" else "ws"
        self._watch = self.loop.call_later(CLOSING_CHECK_SECONDS, self._check_closing)
        self._pause()
        super().data_received(self._handshake.encode())
        if not self.handshake_initiated:  # one of these headers is too large for the parser
            self._edge.refuse(self._handshake.caller, HEAD_TOO_LARGE.code)
            self._is_closing = True
            close_soon(transport, HEAD_TOO_LARGE.encode(self._edge.headers))

    def handle_connect(self, event: Request) -> None:
        """Answer the handshake. The application gets the original request, with all its headers."""
        super().handle_connect(event)
        if not self.handshake_complete:
            path = urllib.parse.unquote(self._handshake.raw_path.decode("ascii"))
            self.scope["path"] = self.root_path + path
            self.scope["raw_path"] = self.root_path.encode("ascii") + self._handshake.raw_path
            self.scope["query_string"] = self._handshake.query_string
            self.scope["headers"] = self._handshake.headers
            if self.client is None or self.client[0] != self._handshake.caller:
                self.scope["client"] = (self._handshake.caller, 0)
            extensions = cast("dict[str, Any]", self.scope["extensions"])
            extensions[ADMITTED] = self._admit

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the slot back."""
        self._backlog = b""
        for handle in (self._turn, self._watch):
            if handle is not None:
                handle.cancel()
        self._edge.leave(self._slot)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Close because the service stops. A peer that does not read the close delays nothing."""
        super().shutdown()
        self.loop.call_later(LEAVE_SECONDS, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        """Queue *data*, and parse it in turns."""
        if self._is_closing or self.transport.is_closing():
            return
        self._backlog = self._backlog + data if self._backlog else data
        if self._turn is None:
            self._take_turn()

    async def receive(self) -> ASGIReceiveEvent:
        """Give the application its next message. When it has all messages, reading continues."""
        message = await self.queue.get()
        if self.queue.empty():
            self._continue()
        return message

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message of the application. After its close we wait only for the peer's close."""
        if self._is_closing:
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.close":
            self._continue()

    # ── Pieces ───────────────────────────────────────────────────────────────────────────────────

    def _take_turn(self) -> None:
        """Parse one piece if the budgets allow it."""
        self._turn = None
        if self._piece is None:
            self._piece = self._scanner.measure(self._backlog, PIECE_FRAMES_MAX, PIECE_BYTES_MAX)
        size_bytes, frames = self._piece
        ruling = self._account.spend(frames, size_bytes, self._edge.now_ms())
        if ruling is Ruling.CLOSE:
            self._close_soon(CloseCode.FLOOD, "flood")
            return
        if ruling is Ruling.WAIT:
            self._pause()
            self._turn = self.loop.call_later(WAIT_SECONDS, self._take_turn)
            return
        self._piece = None
        piece, self._backlog = self._backlog[:size_bytes], self._backlog[size_bytes:]
        super().data_received(piece)
        if self._backlog:
            self._pause()
        if self.queue.empty():
            self._continue()

    def _continue(self) -> None:
        """Parse the next piece in a later turn of the event loop, or resume reading."""
        if self._is_closing or self.transport.is_closing():
            self._backlog = b""
        elif self._backlog:
            if self._turn is None:
                self._turn = self.loop.call_soon(self._take_turn)
        elif self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def _pause(self) -> None:
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    # ── Frames ───────────────────────────────────────────────────────────────────────────────────

    def handle_ping(self) -> None:
        """Answer the ping, unless the peer does not read: it may get one answer for several pings (RFC 6455 §5.5.3)."""
        if self.writable.is_set() and not self._is_closing:
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_close(self, event: Frame) -> None:
        """Take the peer's close, unless we are closing already."""
        if not self._is_closing:
            super().handle_close(event)

    def handle_cont(self, event: Frame) -> None:
        """Take another fragment of a message."""
        if len(self.frames) >= FRAGMENTS_MAX:
            self._close_soon(1009, "too-many-fragments")
            return
        super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """Give a whole message to the application. Text that is not UTF-8 closes the socket (RFC 6455 §8.1)."""
        if self._is_closing:
            return
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.frames = []
                self._close_soon(1007, "not-utf-8")
                return
        super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        """Close for a frame that breaks the protocol, with the code that the parser chose."""
        close = self.conn.close_sent
        self._close_soon(close.code if close else 1002, "bad-frames")

    # ── Closing ──────────────────────────────────────────────────────────────────────────────────

    def _admit(self) -> None:
        self._account.admit(self._edge.now_ms())

    def _close_soon(self, code: int, reason: str) -> None:
        """Close with a code. Anything that the application sends from now on is dropped."""
        if self._is_closing:
            return
        self._is_closing = True
        self._edge.refuse(self._handshake.caller, reason)
        self.stop_keepalive()
        self._backlog = b""
        self.conn.fail(code, reason)
        if not self.disconnected:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.close_sent = True
        if self.close_timer is not None:
            self.close_timer.cancel()
        # While this timer exists, the end of the application does not close the connection at once.
        self.close_timer = close_soon(self.transport, b"".join(self.conn.data_to_send()))

    def _check_closing(self) -> None:
        """Abort the connection if it is closing and the peer still does not read its last bytes."""
        if self.transport.is_closing():
            self.transport.abort()
            return
        self._watch = self.loop.call_later(CLOSING_CHECK_SECONDS, self._check_closing)
