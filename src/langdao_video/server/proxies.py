"""Finds the address that a request comes from. Pure.

Law: we trust X-Forwarded-For only from a peer that the operator named as a proxy, and only the entries that named
proxies wrote. The caller is the rightmost address that is not a named proxy; the caller may have invented all entries
to the left of it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_ENTRIES_KEPT: Final = 1_024
"""Most connections come from a few proxies."""


class Proxies:
    """The named proxies in front of this service. `*` trusts any peer as a proxy, for one hop."""

    def __init__(self, named: Sequence[str]) -> None:
        """Read the names. Raises ValueError for a name that is no IP address, no network and not `*`."""
        self._is_any = "*" in named
        self._networks: tuple[Network, ...] = tuple(
            ipaddress.ip_network(name, strict=False) for name in named if name != "*"
        )

    def has(self, host: str | None) -> bool:
        """Tell whether a peer is a named proxy."""
        address = _read_address(host or "")
        return address is not None and (self._is_any or self._has(address))

    def find_caller(self, peer: str, forwarded_for: str) -> str:
        """Return the caller's address, from the peer's address and the joined values of X-Forwarded-For.

        At an empty or unreadable entry of a named proxy, the last address that is known for sure is returned.
        """
        if not self.has(peer):
            return peer
        found = peer
        for entry in reversed(forwarded_for.split(",")):
            address = _read_address(entry)
            if address is None:
                break
            found = str(address)
            if self._is_any or not self._has(address):
                break
        return found

    def _has(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


@lru_cache(_ENTRIES_KEPT)
def _read_address(entry: str) -> Address | None:
    """Read an address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`."""
    host = entry.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
