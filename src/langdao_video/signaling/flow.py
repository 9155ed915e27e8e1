"""Tells whether media arrives at a seat, from the counters that its page reports. Sans-I/O state.

Three laws:
- Media arrives now only if the counters grow between two answers.
- What the other side says it sends decides which counter must grow: packets and frames while its microphone or camera
  is on, else the bytes of the path, which carry at least the receiver reports (RFC 3550 §6).
- A page that has reported no counters cannot claim that nothing arrives. One that has, and leaves them out, repeats
  its newest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from langdao_video.signaling.counters import MediaFlow

GROWN_KEPT: Final = 4
"""How many times of growth are kept: those of 20 s, which is more than an answer may take before it is late."""
_NOTHING: Final = MediaFlow(audio_packets=0, video_frames=0, bytes=0)


class ReportedMedia(StrEnum):
    """What the newest report to the platform said about the media that arrives at a seat."""

    FLOWING = "flowing"
    """Media arrives. This holds before the first report, too."""
    MISSING = "missing"
    """Nothing had arrived at the newest proof, but only for a short time."""
    STOPPED = "stopped"
    """Nothing has arrived for a long time: the meter stands still."""


@dataclass(slots=True)
class FlowReports:
    """What was reported to the platform about the media at one seat in this sitting, and what is still to report."""

    newest: ReportedMedia = ReportedMedia.FLOWING
    proof_ms: int | None = None
    """The newest proof of the seat at which media had arrived, Unix ms."""
    unsure_ms: int | None = None
    """A proof whose counters could not be compared yet. If the counters grow next, media had arrived at it too."""
    reported_ms: int | None = None
    """The newest proof with media that was reported to the platform, Unix ms."""


@dataclass(slots=True)
class Flow:
    """What has arrived at one seat in this sitting. Times are Unix ms, and None before the first."""

    newest: MediaFlow | None = None
    grew_ms: int | None = None
    """When media arrived last."""
    grown_ms: list[int] = field(default_factory=list)
    """The newest times at which media arrived, oldest first."""
    awaited_ms: int | None = None
    """Since when the other side sends and none of its media has arrived; None if no media is missing."""
    claimed_ms: int | None = None
    """When the page last reported that nothing has come since its previous answer."""
    claim_asked_ms: int | None = None
    """When the page was asked for that claim. The claim says nothing about what came after that."""
    counts: bool = False
    """Whether the page has reported counters in this room."""
    needs_growth: bool = False
    """Whether the meter stood still when the room was opened: then first counters, which may be old, prove nothing."""

    @property
    def has_begun(self) -> bool:
        """Whether media has ever arrived."""
        return self.grew_ms is not None

    @property
    def quiet_since_ms(self) -> int:
        """When media arrived last, Unix ms. Before the first: since when it is missing, or 0 if none is."""
        since_ms = self.awaited_ms if self.grew_ms is None else self.grew_ms
        return since_ms or 0

    def note(
        self, media: MediaFlow | None, *, peer_sends: bool, now_ms: int, asked_ms: int | None = None
    ) -> bool:
        """Compare the counters with the previous ones; return False if there are none to compare with.

        The page read them between *asked_ms*, when it was asked (by default now), and *now_ms*.

        A page may be older than its sitting and this room, so the media in its first counters may have arrived long
        ago. Counters that restart are compared with zero. Zeros, or no counters (None) from a page that cannot count,
        mean that nothing was counted. No counters from a page that can mean its newest ones: it claims that nothing
        arrives, and evidence judges that as it judges counters that stand still.
        """
        if media is None and not self.counts:
            self.newest, self.awaited_ms = _NOTHING, None
            return True
        media = media or self.newest or _NOTHING
        self.counts = True
        if not peer_sends:
            self.awaited_ms = None
        elif self.awaited_ms is None:
            self.awaited_ms = now_ms
        before, self.newest = self.newest, media
        if before is None and media != _NOTHING:
            if not self.has_begun:
                self.grew_ms = now_ms - 1  # the real time is unknown; this leaves new media 15 s to arrive
            return False
        if before is None or media.bytes < before.bytes:
            before = _NOTHING
        received = media.audio_packets > before.audio_packets or media.video_frames > before.video_frames
        if received and peer_sends:
            self.awaited_ms = now_ms
        if received or (not peer_sends and media.bytes > before.bytes):
            self.grew_ms = now_ms
            self.grown_ms = [*self.grown_ms[1 - GROWN_KEPT :], now_ms]
        else:
            self.claimed_ms, self.claim_asked_ms = now_ms, now_ms if asked_ms is None else asked_ms
        return True

    def missing_since(self, media_ms: int, start_ms: int) -> int | None:
        """Return since when nothing has come (Unix ms), if the page has claimed so for long enough; else None."""
        if self.claimed_ms is None:
            return None
        if self.grew_ms is not None:
            return self.grew_ms if self.claimed_ms - self.grew_ms >= media_ms else None
        return self.awaited_ms if self.is_starved(self.claimed_ms, start_ms) else None

    def is_starved(self, now_ms: int, start_ms: int) -> bool:
        """Tell whether the other side has sent for *start_ms* and none of its media has come."""
        return self.awaited_ms is not None and now_ms - self.awaited_ms >= start_ms

    def is_quiet(self, now_ms: int, ms: int) -> bool:
        """Tell whether nothing has arrived for *ms*, or nothing ever."""
        return self.grew_ms is None or now_ms - self.grew_ms >= ms
