"""Reads the WebSocket frames of one browser (RFC 6455 §5). Sans-I/O state: bytes in, whole messages out.

It reads in pieces of at most 64 frames and 64 KiB, so that other connections have their turn between two pieces. A
frame that breaks the protocol ends the reading: `broken` says with which close code.

It is written by hand because no kept library does it at this cost: docs/decisions/0023-the-fast-socket.md.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from langdao_video.signaling.codec import FRAME_SIZE_BYTES_MAX

try:
    from websockets.speedups import apply_mask
except ImportError:  # a platform for which there is no compiled wheel
    from websockets.utils import apply_mask

PIECE_FRAMES_MAX: Final = 64
PIECE_BYTES_MAX: Final = 64 * 1024
FRAGMENTS_MAX: Final = 1_024
"""The most fragments of one message. Browsers send a message as one frame. In 64 KiB these would have 64 bytes each."""

CONTINUATION: Final = 0x0
TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA

_FIN: Final = 0x80
_RESERVED: Final = 0x70
_MASKED: Final = 0x80
_CONTROL_BYTES_MAX: Final = 125
_TWO_BYTES_FOLLOW: Final = 126
"""The length that says that two bytes with the length follow (RFC 6455 §5.2); 127: eight."""
_SMALLEST: Final = 6
"""The bytes of a masked frame without a payload."""
_WHOLE_TEXT: Final = _FIN | TEXT
_KNOWN: Final = frozenset({CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG})
_CLOSE_CODES: Final = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)})
"""The codes that an endpoint may send (RFC 6455 §7.4)."""

_MIDDLE_HEAD: Final = Struct(">BBH")

Message = tuple[int, bytes]
"""An opcode (TEXT, BINARY, CLOSE, PING or PONG) and the payload. Text is UTF-8."""


class FrameReader:
    """What one browser has sent and nobody has read."""

    __slots__ = ("_at", "_data", "_fragments", "_kind", "_missing_bytes", "_size_bytes", "broken", "cost")

    def __init__(self) -> None:
        self.broken: tuple[int, str] | None = None
        """The close code and the reason, if a frame broke the protocol. Nothing is read after it."""
        self.cost = (0, 0)
        """How many frames and bytes the newest piece had."""
        self._data: bytes | bytearray = b""
        self._at = 0
        self._missing_bytes = 0
        """How many bytes the first unread frame lacks, if that is known."""
        self._kind = TEXT
        self._fragments: list[bytes] = []
        self._size_bytes = 0

    @property
    def has_more(self) -> bool:
        """Whether there may be another piece."""
        return self._at < len(self._data) and self._missing_bytes <= 0 and self.broken is None

    def read_alone(self, data: bytes) -> bytes | None:
        """Return the text if *data* is one whole text and nothing waits before it; else None, and take nothing.

        It is the short way for what most reads bring, and does what `feed` and `read_piece` do. Its cost is one frame.
        """
        size = len(data)
        if self._at < len(self._data) or self._fragments or size < _SMALLEST or data[0] != _WHOLE_TEXT:
            return None
        length, at = data[1] - _MASKED, 2
        if length > _CONTROL_BYTES_MAX:
            if length != _TWO_BYTES_FOLLOW:
                return None
            length, at = data[2] << 8 | data[3], 4
        if size != at + 4 + length or self.broken:
            return None
        payload = apply_mask(data[at + 4 :], data[at : at + 4])
        return payload if payload.isascii() or _is_utf8(payload) else None

    def feed(self, data: bytes) -> None:
        """Take what the network has brought."""
        if self._at >= len(self._data):
            self._data, self._at = data, 0
        else:
            if self._at or isinstance(self._data, bytes):
                self._data, self._at = bytearray(self._data[self._at :]), 0
            self._data += data
        self._missing_bytes -= len(data)

    def read_piece(self) -> list[Message]:
        """Read the next piece."""
        data, begin, size = self._data, self._at, len(self._data)
        at, frames, found = begin, 0, list[Message]()
        self._missing_bytes = 0
        while size - at >= 2 and frames < PIECE_FRAMES_MAX and at - begin < PIECE_BYTES_MAX:  # noqa: PLR2004 - a head
            first, second = data[at], data[at + 1]
            length, mask_at = second & 0x7F, at + 2
            if length > _CONTROL_BYTES_MAX:
                mask_at += 2 if length == _TWO_BYTES_FOLLOW else 8
                if size < mask_at:
                    self._check_head(first, second, length=0)
                    break
                length = int.from_bytes(data[at + 2 : mask_at])
            if first != _WHOLE_TEXT or second < _MASKED or length > FRAME_SIZE_BYTES_MAX or self._fragments:
                self._check_head(first, second, length)
                if self.broken:
                    break
            end = mask_at + 4 + length
            if end > size:
                self._missing_bytes = end - size
                break
            payload = apply_mask(data[mask_at + 4 : end], data[mask_at : mask_at + 4])
            frames, at = frames + 1, end
            if first == _WHOLE_TEXT:
                self._find_text(payload, found)
            else:
                self._find(first, payload, found)
            if self.broken:
                break
        if self._missing_bytes == 0 and frames < PIECE_FRAMES_MAX and at - begin < PIECE_BYTES_MAX:
            self._missing_bytes = 1  # of the head, if there is anything at all
        self._at, self.cost = at, (frames, at - begin)
        if at == size or self.broken:
            self._data, self._at = b"", 0
        return found

    def _check_head(self, first: int, second: int, length: int) -> None:
        """Break off at a head that RFC 6455 §5.2 to §5.5 forbid, before its payload is there."""
        opcode, is_final = first & 0x0F, first & _FIN
        if first & _RESERVED or second < _MASKED or opcode not in _KNOWN:
            self._break(1002, "bad-frames")
        elif opcode >= CLOSE:
            is_long = second & 0x7F > _CONTROL_BYTES_MAX
            if is_long or not is_final or (opcode == CLOSE and self._fragments):
                self._break(1002, "bad-frames")
        elif (opcode == CONTINUATION) != bool(self._fragments):
            self._break(1002, "bad-frames")
        elif self._size_bytes + length > FRAME_SIZE_BYTES_MAX:
            self._break(1009, "bad-frames")
        elif len(self._fragments) >= FRAGMENTS_MAX:
            self._break(1009, "too-many-fragments")

    def _find(self, first: int, payload: bytes, found: list[Message]) -> None:
        """Take a frame that is no whole text."""
        opcode = first & 0x0F
        if opcode in {PING, PONG}:
            found.append((opcode, payload))
        elif opcode == CLOSE:
            self._find_close(payload, found)
        else:
            if opcode != CONTINUATION:
                self._kind = opcode
            self._fragments.append(payload)
            self._size_bytes += len(payload)
            if first & _FIN:
                whole, self._fragments, self._size_bytes = b"".join(self._fragments), [], 0
                if self._kind == TEXT:
                    self._find_text(whole, found)
                else:
                    found.append((BINARY, whole))

    def _find_text(self, payload: bytes, found: list[Message]) -> None:
        """Take a whole text, if it is UTF-8 (RFC 6455 §8.1)."""
        if payload.isascii() or _is_utf8(payload):
            found.append((TEXT, payload))
        else:
            self._break(1007, "not-utf-8")

    def _find_close(self, payload: bytes, found: list[Message]) -> None:
        """Take a close, if it has no payload, or a code that may be sent and a reason in UTF-8 (RFC 6455 §5.5.1)."""
        if payload and (len(payload) == 1 or int.from_bytes(payload[:2]) not in _CLOSE_CODES):
            self._break(1002, "bad-frames")
        elif not _is_utf8(payload[2:]):
            self._break(1007, "not-utf-8")
        else:
            found.append((CLOSE, payload))

    def _break(self, code: int, reason: str) -> None:
        self.broken = (code, reason)


def write_head(opcode: int, length: int) -> bytes:
    """Write the head of a whole frame from the server (RFC 6455 §5.2)."""
    if length <= _CONTROL_BYTES_MAX:
        return bytes((_FIN | opcode, length))
    if length < 65_536:  # noqa: PLR2004 - 16 bits
        return _MIDDLE_HEAD.pack(_FIN | opcode, _TWO_BYTES_FOLLOW, length)
    return bytes((_FIN | opcode, 127)) + length.to_bytes(8)


def write_close(code: int, reason: str) -> bytes:
    """Write a close frame. A reason of more than 123 bytes is cut."""
    payload = code.to_bytes(2) + reason.encode()[: _CONTROL_BYTES_MAX - 2].decode(errors="ignore").encode()
    return write_head(CLOSE, len(payload)) + payload


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
