"""The direct connection between two pages: when media arrives, and what the receiving page's counters show.

Media does not pass through the service. It may go on while sockets die, and stop while sockets live.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from langdao_video.session.roles import Role
from langdao_video.signaling.counters import Acks, MediaFlow
from tools.simulator.intervals import Intervals, intersect, measure, subtract, union
from tools.simulator.world import World

if TYPE_CHECKING:
    from tools.simulator.pages import Page

_FRAME_MS: Final = 33
_PACKET_MS: Final = 20
_SETUP_MS_MAX: Final = 1_200
_REPORT_MS: Final = 1_000
_TAIL_MS: Final = 8_000


@dataclass(slots=True)
class Pair:
    """Two pages that are connected from *from_ms* on, until one of them is gone or connects to another page."""

    pages: dict[Role, Page]
    from_ms: int
    to_ms: int | None = None

    def lasted(self, now_ms: int) -> Intervals:
        """Return the time in which they were connected, up to now."""
        end_ms = now_ms if self.to_ms is None else min(self.to_ms, now_ms)
        return [(self.from_ms, end_ms)] if self.from_ms < end_ms else []


@dataclass(slots=True)
class Media:
    """Which pages are connected. The plan gives *cuts* for each receiving seat and *mutes* for each sending seat."""

    world: World
    cuts: dict[Role, Intervals]
    mutes: dict[Role, Intervals]
    is_possible: bool
    pairs: list[Pair] = field(default_factory=list)
    met_ms: dict[Page, int] = field(default_factory=dict)
    """When each page first knew of a peer and began to count."""

    def meet(self, one: Page, two: Page) -> None:
        """Connect two pages that know of each other, after the time this takes."""
        if self.is_possible:
            self.met_ms.setdefault(one, self.world.now_ms)
        if self.is_possible and not self._is_connected(one, two):
            self.world.after(self.world.random.randrange(200, _SETUP_MS_MAX), lambda: self._connect(one, two))

    def leave(self, page: Page) -> None:
        """End a page's connection."""
        for pair in self.pairs:
            if pair.to_ms is None and page in pair.pages.values():
                pair.to_ms = self.world.now_ms

    def count(self, page: Page, sender: Role) -> MediaFlow | None:
        """Return the counters of the media from *sender* that has arrived at a page; None before it has a peer."""
        now_ms = self.world.now_ms
        if page not in self.met_ms:
            return None
        arrived = self.arrived(page, now_ms)
        sounding_ms = measure(subtract(arrived, self.mutes[sender]) if self.mutes[sender] else arrived)
        return MediaFlow(
            audio_packets=sounding_ms // _PACKET_MS,
            video_frames=sounding_ms // _FRAME_MS,
            bytes=measure(arrived),
        )

    def acks(self, page: Page, own: Role) -> Acks | None:
        """Return what the peer's browser has confirmed to a page of *own* role; None before it has a peer."""
        now_ms = self.world.now_ms
        if page not in self.met_ms:
            return None
        there = [
            piece
            for pair in self._of(page)
            for role, across in pair.pages.items()
            if role != own
            for piece in intersect(pair.lasted(now_ms), self.arrived(across, now_ms))
        ]
        confirmed = subtract(union(there), self.mutes[own])
        # Reports go on for a while after the last packet, once a second (signaling/evidence.py).
        reports = (
            measure(union((start_ms, end_ms + _TAIL_MS) for start_ms, end_ms in confirmed)) // _REPORT_MS
        )
        return Acks(audio=reports, video=reports, path=measure(union(there)) // _REPORT_MS)

    def arrived(self, page: Page, now_ms: int) -> Intervals:
        """Return when media arrived at a page, up to now."""
        return [
            piece for pair in self._of(page) for piece in subtract(pair.lasted(now_ms), self.cuts[page.role])
        ]

    def starved(self, page: Page, now_ms: int) -> Intervals:
        """Return when no media arrived at a page, after media had arrived at both ends of the connection."""
        pieces: Intervals = []
        for pair in self._of(page):
            whole = pair.lasted(now_ms)
            arrived = {role: subtract(whole, self.cuts[role]) for role in pair.pages}
            if all(arrived.values()):
                both_ms = max(first[0][0] for first in arrived.values())
                pieces += subtract(intersect(whole, [(both_ms, now_ms)]), arrived[page.role])
        return pieces

    def hungry(self, page: Page, now_ms: int) -> Intervals:
        """Return when no media arrived at a page that counts and has had a peer."""
        met_ms = self.met_ms.get(page, now_ms)
        return subtract([(met_ms, now_ms)], union(self.arrived(page, now_ms))) if met_ms < now_ms else []

    def _of(self, page: Page) -> Sequence[Pair]:
        return [pair for pair in self.pairs if pair.pages.get(page.role) is page]

    def _is_connected(self, one: Page, two: Page) -> bool:
        return any(
            p.to_ms is None and one in p.pages.values() and two in p.pages.values() for p in self.pairs
        )

    def _connect(self, one: Page, two: Page) -> None:
        if one.is_open and two.is_open and not self._is_connected(one, two):
            self.leave(one)
            self.leave(two)
            self.pairs.append(Pair({one.role: one, two.role: two}, self.world.now_ms))
