"""All screens: axe-core finds nothing, each control can be reached in each window, and all words are translated.

docs/accessibility.md says which criteria of WCAG these tests check. To reach a screen takes longer than to check it, so
each story is told once, in the pseudo language, and its screens are checked in all languages.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import pytest
import pytest_asyncio

from tests.browser.conftest import People
from tests.browser.lesson import Lesson
from tests.browser.pseudo import CODE, FIND_CLIPPED_TEXT, FIND_FOREIGN_WORDS, pseudo, speak_pseudo
from tests.browser.screens import STORIES, WRITTEN_BY_THE_SERVER, Guide, SpokenTab
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from playwright.async_api import Browser

    from tests.browser.server import Service
    from tests.browser.tab import ChromiumTab
    from tests.browser.tabs import Tabs

Size = tuple[int, int]
View = tuple[Size, Literal["light", "dark"]]
"""A window's size and its colours."""
Faults = dict[str, list[str]]
"""What is wrong with the screens of a story, by language, and with their words."""
WORDS: Final = "words"

AXE: Final = Path(__file__).parents[2] / "client" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP: Final = (1440, 900)
PHONE: Final = (390, 844)
SIZES: Final = (
    PHONE,
    (820, 1180),
    (844, 390),
    (640, 360),  # 1280 × 720 at 200 %
    (320, 640),  # WCAG 1.4.10
    DESKTOP,  # last, because the story continues in this size
)
VIEWS: Final[dict[str, tuple[View, ...]]] = {
    CODE: ((PHONE, "light"), (DESKTOP, "dark")),  # longer than any language from left to right
    "ar": ((PHONE, "dark"), (DESKTOP, "light")),
}
# Finish all short animations. Then elements that inherit from them may begin to move, so repeat until all is still.
SETTLED: Final = """(async () => {
    for (let round = 0; round < 50; round += 1) {
        await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        const moving = document.getAnimations().filter(({ effect }) => effect.getTiming().iterations !== Infinity);
        if (moving.length === 0) return;
        for (const each of moving) each.finish();
    }
    throw new Error("a colour half way between two schemes is no finding");
})()"""
# axe checks the rule of WCAG 2.2 only on request.
FINDINGS: Final = """axe.run({ resultTypes: ["violations"], preload: { assets: ["media"] },
    rules: { "target-size": { enabled: true } } })
    .then(({ violations }) => violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`))"""
WRONG_WORDS: Final = f"[...{FIND_FOREIGN_WORDS}, ...{FIND_CLIPPED_TEXT}.map((text) => `cut off: ${{text}}`)]"
OUT_OF_REACH: Final = """(() => {
    const box = document.scrollingElement;
    const tooWide = box.scrollWidth > innerWidth ? [`${box.scrollWidth - innerWidth} px too wide`] : [];
    const controls = document.querySelector("dialog:modal, .popup") ?? document;
    const hidden = [...controls.querySelectorAll("button, input, select, textarea, a[href], summary")]
        .filter((control) => control.checkVisibility({ visibilityProperty: true }) && !control.disabled)
        .filter((control) => !control.closest(".visually-hidden, [inert]"))
        .filter((control) => {
            control.scrollIntoView({ block: "nearest", inline: "nearest" });
            const { left, right, top, bottom } = control.getBoundingClientRect();
            const points = [[0.5, 0.5], [0.15, 0.3], [0.85, 0.3], [0.15, 0.7], [0.85, 0.7]];
            const isHit = points.every(([x, y]) => {
                const hit = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
                return hit !== null && (control.contains(hit) || hit.closest("label")?.control === control);
            });
            return !isHit || left < -1 || right > innerWidth + 1;
        });
    scrollTo(0, 0);
    return [...tooWide, ...hidden.map((control) => `out of reach: ${control.outerHTML.slice(0, 120)}`)];
})()"""
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
        tab = PseudoTab((await super().open_tab(SMALL_MEDIA, *scripts)).page)
        await speak_pseudo(tab.page.context)
        return tab


async def wait_for_language(tab: ChromiumTab, code: str) -> None:
    """Wait until the page has the language *code* and shows text."""
    drawn = "document.querySelector(':is(#room, #app) :is(h1, h2)')?.innerText"
    await wait_until(tab, f"document.documentElement.lang === '{code}' && {drawn}")


async def find_faults(tab: ChromiumTab, views: Sequence[View], *, words: bool) -> tuple[list[str], list[str]]:
    """Check where the controls are in each size, and what axe finds in each of *views*.

    With *words*, return as a second list the words that are not from the catalogue or are cut off in these views.
    """
    barriers: list[str] = []
    wrong_words: list[str] = []
    if not await tab.evaluate("'axe' in globalThis"):
        await tab.evaluate(AXE.read_text(encoding="utf-8") + "; null")
    schemes = dict(views)
    for width, height in SIZES:
        await tab.page.set_viewport_size({"width": width, "height": height})
        scheme = schemes.get((width, height))
        if scheme:
            await tab.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found: list[list[str]] = await tab.evaluate(
            f"""{SETTLED}.then(async () => [
                {WRONG_WORDS if scheme and words else "[]"},
                {OUT_OF_REACH},
                {f"await {FINDINGS}" if scheme else "[]"},
            ])"""
        )
        wrong_words += [f"{width} px: {fault}" for fault in found[0]]
        barriers += [f"{width} × {height}: {fault}" for fault in found[1]]
        barriers += [f"{width} px, {scheme}: {fault}" for fault in found[2]]
    await tab.page.emulate_media(color_scheme="light")
    return barriers, wrong_words


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


async def inspect(people: People, lesson: Lesson, story: str) -> Faults:
    """Tell *story* and check each of its screens in each language."""
    faults: Faults = {about: [] for about in (*VIEWS, WORDS)}
    async for screen, tab in STORIES[story](PseudoGuide(people, lesson)):
        # The server's words are not those of the client. tests/web/test_translations.py checks them.
        is_own = screen not in WRITTEN_BY_THE_SERVER
        if is_own:
            await wait_for_language(tab, CODE)
        for language, views in VIEWS.items():
            is_pseudo = is_own and language == CODE
            if not is_pseudo:
                await speak(tab, screen, "en" if language == CODE else language)
            barriers, words = await find_faults(tab, views, words=is_pseudo)
            # Longer than English, which has to fit. However long they are, notices leave the controls alone.
            if is_pseudo and barriers and screen != "notices":
                await speak(tab, screen, "en")
                barriers, _ = await find_faults(tab, views, words=False)
            faults[language] += [f"{screen}: {fault}" for fault in barriers]
            faults[WORDS] += [f"{screen}: {fault}" for fault in words]
        if is_own:
            await speak(tab, screen, CODE)
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
