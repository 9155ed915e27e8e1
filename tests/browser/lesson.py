"""The links of one lesson as a platform makes them (R1), with a room and a start of its own."""

from __future__ import annotations

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
    """Return Unix time in ms, as a platform's backend would put it into a link."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Lesson:
    """One room at one service; the start is ten seconds ago unless said otherwise."""

    base: str
    room: str = field(default_factory=lambda: f"lesson-{uuid4().hex}")
    start_ms: int = field(default_factory=lambda: now_ms() - 10_000)
    language: str = "es"

    def link(self, role: Role, **more: str) -> str:
        """Make the link of *role*: it joins at once, and tells the console what it does. *more* replaces or adds."""
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
