"""Decides when a process that was told to stop stops. Sans-I/O state: it is fed signals and the time."""

from __future__ import annotations

import signal
from typing import Protocol


class Drainable(Protocol):
    """An application whose pages can move to another process."""

    @property
    def is_deserted(self) -> bool:
        """Whether no page is connected."""
        ...

    def begin_drain(self, seconds: float) -> None:
        """Tell the pages to move within *seconds*."""
        ...


class Draining:
    """How a process ends: after SIGTERM it waits until its pages have moved to another one, at most *seconds*.

    A second signal, or SIGINT, ends it at once.
    """

    def __init__(self, app: Drainable, seconds: float) -> None:
        self._app = app
        self._seconds = seconds
        self._is_asked = False
        self._ends_s: float | None = None

    def ask(self, number: int) -> bool:
        """Take a signal. Return False if it ends the process at once. A signal handler calls it."""
        if self._is_asked or number != signal.SIGTERM or self._seconds <= 0:
            return False
        self._is_asked = True
        return True

    def is_over(self, now_s: float) -> bool:
        """Begin what was asked for; tell whether it is done. *now_s* is monotonic."""
        if not self._is_asked:
            return False
        if self._ends_s is None:
            self._ends_s = now_s + self._seconds
            self._app.begin_drain(self._seconds)
        return self._app.is_deserted or now_s >= self._ends_s
