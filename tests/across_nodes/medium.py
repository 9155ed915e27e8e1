"""A backplane of several nodes in one process: letters wait until a test delivers them, loses them or swaps them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from langdao_video.backplane.local import LocalBackplane, drop_letter, note_nothing
from langdao_video.errors import Unavailable


class Medium:
    """What lies between the nodes."""

    def __init__(self) -> None:
        self.nodes: dict[str, MediumBackplane] = {}
        self.under_way: deque[tuple[str, bytes, asyncio.Future[None]]] = deque()

    def join(self, node: str) -> MediumBackplane:
        backplane = self.nodes[node] = MediumBackplane(self)
        return backplane

    def deliver(self, index: int = 0) -> None:
        """Deliver the letter at *index* of those that are under way."""
        self.under_way.rotate(-index)
        node, letter, passed_on = self.under_way.popleft()
        self.under_way.rotate(index)
        self.nodes[node].take_letter(letter)
        if not passed_on.done():
            passed_on.set_result(None)

    def repeat(self, index: int) -> None:
        """Deliver a letter, and leave it under way."""
        node, letter, _ = self.under_way[index]
        self.nodes[node].take_letter(letter)

    def lose(self, index: int) -> None:
        """Lose a letter that seems to be passed on, as Redis loses one."""
        _, _, passed_on = self.under_way[index]
        del self.under_way[index]
        passed_on.set_result(None)

    async def settle(self) -> None:
        """Deliver everything, and what follows from it."""
        for _ in range(10_000):
            await asyncio.sleep(0)
            if self.under_way:
                self.deliver()
            else:
                await asyncio.sleep(0)
                if not self.under_way:
                    return
        raise AssertionError("the nodes never stop talking")


class MediumBackplane(LocalBackplane):
    """One node's end."""

    def __init__(self, medium: Medium) -> None:
        super().__init__()
        self._medium = medium
        self.take_letter: Callable[[bytes], object] = drop_letter
        self.note_down: Callable[[], object] = note_nothing

    def send_letter(self, node: str, letter: bytes) -> asyncio.Future[None]:
        passed_on: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if node in self._medium.nodes:
            self._medium.under_way.append((node, letter, passed_on))
        else:
            passed_on.set_exception(Unavailable("node-gone", "nobody listens"))
        return passed_on
