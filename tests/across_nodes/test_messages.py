"""What nodes say to each other survives the wire, and nothing else is taken."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.across_nodes.messages import (
    MESSAGE_BYTES_MAX,
    VERSION,
    Broken,
    CarriedAnswer,
    CarriedAsk,
    CarriedFrame,
    CloseSocket,
    EdgeEnvelope,
    Envelope,
    OpenSocket,
    OwnerEnvelope,
    PageGone,
    StillAlive,
    receive_envelope,
    write_envelope,
)
from langdao_video.errors import BadRequest

ENVELOPES: tuple[Envelope, ...] = (
    *(
        EdgeEnvelope(VERSION, "node", 3, 7, body)
        for body in (
            OpenSocket(1, "room ü", "2001:db8::1", b'{"type":"join"}'),
            OpenSocket(1, "room", None, b""),
            CarriedFrame(1, b"\x00\xff"),
            PageGone(1, None),
            PageGone(1, 1001),
            CarriedAsk(1, "POST", "/api/x", "/call", b"a=1", [(b"host", b"x")], None, b"{}"),
            StillAlive(),
            Broken(),
        )
    ),
    *(
        OwnerEnvelope(VERSION, "node", 3, 7, body)
        for body in (
            CarriedFrame(1, b"text"),
            CloseSocket(1, 1012, "owner-lost"),
            CarriedAnswer(1, 200, [(b"a", b"b")], b"{}"),
            StillAlive(),
        )
    ),
)


@pytest.mark.parametrize("envelope", ENVELOPES, ids=repr)
def test_an_envelope_comes_as_it_was_sent(envelope: Envelope) -> None:
    assert receive_envelope(write_envelope(envelope)) == envelope


@given(st.binary(max_size=200))
def test_rubbish_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        receive_envelope(raw)


def test_an_owner_cannot_ask_and_an_edge_cannot_answer() -> None:
    raw = msgspec.msgpack.encode(["edge", VERSION, "node", 1, 1, ["answer", 1, 200, [], b""]])

    with pytest.raises(BadRequest, match="envelopes"):
        receive_envelope(raw)


def test_another_version_is_refused_by_name() -> None:
    with pytest.raises(BadRequest) as refused:
        receive_envelope(write_envelope(EdgeEnvelope(VERSION + 1, "node", 1, 1, StillAlive())))

    assert refused.value.code == "other-version"


def test_what_is_too_large_is_not_sent() -> None:
    with pytest.raises(BadRequest, match="bytes"):
        write_envelope(OwnerEnvelope(VERSION, "node", 1, 1, CarriedFrame(1, b"x" * MESSAGE_BYTES_MAX)))
