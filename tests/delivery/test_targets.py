"""Which addresses events may be sent to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.delivery.targets import TargetRule, receive_target_rule, refuse_target

PUBLIC = TargetRule()


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_public_addresses_are_allowed(address: str) -> None:
    assert refuse_target(address, PUBLIC) is None


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("64:ff9b::7f00:1", "loopback"),
        ("2002:7f00:1::", "loopback"),
        ("0.0.0.1", "this host"),
        ("::", "this host"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("::ffff:192.168.1.1", "private"),
        ("fd00:ec2::254", "private"),
        ("fec0::1", "private"),
        ("64:ff9b:1::a00:1", "private"),
        ("169.254.169.254", "link-local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("100.64.0.1", "of a carrier's own network"),
        ("100.100.100.200", "of a carrier's own network"),
        ("168.63.129.16", "a cloud's metadata service"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("192.0.2.1", "reserved"),
        ("192.0.0.192", "a cloud's metadata service"),
        ("2001:db8::1", "reserved"),
        ("2001:0:1::1", "of a tunnel"),
        ("::7f00:1", "of a tunnel"),
        ("::ffff:0:7f00:1", "of a tunnel"),
        ("localhost", "no IP address"),
        ("127.1", "no IP address"),
        ("", "no IP address"),
    ],
)  # fmt: skip
def test_others_are_refused_and_named(address: str, kind: str) -> None:
    assert refuse_target(address, PUBLIC) == kind


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_as_itself(address: ipaddress.IPv4Address) -> None:
    alone = refuse_target(str(address), PUBLIC)

    assert refuse_target(f"::ffff:{address}", PUBLIC) == alone
    assert refuse_target(str(ipaddress.IPv6Address((0x64_FF9B << 96) | int(address))), PUBLIC) == alone


@given(st.ip_addresses())
def test_nothing_that_is_not_global_is_allowed(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if refuse_target(str(address), PUBLIC) is None:
        assert not any((address.is_loopback, address.is_link_local, address.is_multicast))


class TestWhatASettingAllows:
    def test_networks(self) -> None:
        rule = receive_target_rule(["10.1.0.0/16", "fd00::/8"])

        assert refuse_target("10.1.2.3", rule) is None
        assert refuse_target("::ffff:10.1.2.3", rule) is None
        assert refuse_target("fd12::1", rule) is None
        assert refuse_target("10.2.0.1", rule) == "private"

    def test_everything(self) -> None:
        assert refuse_target("169.254.169.254", receive_target_rule(["*"])) is None

    def test_development_allows_this_machine_only(self) -> None:
        rule = receive_target_rule([], allows_loopback=True)

        assert refuse_target("127.0.0.1", rule) is None
        assert refuse_target("::ffff:127.0.0.1", rule) is None
        assert refuse_target("::1", rule) is None
        assert refuse_target("192.168.1.1", rule) == "private"

    def test_a_text_that_is_no_network_is_refused(self) -> None:
        with pytest.raises(ValueError, match="intranet"):
            receive_target_rule(["intranet"])
