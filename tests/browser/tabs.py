"""Lends tabs of Chromium to tests one after the other: a new window costs a second of CPU, a new page half of it.

A lent tab keeps nothing of the test before: it has a new page, empty storage, the usual permissions and size, and none
of the scripts that the test before had put into its pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from playwright.async_api import Error

from tests.browser.tab import DEVICES, HEIGHT, LOCALE, TEST_SCRIPTS, WIDTH, open_chromium_tab

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.tab import ChromiumTab

KEPT_MAX: Final = 2
"""A lesson needs two tabs, and each kept tab has a process of its own. As many are kept of all other languages."""


EMPTY_FOLDER: Final = """navigator.storage.getDirectory().then(async (folder) => {
    for await (const name of folder.keys()) await folder.removeEntry(name, { recursive: true });
})"""
"""A recording stays in the page's own folder until its person deletes it."""


class Tabs:
    """Lend tabs whose pages run the probe, *scripts*, and what a test adds.

    *base* is the service whose storage is emptied.
    """

    def __init__(self, chromium: Browser, base: str, scripts: tuple[str, ...] = TEST_SCRIPTS) -> None:
        self.scripts = scripts
        self._chromium = chromium
        self._base = base
        self._free: list[ChromiumTab] = []

    async def lend(self, *scripts: str, locale: str = LOCALE) -> ChromiumTab:
        """Return a tab that no test uses, with *scripts* in its pages. It shows no page of the service."""
        tab = next((each for each in self._free if each.locale == locale), None)
        if tab:
            self._free.remove(tab)
        else:
            tab = await open_chromium_tab(self._chromium, scripts=self.scripts, locale=locale)
        for script in scripts:
            await tab.add_script(script)
        return tab

    async def take_back(self, tab: ChromiumTab) -> None:
        """Empty *tab* for the next test. Close it if a test has changed more than can be emptied."""
        page = tab.page
        if tab.is_rebuilt or page.is_closed() or page.context.pages != [page]:
            await page.context.close()
            return
        try:
            await tab.remove_scripts()
            await page.unroute_all(behavior="ignoreErrors")
            await page.context.unroute_all(behavior="ignoreErrors")
            await page.context.clear_permissions()
            await page.context.grant_permissions(DEVICES)
            await page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            await page.emulate_media(
                media="null",
                color_scheme="null",
                reduced_motion="null",
                forced_colors="null",
                contrast="null",
            )
            await page.goto(f"{self._base}/robots.txt")
            await page.evaluate("localStorage.clear(); sessionStorage.clear()")
            await page.evaluate(EMPTY_FOLDER)
        except Error:  # the page hangs, or its process has ended
            await page.context.close()
            return
        tab.console.clear()
        self._free.append(tab)
        alike = [each for each in self._free if (each.locale == LOCALE) == (tab.locale == LOCALE)]
        if len(alike) > KEPT_MAX:
            self._free.remove(alike[0])
            await alike[0].page.context.close()

    async def close(self) -> None:
        """Close every tab that is not lent."""
        for tab in self._free:
            await tab.page.context.close()
        self._free.clear()
