"""Judges what one side's page claims by the other side's evidence (design law 10). Sans-I/O state.

Four laws:
- A page can claim anything about itself. But its browser sends receiver reports to the other side directly, and no
  script of the page can write them.
- A claim that both sides' evidence supports is a stop. Any other claim is a dispute.
- Only evidence from before a claim was asked for can contradict it: after a stop, one side always notices first that
  media is back. A moment later it can, but not the first time: media does not come back in that moment each time.
- A page that sends frames and leaves pings unanswered is there, and withholds its proofs. So does one that comes back
  on one socket after the other and answers on none.

Browsers differ. Chromium and Safari count the receiver reports that measure a round trip
(`roundTripTimeMeasurements`). Firefox before 106 counts only the packets that were confirmed. Chromium's receiver
stops reporting on a stream 8 s after its last packet, and reports on sound at most 7.5 s apart. A page whose browser
counts neither has no evidence: its counters never grow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from langdao_video.signaling.counters import Acks
from langdao_video.signaling.flow import GROWN_KEPT

TAIL_MS: Final = 13_000
"""How long receiver reports may grow after the last packet arrived: 8 s, and a heartbeat to carry the counters."""
REPORTS_MS: Final = 9_000
"""How long receiver reports may come after the last packet arrived: 8 s, and their way."""
MOMENT_MS: Final = 1_000
"""How long after a claim was asked for the other page's answer to the same ping may come, and deny it."""
QUIET_MS: Final = 10_000
"""Reports that have not grown for this long, over two heartbeats, have stopped."""
LATE_MS: Final = 10_000
"""If a ping has no answer for this long while other frames come, the page leaves it unanswered."""
SURE_MS: Final = 2_000
"""How long a silence must last to count. A delayed burst of frames looks like silence until all of it has come."""


class Verdict(StrEnum):
    """What the other side's evidence says about the claim that nothing arrives."""

    AGREED = "agreed"
    """The evidence supports the claim: what the other side sends is not confirmed, or it receives nothing either."""
    CONTRADICTED = "contradicted"
    """The claimant's own browser still confirms the media that its page says does not arrive."""
    UNSUPPORTED = "unsupported"
    """There are no confirmations to compare, but the other side sends and receives."""
    OPEN = "open"
    """It is too early to tell."""


@dataclass(slots=True)
class Witness:
    """What the peer's browser has confirmed to one seat's page in this sitting."""

    newest: Acks | None = None
    noted_ms: int | None = None
    """When the newest counters came, Unix ms; None before the first."""
    asked_ms: int = 0
    """When the page was asked for the newest counters, Unix ms. It read them later."""
    grown_ms: list[tuple[int, int]] = field(default_factory=list)
    """Between which times the newest receiver reports came (Unix ms), oldest first."""
    doubted_ms: int | None = None
    """Since when nothing came by the first claim that was denied just after it was asked for, Unix ms."""

    @property
    def grew_ms(self) -> int | None:
        """When the newest receiver report was seen, Unix ms; None before the first."""
        return self.grown_ms[-1][1] if self.grown_ms else None

    def note(self, acks: Acks | None, now_ms: int, asked_ms: int) -> None:
        """Compare the counters with the previous ones. Counters that restarted show nothing until they grow again.

        The page read them between *asked_ms* and *now_ms*. A network may have kept both answers back for any time, so
        a report is only known to have come after the page was asked for the counters before.
        """
        if acks is None:
            return
        before, self.newest, self.noted_ms = self.newest, acks, now_ms
        if before is not None and (acks.audio > before.audio or acks.video > before.video):
            self.grown_ms = [*self.grown_ms[1 - GROWN_KEPT :], (self.asked_ms, now_ms)]
        self.asked_ms = asked_ms

    def judge(self, since_ms: int, asked_ms: int, now_ms: int, *, sends: bool, receives: bool) -> Verdict:
        """Judge the peer's claim, asked for at *asked_ms*, that nothing has arrived since *since_ms*.

        *sends* and *receives* are about this seat: its microphone or camera is on, and media arrives at it.
        """
        if not sends:
            return Verdict.AGREED
        grew_ms, noted_ms = self.grew_ms, self.noted_ms
        if grew_ms is None or noted_ms is None or now_ms - noted_ms > TAIL_MS:
            return Verdict.UNSUPPORTED if receives else Verdict.AGREED
        if noted_ms - grew_ms >= QUIET_MS:
            return Verdict.AGREED
        is_denied = self._denies(since_ms, asked_ms) or self._denies_again(since_ms, asked_ms)
        return Verdict.CONTRADICTED if is_denied else Verdict.OPEN

    def _denies(self, since_ms: int, until_ms: int) -> bool:
        """Tell whether a report came up to *until_ms* on what arrived after *since_ms*."""
        return any(from_ms > since_ms + REPORTS_MS and to_ms <= until_ms for from_ms, to_ms in self.grown_ms)

    def _denies_again(self, since_ms: int, asked_ms: int) -> bool:
        """Tell whether this is the second claim that a report denies a moment after it was asked for.

        Otherwise a page could claim that nothing arrives for 15 s of every 20, and never be contradicted.
        """
        if not self._denies(since_ms, asked_ms + MOMENT_MS):
            return False
        self.doubted_ms = since_ms if self.doubted_ms is None else self.doubted_ms
        return self.doubted_ms != since_ms


def came_before(grown_ms: Iterable[int], since_ms: int, asked_ms: int) -> bool:
    """Tell whether something came up to *asked_ms*, and more than `TAIL_MS` after *since_ms*.

    What comes within `TAIL_MS` may have been on its way at *since_ms*.
    """
    return any(since_ms + TAIL_MS < at_ms <= asked_ms for at_ms in grown_ms)


@dataclass(slots=True)
class Lateness:
    """Whether a page answers its pings, judged by the order of its frames."""

    answered_late_ms: int = 0
    """How long the newest answer took, ms."""
    since_ms: int | None = None
    """Since when frames have come while pings stay unanswered, Unix ms; None while pings are answered."""
    left_ms: int | None = None
    """When the oldest ping was sent that the page left unanswered on sockets on which it answered none, Unix ms."""
    has_answered: bool = True
    """Whether it has answered a ping on its socket. A page without a socket has none to answer."""

    def begin_socket(self, oldest_ms: int | None) -> None:
        """Note that the page has another socket. The oldest open ping on the one before was sent at *oldest_ms*.

        A network may lose that ping with its socket. But it is one ping: the page answers the next one.
        """
        self.answered_late_ms = 0
        if self.has_answered:
            self.since_ms, self.has_answered = None, False
        elif self.left_ms is None:
            self.left_ms = oldest_ms

    def note_answer(self, took_ms: int) -> None:
        """Note an answer that took *took_ms*."""
        self.answered_late_ms, self.left_ms, self.has_answered = took_ms, None, True

    def find_oldest(self, oldest_ms: int | None) -> int | None:
        """Return when the oldest unanswered ping was sent, also on earlier sockets. *oldest_ms*: on this socket."""
        return oldest_ms if self.left_ms is None else self.left_ms

    def review(self, oldest_ms: int | None, heard_ms: int, now_ms: int) -> bool:
        """Tell whether the page is there and does not answer.

        *oldest_ms* is when the oldest open ping was sent, *heard_ms* when the newest frame came (Unix ms).
        Frames of one socket keep their order. A frame that comes ten seconds after a ping therefore shows that the
        network did not delay the answer: a network that delays everything would have delayed this frame too.
        """
        oldest_ms = self.find_oldest(oldest_ms)
        open_ms = heard_ms - oldest_ms if oldest_ms is not None else 0
        if max(open_ms, self.answered_late_ms) < LATE_MS or now_ms - heard_ms >= LATE_MS:
            self.since_ms = None
        elif self.since_ms is None:
            self.since_ms = now_ms
        return self.since_ms is not None and now_ms - self.since_ms >= SURE_MS
