"""Stands for one browser's socket in its room: it takes frames in, sends frames out, and owns the deadline of the join.

Bounds (the carrier has more of them: `unsent.py`):
- A frame has at most 64 KiB; the carrier closes with 1009 on a larger one.
- The first frame comes within 5 s, and a join from the lobby within 10 s of the frame before it. A process that stood
  still reads what has come meanwhile, and closes a socket whose join is older: its page may be gone long ago.
- A join is over within 10 s, or it is refused: the page tries again.
- A page may send 50 frames a second after a burst of 200. The server drops more, with one error a second, and closes
  the socket after 2,000 dropped frames.
- While a join is checked and its room is opened, the carrier holds back the frames that follow.

If another node owns the room, the frames are passed on to it as they come, and its frames to the browser.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from langdao_video.access.limits import TokenBucket
from langdao_video.access.throttle import GUESS_CODES, RefusalThrottle
from langdao_video.clock import Clock, read_elapsed_us
from langdao_video.errors import FrameRefused, LangDAOError, NotAllowed, NotOwner, Unavailable
from langdao_video.session.transitions import follow
from langdao_video.signaling.admission import Admission
from langdao_video.signaling.codec import encode_frame, receive_frame
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.hub import Hub
from langdao_video.signaling.messages import ClientFrame, Error, Join, LobbyJoin, Relayed, ServerFrame
from langdao_video.signaling.port import Carrier, Opening, Passage
from langdao_video.signaling.room import JOIN_FIRST
from langdao_video.signaling.socket_phase import NEXT, SocketCause, SocketPhase

log = structlog.get_logger(__name__)

JOIN_SECONDS_MAX: Final = 5.0
LOBBY_SILENT_SECONDS_MAX: Final = 10.0
"""A page in the lobby answers a ping every 5 s."""
SEATING_SECONDS_MAX: Final = 10.0
FRAMES_PER_SECOND: Final = 50
FRAMES_BURST: Final = 200
FRAMES_DROPPED_MAX: Final = 2_000
_LIMIT_TOLD_EVERY_MS: Final = 1_000
_SEATED: Final = SocketPhase.SEATED
_CLOSING: Final = SocketPhase.CLOSING
_TOO_LATE: Final = "The join took too long here, so it was not counted. The page tries again by itself."
_GOODBYE: Final = frozenset({1000, 1001})
"""The close codes with which a browser says goodbye (RFC 6455 §7.4.1)."""


class Connection:
    """The socket of one browser, for the room that its URL names (R5)."""

    __slots__ = (
        "_admission",
        "_admitting",
        "_bucket",
        "_carrier",
        "_clock",
        "_dropped",
        "_heard_ms",
        "_host",
        "_hub",
        "_join_timer",
        "_limit_told_ms",
        "_opening",
        "_passage",
        "_phase",
        "_room",
        "_tally",
        "_throttle",
        "conn",
    )

    def __init__(
        self,
        opening: Opening,
        carrier: Carrier,
        hub: Hub,
        admission: Admission,
        throttle: RefusalThrottle,
        clock: Clock,
    ) -> None:
        self.conn = hub.make_conn()
        self._opening = opening
        self._passage: Passage | None = None
        self._room = opening.room
        self._host = opening.host
        self._carrier = carrier
        self._hub = hub
        self._admission = admission
        self._throttle = throttle
        self._clock = clock
        self._heard_ms = clock.now_ms()
        self._bucket = TokenBucket(FRAMES_PER_SECOND, FRAMES_BURST, self._heard_ms)
        self._dropped = 0
        self._limit_told_ms: int | None = None
        self._phase = SocketPhase.NEW
        self._admitting: asyncio.Task[None] | None = None
        self._join_timer: asyncio.TimerHandle | None = None
        self._tally = hub.tally.drivers[carrier.driver]
        self._tally.opened += 1
        self._expect_join()

    # ── From the room ────────────────────────────────────────────────────────────────────────────

    def send(self, frame: ServerFrame) -> None:
        """Send a frame. Close the socket if too much waits already."""
        if self._phase is not SocketPhase.CLOSING:
            self.pass_on(encode_frame(frame))

    def close(self, code: int, reason: str) -> None:
        """Close the socket after the frames that were sent before."""
        if self._phase is SocketPhase.CLOSING:
            return
        self._advance(SocketCause.CLOSED)
        self._forget_join_timer()
        self._hub.tally.closed.note(reason)
        self._carrier.close(code, reason)

    def pass_on(self, frame: bytes) -> None:
        """Send a frame as it came, from the peer or from a room on another node. Close if too much waits already."""
        if self._phase is _CLOSING:
            return
        self._tally.frames_out += 1
        if not self._carrier.send(frame):
            self.close(CloseCode.TOO_SLOW, "too-slow")

    def resume(self) -> None:
        """Take the frames that waited for the passage to another node."""
        self._carrier.resume()

    # ── From the browser ─────────────────────────────────────────────────────────────────────────

    @property
    def is_busy(self) -> bool:
        """Whether the next frame must wait: a join is being checked, or the passage to another node is full."""
        return self._admitting is not None or (self._passage is not None and self._passage.is_full)

    def receive(self, frame: bytes | None) -> None:
        """Take a frame; None for a binary one."""
        self._tally.frames_in += 1
        if self._phase is _CLOSING:
            return
        try:
            now_ms = self._clock.now_ms()
            if not self._bucket.take(now_ms):
                self._drop(now_ms)
            elif frame is None:
                self.send(Error(code="frame-not-json", message="A frame is text; this one was binary."))
            elif self._passage is not None:
                self._passage.receive(frame)
            else:
                read = receive_frame(frame)
                # The other page reads in these bytes what we have checked: msgspec is as strict as a browser, also with
                # unknown fields, and takes the same of two equal names.
                if not (
                    self._phase is _SEATED
                    and isinstance(read, Relayed)
                    and self._hub.relay(self._room, self.conn, read.to, frame, now_ms)
                ):
                    self._take(read, frame, now_ms)
        except FrameRefused as error:
            self.send(Error(code=error.code, message=error.message))
        except Exception:
            # A defect of ours. It costs this page its socket, and nobody else anything.
            log.exception("frame-failed", session=self._room, conn=self.conn)
            self.close(CloseCode.OUR_FAULT, "frame-failed")

    def lose(self, code: int | None) -> None:
        """Note that the socket is gone. Close codes 1000 and 1001 are a goodbye, unless we close it ourselves."""
        self._forget_join_timer()
        if self._admitting is not None:
            self._admitting.cancel()
        self._tally.closed += 1
        self._tally.seated -= self._phase is SocketPhase.SEATED
        if self._passage is not None:
            self._passage.lose(code)
        said_goodbye = self._phase is not SocketPhase.CLOSING and code in _GOODBYE
        try:
            self._hub.lose(self._room, self.conn, said_goodbye=said_goodbye)
        except Exception:  # a defect of ours must not reach whoever closes many sockets
            log.exception("loss-failed", session=self._room, conn=self.conn)

    # ── The join ─────────────────────────────────────────────────────────────────────────────────

    def _expect_join(self) -> None:
        # Not final: a busy phone may send its first frame late, and in time on the next socket.
        words = "The first frame is `look` or `join`, within five seconds."
        self._join_timer = asyncio.get_running_loop().call_later(
            JOIN_SECONDS_MAX, self._refuse, "join-timeout", words, CloseCode.TRY_AGAIN_LATER
        )

    def _forget_join_timer(self) -> None:
        if self._join_timer is not None:
            self._join_timer.cancel()
            self._join_timer = None

    async def _admit(self, frame: LobbyJoin | Join, raw: bytes) -> None:
        self._forget_join_timer()  # the person may take their time to answer "use it here?"
        try:
            await self._seat_or_carry(frame, raw)
        except LangDAOError as error:
            self._count_failure(frame, error)
            if error.code in GUESS_CODES:
                await self._throttle.delay(self._host, error.code)
            self._refuse(
                error.code,
                error.message,
                CloseCode.TOKEN if isinstance(error, NotAllowed) else CloseCode.TRY_AGAIN_LATER,
            )
        except Exception as error:
            self._count_failure(frame, error)
            log.exception("join-failed", session=self._room, conn=self.conn)
            self.close(CloseCode.OUR_FAULT, "join-failed")
        finally:
            self._admitting = None
        self._carrier.resume()

    async def _seat_or_carry(self, frame: LobbyJoin | Join, raw: bytes) -> None:
        try:
            async with asyncio.timeout(SEATING_SECONDS_MAX):
                await self._seat(frame)
        except TimeoutError as error:
            raise Unavailable("join-timeout", _TOO_LATE) from error
        except NotOwner:
            if self._hub.passages is None:
                raise
            self._passage = await self._hub.passages.open(self, self._opening, raw)

    async def _seat(self, frame: LobbyJoin | Join) -> None:
        self._hub.check_place(frame.leaving)
        try:
            link, participant = self._admission.admit(self._room, frame, self._clock.now_ms())
        except FrameRefused as error:
            self._count_failure(frame, error)
            self._refuse(error.code, error.message, CloseCode.BAD_FRAMES)
            return
        self._carrier.admit()
        if isinstance(frame, Join):
            began_us = read_elapsed_us()
            if await self._hub.join(self, link, participant):
                self._hub.tally.join_us.note(read_elapsed_us() - began_us)
                self._advance(SocketCause.SAT_DOWN)
        elif await self._hub.join_lobby(self, link, participant):
            self._advance(SocketCause.VISITED)

    def _count_failure(self, frame: LobbyJoin | Join, error: Exception) -> None:
        if isinstance(frame, Join):
            self._hub.tally.note_failure(error)

    # ── Frames ───────────────────────────────────────────────────────────────────────────────────

    def _take(self, frame: ClientFrame, raw: bytes, now_ms: int) -> None:
        """Take a frame within the rate, which came as *raw* and is not relayed. Raises FrameRefused."""
        is_new = self._phase is SocketPhase.NEW
        if isinstance(frame, (LobbyJoin, Join)) and self._phase is not SocketPhase.SEATED:
            if now_ms - self._heard_ms > 1_000 * (JOIN_SECONDS_MAX if is_new else LOBBY_SILENT_SECONDS_MAX):
                self.send(Error(code="join-timeout", message=_TOO_LATE))
                self.close(CloseCode.TRY_AGAIN_LATER, "join-timeout")
                return
            self._heard_ms = now_ms
            self._admitting = asyncio.get_running_loop().create_task(self._admit(frame, raw))
        elif is_new:
            raise FrameRefused("join-first", JOIN_FIRST)
        else:
            self._heard_ms = now_ms
            self._hub.receive(self._room, self.conn, frame)

    def _drop(self, now_ms: int) -> None:
        """Drop a frame that came too fast. Tell the page once a second, and close the socket after too many."""
        self._dropped += 1
        self._tally.frames_dropped += 1
        if self._dropped > FRAMES_DROPPED_MAX:
            self._refuse(
                "flood", "This page has sent too many frames, so its socket is closed.", CloseCode.FLOOD
            )
        elif self._limit_told_ms is None or now_ms - self._limit_told_ms >= _LIMIT_TOLD_EVERY_MS:
            self._limit_told_ms = now_ms
            limit = f"At most {FRAMES_PER_SECOND} frames a second; what came faster was dropped."
            self.send(Error(code="rate-limited", message=limit))

    def _advance(self, cause: SocketCause) -> None:
        before, self._phase = self._phase, follow(NEXT, self._phase, cause)
        self._tally.seated += (self._phase is SocketPhase.SEATED) - (before is SocketPhase.SEATED)

    def _refuse(self, code: str, message: str, close_code: int) -> None:
        if code not in GUESS_CODES and self._phase is SocketPhase.NEW:
            self._throttle.note(self._host, code)
        final = close_code != CloseCode.TRY_AGAIN_LATER
        self.send(Error(code=code, message=message, final=final))
        self.close(close_code, code)
