"""The networks that a relay must refuse, and that our configuration of coturn closes each of them."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

import pytest

from langdao_video.turn.peers import ALLOWED, FORBIDDEN, ForbiddenNetwork
from langdao_video.turn.stun import Ip

CONFIGURATION = (Path(__file__).parents[2] / "deploy/coturn.conf").read_text("utf-8")
RANGES = [
    (ipaddress.ip_address(first), ipaddress.ip_address(last))
    for first, last in re.findall(r"^denied-peer-ip=([^-\s]+)-(\S+)$", CONFIGURATION, re.MULTILINE)
]


def is_denied(address: Ip) -> bool:
    return any(
        int(first) <= int(address) <= int(last) for first, last in RANGES if first.version == address.version
    )


def by_network(network: ForbiddenNetwork) -> str:
    return network.network


@pytest.mark.parametrize("network", FORBIDDEN, ids=by_network)
def test_the_configuration_closes_the_whole_network(network: ForbiddenNetwork) -> None:
    whole = ipaddress.ip_network(network.network)
    unspecified = ipaddress.ip_address("::")

    assert is_denied(whole[1] if whole[0] == unspecified else whole[0])
    assert is_denied(whole[-1])
    assert all(address in whole for address in network.addresses)
    assert all(is_denied(address) for address in network.addresses if address != unspecified)


@pytest.mark.parametrize("network", FORBIDDEN, ids=by_network)
def test_the_mend_of_a_network_closes_it(network: ForbiddenNetwork) -> None:
    first, last = network.mend.removeprefix("denied-peer-ip=").split("-")

    assert ipaddress.ip_address(last) == ipaddress.ip_network(network.network)[-1]
    # coturn takes a range from :: for one of all addresses: it refused every call.
    assert first != "::"
    assert ipaddress.ip_address(first) in ipaddress.ip_network(network.network)


def test_no_range_of_the_configuration_begins_at_the_unspecified_ipv6_address() -> None:
    assert RANGES
    assert all(first != ipaddress.ip_address("::") for first, _ in RANGES)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "2001:4860:4860::8888", "2a00:1450:4001::1", "2620:fe::fe"]
)
def test_public_addresses_stay_open(address: str) -> None:
    assert not is_denied(ipaddress.ip_address(address))


def test_the_address_that_must_work_is_public() -> None:
    assert all(address.is_global and address.version == version for version, address in ALLOWED.items())
