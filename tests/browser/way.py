"""The way of a page's frames to the service and back, over its real socket. A test can hold, change or lose frames."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Literal

from tests.browser.tab import WAIT_SECONDS_MAX, ChromiumTab

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.async_api import WebSocketRoute

Direction = Literal["up", "down"]
Frame = dict[str, Any]

_FAILED = 4999
"""A code that means nothing to the page. Playwright sends none of those that say that a network has failed."""


class Way:
    """The way of all sockets of one tab of Chromium. Held frames keep their order, as on a slow network."""

    def __init__(self) -> None:
        self.change: Callable[[Direction, Frame], Frame | None] = lambda _, frame: frame
        """Returns the frame to pass on; None loses it."""
        self._pages: list[WebSocketRoute] = []
        self._holds: Callable[[str], bool] = lambda _: False
        self._held: list[tuple[WebSocketRoute, str]] = []
        self._comes = asyncio.Event()

    async def lay(self, tab: ChromiumTab) -> None:
        """Route the sockets of *tab* through here. Call it before the page is opened."""
        tab.is_rebuilt = True
        await tab.page.route_web_socket("**/*", self._receive)

    def hold(self, *types: str) -> None:
        """Hold frames of these *types*, in both directions."""
        self._holds = lambda kind: kind in types

    async def wait_until_held(self, numbers: int) -> None:
        """Wait until offers or answers with *numbers* different numbers are held."""
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while len({json.loads(text).get("number") for _, text in self._held} - {None}) < numbers:
                self._comes.clear()
                await self._comes.wait()

    def release(self, *types: str) -> None:
        """Pass on the held frames in their order, and all later ones. With *types*, only frames of these types."""
        holds, held = self._holds, self._held
        self._holds = (lambda kind: holds(kind) and kind not in types) if types else (lambda _: False)
        self._held = [(end, text) for end, text in held if self._holds(json.loads(text)["type"])]
        for passes in held:
            if passes not in self._held:
                end, text = passes
                end.send(text)

    async def release_at_once(self, tab: ChromiumTab) -> None:
        """Give the page all frames held on the way to it at once, as if it had been too busy to read them."""
        self._holds = lambda _: False
        texts = [text for _, text in self._held]
        self._held.clear()
        await tab.evaluate(
            f"""void {json.dumps(texts)}.forEach((data) =>
                __probe.sockets.at(-1).dispatchEvent(new MessageEvent("message", {{ data }})))"""
        )

    async def fail(self) -> None:
        """End the page's newest socket as a network does that fails: the service hears nothing of it."""
        await self._pages[-1].close(code=_FAILED)

    def _receive(self, page: WebSocketRoute) -> None:
        self._pages.append(page)
        service = page.connect_to_server()
        page.on_message(lambda text: self._pass_on("up", str(text), service))
        service.on_message(lambda text: self._pass_on("down", str(text), page))

    def _pass_on(self, direction: Direction, text: str, end: WebSocketRoute) -> None:
        frame = self.change(direction, json.loads(text))
        if frame is None:
            return
        if self._holds(frame["type"]):
            self._held.append((end, json.dumps(frame)))
            self._comes.set()
        else:
            end.send(json.dumps(frame))
