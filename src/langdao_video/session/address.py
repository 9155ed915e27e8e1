"""Ethereum addresses (EIP-55): which text is an address, and when two addresses are the same."""

from __future__ import annotations

import re
from typing import Final

from eth_utils.address import to_checksum_address

_FULL: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_LENGTH_SHOWN_MAX: Final = 12
_SHORT: Final = re.compile(r"0x[0-9a-fA-F]{1,40}")


def is_address(text: str) -> bool:
    """Tell whether *text* is `0x` and 40 hex digits. The EIP-55 checksum is not checked (R1)."""
    return _FULL.fullmatch(text) is not None


def is_short_address(text: str) -> bool:
    """Tell whether *text* is `0x` and 1–40 hex digits, like the quick start's `0x123`; development only."""
    return _SHORT.fullmatch(text) is not None


def normalize(text: str) -> str:
    """Return the EIP-55 form of a full address, or a short one in lower case. Equal results mean the same person."""
    return to_checksum_address(text) if is_address(text) else text.lower()


def shorten(text: str) -> str:
    """Shorten an address as wallets and our page do: `0x742d…2aD1`."""
    return f"{text[:6]}…{text[-4:]}" if len(text) > _LENGTH_SHOWN_MAX else text
