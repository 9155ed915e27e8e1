"""The claims of a resume token. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """The sitting (*epoch*), the page and the address that got the token."""

    epoch: int
    page: str
    address: str
