"""STUN messages byte for byte, with the test vectors of RFC 5769."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.turn.stun import (
    HEADER_BYTES,
    Attribute,
    Login,
    Method,
    StunAnswer,
    read_length,
    read_xor_address,
    receive_answer,
    write_request,
    write_xor_address,
)

ID: Final = bytes.fromhex("b7e7a701bc34d686fa87dfae")
RESPONSE: Final = bytes.fromhex(  # RFC 5769, 2.2: 192.0.2.1, port 32853
    "0101003c2112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000080001a147e112a643"
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"
)
RESPONSE_IPV6: Final = bytes.fromhex(  # RFC 5769, 2.3: 2001:db8:1234:5678:11:2233:4455:6677, port 32853
    "010100482112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c"
)
LONG_TERM: Final = bytes.fromhex(  # RFC 5769, 2.4
    "000100602112a44278ad3433c6ad72c029da412e"
    "00060012e3839ee38388e383aae38383e382afe382b90000"
    "0015001c662f2f3439396b39353464364f4c33346f4c394653547679363473410014000b6578616d706c652e6f726700"
    "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666"
)


@pytest.mark.parametrize(
    ("raw", "address"),
    [(RESPONSE, "192.0.2.1"), (RESPONSE_IPV6, "2001:db8:1234:5678:11:2233:4455:6677")],
)
def test_an_address_is_read_from_the_answer(raw: bytes, address: str) -> None:
    answer = receive_answer(raw)

    assert (answer.id, answer.error) == (ID, None)
    assert answer.read_address(Attribute.XOR_MAPPED_ADDRESS) == (ip_address(address), 32_853)
    assert answer.read_address(Attribute.XOR_RELAYED_ADDRESS) is None


def test_a_long_term_login_signs_as_the_standard_says() -> None:
    login = Login("マトリックス", "TheMatrIX", b"example.org", b"f//499k954d6OL34oL9FSTvy64sA")

    request = write_request(Method.BINDING, LONG_TERM[8:HEADER_BYTES], [], login)

    assert request == LONG_TERM


def test_a_request_without_a_login_is_its_attributes_alone() -> None:
    request = write_request(Method.ALLOCATE, ID, [(Attribute.REQUESTED_TRANSPORT, b"\x11\0\0\0")])

    assert request.hex() == "000300082112a442" + ID.hex() + "0019000411000000"


def test_a_refusal_has_its_code_and_reason() -> None:
    raw = bytes.fromhex("011300142112a442") + ID + bytes.fromhex("0009000e00000403") + b"Forbidden \0\0"

    assert receive_answer(raw) == StunAnswer(ID, 403, "Forbidden ", {9: b"\0\0\x04\x03Forbidden "})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        RESPONSE[:-1],
        RESPONSE + b"\0",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        write_request(Method.BINDING, ID, []),
        bytes.fromhex("011300002112a442") + ID,
        bytes.fromhex("010300042112a442") + ID + b"\0\x09\0\x08",
    ],
    ids=["nothing", "cut off", "too long", "HTTP", "a request", "no code", "attribute cut off"],
)
def test_anything_else_is_no_answer(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"STUN|answer|code|cut off"):
        receive_answer(raw)


def test_a_stream_says_how_much_follows_a_header() -> None:
    assert read_length(RESPONSE[:HEADER_BYTES]) == len(RESPONSE) - HEADER_BYTES
    for wrong in (b"HTTP/1.1 400 Bad Request", b"\x01\x01\xff\xfc" + RESPONSE[4:20], b"\xff" * 20):
        with pytest.raises(ValueError, match="no STUN message"):
            read_length(wrong)


@given(address=st.ip_addresses(), port=st.integers(0, 65_535), id_=st.binary(min_size=12, max_size=12))
def test_an_address_is_read_as_it_was_written(address: str, port: int, id_: bytes) -> None:
    written = write_xor_address(ip_address(address), port, id_)

    assert read_xor_address(written, id_) == (ip_address(address), port)
    assert read_xor_address(written[:-1], id_) is None


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(raw: bytes) -> None:
    with suppress(ValueError):
        receive_answer(raw)
    with suppress(ValueError):
        receive_answer(RESPONSE[:2] + len(raw).to_bytes(2, "big") + RESPONSE[4:20] + raw)
