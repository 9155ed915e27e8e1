"""The chat of a session, kept for a participant who comes back. It is in memory only and goes when the session ends.

Bounds: a log keeps 500 lines and 128 KiB of text, the shelf keeps 32 MiB. Beyond a bound the oldest goes first.
"""

from __future__ import annotations

from typing import Final

from langdao_video.session.roles import Role
from langdao_video.session.text import Refusal, receive_line
from langdao_video.signaling.messages import Chat, ChatLine, Error, SendChat

CHAT_LINES_MAX: Final = 500
CHAT_SIZE_BYTES_MAX: Final = 128 * 1024
SHELF_SIZE_BYTES_MAX: Final = 32 * 1024 * 1024
WHY_REFUSED: Final = {
    Refusal.BLANK: "There is nothing to see in this line: it needs a letter, a digit, a sign or an emoji.",
    Refusal.CONTROL: "This line has a control character. Remove it: only tabs and line breaks are allowed.",
}
"""The message to the sender for each reason of refusal."""
_LINE_OVERHEAD_BYTES: Final = 128
"""What a line costs besides its text, so that many short lines reach the bound too."""


class ChatLog:
    """The newest lines of one session, in the order in which the service took them."""

    __slots__ = ("_lines", "size_bytes")

    def __init__(self) -> None:
        self._lines: dict[tuple[Role, str], ChatLine] = {}
        self.size_bytes = 0

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """Return the kept lines, oldest first."""
        return tuple(self._lines.values())

    def find(self, role: Role, line_id: str) -> ChatLine | None:
        """Return the line that *role* sent under *line_id*, if the log still keeps it."""
        return self._lines.get((role, line_id))

    def receive(self, role: Role, frame: SendChat, now_ms: int) -> Chat | Error:
        """Keep the line that *role* sends and return it for both; or return the error that refuses it."""
        text = receive_line(frame.text)
        if isinstance(text, Refusal):
            return Error(code=text, message=WHY_REFUSED[text], id=frame.id)
        line = ChatLine(id=frame.id, role=role, text=text, timestamp=now_ms)
        self.append(line)
        return Chat(line=line)

    def append(self, line: ChatLine) -> None:
        """Keep *line*, whose id must be new. The newest line is always kept."""
        self._lines[line.role, line.id] = line
        self.size_bytes += _size_bytes(line)
        while len(self._lines) > CHAT_LINES_MAX or (
            self.size_bytes > CHAT_SIZE_BYTES_MAX and len(self._lines) > 1
        ):
            self.size_bytes -= _size_bytes(self._lines.pop(next(iter(self._lines))))


class ChatShelf:
    """The logs of rooms that are empty for now: both pages may reload at once, or come back after a while."""

    __slots__ = ("_logs", "_size_bytes")

    def __init__(self) -> None:
        self._logs: dict[str, ChatLog] = {}
        self._size_bytes = 0

    def put(self, room: str, log: ChatLog) -> None:
        """Keep *log* until someone comes back to *room*. An empty log is not kept."""
        self.take(room)
        if not log.size_bytes:
            return
        self._logs[room] = log
        self._size_bytes += log.size_bytes
        while self._size_bytes > SHELF_SIZE_BYTES_MAX:
            self.take(next(iter(self._logs)))

    def take(self, room: str) -> ChatLog:
        """Return the log of *room* and forget it; return an empty log if none is kept."""
        log = self._logs.pop(room, None) or ChatLog()
        self._size_bytes -= log.size_bytes
        return log


def _size_bytes(line: ChatLine) -> int:
    return len(line.text.encode()) + _LINE_OVERHEAD_BYTES
