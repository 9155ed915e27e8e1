"""The three calls that the benches compare, each in new contexts of one browser and with the same probe.

*loopback*: both ends in one page, without a network. *bare*: the smallest possible call between two pages. *lesson*:
our real page.
"""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from uuid import uuid4

from tests.browser.tab import open_chromium_tab, wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.browser.tab import ChromiumTab

CAMERA: Final = 30
"""Frames a second, like a real camera. With the fake camera's default of 20, the time of a join jumps by 50 ms."""
OWN_PICTURE: Final = "[...document.querySelectorAll('video')].some((video) => video.videoWidth > 0)"
ADDRESS: Final = {
    "student": "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1",
    "tutor": "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
}


@dataclass(frozen=True, slots=True)
class Joined:
    """When each side saw the other, in ms after the second person's navigation. *marks* are the times of the steps."""

    first_ms: float
    second_ms: float
    marks: dict[str, dict[str, float]]

    @property
    def both_ms(self) -> float:
        """Return the time of the slower side, ms."""
        return max(self.first_ms, self.second_ms)


def bare_links(base: str, **more: str) -> tuple[str, str]:
    """Make the two links of a bare call, which are the same. *more* can ask for the lesson's picture (bare.html)."""
    link = f"{base}/bare.html?{urlencode({'room': uuid4().hex, **more})}"
    return link, link


def lesson_links(base: str, *, lobby: str = "off") -> tuple[str, str]:
    """Make the student's and the tutor's link of one session (R1). By default their pages join at once."""
    common = {
        "room": f"bench-{uuid4().hex}",
        "language": "es",
        "sessionStart": time.time_ns() // 1_000_000,
        "lobby": lobby,
    }
    student, tutor = (
        f"{base}/?{urlencode({**common, 'role': role, 'address': ADDRESS[role]})}"
        for role in ("student", "tutor")
    )
    return student, tutor


@asynccontextmanager
async def two_page_call(
    browser: Browser, links: tuple[str, str]
) -> AsyncIterator[tuple[ChromiumTab, ChromiumTab]]:
    """Open the first page, wait for its socket and own picture, then open the second. Yield when both see the other."""
    first, second = await open_chromium_tab(browser), await open_chromium_tab(browser)
    try:
        await first.open(links[0])
        await wait_until(first, f"'socket open' in __probe.marks && {OWN_PICTURE}")
        await second.open(links[1])
        for tab in (first, second):
            await wait_until(tab, "__probe.shown.length > 0")
        yield first, second
    finally:
        for tab in (first, second):
            await tab.page.context.close()


async def join_two_pages(browser: Browser, links: tuple[str, str]) -> Joined:
    """Measure one join, starting at the second page's navigation (its performance.timeOrigin)."""
    async with two_page_call(browser, links) as (first, second):
        navigated = await second.evaluate("performance.timeOrigin")
        marks = {
            name: {mark: at - navigated for mark, at in (await tab.evaluate("__probe.marks")).items()}
            for name, tab in (("first", first), ("second", second))
        }
        first_shown, second_shown = [await tab.evaluate("__probe.shown[0]") for tab in (first, second)]
        return Joined(first_shown - navigated, second_shown - navigated, marks)


async def join_loopback(browser: Browser, base: str) -> Joined:
    """Measure one call within a page, from its navigation to the first frame of each end."""
    tab = await open_chromium_tab(browser)
    try:
        await tab.open(f"{base}/loopback.html")
        await wait_until(tab, "__probe.shown.length > 1")
        shown = await tab.evaluate("__probe.shown.map((at) => at - performance.timeOrigin)")
        return Joined(shown[0], shown[1], {})
    finally:
        await tab.page.context.close()
