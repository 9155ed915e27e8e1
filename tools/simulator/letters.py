"""The backplane between simulated nodes: it carries letters. When it is ill it loses, repeats, delays, reorders them.

Law: while it is well, it keeps the order of each pair of nodes, as one connection does. Whatever it does, no letter may
make a bill wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from langdao_video.backplane.local import LocalBackplane
from langdao_video.errors import Unavailable

if TYPE_CHECKING:
    from tools.simulator.plan import Illness
    from tools.simulator.world import World

_WAY_MS_MAX: Final = 8
_LATE_MS_MAX: Final = 6_000
"""Longer than a carriage bears silence, so that a letter may come after its carriage is over."""
_SOMETIMES: Final = 0.3


@dataclass(slots=True)
class Post:
    """All letters between the nodes. *doors* has what takes the letters of each living node."""

    world: World
    doors: dict[str, Callable[[bytes], object]] = field(default_factory=dict)
    illness: Illness | None = None
    """What goes wrong at this time."""
    _newest_ms: dict[tuple[str, str], int] = field(default_factory=dict)

    def carry(self, sender: str, node: str, letter: bytes) -> None:
        """Bring *letter* to *node*, if it comes at all."""
        random, illness = self.world.random, self.illness
        if illness == "loses" and random.random() < _SOMETIMES:
            return
        is_odd = illness is not None and random.random() < _SOMETIMES
        if illness == "repeats" and is_odd:
            self._deliver(node, letter, self.world.now_ms + random.randrange(_LATE_MS_MAX))
        if illness == "reorders" and is_odd:
            self._deliver(node, letter, self.world.now_ms + random.randrange(_LATE_MS_MAX))
            return
        way_ms = random.randrange(_LATE_MS_MAX if illness == "delays" and is_odd else _WAY_MS_MAX)
        at_ms = max(self._newest_ms.get((sender, node), 0), self.world.now_ms + way_ms)
        self._newest_ms[sender, node] = at_ms
        self._deliver(node, letter, at_ms)

    def _deliver(self, node: str, letter: bytes, at_ms: int) -> None:
        def arrive() -> None:
            if door := self.doors.get(node):
                door(letter)

        self.world.at(at_ms, arrive)


class SimulatedBackplane(LocalBackplane):
    """The end of one node. Hints stay in it: nobody watches a feed in the simulator."""

    def __init__(self, post: Post, node: str) -> None:
        super().__init__()
        self._post = post
        self._node = node

    def send_letter(self, node: str, letter: bytes) -> asyncio.Future[None]:
        """Send a letter. It fails at once if the backplane is away, or if nobody is there to hear."""
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._post.illness == "away":
            sent.set_exception(Unavailable("backplane-down", "The simulated backplane is away."))
        elif node not in self._post.doors:
            sent.set_exception(Unavailable("node-gone", "Nobody listens there."))
        else:
            self._post.carry(self._node, node, letter)
            sent.set_result(None)
        return sent
