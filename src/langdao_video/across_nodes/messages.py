"""What nodes say to each other, as MessagePack: envelopes of carriages. Pure.

Law: a message of another version, or one that does not fit, is refused as a whole. Nodes of two versions then carry
nothing for each other, and the pages reach the owner by themselves or wait for the end of the deploy.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from langdao_video.errors import BadRequest

VERSION: Final = 1
MESSAGE_BYTES_MAX: Final = 4 * 1024 * 1024
"""An answer to a carried request may be as large as a statement with thousands of facts. A frame has 64 KiB at most."""

Node = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class _Message(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Any message."""


class StillAlive(_Message, frozen=True, tag="beat"):
    """Nothing but a sign of life."""


class Broken(_Message, frozen=True, tag="broken"):
    """The carriage is over on the sender's side. It has no seq of its own, because it may overtake what was lost."""


class OpenSocket(_Message, frozen=True, tag="open"):
    """From the edge: a page's first frame. The owner admits it by its link, as if it had come directly."""

    conn: int
    room: str
    host: str | None
    """The page's address, for the limits on guesses."""
    frame: bytes


class CarriedFrame(_Message, frozen=True, tag="frame"):
    """A page's frame to the owner, or the owner's to the page, as it came."""

    conn: int
    frame: bytes


class PageGone(_Message, frozen=True, tag="gone"):
    """From the edge: a page's socket has closed."""

    conn: int
    code: int | None
    """The browser's close code, if it sent one."""


class CloseSocket(_Message, frozen=True, tag="close"):
    """From the owner: close a page's socket."""

    conn: int
    code: int
    reason: str


class CarriedAsk(_Message, frozen=True, tag="ask"):
    """From the edge: an HTTP request. The owner checks its key or signature, as if it had come directly."""

    id: int
    method: str
    path: str
    root_path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    host: str | None
    body: bytes


class CarriedAnswer(_Message, frozen=True, tag="answer"):
    """From the owner: the answer to a carried request."""

    id: int
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


FromEdge = OpenSocket | CarriedFrame | PageGone | CarriedAsk | StillAlive | Broken
FromOwner = CarriedFrame | CloseSocket | CarriedAnswer | StillAlive | Broken


class EdgeEnvelope(msgspec.Struct, frozen=True, array_like=True, tag="edge"):
    """What an edge says to an owner."""

    version: int
    sender: Node
    number: Count
    seq: Count
    body: FromEdge


class OwnerEnvelope(msgspec.Struct, frozen=True, array_like=True, tag="owner"):
    """What an owner says to an edge."""

    version: int
    sender: Node
    number: Count
    seq: Count
    body: FromOwner


Envelope = EdgeEnvelope | OwnerEnvelope

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final[msgspec.msgpack.Decoder[Envelope]] = msgspec.msgpack.Decoder(Envelope)


def write_envelope(envelope: Envelope) -> bytes:
    """Encode an envelope. Raises BadRequest `too-large` beyond MESSAGE_BYTES_MAX."""
    raw = _encoder.encode(envelope)
    if len(raw) > MESSAGE_BYTES_MAX:
        raise BadRequest(
            "too-large",
            f"A message between nodes may have {MESSAGE_BYTES_MAX} bytes, this one has {len(raw)}.",
        )
    return raw


def receive_envelope(raw: bytes) -> Envelope:
    """Decode an envelope. Raises BadRequest `not-an-envelope` or `other-version`."""
    try:
        envelope = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadRequest("not-an-envelope", f"Between nodes only envelopes are sent: {error}.") from None
    if envelope.version != VERSION:
        raise BadRequest(
            "other-version",
            f"Node {envelope.sender!r} speaks version {envelope.version}, this one {VERSION}.",
        )
    return envelope
