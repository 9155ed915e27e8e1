"""Drives one browser's socket: reads frames into the room, writes frames out, and owns every deadline and bound.

Bounds:
- A frame has at most 64 KiB; the server closes with 1009 on a larger one.
- The first frame comes within 5 s.
- A page may send 50 frames a second after a burst of 200. The server drops more, with one error a second, and closes
  the socket after 2,000 dropped frames.
- At most 256 frames and 1 MiB wait to be sent. Beyond that the server closes the socket, and the page reconnects.
- A socket has 5 s to take its close.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from starlette.websockets import WebSocket

from langdao_video.access.limits import TokenBucket
from langdao_video.access.network import ADMITTED
from langdao_video.access.throttle import GUESS_CODES, RefusalThrottle
from langdao_video.clock import Clock
from langdao_video.errors import FrameRefused, LangDAOError, NotAllowed
from langdao_video.session.transitions import follow
from langdao_video.signaling.admission import Admission
from langdao_video.signaling.codec import encode_frame, receive_frame
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.hub import Hub
from langdao_video.signaling.messages import ClientFrame, Error, Join, LobbyJoin, ServerFrame
from langdao_video.signaling.room import JOIN_FIRST
from langdao_video.signaling.socket_phase import NEXT, SocketCause, SocketPhase

log = structlog.get_logger(__name__)

JOIN_SECONDS_MAX: Final = 5.0
CLOSE_SECONDS_MAX: Final = 5.0
FRAMES_PER_SECOND: Final = 50
FRAMES_BURST: Final = 200
FRAMES_DROPPED_MAX: Final = 2_000
FRAMES_WAITING_MAX: Final = 256
SIZE_WAITING_BYTES_MAX: Final = 1024 * 1024
_LIMIT_TOLD_EVERY_MS: Final = 1_000
_GOODBYE: Final = frozenset({1000, 1001})


class Connection:
    """Drive one accepted WebSocket for the room it named in its URL (R5)."""

    def __init__(
        self,
        websocket: WebSocket,
        room: str,
        hub: Hub,
        admission: Admission,
        throttle: RefusalThrottle,
        clock: Clock,
    ) -> None:
        self.conn = hub.make_conn()
        self._websocket = websocket
        self._host = websocket.client.host if websocket.client else None
        self._room = room
        self._hub = hub
        self._admission = admission
        self._throttle = throttle
        self._clock = clock
        self._waiting: asyncio.Queue[str | tuple[int, str]] = asyncio.Queue(FRAMES_WAITING_MAX)
        self._waiting_bytes = 0
        self._bucket = TokenBucket(FRAMES_PER_SECOND, FRAMES_BURST, clock.now_ms())
        self._dropped = 0
        self._limit_told_ms: int | None = None
        self._phase = SocketPhase.NEW
        self._join_timer: asyncio.TimerHandle | None = None
        self._patience = asyncio.timeout(None)

    def send(self, frame: ServerFrame) -> None:
        """Queue a frame. Close the socket if too much is queued already."""
        text = encode_frame(frame)
        waiting_bytes = self._waiting_bytes + _size_bytes(text)
        if self._waiting.full() or waiting_bytes > SIZE_WAITING_BYTES_MAX:
            self.close(CloseCode.TOO_SLOW, "too-slow")
        else:
            self._waiting.put_nowait(text)
            self._waiting_bytes = waiting_bytes

    def close(self, code: int, reason: str) -> None:
        """Close the socket after the queued frames were sent; a full queue gives up its oldest frame."""
        if self._phase is SocketPhase.CLOSING:
            return
        self._advance(SocketCause.CLOSED)
        if self._waiting.full():
            self._dequeue(self._waiting.get_nowait())
        self._waiting.put_nowait((code, reason))
        self._patience.reschedule(asyncio.get_running_loop().time() + CLOSE_SECONDS_MAX)

    async def run(self) -> None:
        """Serve the socket until either side closes it."""
        writer = asyncio.create_task(self._write())
        said_goodbye = False
        try:
            async with self._patience:
                self._expect_join()
                said_goodbye = await self._read()
        except TimeoutError:  # the browser takes neither the queued frames nor the close
            log.info("socket-abandoned", session=self._room, conn=self.conn)
        finally:
            self._forget_join_timer()
            self._hub.lose(self._room, self.conn, said_goodbye=said_goodbye)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    async def _read(self) -> bool:
        """Read until the socket closes; return True if the browser said goodbye (RFC 6455 §7.4.1: 1000, 1001)."""
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return self._phase is not SocketPhase.CLOSING and message.get("code") in _GOODBYE
            if self._phase is not SocketPhase.CLOSING and self._is_within_rate():
                if (text := message.get("text")) is None:
                    self.send(Error(code="frame-not-json", message="A frame is text; this one was binary."))
                else:
                    await self._receive(text)

    def _expect_join(self) -> None:
        # Not final: a busy phone may send its first frame late, and in time on the next socket.
        words = "The first frame is `look` or `join`, within five seconds."
        self._join_timer = asyncio.get_running_loop().call_later(
            JOIN_SECONDS_MAX, self._refuse, "join-timeout", words, CloseCode.TRY_AGAIN_LATER
        )

    def _forget_join_timer(self) -> None:
        if self._join_timer is not None:
            self._join_timer.cancel()

    def _is_within_rate(self) -> bool:
        now_ms = self._clock.now_ms()
        if self._bucket.take(now_ms):
            return True
        self._dropped += 1
        if self._dropped > FRAMES_DROPPED_MAX:
            self._refuse(
                "flood", "This page has sent too many frames, so its socket is closed.", CloseCode.FLOOD
            )
        elif self._limit_told_ms is None or now_ms - self._limit_told_ms >= _LIMIT_TOLD_EVERY_MS:
            self._limit_told_ms = now_ms
            limit = f"At most {FRAMES_PER_SECOND} frames a second; what came faster was dropped."
            self.send(Error(code="rate-limited", message=limit))
        return False

    async def _receive(self, text: str) -> None:
        try:
            frame = receive_frame(text)
            if isinstance(frame, LobbyJoin | Join) and self._phase is not SocketPhase.SEATED:
                await self._admit(frame)
            else:
                self._give_to_hub(frame)
        except FrameRefused as error:
            self.send(Error(code=error.code, message=error.message))
        except LangDAOError as error:
            if error.code in GUESS_CODES:
                await self._throttle.delay(self._host, error.code)
            self._refuse(
                error.code,
                error.message,
                CloseCode.TOKEN if isinstance(error, NotAllowed) else CloseCode.TRY_AGAIN_LATER,
            )

    def _give_to_hub(self, frame: ClientFrame) -> None:
        if self._phase is SocketPhase.NEW:
            raise FrameRefused("join-first", JOIN_FIRST)
        self._hub.receive(self._room, self.conn, frame)

    async def _admit(self, frame: LobbyJoin | Join) -> None:
        self._forget_join_timer()  # the person may take their time to answer "use it here?"
        self._hub.check_place(frame.leaving)
        try:
            link, participant = self._admission.admit(self._room, frame, self._clock.now_ms())
        except FrameRefused as error:
            self._refuse(error.code, error.message, CloseCode.BAD_FRAMES)
            return
        if note_admitted := (self._websocket.scope.get("extensions") or {}).get(ADMITTED):
            note_admitted()
        if isinstance(frame, Join):
            if await self._hub.join(self, link, participant):
                self._advance(SocketCause.SAT_DOWN)
        elif await self._hub.join_lobby(self, link, participant):
            self._advance(SocketCause.VISITED)

    def _advance(self, cause: SocketCause) -> None:
        self._phase = follow(NEXT, self._phase, cause)

    def _refuse(self, code: str, message: str, close_code: int) -> None:
        if code not in GUESS_CODES and self._phase is SocketPhase.NEW:
            self._throttle.note(self._host, code)
        final = close_code != CloseCode.TRY_AGAIN_LATER
        self.send(Error(code=code, message=message, final=final))
        self.close(close_code, code)

    async def _write(self) -> None:
        while True:
            item = self._dequeue(await self._waiting.get())
            if isinstance(item, tuple):
                await self._websocket.close(*item)
                return
            await self._websocket.send_text(item)

    def _dequeue(self, item: str | tuple[int, str]) -> str | tuple[int, str]:
        if isinstance(item, str):
            self._waiting_bytes -= _size_bytes(item)
        return item


def _size_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
