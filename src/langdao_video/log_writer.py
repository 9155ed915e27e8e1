"""Writes to standard error or standard output without ever holding up, or failing, the one who says something.

A disk may be full, a pipe may have lost its reader, or have one that does not read. A thread of its own does the
writing. Bounds: 1 MiB of text waits; what comes beyond it, and what the system refuses, is counted and dropped, and the
first line that can be written again says how many lines are missing.
"""

from __future__ import annotations

import io
import os
import re
import select
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

WAITING_BYTES_MAX: Final = 1024 * 1024

# What moves a terminal's cursor, hides text or turns it round: C0, DEL and C1 controls, zero-width and bidi
# controls (UAX #9), line and paragraph separators, tags, and halves of surrogate pairs, which are no text.
_INVISIBLE: Final = (
    "\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f"
)
_CONTROLS: Final = re.compile(f"[\x00-\x1f{_INVISIBLE}]")
_CONTROLS_IN_LINES: Final = re.compile(f"[\x00-\x08\x0b-\x1f{_INVISIBLE}]")


# A mailer may have put a link's token into a part of its URL that is logged (RFC 7519: three parts in base64url).
_TOKEN: Final = re.compile(r"\bey[\w-]{8,}\.[\w-]{8,}\.[\w-]*", re.ASCII)


def hide_tokens(text: str) -> str:
    """Write `(token)` in place of each signed token."""
    return _TOKEN.sub("(token)", text)


def escape_controls(text: str) -> str:
    r"""Write every control character of *text* as `\x1b`, `\n`, `\u202e`: it then stays on its line."""
    return _CONTROLS.sub(_spell, text)


def escape_controls_in_lines(text: str) -> str:
    """Do the same, and keep the line ends and tabs of a text that has several lines."""
    return _CONTROLS_IN_LINES.sub(_spell, text)


def _spell(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


class LogWriter:
    """Write to *descriptor* in a thread. *tell_dropped* words the line that says how many are missing."""

    def __init__(self, descriptor: int, tell_dropped: Callable[[int], str] | None = None) -> None:
        self._descriptor = descriptor
        self._tell_dropped = tell_dropped
        # Reentrant: a signal's handler, or a destructor, may log in the middle of a write on the same thread.
        self._news = threading.Condition(threading.RLock())
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._waiting_bytes = 0
        self._dropped_since = 0
        """Lines dropped since the newest that waits."""
        self._unsaid = 0
        """Lines that are missing before the next one, as the thread knows."""
        self._is_writing = False
        self._is_cut = False
        self.lines_dropped = 0
        threading.Thread(target=self._run, name="log-writer", daemon=True).start()

    def write(self, text: str) -> None:
        """Hand *text*, whole lines, to the thread. Never waits for the descriptor and never raises."""
        line = escape_controls_in_lines(text).encode()
        with self._news:
            if self._waiting_bytes + len(line) > WAITING_BYTES_MAX:
                self._dropped_since += 1
                self.lines_dropped += 1
                return
            self._waiting.append((self._dropped_since, line))
            self._waiting_bytes += len(line)
            self._dropped_since = 0
            self._news.notify_all()

    def finish(self, seconds: float) -> None:
        """Wait until everything is written, at most *seconds*."""
        with self._news:
            self._news.wait_for(lambda: not self._waiting and not self._is_writing, seconds)

    def _run(self) -> None:
        while True:
            with self._news:
                self._is_writing = False
                self._news.notify_all()
                self._news.wait_for(lambda: self._waiting)
                missing, line = self._waiting.popleft()
                self._is_writing = True
            self._unsaid += missing
            self._put(line)
            with self._news:
                self._waiting_bytes -= len(line)
                if not self._waiting and self._dropped_since:
                    self._unsaid += self._dropped_since
                    self._dropped_since = 0
            self._tell()

    def _put(self, line: bytes) -> None:
        if not (self._tell() and self._write_all(line)):
            self._unsaid += 1
            with self._news:
                self.lines_dropped += 1

    def _tell(self) -> bool:
        """Say how many lines are missing here; False if that cannot be written either."""
        if self._unsaid and self._tell_dropped is not None:
            start = b"\n" if self._is_cut else b""
            if not self._write_all(start + self._tell_dropped(self._unsaid).encode()):
                return False
        self._unsaid = 0
        return True

    def _write_all(self, line: bytes) -> bool:
        rest = memoryview(line)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:  # someone who shares the descriptor has made it non-blocking
                _wait_until_writable(self._descriptor)
            except OSError:
                self._is_cut = self._is_cut or len(rest) < len(line)
                return False
        self._is_cut = False
        return True


class LogStream(io.TextIOBase):
    """A text stream over a LogWriter, in place of `sys.stderr` or `sys.stdout`."""

    def __init__(self, writer: LogWriter, descriptor: int) -> None:
        super().__init__()
        self.writer = writer
        self._descriptor = descriptor

    def write(self, text: str) -> int:
        """Hand *text* over."""
        self.writer.write(text)
        return len(text)

    def writable(self) -> bool:
        """Tell that one may write."""
        return True

    def fileno(self) -> int:
        """Return the descriptor that is written to."""
        return self._descriptor


def _wait_until_writable(descriptor: int) -> None:
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    poll.poll()
