"""A lesson's page at an origin that is not secure, as localhost is: what the service has at localhost, by another name.

Development mode answers to the names of this machine only, so the browser's tests fetch by one and show the other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.browser.pseudo import CODE

if TYPE_CHECKING:
    from playwright.async_api import Route

    from tests.browser.lesson import Lesson
    from tests.browser.tab import ChromiumTab

HOST: Final = "lesson.test"


async def make_insecure(tab: ChromiumTab, lesson: Lesson) -> Lesson:
    """Return *lesson* with links that *tab*, and no other, can open, without HTTPS."""

    async def fetch(route: Route) -> None:
        if f"/static/assets/{CODE}-" in route.request.url:  # the language of longer words, if the tab has it
            await route.fallback()
            return
        await route.fulfill(response=await route.fetch(url=route.request.url.replace(HOST, "localhost")))

    base = lesson.base.replace("localhost", HOST)
    await tab.page.route(f"{base}/**", fetch)
    return replace(lesson, base=base)
