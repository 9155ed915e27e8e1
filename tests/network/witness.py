"""Notes which frames a tab's pages send, from outside the page: a reload takes nothing from it.

What it knows of each page is the truth by which the bill is judged.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from langdao_video.billing.rules import HEARTBEAT_MS, SILENCE_MS
from tests.billing import oracle
from tests.browser.lesson import now_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.async_api import WebSocket

    from langdao_video.session.roles import Role
    from tests.browser.tab import ChromiumTab


@dataclass
class Witness:
    """The sittings of one seat: for each page, named by itself in `join`, the times of its frames, Unix ms.

    Each frame counts as a proof, also one that never arrived.
    """

    sittings: dict[str, list[int]] = field(default_factory=dict)

    def watch(self, tab: ChromiumTab) -> None:
        """Note what the pages of *tab* send from now on."""
        tab.page.on("websocket", self._watch_socket)

    def note(self, page: str, at_ms: int) -> None:
        """Note a frame of *page*."""
        self.sittings.setdefault(page, []).append(at_ms)

    def _watch_socket(self, socket: WebSocket) -> None:
        pages = [""]

        def receive(payload: str | bytes) -> None:
            frame = json.loads(payload)
            pages[0] = frame.get("page", pages[0]) if frame["type"] == "join" else pages[0]
            self.note(pages[0], now_ms())

        socket.on("framesent", receive)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was billed, and the least and the most that may be, in ms."""

    billed_ms: int
    least_ms: int
    most_ms: int

    @property
    def is_right(self) -> bool:
        """Whether the bill is within."""
        return self.least_ms <= self.billed_ms <= self.most_ms


def judge(billed_seconds: int, witnesses: Mapping[Role, Witness], drops: int) -> Verdict:
    """Judge a bill by what both pages sent.

    At most: the time proved by both (law 2), as if no frame had been lost. At least: the same without one heartbeat's
    interval for the beginning, the end, and each of *drops*. A bill has whole seconds.
    """
    student, tutor = ([*witnesses[role].sittings.values()] for role in ("student", "tutor"))
    true_ms = oracle.billable_ms(student, tutor, SILENCE_MS)
    least_ms = true_ms - 1_000 - (drops + 2) * HEARTBEAT_MS
    return Verdict(billed_seconds * 1_000, max(0, least_ms), true_ms)
