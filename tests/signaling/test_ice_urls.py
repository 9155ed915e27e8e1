"""Addresses of ICE servers, and lists of them: what is wrong is refused with what would be right."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.signaling.ice_urls import (
    LIST_SIZE_BYTES_MAX,
    SERVERS_MAX,
    IceUrl,
    has_relay,
    receive_ice_servers,
    receive_ice_url,
)
from langdao_video.signaling.messages import IceServer

RELAY = {"urls": "turn:a.example", "username": "u", "credential": "hush"}


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("stun:a.example", IceUrl("stun", "a.example", 3478, "udp")),
        ("stuns:a.example", IceUrl("stuns", "a.example", 5349, "tls")),
        ("turn:a.example", IceUrl("turn", "a.example", 3478, "udp")),
        ("turn:192.0.2.1:80?transport=udp", IceUrl("turn", "192.0.2.1", 80, "udp")),
        ("turn:[2001:db8::1]:3478?transport=tcp", IceUrl("turn", "2001:db8::1", 3478, "tcp")),
        ("turns:a.example", IceUrl("turns", "a.example", 5349, "tls")),
        ("turns:a.example:443?transport=tcp", IceUrl("turns", "a.example", 443, "tls")),
    ],
)
def test_an_address_says_how_the_server_is_reached(text: str, url: IceUrl) -> None:
    assert receive_ice_url(text) == url


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("", "write stun:HOST:PORT"),
        ("a.example", "write stun:HOST:PORT"),
        ("https://a.example", "write stun:HOST:PORT"),
        ("turn:", "write stun:HOST:PORT"),
        ("turn://a.example", "write stun:HOST:PORT"),
        ("turn:user@a.example", "write stun:HOST:PORT"),
        ("turn:a.example?transport=sctp", "write stun:HOST:PORT"),
        ("turn:a.example:3478/", "write stun:HOST:PORT"),
        ("turn:a.example:0", "a port is 1 to 65535"),
        ("turn:a.example:65536", "a port is 1 to 65535"),
        ("turn:[1.2.3]:1", "is no IPv6 address"),
        ("stun:a.example?transport=udp", "RFC 7064"),
        ("turns:a.example?transport=udp", "write ?transport=tcp"),
    ],
)
def test_a_wrong_address_is_refused(text: str, right: str) -> None:
    with pytest.raises(ValueError, match=re.escape(right)):
        receive_ice_url(text)


@given(st.text(max_size=60) | st.from_regex(r"(stun|turn)s?:.{0,20}"))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert 0 < receive_ice_url(text).port <= 65_535


@pytest.mark.parametrize(
    "given_list",
    [
        [RELAY],
        {"iceServers": [RELAY]},
        {"iceServers": RELAY},
        [{**RELAY, "urls": ["turn:a.example"], "ttl": 5}],
    ],
)
def test_a_list_is_read_as_providers_write_it(given_list: object) -> None:
    servers = receive_ice_servers(json.dumps(given_list))

    assert servers == (IceServer(urls=("turn:a.example",), username="u", credential="hush"),)
    assert has_relay(servers)


def test_stun_needs_no_credential_and_is_no_relay() -> None:
    servers = receive_ice_servers('[{"urls": ["stun:a.example", "stuns:b.example"]}]')

    assert servers == (IceServer(urls=("stun:a.example", "stuns:b.example")),)
    assert not has_relay(servers)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        5,
        "turn:a",
        [5],
        [{}],
        [{**RELAY, "urls": []}],
        [{**RELAY, "urls": ""}],
        [{**RELAY, "urls": 5}],
        [{**RELAY, "urls": ["turn:a"] * 9}],
        [{**RELAY, "urls": "http://a"}],
        [{**RELAY, "username": ""}],
        [{**RELAY, "credential": None}],
        [{**RELAY, "credential": 5}],
        [{**RELAY, "credential": "x" * 1_025}],
        [RELAY] * (SERVERS_MAX + 1),
    ],
    ids=repr,
)
def test_a_wrong_list_is_refused_without_its_credentials(wrong: Any) -> None:  # noqa: ANN401 - anything
    with pytest.raises(ValueError, match=r"^(?!.*hush)"):
        receive_ice_servers(json.dumps(wrong))


@pytest.mark.parametrize("raw", ["", "{", b"\xff", "[" * 60_000, " " * (LIST_SIZE_BYTES_MAX + 1)])
def test_what_is_no_json_or_too_long_is_refused(raw: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"ICE servers|Write"):
        receive_ice_servers(raw)
