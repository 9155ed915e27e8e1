"""What a line does to packets, as rules of nftables (nft(8)). Pure: values in, text out."""

from __future__ import annotations

from typing import Final, Literal

Nat = Literal["plain", "symmetric"]
"""How a router maps ports. *plain* keeps them, as most homes' routers do, so that two pages meet directly. *symmetric*
takes a random one for each destination (RFC 4787 §4.1: address- and port-dependent mapping): only a relay helps."""

BURST_BYTES: Final = 12_000
"""What a narrow line lets through at once: eight packets."""


def translate(addresses: dict[str, str], nat: Nat) -> str:
    """Return the rules of a router that sends what comes from each network as from its public address."""
    flag = " fully-random" if nat == "symmetric" else ""
    lines = [
        f"ip saddr {network} oifname wan snat to {public}{flag}" for network, public in addresses.items()
    ]
    return _replace("nat", "postrouting", "type nat hook postrouting priority srcnat;", lines)


def refuse_strangers() -> str:
    """Return the rules of a router that drops what nobody behind it has asked for."""
    return _replace(
        "guard", "input", "type filter hook input priority filter;", ["iifname wan ct state new drop"]
    )


def treat(*what: str) -> str:
    """Return the rules of a line that does *what* to each packet, in both directions; nothing of it passes all."""
    return _replace("line", "forward", "type filter hook forward priority filter;", list(what))


def lose(percent: int) -> str:
    """Drop packets at random, 0 to 100 of a hundred."""
    return f"numgen random mod 100 < {percent} drop"


def narrow(bits_per_second: int) -> list[str]:
    """Drop what is over this rate in each direction, as a line with a short queue does."""
    rate = f"limit rate over {bits_per_second // 8} bytes/second burst {BURST_BYTES} bytes drop"
    return [f'iifname "wan" {rate}', f'oifname "wan" {rate}']


BLOCK_UDP: Final = "meta l4proto udp drop"
"""As an office's firewall that lets no UDP out."""

ONLY_443: Final = ["tcp dport 443 accept", "tcp sport 443 accept", "drop"]
"""As a firewall that lets nothing but what looks like HTTPS out."""

CUT: Final = "drop"
"""As a cable that is pulled: no packet passes, and nobody is told."""


def _replace(table: str, chain: str, hook: str, lines: list[str]) -> str:
    """Return a transaction after which *chain* has these *lines* only."""
    body = "\n".join(f"    {line}" for line in lines)
    head = f"table ip {table} {{\n  chain {chain} {{\n    {hook}\n"
    return f"{head}  }}\n}}\nflush chain ip {table} {chain}\n{head}{body}\n  }}\n}}\n"
