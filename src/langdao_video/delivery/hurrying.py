"""When failing streams of an endpoint are tried before their time. Sans-I/O: it is fed what happens, and asked.

Laws: whatever asks for it, tries follow each other more and more seldom while they fail; nothing is tried before its
time while the endpoint has asked for a rest (`Retry-After`).
"""

from __future__ import annotations

from typing import Final

HURRY_STEP: Final = 1_000
"""How many streams are hurried at once."""
TAKEN_MS_MIN: Final = 60_000
"""How soon after one hurry the next may follow that a taken message asks for. Otherwise sessions that are always
refused would be tried again whenever another session succeeds."""
HEARD_MS_MIN: Final = 10_000
"""The same if its owner was heard of: that shows that the owner is there, but not that it takes what it refused."""
WAIT_MS_MAX: Final = 3_600_000
"""The wait doubles each time, up to an hour. An hour without a hurry ends that."""
PROBE_MS: Final = 300_000
"""How often an endpoint that is away is tried at least, although the schedule of its sessions has longer waits."""


class _Turns:
    """One reason to hurry: whether it asks for it, and when it may again."""

    def __init__(self, wait_ms_min: int) -> None:
        self.is_asked = False
        self._wait_ms_min = wait_ms_min
        self._wait_ms = wait_ms_min
        self._from_ms = 0

    def is_due(self, now_ms: int) -> bool:
        """Tell whether it asks for a hurry that it may have."""
        return self.is_asked and now_ms >= self._from_ms

    def finish(self, now_ms: int) -> None:
        """Note that its hurry is done."""
        if now_ms - self._from_ms >= WAIT_MS_MAX:
            self._wait_ms = self._wait_ms_min
        self.is_asked = False
        self._from_ms = now_ms + self._wait_ms
        self._wait_ms = min(2 * self._wait_ms, WAIT_MS_MAX)

    def begin_anew(self) -> None:
        """Let the next hurry come at once, and the waits begin anew."""
        self._from_ms, self._wait_ms = 0, self._wait_ms_min


class Hurrying:
    """Decides for one endpoint in this process."""

    def __init__(self) -> None:
        self._taken = _Turns(TAKEN_MS_MIN)
        self._heard = _Turns(HEARD_MS_MIN)
        self._may_owe = True
        """Whether something may have failed and wait for its next try. After a start nobody knows."""
        self._has_taken = False
        self._rests_until_ms = 0
        self._sent_ms = 0

    def note_sent(self, now_ms: int) -> None:
        """Note that the endpoint is being tried."""
        self._sent_ms = now_ms

    def note_taken(self, *, ends_outage: bool, had_failed: bool) -> None:
        """Note that the endpoint has taken a message. *had_failed*: its stream was refused more than once before."""
        if ends_outage:
            self._heard.begin_anew()
        # After a start nobody knows of an outage before, and an outage may have been seen by another process only.
        if ends_outage or had_failed or not self._has_taken:
            self._has_taken = self._taken.is_asked = True

    def note_failed(self, now_ms: int, rest_ms: int = 0) -> None:
        """Note that a message was not taken, and for how long the endpoint has asked to be left alone, in ms."""
        self._may_owe = True
        self._rests_until_ms = max(self._rests_until_ms, now_ms + rest_ms)

    def note_heard(self) -> None:
        """Note that the endpoint's owner was heard of, so that it seems to be there."""
        if self._may_owe:
            self._heard.is_asked = True

    def note_changed(self) -> None:
        """Note that an operator has changed where to send: what the old place asked for no longer counts."""
        self._heard.is_asked = True
        self._heard.begin_anew()
        self._rests_until_ms = 0

    def plan(self, now_ms: int, *, is_away: bool) -> int:
        """Return how many failing streams are tried before their time: all in steps, one to see, or none."""
        if now_ms < self._rests_until_ms:
            return 0
        if self._taken.is_due(now_ms) or self._heard.is_due(now_ms):
            self._may_owe = False  # what fails from now on counts again
            return HURRY_STEP
        if (is_away or not self._has_taken) and now_ms - self._sent_ms >= PROBE_MS:
            self._sent_ms = now_ms
            return 1
        return 0

    def note_hurried(self, now_ms: int, limit: int, count: int) -> None:
        """Note that *count* streams were hurried when *plan* had said *limit*."""
        if limit < HURRY_STEP or count == limit:  # a probe, or there are more
            return
        for turns in (self._taken, self._heard):
            if turns.is_due(now_ms):
                turns.finish(now_ms)
