"""Whether media arrives at a seat, from the counters its page reports. Sans-I/O state.

Laws: only what counters grow by between two answers says that media arrives now; what the other side says it sends
decides which counter has to grow: packets and frames while its microphone or camera is on, else the bytes of the path,
which carry at least the reports (RFC 3550 §6). A page that tells no counters cannot say that nothing arrives.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from langdao_video.signaling.counters import MediaFlow

GROWN_KEPT: Final = 4
"""Times of growth kept: of 20 s, more than an answer may take before it is late."""
_NOTHING: Final = MediaFlow(audio_packets=0, video_frames=0, bytes=0)


class ReportedMedia(StrEnum):
    """What the platform heard last of the media that arrives at a seat."""

    FLOWING = "flowing"
    """It arrives; so it is before the first report."""
    MISSING = "missing"
    """Nothing had arrived with the newest proof, but not for long."""
    STOPPED = "stopped"
    """Nothing has arrived for long: the meter stands still."""


@dataclass(slots=True)
class FlowReports:
    """What the platform has heard of the media at one seat in this sitting, and what it has yet to hear."""

    newest: ReportedMedia = ReportedMedia.FLOWING
    proof_ms: int | None = None
    """The newest proof of the seat with which something had arrived, Unix ms."""
    unsure_ms: int | None = None
    """A proof whose counters could not be compared yet; the next growth says that something had arrived with it too."""
    reported_ms: int | None = None
    """The newest of these that the platform has heard of."""


@dataclass(slots=True)
class Flow:
    """What has arrived at one seat in this sitting. Times are Unix ms, and None before the first."""

    newest: MediaFlow | None = None
    grew_ms: int | None = None
    """When something arrived last."""
    grown_ms: deque[int] = field(default_factory=lambda: deque(maxlen=GROWN_KEPT))
    """The newest times at which something arrived, oldest first."""
    awaited_ms: int | None = None
    """Since when the other side sends and nothing of it has arrived; None if nothing is missed."""
    claimed_ms: int | None = None
    """When the page said last that nothing has come since it answered before."""
    claim_asked_ms: int | None = None
    """When it was asked for that: the claim speaks of no moment before."""

    @property
    def has_begun(self) -> bool:
        """Whether anything has ever arrived."""
        return self.grew_ms is not None

    @property
    def quiet_since_ms(self) -> int:
        """Since when nothing has come, or something is awaited, Unix ms; 0 if nothing ever came and nothing is."""
        since_ms = self.awaited_ms if self.grew_ms is None else self.grew_ms
        return since_ms or 0

    def note(
        self, media: MediaFlow | None, *, peer_sends: bool, now_ms: int, asked_ms: int | None = None
    ) -> bool:
        """Compare the counters with the ones before; False if there is nothing yet to compare them with.

        They were read between *asked_ms*, when the page was asked (by default now), and *now_ms*.

        A page may be older than its sitting and this room: what its first counters say may have arrived long ago.
        One that counts anew begins anew, one without counters (None) or with zeros has counted nothing.
        """
        if media is None:
            self.newest, self.awaited_ms = self.newest or _NOTHING, None
            return True
        if not peer_sends:
            self.awaited_ms = None
        elif self.awaited_ms is None:
            self.awaited_ms = now_ms
        before, self.newest = self.newest, media
        if before is None and media != _NOTHING:
            if not self.has_begun:
                self.grew_ms = now_ms - 1  # not now, but nobody knows when: it has fifteen seconds to come
            return False
        if before is None or media.bytes < before.bytes:
            before = _NOTHING
        received = media.audio_packets > before.audio_packets or media.video_frames > before.video_frames
        if received and peer_sends:
            self.awaited_ms = now_ms
        if received or (not peer_sends and self.has_begun and media.bytes > before.bytes):
            self.grew_ms = now_ms
            self.grown_ms.append(now_ms)
        else:
            self.claimed_ms, self.claim_asked_ms = now_ms, now_ms if asked_ms is None else asked_ms
        return True

    def missing_since(self, media_ms: int, start_ms: int) -> int | None:
        """Tell since when nothing has come (Unix ms), if the page has said so for long enough; else None."""
        if self.claimed_ms is None:
            return None
        if self.grew_ms is not None:
            return self.grew_ms if self.claimed_ms - self.grew_ms >= media_ms else None
        return self.awaited_ms if self.is_starved(self.claimed_ms, start_ms) else None

    def is_starved(self, now_ms: int, start_ms: int) -> bool:
        """Tell whether for *start_ms* nothing has come of what the other side sends."""
        return self.awaited_ms is not None and now_ms - self.awaited_ms >= start_ms

    def is_quiet(self, now_ms: int, ms: int) -> bool:
        """Tell whether nothing has arrived for *ms*, or ever."""
        return self.grew_ms is None or now_ms - self.grew_ms >= ms
