"""The chat of a room: the lines that are kept, and those on their way to the store. Sans-I/O state.

Law: a line is shown to both when the store has it, so that a line that someone has seen is never lost (law 5).

Bounds: a log keeps 500 lines and 128 KiB of text; beyond a bound the oldest goes first. 100 lines may be on their way;
a further one is refused for now, and its page sends it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from langdao_video.errors import LangDAOError
from langdao_video.session.roles import Role
from langdao_video.session.snapshot import KeptLine
from langdao_video.session.text import Refusal, receive_line
from langdao_video.signaling.effects import Effect, Keep
from langdao_video.signaling.fields import ChatLine
from langdao_video.signaling.messages import Chat, Error, SendChat
from langdao_video.signaling.seats import Seat

CHAT_LINES_MAX: Final = 500
CHAT_SIZE_BYTES_MAX: Final = 128 * 1024
CHAT_WAITING_MAX: Final = 100
WHY_REFUSED: Final = {
    Refusal.BLANK: "There is nothing to see in this line: it needs a letter, a digit, a sign or an emoji.",
    Refusal.CONTROL: "This line has a control character. Remove it: only tabs and line breaks are allowed.",
}
"""The message to the sender for each reason of refusal."""
_LINE_OVERHEAD_BYTES: Final = 128
"""What a line costs besides its text, so that many short lines reach the bound too."""


class ChatLog:
    """The newest lines of one session, in the order in which the service took them."""

    __slots__ = ("_lines", "_newest_number", "_waiting", "size_bytes")

    def __init__(self, lines: Iterable[KeptLine] = ()) -> None:
        self._lines: dict[tuple[Role, str], KeptLine] = {}
        self._waiting: dict[tuple[Role, str], None] = {}
        self._newest_number = 0
        self.size_bytes = 0
        for line in lines:
            self.append(line)

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """Return the kept lines as pages see them, oldest first."""
        return tuple(show_line(line) for line in self._lines.values())

    def receive(self, seat: Seat, frame: SendChat, now_ms: int) -> list[Effect]:
        """Take a line from *seat*: have it stored, or tell its author why not. Confirm a known line."""
        key = (seat.role, frame.id)
        if key in self._waiting:
            return []
        if known := self._lines.get(key):
            return seat.send(Chat(line=show_line(known)))
        if len(self._waiting) >= CHAT_WAITING_MAX:
            words = "Too many lines wait to be stored: send it again later."
            return seat.send(Error(code="chat-waiting", message=words))
        text = receive_line(frame.text)
        if isinstance(text, Refusal):
            return seat.send(Error(code=text, message=WHY_REFUSED[text], id=frame.id))
        self._newest_number += 1
        self._waiting[key] = None
        line = KeptLine(role=seat.role, id=frame.id, text=text, at_ms=now_ms, number=self._newest_number)
        return [Keep(line, next((each.number for each in self._lines.values()), 1))]

    def keep(self, lines: Sequence[KeptLine]) -> list[Chat]:
        """Keep *lines*, which are stored now, and return the frames that show them."""
        for line in lines:
            self.append(line)
        return [Chat(line=show_line(line)) for line in lines]

    def miss(self, lines: Sequence[KeptLine], error: LangDAOError) -> dict[Role, Error]:
        """Return what to tell the authors of *lines*, which are not stored. For good, unless *error* says to retry.

        It names no line, so that the pages keep the lines and send them again.
        """
        if not error.retry:
            for line in lines:
                self._waiting.pop((line.role, line.id), None)
        return {line.role: Error(code=error.code, message=error.message) for line in lines}

    def append(self, line: KeptLine) -> None:
        """Keep a stored *line*, whose id must be new. The newest line is always kept."""
        self._waiting.pop((line.role, line.id), None)
        self._newest_number = max(self._newest_number, line.number)
        self._lines[line.role, line.id] = line
        self.size_bytes += _size_bytes(line)
        while len(self._lines) > CHAT_LINES_MAX or (
            self.size_bytes > CHAT_SIZE_BYTES_MAX and len(self._lines) > 1
        ):
            self.size_bytes -= _size_bytes(self._lines.pop(next(iter(self._lines))))


def show_line(line: KeptLine) -> ChatLine:
    """Return *line* as both pages see it."""
    return ChatLine(id=line.id, role=line.role, text=line.text, timestamp=line.at_ms)


def _size_bytes(line: KeptLine) -> int:
    return len(line.text.encode()) + _LINE_OVERHEAD_BYTES
