"""What one side's page claims, and what the other side's evidence says of it (design law 10). Sans-I/O state.

Four laws: a page may say of itself what it likes, but the receiver reports of its browser reach the other side
directly, and no script of the page writes them; a claim that both sides' evidence supports is a stop, any other
is a dispute; only what was known before a claim was asked for can deny it, because after a stop one side always says
first that media is back; a page that sends frames and leaves pings unanswered is there and says nothing.

Browsers differ. Chromium and Safari count the receiver reports that measure a round trip (`roundTripTimeMeasurements`),
Firefox before 106 only the packets that were confirmed. Chromium's receiver stops reporting on a stream 8 s after its
last packet, and reports on sound at most 7.5 s apart. A page whose browser counts neither has no evidence: its counters
never grow.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from langdao_video.signaling.counters import Acks
from langdao_video.signaling.flow import GROWN_KEPT

TAIL_MS: Final = 13_000
"""Receiver reports may grow for so long after the last packet arrived: 8 s, and a heartbeat to tell it."""
QUIET_MS: Final = 10_000
"""Reports that have not grown for so long, by two heartbeats, have stopped."""
LATE_MS: Final = 10_000
"""A ping without an answer for so long, while other frames come, is left unanswered by the page."""
SURE_MS: Final = 2_000
"""So long it must last: what a network held up comes in one burst, and a look may fall into it."""


class Verdict(StrEnum):
    """What the other side's evidence says of the claim that nothing arrives."""

    AGREED = "agreed"
    """The same: what it sends is no longer confirmed, or it receives nothing either."""
    CONTRADICTED = "contradicted"
    """The claimant's browser goes on confirming what it says does not arrive."""
    UNSUPPORTED = "unsupported"
    """It cannot tell; but it sends, and it receives."""
    OPEN = "open"
    """It is too early to tell."""


@dataclass(slots=True)
class Witness:
    """What the browser across has confirmed to one seat's page in this sitting."""

    newest: Acks | None = None
    noted_ms: int | None = None
    """When counters came last, Unix ms; None before the first."""
    grown_ms: deque[int] = field(default_factory=lambda: deque(maxlen=GROWN_KEPT))
    """The newest times at which a receiver report was seen to have come, oldest first."""

    @property
    def grew_ms(self) -> int | None:
        """When one was seen last, Unix ms; None before the first."""
        return self.grown_ms[-1] if self.grown_ms else None

    def note(self, acks: Acks | None, now_ms: int) -> None:
        """Compare the counters with the ones before; a page that counts anew begins anew."""
        if acks is None:
            return
        before, self.newest, self.noted_ms = self.newest, acks, now_ms
        if before is not None and (acks.audio > before.audio or acks.video > before.video):
            self.grown_ms.append(now_ms)

    def judge(self, since_ms: int, asked_ms: int, now_ms: int, *, sends: bool, receives: bool) -> Verdict:
        """Judge the claim that nothing has arrived since *since_ms*, made by the one across when asked at *asked_ms*.

        *sends* and *receives* are this seat's own: its microphone or camera is on, and it gets media itself.
        """
        if not sends:
            return Verdict.AGREED
        grew_ms, noted_ms = self.grew_ms, self.noted_ms
        if grew_ms is None or noted_ms is None or now_ms - noted_ms > TAIL_MS:
            return Verdict.UNSUPPORTED if receives else Verdict.AGREED
        if noted_ms - grew_ms >= QUIET_MS:
            return Verdict.AGREED
        is_denied = came_before(self.grown_ms, since_ms, asked_ms)
        return Verdict.CONTRADICTED if is_denied else Verdict.OPEN


def came_before(grown_ms: Iterable[int], since_ms: int, asked_ms: int) -> bool:
    """Tell whether something still came, past the tail of what was under way at *since_ms*, by *asked_ms*."""
    return any(since_ms + TAIL_MS < at_ms <= asked_ms for at_ms in grown_ms)


@dataclass(slots=True)
class Lateness:
    """Whether a page answers its pings, as far as the order of its frames shows."""

    answered_late_ms: int = 0
    """How long the newest answer took."""
    since_ms: int | None = None
    """Since when pings have been left unanswered while frames came, Unix ms; None if they have not."""

    def look(self, oldest_ms: int | None, heard_ms: int, now_ms: int) -> bool:
        """Tell whether the page is there and does not answer. *oldest_ms* is when the oldest open ping was sent.

        Frames of one socket keep their order: a frame that is heard ten seconds after a ping shows that the answer
        was not held up on the way. One that is heard while a network holds everything up cannot be.
        """
        open_ms = heard_ms - oldest_ms if oldest_ms is not None else 0
        if max(open_ms, self.answered_late_ms) < LATE_MS or now_ms - heard_ms >= LATE_MS:
            self.since_ms = None
        elif self.since_ms is None:
            self.since_ms = now_ms
        return self.since_ms is not None and now_ms - self.since_ms >= SURE_MS
