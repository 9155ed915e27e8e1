"""The counters in a heartbeat: what a page has received, and what its peer's browser has confirmed to it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Counter = Annotated[int, Meta(ge=0, lt=2**53)]


class MediaFlow(Struct, frozen=True, kw_only=True, rename="camel"):
    """What this page has received from its peer so far (getStats, cumulative).

    *audioPackets* and *videoFrames* (decoded) are of the inbound streams, *bytes* of the selected candidate pair.
    """

    audio_packets: Counter
    video_frames: Counter
    bytes: Counter


class Acks(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the peer's browser has confirmed to this page's browser so far (getStats, cumulative).

    *audio* and *video* count the receiver reports on what this page sends (`remote-inbound-rtp`, RFC 3550 §6.4.2),
    *path* counts the answers to connectivity checks (`candidate-pair` responsesReceived, RFC 7675).
    The peer's page cannot forge either, because its browser sends them.
    """

    audio: Counter
    video: Counter
    path: Counter = 0
