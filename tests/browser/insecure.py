"""A lesson's page at an insecure origin: the service of localhost, which counts as secure, under another name.

Development mode answers only names of this machine. So the test fetches from localhost and shows the other name.
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
    """Return *lesson* with links that only *tab* can open, without HTTPS."""

    async def fetch(route: Route) -> None:
        if f"/static/assets/{CODE}-" in route.request.url:  # the pseudo language, if the tab uses it
            await route.fallback()
            return
        await route.fulfill(response=await route.fetch(url=route.request.url.replace(HOST, "localhost")))

    base = lesson.base.replace("localhost", HOST)
    await tab.page.route(f"{base}/**", fetch)
    return replace(lesson, base=base)
