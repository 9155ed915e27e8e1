"""Whether media arrives at a seat, from the counters its page reports. Pure.

Law: what the other side says it sends decides which counter has to grow: packets and frames while its microphone
or camera is on, else the bytes of the path, which carry at least the reports (RFC 3550 §6).
"""

from __future__ import annotations

from dataclasses import dataclass

from langdao_video.signaling.messages import MediaFlow


@dataclass(slots=True)
class Flow:
    """What has arrived at one seat in this sitting."""

    newest: MediaFlow | None = None
    grew_ms: int = -1
    """When something arrived last, Unix ms; -1 before the first."""
    proof_ms: int = -1
    """The newest proof of the seat with which something had arrived."""
    told_ms: int = -1
    """The newest of these that the platform has heard of."""
    was_flowing: bool = True
    """What the platform heard last."""
    was_told: bool = False
    """Whether the platform heard that nothing has arrived for long."""

    @property
    def has_begun(self) -> bool:
        """Whether anything has ever arrived."""
        return self.grew_ms >= 0

    def note(self, media: MediaFlow, *, peer_sends: bool, now_ms: int) -> None:
        """Compare the counters with the ones before; a page that counts anew begins anew."""
        before, self.newest = self.newest, media
        if before is None and self.has_begun:
            return  # the counters of a page that was here before this room: only what they grow by says something
        if before is None or media.bytes < before.bytes:
            before = MediaFlow(audio_packets=0, video_frames=0, bytes=0)
        received = media.audio_packets > before.audio_packets or media.video_frames > before.video_frames
        if received or (not peer_sends and self.has_begun and media.bytes > before.bytes):
            self.grew_ms = now_ms
