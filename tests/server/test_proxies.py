"""Which peers may say where a request comes from."""

from __future__ import annotations

import pytest

from langdao_video.access.network import network_of
from langdao_video.server.proxies import Proxies

NAMED = Proxies(("10.0.0.0/8", "2001:db8:1::/48"))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "caller"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "6.6.6.6, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.1.2.3", "10.8.8.8, 10.9.9.9", "10.8.8.8"),
        ("10.1.2.3", "6.6.6.6, unknown", "10.1.2.3"),
        ("10.1.2.3", "6.6.6.6, unknown, 10.9.9.9", "10.9.9.9"),
        ("10.1.2.3", "198.51.100.1:4711", "198.51.100.1"),
        ("2001:db8:1::5", "[2001:db8:2::7]:443", "2001:db8:2::7"),
        ("::ffff:10.1.2.3", "::ffff:198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_rightmost_address_that_is_no_named_proxy_counts(
    peer: str, forwarded_for: str, caller: str
) -> None:
    assert NAMED.find_caller(peer, forwarded_for) == caller


def test_any_peer_may_be_a_proxy_and_is_believed_for_one_hop() -> None:
    proxies = Proxies(("*",))

    assert proxies.find_caller("203.0.113.9", "6.6.6.6, 198.51.100.1") == "198.51.100.1"


def test_a_name_that_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match=r"proxy\.example"):
        Proxies(("proxy.example",))


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
        (None, "unknown"),
        ("x" * 1_000, "x" * 64),
    ],
)
def test_a_customer_of_ipv6_is_one_caller(host: str | None, network: str) -> None:
    assert network_of(host) == network
