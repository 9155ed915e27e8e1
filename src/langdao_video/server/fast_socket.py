"""The fast driver: one WebSocket without uvicorn and Starlette in the path of its frames.

Laws: input is read in pieces, and other connections have their turn between two pieces. Nothing is read from a peer
that has to wait, so that a flood stays in the sender's buffers. What waits for a slow reader has a bound. A peer over
its budget gets a close code, and its connection is aborted half a second later, whether it reads or not.

A system call costs as much as all the rest of a relayed frame. So what is sent to a peer in one turn of the event loop
leaves in one write. A read that brings one whole text, as most do, takes a short way: what it causes leaves at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from enum import Enum
from typing import Any, Final

import structlog

from langdao_video.server.budget import Ruling, SocketAccount
from langdao_video.server.connection_limiter import ConnectionSlot
from langdao_video.server.edge import LEAVE_SECONDS, Edge, close_soon
from langdao_video.server.frame_reader import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    TEXT,
    FrameReader,
    Message,
    write_close,
    write_head,
)
from langdao_video.signaling import unsent
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.port import Opening, SocketService, Taker
from langdao_video.signaling.tally import Driver
from langdao_video.signaling.unsent import UnsentFrames

log = structlog.get_logger(__name__)

WAIT_SECONDS: Final = 0.1
AHEAD_FRAMES: Final = 8
AHEAD_BYTES: Final = 4 * 1024
"""What is paid ahead at a time: eight candidates. To pay for each costs more than to read it."""
UNSENT_BYTES_HIGH: Final = 64 * 1024
"""Above it the transport says that the peer reads too slowly, and frames wait in `UnsentFrames`."""
_KNOWN_HEADS: Final = tuple(write_head(TEXT, length) for length in range(1_024))
"""Candidates are shorter, and so are most frames of the room."""


class CarrierStage(Enum):
    """How far a socket is."""

    OPEN = "open"
    ENDING = "ending"
    """Its close waits behind frames that the peer does not read."""
    CLOSED = "closed"
    """Its close is sent. Only the peer's close counts now."""
    CUT = "cut"
    """Nothing counts any more."""


class FastSocket(asyncio.Protocol):
    """Carry one socket between the network and its room."""

    driver: Driver = "fast"
    __slots__ = (
        "_account",
        "_caller",
        "_close",
        "_edge",
        "_held",
        "_is_reading",
        "_is_silent",
        "_out",
        "_paid_bytes",
        "_paid_frames",
        "_patience",
        "_reader",
        "_siblings",
        "_slot",
        "_stage",
        "_taker",
        "_transport",
        "_turn",
        "_unsent",
        "_was_pinged",
    )

    def __init__(
        self, edge: Edge, slot: ConnectionSlot, account: SocketAccount, transport: asyncio.Transport
    ) -> None:
        self._edge = edge
        self._slot = slot
        self._account = account
        self._transport = transport
        self._caller = ""
        self._reader = FrameReader()
        self._stage = CarrierStage.OPEN
        self._taker: Taker | None = None
        self._paid_frames = self._paid_bytes = 0
        """What has been paid ahead and has not come yet."""
        self._out: list[bytes] | None = None
        """What leaves at the end of this turn."""
        self._unsent: UnsentFrames | None = None
        """The frames that wait, while the peer reads too slowly."""
        self._close = b""
        self._held: deque[Message] | None = None
        """A piece that waits, for the budget or for the taker."""
        self._turn: asyncio.Handle | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._is_reading = True
        self._is_silent = False
        self._was_pinged = False
        self._siblings: set[Any] = set()

    # ── The connection ───────────────────────────────────────────────────────────────────────────

    def begin(self, service: SocketService, opening: Opening, answer: bytes, siblings: set[Any]) -> None:
        """Accept the socket with *answer*, and give its frames to the service. *siblings* get a shutdown."""
        self._caller = opening.host or ""
        self._siblings = siblings
        siblings.add(self)
        self._slot.evict = self._transport.abort
        self._transport.set_write_buffer_limits(high=UNSENT_BYTES_HIGH)
        self._transport.write(answer)
        self._edge.watch(self)
        self._taker = service.open_socket(opening, self)

    @property
    def waiting(self) -> UnsentFrames:
        """The frames that wait until the peer reads."""
        return self._unsent or UnsentFrames()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the reason does not matter
        """Give the slot back."""
        self._stage = CarrierStage.CUT
        for handle in (self._turn, self._patience):
            if handle is not None:
                handle.cancel()
        self._held = self._unsent = None
        self._siblings.discard(self)
        self._edge.leave(self._slot)
        self._lose(None)

    def shutdown(self) -> None:
        """Close because the service stops. A peer that does not read the close delays nothing."""
        self._lose(None)
        self.close(CloseCode.RESTARTS, "")
        asyncio.get_running_loop().call_later(LEAVE_SECONDS, self._transport.abort)

    def look(self) -> bool:
        """Ping a peer that was silent since the last look, and cut off one that stayed silent. Tell whether to go on.

        A browser answers a ping by itself. A peer whose bytes we do not read cannot answer.
        """
        if self._transport.is_closing():
            self._transport.abort()
            return False
        if self._stage is CarrierStage.CUT:
            return False
        if not self._is_silent or not self._is_reading:
            self._is_silent, self._was_pinged = True, False
        elif not self._was_pinged:
            self._was_pinged = True
            if self._stage is CarrierStage.OPEN and self._unsent is None:
                self._write(write_head(PING, 0))
        else:
            log.info("socket-silent", address=self._caller)
            self._cut(CloseCode.OUR_FAULT, "no answer to a ping")
            return False
        return True

    # ── From the peer ────────────────────────────────────────────────────────────────────────────

    def data_received(self, data: bytes) -> None:
        """Take *data*, and read it in turns. One whole text, as most reads bring, takes a short way."""
        self._is_silent = False
        stage = self._stage
        if stage is CarrierStage.CUT:
            return
        if self._held is None and self._turn is None and stage is CarrierStage.OPEN:
            text = self._reader.read_alone(data)
            if text is not None:
                size_bytes = len(data)
                if self._paid_frames and self._paid_bytes >= size_bytes:
                    self._paid_frames -= 1
                    self._paid_bytes -= size_bytes
                    self._deliver_alone(text)
                    return
                if self._pay_ahead(size_bytes):
                    self._deliver_alone(text)
                    return
        self._reader.feed(data)
        if self._held is None and self._turn is None:
            self._read_piece()

    def _pay_ahead(self, size_bytes: int) -> bool:
        """Pay for a text of *size_bytes* and for some that may follow it. Return False if the budgets do not allow it.

        What is paid ahead is paid earlier than due, so never more passes than the budgets allow.
        """
        account, now_ms = self._account, self._edge.now_ms()
        ahead = AHEAD_FRAMES - self._paid_frames, AHEAD_BYTES - self._paid_bytes
        is_small = size_bytes <= AHEAD_BYTES and account.is_admitted
        if is_small and account.spend(*ahead, now_ms) is Ruling.PASS:
            self._paid_frames, self._paid_bytes = AHEAD_FRAMES - 1, AHEAD_BYTES - size_bytes
            return True
        return account.spend(1, size_bytes, now_ms) is Ruling.PASS

    def _deliver_alone(self, text: bytes) -> None:
        """Deliver a text that came alone, and is paid."""
        taker, edge = self._taker, self._edge
        if taker is not None:
            edge.writes_at_once = True
            try:
                taker.receive(text)
            finally:
                edge.writes_at_once = False
            if taker.is_busy:
                self._held = deque()
                self._stop_reading()

    def _read_piece(self) -> None:
        """Read one piece, and deliver it if the budgets allow it."""
        self._turn = None
        if self._held is None:
            self._held = deque(self._reader.read_piece())
        frames, size_bytes = self._reader.cost
        ruling = self._account.spend(frames, size_bytes, self._edge.now_ms()) if frames else Ruling.PASS
        if ruling is Ruling.CLOSE:
            self._fail(CloseCode.FLOOD, "flood")
        elif ruling is Ruling.WAIT:
            self._stop_reading()
            self._turn = asyncio.get_running_loop().call_later(WAIT_SECONDS, self._read_piece)
        else:
            self._deliver()

    def _deliver(self) -> None:
        """Give the messages of the piece to the taker, until it is busy. Then go on reading, in a later turn."""
        self._turn = None
        held = self._held
        while held:
            opcode, payload = held.popleft()
            if opcode <= BINARY:
                taker = self._taker
                if taker is None or self._stage is not CarrierStage.OPEN:
                    continue
                taker.receive(payload if opcode == TEXT else None)
                if taker.is_busy:
                    self._stop_reading()
                    return
            else:
                self._receive_control(opcode, payload)
        self._held = None
        if self._stage is CarrierStage.CUT:
            return
        if self._reader.broken is not None:
            self._fail(*self._reader.broken)
        elif self._reader.has_more:
            self._stop_reading()
            self._turn = asyncio.get_running_loop().call_soon(self._read_piece)
        elif not self._is_reading:
            self._is_reading = True
            self._transport.resume_reading()

    def _receive_control(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            # A peer that does not read may get one answer for several pings (RFC 6455 §5.5.3).
            if self._stage is CarrierStage.OPEN and self._unsent is None:
                self._write(write_head(PONG, len(payload)) + payload)
        elif opcode == CLOSE:
            code = int.from_bytes(payload[:2]) if payload else 1005
            if self._stage is not CarrierStage.CLOSED:
                self._write(write_head(CLOSE, len(payload[:2])) + payload[:2])
            is_first = self._stage is CarrierStage.OPEN
            self._stage = CarrierStage.CUT
            self._lose(code if is_first else None)
            self._transport.close()

    def _stop_reading(self) -> None:
        if self._is_reading:
            self._is_reading = False
            self._transport.pause_reading()

    def resume(self) -> None:
        """Deliver what waited for the taker."""
        if self._held is not None and self._turn is None and self._stage is not CarrierStage.CUT:
            self._turn = asyncio.get_running_loop().call_soon(self._deliver)

    # ── To the peer ──────────────────────────────────────────────────────────────────────────────

    def send(self, frame: bytes) -> bool:
        """Send a text frame, or let it wait behind others. Return False if too many wait."""
        if self._stage is not CarrierStage.OPEN:
            return True
        if self._unsent is not None:
            return self._unsent.put(frame)
        length = len(frame)
        head = _KNOWN_HEADS[length] if length < len(_KNOWN_HEADS) else write_head(TEXT, length)
        if self._out is not None:
            self._out += (head, frame)
        elif not self._edge.writes_at_once:
            self._out = [head, frame]
            self._edge.write_soon(self)
        elif not self._transport.is_closing():
            self._transport.write(head + frame)
        return True

    def flush(self) -> None:
        """Write what was sent in this turn."""
        out, self._out = self._out, None
        if out is not None and not self._transport.is_closing():
            self._transport.write(b"".join(out))

    def close(self, code: int, reason: str) -> None:
        """Close after the frames that wait."""
        if self._stage is not CarrierStage.OPEN:
            return
        self._close = write_close(code, reason)
        self._stage = CarrierStage.ENDING
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(unsent.CLOSE_SECONDS_MAX, self._abandon)
        if self._unsent is None:
            self._send_close()

    def admit(self) -> None:
        """Give the socket the budgets of a socket with a valid link."""
        self._account.admit(self._edge.now_ms())

    def pause_writing(self) -> None:
        """Let frames wait, because the peer does not read."""
        if self._unsent is None:
            self._unsent = UnsentFrames()

    def resume_writing(self) -> None:
        """Send the frames that waited, until the peer is slow again."""
        waiting, self._unsent = self._unsent, None
        if waiting is None or self._stage is CarrierStage.CUT:
            return
        while len(waiting):
            frame = waiting.take()
            self._transport.write(write_head(TEXT, len(frame)) + frame)
            if self._unsent is not None:  # pause_writing was called
                self._unsent = waiting
                return
        if self._stage is CarrierStage.ENDING:
            self._send_close()

    def _send_close(self) -> None:
        self._stage = CarrierStage.CLOSED
        self._write(self._close)

    def _write(self, data: bytes) -> None:
        """Write *data* at once, behind what was sent in this turn."""
        self.flush()
        if not self._transport.is_closing():
            self._transport.write(data)

    # ── Closing ──────────────────────────────────────────────────────────────────────────────────

    def _lose(self, code: int | None) -> None:
        taker, self._taker = self._taker, None
        if taker is not None:
            taker.lose(code)

    def _abandon(self) -> None:
        log.info("socket-abandoned", address=self._caller)
        self._transport.abort()

    def _fail(self, code: int, reason: str) -> None:
        """Close with a code, because the peer breaks the protocol or its budget."""
        self._edge.refuse(self._caller, reason)
        self._cut(code, reason)

    def _cut(self, code: int, reason: str) -> None:
        """Close with a code, and soon abort. Whatever the peer or the room sends from now on is dropped."""
        farewell = b"" if self._stage is CarrierStage.CLOSED else write_close(code, reason)
        self._stage = CarrierStage.CUT
        self._held = None
        self._is_reading = False
        self.flush()
        self._lose(code)
        close_soon(self._transport, farewell)
