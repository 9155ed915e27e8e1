"""Makes the links of one lesson as a platform does (R1), with its own room and start."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

from langdao_video.session.roles import Role

ADDRESSES: Final[dict[Role, str]] = {
    "student": "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1",
    "tutor": "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
}


def now_ms() -> int:
    """Return Unix time in ms, as a platform's backend writes it into a link."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Lesson:
    """One room at one service. By default it started ten seconds ago."""

    base: str
    room: str = field(default_factory=lambda: f"lesson-{uuid4().hex}")
    start_ms: int = field(default_factory=lambda: now_ms() - 10_000)
    language: str = "es"

    def link(self, role: Role, **more: str) -> str:
        """Make the link of *role*. Its page joins at once and logs to the console. *more* adds parameters."""
        query = {
            "room": self.room,
            "role": role,
            "address": ADDRESSES[role],
            "language": self.language,
            "sessionStart": str(self.start_ms),
            "lobby": "off",
            "debug": "1",
        }
        return f"{self.base}/?{urlencode({**query, **more})}"


def with_next_page(address: str) -> str:
    """Return the fragment of a link whose end leads to *address*. In development nobody signs or checks a token."""
    claims = base64.urlsafe_b64encode(json.dumps({"look": {"next": address}}).encode()).decode().rstrip("=")
    return f"#token=x.{claims}.x"
