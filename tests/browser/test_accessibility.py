"""All screens: axe-core finds nothing, each control can be reached in each window, and all words are translated.

docs/accessibility.md says which criteria of WCAG these tests check. To reach a screen takes longer than to check it, so
each story is told once, in the pseudo language, and its screens are checked in all languages.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

import pytest
import pytest_asyncio

from tests.browser.conftest import People
from tests.browser.lesson import Lesson
from tests.browser.looks import AXE, VIEWS, look_around
from tests.browser.pseudo import CODE, pseudo, speak_pseudo
from tests.browser.screens import STORIES, WRITTEN_BY_THE_SERVER, Guide, SpokenTab
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.async_api import Browser

    from tests.browser.server import Service
    from tests.browser.tab import ChromiumTab
    from tests.browser.tabs import Tabs

Faults = dict[str, list[str]]
"""What is wrong with the screens of a story, by language, and with their words."""
WORDS: Final = "words"

# What a person does in the menu. The menu may be in a part of the page that is closed just now.
LANGUAGE_MENU: Final = "document.querySelector('[data-part=language-menu] select')"
CHOOSE_LANGUAGE: Final = f"""((menu) => {{
    menu.value = "%s";
    menu.dispatchEvent(new Event("change", {{ bubbles: true }}));
}})({LANGUAGE_MENU})"""
# Nobody looks at these pictures, and a call of usual quality takes most of a processor.
SMALL_MEDIA: Final = """(() => {
    const devices = navigator.mediaDevices;
    if (!devices) return;
    const picture = { width: 320, height: 180, frameRate: 2 };
    const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    for (const name of ["getUserMedia", "getDisplayMedia"]) {
        const open = devices[name].bind(devices);
        devices[name] = ({ audio = false, video = false, ...others } = {}) =>
            open({ ...others, audio: audio && { ...audio, ...raw }, video: video && { ...video, ...picture } });
    }
})();"""


class PseudoTab(SpokenTab):
    """A tab whose pages use the pseudo language. Tests still name buttons and fields in English."""

    async def press(self, name: str) -> None:
        await self._frame.get_by_role("button", name=pseudo(name), exact=True).click()

    async def write(self, field: str, text: str) -> None:
        box = self._frame.get_by_role("textbox", name=pseudo(field), exact=True)
        await box.fill(text)
        await box.press("Enter")


class PseudoGuide(Guide):
    """Opens the screens for people who read the pseudo language."""

    def __init__(self, people: People, lesson: Lesson) -> None:
        super().__init__(people, lesson, CODE)

    async def open_tab(self, *scripts: str) -> PseudoTab:
        # Here the browser keeps it for all pages of the tab. To send half a megabyte to each took 0.2 s of CPU.
        axe = AXE.read_text(encoding="utf-8")
        tab = PseudoTab((await super().open_tab(SMALL_MEDIA, axe, *scripts)).page)
        await speak_pseudo(tab.page.context)
        return tab


async def wait_for_language(tab: ChromiumTab, code: str) -> None:
    """Wait until the page has the language *code* and shows text."""
    drawn = "document.querySelector(':is(#room, #app) :is(h1, h2)')?.innerText"
    await wait_until(tab, f"document.documentElement.lang === '{code}' && {drawn}")


async def speak(tab: ChromiumTab, screen: str, language: str) -> None:
    """Show *screen* in *language*."""
    if screen in WRITTEN_BY_THE_SERVER:
        address: str = await tab.evaluate(f"""(() => {{
            const url = new URL(location.href);
            url.searchParams.set("ui", "{language}");
            return url.href;
        }})()""")
        await tab.open(address)
        assert await tab.evaluate("document.documentElement.lang") == language
    else:
        await wait_until(tab, f"{LANGUAGE_MENU} !== null")
        await tab.evaluate(CHOOSE_LANGUAGE % language)
        await wait_for_language(tab, language)


async def inspect_screen(tab: ChromiumTab, screen: str, faults: Faults) -> None:
    """Check *screen* in each language, and add what is wrong to *faults*."""
    # The server's words are not those of the client. tests/web/test_translations.py checks them.
    is_own = screen not in WRITTEN_BY_THE_SERVER
    if is_own:
        await wait_for_language(tab, CODE)
    for language, views in VIEWS.items():
        is_pseudo = is_own and language == CODE
        if not is_pseudo:
            await speak(tab, screen, "en" if language == CODE else language)
        barriers, words = await look_around(tab, views, words=is_pseudo)
        # Longer than English, which has to fit. However long they are, notices leave the controls alone.
        if is_pseudo and barriers and screen != "notices":
            await speak(tab, screen, "en")
            barriers, _ = await look_around(tab, views)
        faults[language] += [f"{screen}: {fault}" for fault in barriers]
        faults[WORDS] += [f"{screen}: {fault}" for fault in words]
    if is_own:
        await speak(tab, screen, CODE)


async def inspect(people: People, lesson: Lesson, story: str) -> Faults:
    """Tell *story* and check each of its screens."""
    faults: Faults = {about: [] for about in (*VIEWS, WORDS)}
    async for screen, tab in STORIES[story](PseudoGuide(people, lesson)):
        await inspect_screen(tab, screen, faults)
    return faults


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def faults(request: pytest.FixtureRequest, chromium: Browser, tabs: Tabs, service: Service) -> Faults:
    """Tell a story once for all tests of it."""
    async with AsyncExitStack() as stack:
        return await inspect(People(chromium, tabs, stack), Lesson(service.url), request.param)


@pytest.mark.requirement("R6", "R11", "R15")
@pytest.mark.parametrize("language", VIEWS)
@pytest.mark.parametrize("faults", STORIES, indirect=True, scope="module")
async def test_no_screen_keeps_anybody_out(faults: Mapping[str, list[str]], language: str) -> None:
    assert not faults[language], "\n" + "\n".join(faults[language])


@pytest.mark.requirement("R2")
@pytest.mark.parametrize("faults", STORIES, indirect=True, scope="module")
async def test_every_word_comes_from_the_catalogue_and_has_room_to_grow(
    faults: Mapping[str, list[str]],
) -> None:
    assert not faults[WORDS], "\n" + "\n".join(faults[WORDS])
