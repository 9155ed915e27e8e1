"""Which addresses events may be sent to. Pure: it judges the address that is about to be connected to.

A platform names a URL, but who owns its name can point it into our own network (server-side request forgery). So each
connection resolves the name, and connects only to an address that was judged here.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_REFUSED: Final[Sequence[tuple[str, Sequence[Network]]]] = (
    ("this host", (ipaddress.IPv4Network("0.0.0.0/8"), ipaddress.IPv6Network("::/128"))),
    ("loopback", (ipaddress.IPv4Network("127.0.0.0/8"), ipaddress.IPv6Network("::1/128"))),
    ("link-local", (ipaddress.IPv4Network("169.254.0.0/16"), ipaddress.IPv6Network("fe80::/10"))),
    (
        "private",
        (
            ipaddress.IPv4Network("10.0.0.0/8"),
            ipaddress.IPv4Network("172.16.0.0/12"),
            ipaddress.IPv4Network("192.168.0.0/16"),
            ipaddress.IPv6Network("fc00::/7"),
            ipaddress.IPv6Network("fec0::/10"),
            ipaddress.IPv6Network("64:ff9b:1::/48"),
        ),
    ),
    ("of a carrier's own network", (ipaddress.IPv4Network("100.64.0.0/10"),)),
    ("a cloud's metadata service", (ipaddress.IPv4Network("168.63.129.16/32"), ipaddress.IPv4Network("192.0.0.0/24"))),
    ("multicast", (ipaddress.IPv4Network("224.0.0.0/4"), ipaddress.IPv6Network("ff00::/8"))),
    (
        "of a tunnel",
        # The last one is for translators (RFC 2765 §2.1): it carries an IPv4 address, as `::ffff:0:7f00:1` does.
        (ipaddress.IPv6Network("2001::/32"), ipaddress.IPv6Network("::/96"), ipaddress.IPv6Network("::ffff:0:0:0/96")),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TargetRule:
    """Which addresses are allowed although they are not public."""

    allowed: tuple[Network, ...] = ()
    allows_all: bool = False
    allows_loopback: bool = False
    """As in development."""


def receive_target_rule(names: Sequence[str], *, allows_loopback: bool = False) -> TargetRule:
    """Read networks such as `10.1.0.0/16`, or `*` for all. Raises ValueError."""
    return TargetRule(
        allowed=tuple(ipaddress.ip_network(name, strict=False) for name in names if name != "*"),
        allows_all="*" in names,
        allows_loopback=allows_loopback,
    )


def refuse_target(text: str, rule: TargetRule) -> str | None:
    """Return what kind of address *text* is, if nothing may be sent to it; None if it is allowed."""
    try:
        address = _unwrap(ipaddress.ip_address(text))
    except ValueError:
        return "no IP address"
    if rule.allows_all or any(address in network for network in rule.allowed):
        return None
    if rule.allows_loopback and address.is_loopback:
        return None
    for kind, networks in _REFUSED:
        if any(address in network for network in networks):
            return kind
    return None if address.is_global else "reserved"


def _unwrap(address: Address) -> Address:
    """Return the IPv4 address inside an IPv6 address that only carries one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address if inner is None else inner
