"""One call that many tests have one after the other: to meet costs ten times as much as most of them do in the call.

A test leaves the call as it found it. If it fails, or leaves anything behind, the next one gets a new call.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

from tests.browser import chat
from tests.browser.bidi import Bidi
from tests.browser.lesson import Lesson
from tests.browser.tab import HEIGHT, LOOK_LONG, WIDTH, FirefoxTab, evaluate_in_any_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.async_api import Browser

    from tests.browser.conftest import People
    from tests.browser.people import Person

TIDY_MS: Final = 3_000
"""For so long the traces of a test may fade: a reaction, a notice, a closing panel."""
DEVICES_OFF: Final = "[data-part=remote-muted], [data-part=remote-camera-off], [data-part=remote-paused]"
SCREENS: Final = "[data-part=screen-video], [data-part=own-screen]"
FLEETING: Final = "[data-part=notice], [data-part=glimpse], [data-part=remote-hand], [data-reaction]"
OPENED: Final = "dialog[open], .popup, [data-part=connection]"
TOOLS: Final = (
    "[data-part=captions-text], [data-part=captions-own], [data-part=captions-question], [data-part=again-bar], "
    "[data-part=board], [data-part=quiz], [data-part=tab-led], [data-part=chosen-files], [data-part=recording-sign]"
)
LEFT_BEHIND: Final = f"{DEVICES_OFF}, {SCREENS}, {FLEETING}, {OPENED}, {TOOLS}, {chat.WAITING}"
AS_NEW: Final = f"""(() => {{
    const isPressed = (part) => document.querySelector(`[data-part=${{part}}]`)?.ariaPressed === "true";
    return document.documentElement.dataset.callState === "live"
        && __probe.sockets.at(-1).readyState === WebSocket.OPEN
        && __probe.connections.at(-1).connectionState === "connected"
        && ["microphone", "camera", "panel"].every(isPressed) && !isPressed("hand")
        && document.querySelector("[data-part=stage]").dataset.layout === "speaker"
        && document.querySelector("[data-part=tab-chat]")?.ariaSelected === "true"
        && !document.querySelector("{LEFT_BEHIND}") && document.querySelector("textarea")?.value === ""
        && !document.pictureInPictureElement && !document.fullscreenElement;
}})()"""
CHROMIUM_AS_NEW: Final = f"{AS_NEW} && innerWidth === {WIDTH} && innerHeight === {HEIGHT}"
FORGET: Final = "void (__probe.frames.length = __heard.length = 0)"

Pair = tuple["Person", "Person"]
"""The student and the tutor of a call."""


class StandingCall:
    """The call that is lent: no more than one at a time, because a call costs a third of a processor."""

    def __init__(self, make_people: Callable[[AsyncExitStack], People], base: str) -> None:
        self._make_people = make_people
        self._base = base
        self._stack = AsyncExitStack()
        self._pair: Pair | None = None
        self._is_with_firefox = False

    async def lend(self, tutors_browser: Browser | Bidi | None) -> Pair:
        """Return the two of a call that is as if they had just met. *tutors_browser*: None is Chromium."""
        is_with_firefox = isinstance(tutors_browser, Bidi)
        if self._pair and (is_with_firefox != self._is_with_firefox or not await self._is_as_new(self._pair)):
            await self.end()
        if not self._pair:
            await self.end()  # what a call that never came about left open
            people = self._make_people(self._stack)
            self._pair = await people.meet(Lesson(self._base), tutors_browser if is_with_firefox else None)
            self._is_with_firefox = is_with_firefox
        for person in self._pair:
            person.lines_before = await person.tab.evaluate(
                f"document.querySelectorAll('{chat.SENT}').length"
            )
            await person.tab.evaluate(FORGET)
            person.tab.console.clear()
        return self._pair

    async def end(self) -> None:
        """Close the call's tabs, if there is a call."""
        self._pair = None
        await self._stack.aclose()

    async def _is_as_new(self, pair: Pair) -> bool:
        lines = [
            await person.tab.evaluate(f"document.querySelectorAll('{chat.SENT}').length") for person in pair
        ]
        has_all = f"document.querySelectorAll('{chat.SENT}').length === {max(lines)}"
        for person in pair:
            as_new = AS_NEW if isinstance(person.tab, FirefoxTab) else CHROMIUM_AS_NEW
            look = LOOK_LONG.format(ms=TIDY_MS, condition=f"{as_new} && {has_all}")
            if not await evaluate_in_any_document(person.tab, look):
                return False
        return True
