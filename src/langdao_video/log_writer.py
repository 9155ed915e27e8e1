"""Writes to standard error or standard output without ever blocking the caller or raising into it.

A disk may be full, and a pipe may have no reader or one that does not read. So a thread of its own does the writing.
Bound: at most 1 MiB of text waits. Lines over the bound and lines that the system refuses are counted and dropped. When
writing works again, the first line says how many lines are missing.
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

# Characters that move a terminal's cursor, hide text or reverse it: C0, DEL and C1 controls, zero-width and bidi
# controls (UAX #9), line and paragraph separators, tags, and lone surrogates, which are no text.
_INVISIBLE: Final = (
    "\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f"
)
_CONTROLS: Final = re.compile(f"[\x00-\x1f{_INVISIBLE}]")
_CONTROLS_IN_LINES: Final = re.compile(f"[\x00-\x08\x0b-\x1f{_INVISIBLE}]")


# A damaged link may have its token in a part of the URL that is logged (RFC 7519: three parts in base64url).
# The lookahead finds the dots once in each run of letters, and not again at each `ey` of the run: a stranger wrote the
# text, and the time grows with its length alone.
_TOKEN: Final = re.compile(
    r"(?<![\w-])(?=[\w-]+\.[\w-]{8,}\.)([\w-]*?)\bey[\w-]{8,}\.[\w-]{8,}\.[\w-]*", re.ASCII
)


def hide_tokens(text: str) -> str:
    """Write `(token)` in place of each signed token."""
    return _TOKEN.sub(r"\1(token)", text)


def escape_controls(text: str) -> str:
    r"""Escape each control character of *text* (`\x1b`, `\n`, `\u202e`), so that the text stays on its line."""
    return _CONTROLS.sub(_spell, text)


def escape_controls_in_lines(text: str) -> str:
    """Escape the control characters of *text*, but keep its line ends and tabs."""
    return _CONTROLS_IN_LINES.sub(_spell, text)


def _spell(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


class LogWriter:
    """Write to *descriptor* in a thread. *tell_dropped* writes the line that says how many lines are missing."""

    def __init__(self, descriptor: int, tell_dropped: Callable[[int], str] | None = None) -> None:
        self._descriptor = descriptor
        self._tell_dropped = tell_dropped
        # Reentrant, because a signal handler or a destructor may log during a write on the same thread.
        self._news = threading.Condition(threading.RLock())
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._waiting_bytes = 0
        self._dropped_since = 0
        """How many lines were dropped after the newest waiting line."""
        self._unreported = 0
        """How many lines are missing before the next line. Only the thread uses it."""
        self._is_writing = False
        self._is_cut = False
        self.lines_dropped = 0
        threading.Thread(target=self._run, name="log-writer", daemon=True).start()

    def write(self, text: str) -> None:
        """Pass *text*, which is whole lines, to the thread. This never waits for the descriptor and never raises."""
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
        """Wait until all lines are written, but at most *seconds*."""
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
            self._unreported += missing
            self._put(line)
            with self._news:
                self._waiting_bytes -= len(line)
                if not self._waiting and self._dropped_since:
                    self._unreported += self._dropped_since
                    self._dropped_since = 0
            self._tell()

    def _put(self, line: bytes) -> None:
        if not (self._tell() and self._write_all(line)):
            self._unreported += 1
            with self._news:
                self.lines_dropped += 1

    def _tell(self) -> bool:
        """Write how many lines are missing here. Return False if that cannot be written either."""
        if self._unreported and self._tell_dropped is not None:
            start = b"\n" if self._is_cut else b""
            if not self._write_all(start + self._tell_dropped(self._unreported).encode()):
                return False
        self._unreported = 0
        return True

    def _write_all(self, line: bytes) -> bool:
        rest = memoryview(line)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:  # another process that shares the descriptor has made it non-blocking
                _wait_until_writable(self._descriptor)
            except OSError:
                self._is_cut = self._is_cut or len(rest) < len(line)
                return False
        self._is_cut = False
        return True


class LogStream(io.TextIOBase):
    """A text stream that writes with a LogWriter and replaces `sys.stderr` or `sys.stdout`."""

    def __init__(self, writer: LogWriter, descriptor: int) -> None:
        super().__init__()
        self.writer = writer
        self._descriptor = descriptor

    def write(self, text: str) -> int:
        """Pass *text* to the writer."""
        self.writer.write(text)
        return len(text)

    def writable(self) -> bool:
        """Tell that this stream is writable."""
        return True

    def fileno(self) -> int:
        """Return the descriptor to which the stream writes."""
        return self._descriptor


def _wait_until_writable(descriptor: int) -> None:
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    poll.poll()
