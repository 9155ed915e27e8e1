"""The peers that a relay must refuse: one or two of each network that no call can lead to. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from langdao_video.turn.stun import Ip


@dataclass(frozen=True, slots=True)
class ForbiddenNetwork:
    """A network that a relay must not reach, and *addresses* of it to ask for."""

    name: str
    network: str
    addresses: tuple[Ip, ...]

    @property
    def mend(self) -> str:
        """The line of coturn's configuration that closes the network."""
        network = ipaddress.ip_network(self.network)
        # To coturn a range from :: is one of all addresses, in IPv4 too. It refuses :: itself in any case.
        first = network[1] if network[0] == ipaddress.IPv6Address("::") else network[0]
        return f"denied-peer-ip={first}-{network[-1]}"


def _network(name: str, network: str, *addresses: str) -> ForbiddenNetwork:
    return ForbiddenNetwork(name, network, tuple(ipaddress.ip_address(address) for address in addresses))


FORBIDDEN: Final = (
    _network("this network", "0.0.0.0/8", "0.0.0.0", "0.1.2.3"),  # noqa: S104 - asked for, not bound to
    _network("private", "10.0.0.0/8", "10.0.0.1", "10.255.255.254"),
    _network("private", "172.16.0.0/12", "172.16.0.1", "172.31.255.254"),
    _network("private", "192.168.0.0/16", "192.168.0.1", "192.168.255.254"),
    _network("carriers' NATs", "100.64.0.0/10", "100.64.0.1", "100.100.100.200"),
    _network("this machine", "127.0.0.0/8", "127.0.0.1", "127.8.9.10"),
    _network("link-local, cloud metadata", "169.254.0.0/16", "169.254.169.254", "169.254.0.1"),
    _network("Azure's metadata", "168.63.129.16/32", "168.63.129.16"),
    _network("protocol assignments", "192.0.0.0/24", "192.0.0.192"),
    _network("examples", "192.0.2.0/24", "192.0.2.1"),
    _network("examples", "198.51.100.0/24", "198.51.100.1"),
    _network("examples", "203.0.113.0/24", "203.0.113.1"),
    _network("6to4 relays", "192.88.99.0/24", "192.88.99.1"),
    _network("benchmarks", "198.18.0.0/15", "198.19.0.1"),
    _network("multicast", "224.0.0.0/4", "224.0.0.1", "239.255.255.250"),
    _network("reserved, broadcast", "240.0.0.0/4", "240.0.0.1", "255.255.255.255"),
    _network("this machine, IPv4-compatible", "::/96", "::", "::1", "::7f00:1"),
    _network("IPv4-mapped", "::ffff:0:0/96", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    _network("IPv4-translated", "::ffff:0:0:0/96", "::ffff:0:10.0.0.1"),
    _network("NAT64", "64:ff9b::/96", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254"),
    _network("NAT64, local", "64:ff9b:1::/48", "64:ff9b:1::10.0.0.1"),
    _network("discard", "100::/64", "100::1"),
    _network("Teredo, protocol assignments", "2001::/23", "2001::1", "2001:20::1"),
    _network("examples", "2001:db8::/32", "2001:db8::1"),
    _network("examples", "3fff::/20", "3fff::1"),
    _network("6to4", "2002::/16", "2002:a00:1::1", "2002:7f00:1::1"),
    _network("segment routing", "5f00::/16", "5f00::1"),
    _network("unique local, Amazon's metadata", "fc00::/7", "fd00::1", "fc00::1", "fd00:ec2::254"),
    _network("link-local", "fe80::/10", "fe80::1"),
    _network("site-local", "fec0::/10", "fec0::1"),
    _network("multicast", "ff00::/8", "ff02::1", "ff0e::1"),
)

ALLOWED: Final = {4: ipaddress.ip_address("8.8.8.8"), 6: ipaddress.ip_address("2001:4860:4860::8888")}
"""A public address of each family. A relay that refuses it refuses every call. Nothing is sent there."""
