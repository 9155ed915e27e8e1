"""The frames that wait until a slow browser reads. Sans-I/O state.

Bounds: 256 frames and 1 MiB. Beyond that `put` refuses: the service closes the socket, and the page reconnects.
"""

from __future__ import annotations

from collections import deque
from typing import Final

FRAMES_WAITING_MAX: Final = 256
SIZE_WAITING_BYTES_MAX: Final = 1024 * 1024
CLOSE_SECONDS_MAX: Final = 5.0
"""How long a browser may take to read what waits and the close. Then the carrier aborts the connection."""


class UnsentFrames:
    """The waiting frames of one socket, the oldest first."""

    __slots__ = ("_frames", "size_bytes")

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque()
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self._frames)

    def put(self, frame: bytes) -> bool:
        """Add a frame; return False if there is no room for it."""
        size_bytes = self.size_bytes + len(frame)
        if len(self._frames) >= FRAMES_WAITING_MAX or size_bytes > SIZE_WAITING_BYTES_MAX:
            return False
        self._frames.append(frame)
        self.size_bytes = size_bytes
        return True

    def take(self) -> bytes:
        """Remove the oldest frame and return it. Raises IndexError if none waits."""
        frame = self._frames.popleft()
        self.size_bytes -= len(frame)
        return frame
