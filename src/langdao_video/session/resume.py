"""The claims of a resume token. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """The sitting and the page to which the token was given."""

    epoch: int
    page: str
    address: str
