"""How many requests to one endpoint run at once. Sans-I/O: it is fed results, and asked how many may begin.

It slows down and never drops. An endpoint that fails gets fewer requests, at the end one probe a minute; an endpoint
that takes events again is soon back at full pace. Sessions with news go beside those that wait for long: whatever one
of the two does, a quarter of the window is the other's.
"""

from __future__ import annotations

from typing import Final, Literal

WINDOW_MAX: Final = 64
WINDOW_START: Final = 16
REST_MS_MIN: Final = 1_000
REST_MS_MAX: Final = 60_000
FAILURES_OF_AN_OUTAGE: Final = 5
"""After so many failures in a row the endpoint counts as away."""

Lane = Literal["fresh", "backlog"]


class Pace:
    """The window of one endpoint in this process."""

    def __init__(self) -> None:
        self.window = WINDOW_START
        self.failures_in_a_row = 0
        self.rests_until_ms = 0
        self._running: dict[Lane, int] = {"fresh": 0, "backlog": 0}
        self._last: Lane = "backlog"
        self._probes_failed = 0

    @property
    def running(self) -> int:
        """How many streams are being worked on."""
        return sum(self._running.values())

    def plan_room(self, now_ms: int, *, fresh: int, backlog: bool) -> dict[Lane, int]:
        """Return how many streams of each lane may begin now: *fresh* have news; *backlog*: perhaps others are due."""
        free = self.window - self.running
        if free <= 0 or now_ms < self.rests_until_ms:
            return {"fresh": 0, "backlog": 0}
        if self.window == 1:  # the one probe is of each lane in turn
            is_backlogs = backlog and (self._last == "fresh" or not fresh)
            return {"fresh": int(fresh > 0 and not is_backlogs), "backlog": int(is_backlogs)}
        share = self.window - max(1, self.window // 4)
        # Old ones fill at most their share even when nothing is fresh: the next news must not wait for them.
        room_backlog = max(0, min(free, share - self._running["backlog"])) if backlog else 0
        most_fresh = share if backlog else self.window
        room_fresh = max(0, min(free, fresh, most_fresh - self._running["fresh"]))
        if room_fresh + room_backlog > free:
            room_fresh = min(room_fresh, max(free - room_backlog, free - free // 4))
            room_backlog = free - room_fresh
        return {"fresh": room_fresh, "backlog": room_backlog}

    def begin(self, lane: Lane) -> None:
        """Note that a stream is being worked on."""
        self._running[lane] += 1
        self._last = lane

    def end(self, lane: Lane) -> None:
        """Note that the work on a stream is over."""
        self._running[lane] -= 1

    @property
    def is_away(self) -> bool:
        """Whether the endpoint has taken nothing for a while."""
        return self.failures_in_a_row >= FAILURES_OF_AN_OUTAGE

    def take(self) -> bool:
        """Note that something was taken. Return whether this ends an outage."""
        was_away = self.is_away
        self.failures_in_a_row = self._probes_failed = 0
        self.rests_until_ms = 0
        self.window = min(WINDOW_MAX, self.window + 1)
        return was_away

    def fail(self, now_ms: int, *, is_trouble: bool, is_known: bool) -> None:
        """Note a failure.

        *is_trouble*: the endpoint itself seems to be in trouble; otherwise it refused this event and takes others.
        *is_known*: the stream failed before; while others are taken, that tells nothing new.
        """
        if is_known and self.failures_in_a_row == 0:
            return
        self.failures_in_a_row += 1
        if not is_trouble:
            return
        if self.window > 1:
            self.window //= 2
        elif now_ms >= self.rests_until_ms:  # else it began before the rest
            self.rests_until_ms = now_ms + min(REST_MS_MIN << min(self._probes_failed, 6), REST_MS_MAX)
            self._probes_failed += 1
