"""The types of the frames' fields, with their bounds, and the objects in frames that are no frames themselves."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from langdao_video.session.roles import Role

CHAT_CHARACTERS_MAX: Final = 4_000

Sdp = Annotated[str, Meta(min_length=1, max_length=60_000)]
PageId = Annotated[str, Meta(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
ClientId = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
OfferNumber = Annotated[int, Meta(ge=1, lt=2**53)]
Epoch = Annotated[int, Meta(ge=1)]
Reaction = Literal["thumbs-up", "clap", "heart", "laugh", "party", "thinking"]
"""The names of the reactions. The page decides how each is drawn, and no other text gets through."""

Network = Literal["good", "weak"]
"""How a page finds its own connection to the internet; the other page says so to its person."""


class IceCandidate(Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """An RTCIceCandidateInit (W3C WebRTC §4.8.1.1). An empty *candidate* ends one generation."""

    candidate: Annotated[str, Meta(max_length=2_000)]
    sdp_mid: Annotated[str, Meta(max_length=64)] | None = None
    sdp_m_line_index: Annotated[int, Meta(ge=0, lt=64)] | None = msgspec.field(
        default=None, name="sdpMLineIndex"
    )
    username_fragment: Annotated[str, Meta(max_length=256)] | None = None


class ChatLine(Struct, frozen=True, kw_only=True, rename="camel"):
    """A line of chat as both pages show it. *timestamp* is the server's, Unix ms."""

    id: ClientId
    role: Role
    text: str
    timestamp: int


class Cost(Struct, frozen=True, kw_only=True, rename="camel"):
    """An amount in the smallest unit of *currency*, which has *decimals* decimals."""

    minor: int
    currency: str
    decimals: int
