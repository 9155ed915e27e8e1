"""Finds where WebSocket frames begin and end in a socket's bytes (RFC 6455 §5.2), without parsing them. Sans-I/O state.

It runs before the parser, for two reasons: frames that never become a message (control frames, continuations, empty
frames) are counted cheaply, and the parser gets only one piece at a time, however much was read.
"""

from __future__ import annotations

from typing import Final

_MASK_BYTES: Final = 4
_LENGTH_BYTES: Final = {126: 2, 127: 8}


class FrameScanner:
    """Follow the WebSocket frames of one socket across reads."""

    __slots__ = ("_head", "_payload_bytes")

    def __init__(self) -> None:
        self._head = bytearray()
        self._payload_bytes = 0

    def measure(self, data: bytes, frames_max: int, bytes_max: int) -> tuple[int, int]:
        """Return how many bytes of *data* make up the next piece, and how many frames begin in it.

        A piece has at most *frames_max* frames and *bytes_max* bytes. It may end in the middle of a frame's payload.
        """
        at, frames, end = 0, 0, min(len(data), bytes_max)
        while at < end:
            if self._payload_bytes:
                step = min(self._payload_bytes, end - at)
                self._payload_bytes -= step
                at += step
                continue
            if not self._head:
                if frames == frames_max:
                    break
                frames += 1
            at = self._read_head(data, at, end)
        return at, frames

    def _read_head(self, data: bytes, at: int, end: int) -> int:
        """Take bytes of a frame's head up to *end*. When the head is complete, note the payload's length."""
        head = self._head
        while at < end and len(head) < (wanted := _head_bytes(head)):
            step = min(wanted - len(head), end - at)
            head += data[at : at + step]
            at += step
        if len(head) == _head_bytes(head):
            length = head[1] & 0x7F
            extended = _LENGTH_BYTES.get(length, 0)
            self._payload_bytes = int.from_bytes(head[2 : 2 + extended]) if extended else length
            head.clear()
        return at


def _head_bytes(head: bytearray) -> int:
    """Return the length of a head; 2 until its first two bytes are there."""
    if len(head) < 2:  # noqa: PLR2004 - opcode, and mask bit with length
        return 2
    return 2 + _LENGTH_BYTES.get(head[1] & 0x7F, 0) + (_MASK_BYTES if head[1] & 0x80 else 0)
