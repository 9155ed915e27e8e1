"""Makes addresses for participants without one: the quick start's links work without it (R1), in development only."""

from __future__ import annotations

import secrets

from langdao_video.session.address import normalize


def make_throwaway() -> str:
    """Make a random address for a development link that names none."""
    return normalize(f"0x{secrets.token_hex(20)}")
