"""The bounds of the frames' fields: the last value that is taken, and the first that is not."""

from __future__ import annotations

import msgspec
import pytest

from langdao_video.signaling.fields import ClientId, IceCandidate, OfferNumber, PageId, Reaction, Sdp


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (PageId, "a" * 8),
        (PageId, "Az09_-" + "a" * 58),
        (ClientId, "a"),
        (OfferNumber, 2**53 - 1),
        (Sdp, "v" * 60_000),
        (Reaction, "clap"),
        (IceCandidate, {"candidate": ""}),
        (IceCandidate, {"candidate": "c" * 2_000, "sdpMid": "0", "sdpMLineIndex": 63}),
    ],
)
def test_the_last_value_inside_the_bounds_is_taken(kind: object, value: object) -> None:
    msgspec.convert(value, kind)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (PageId, "a" * 7),
        (PageId, "a" * 65),
        (PageId, "a" * 8 + "\n"),
        (ClientId, ""),
        (ClientId, "a b"),
        (OfferNumber, 0),
        (OfferNumber, 2**53),
        (Sdp, "v" * 60_001),
        (Reaction, "<b>"),
        (IceCandidate, {"candidate": "c" * 2_001}),
        (IceCandidate, {"candidate": "", "sdpMLineIndex": 64}),
    ],
)
def test_the_first_value_outside_them_is_refused(kind: object, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(value, kind)
