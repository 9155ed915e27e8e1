"""Looks at one screen in all windows and colours: what keeps people out, and which words are wrong.

A call goes on meanwhile and costs more than most looks do. So nothing is waited for longer than it takes.
"""

from __future__ import annotations

from asyncio import gather
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from tests.browser.pseudo import CODE, FIND_CLIPPED_TEXT, FIND_FOREIGN_WORDS
from tests.browser.tab import WAIT_SECONDS_MAX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.async_api import Page

    from tests.browser.tab import ChromiumTab

Scheme = Literal["light", "dark"]
Size = tuple[int, int]
View = tuple[Size, Scheme]
"""A window's size and its colours."""


class Found(NamedTuple):
    """What one look finds: controls out of reach and what axe says, and wrong words."""

    barriers: list[str]
    words: list[str]


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
# Finish all short animations. Then elements that inherit from them may begin to move, so repeat until all is still.
# What a change of size or language has the page do comes in the next frame, or in the tasks behind it.
LOOK: Final = f"""async ([width, height, scheme, readsWords]) => {{
    const drawn = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
    const finishAnimations = () => {{
        const moving = document.getAnimations().filter(({{ effect }}) => effect.getTiming().iterations !== Infinity);
        for (const each of moving) each.finish();
        return moving.length > 0;
    }};
    // The page learns of its size and colours later than the browser.
    const view = matchMedia(`(width: ${{width}}px) and (height: ${{height}}px)`
        + (scheme ? ` and (prefers-color-scheme: ${{scheme}}) and (prefers-reduced-motion: reduce)` : ""));
    for (const deadline = performance.now() + {WAIT_SECONDS_MAX * 1000}; !view.matches; await drawn()) {{
        if (performance.now() > deadline) throw new Error(`not ${{view.media}}`);
    }}
    for (let round = 0, moves = true; moves; round += 1) {{
        if (round === 50) throw new Error("a colour half way between two schemes is no finding");
        await drawn();
        moves = finishAnimations();
    }}
    return [readsWords ? {WRONG_WORDS} : [], {OUT_OF_REACH}, scheme ? await {FINDINGS} : []];
}}"""


async def look_around(tab: ChromiumTab, views: Sequence[View], *, words: bool = False) -> Found:
    """Look at the screen in each size, and let axe look in each of *views*. The page has to have axe.

    With *words*, read the words of the pseudo language in these views. The colours are light before and after.
    """
    schemes = dict(views)
    found = Found([], [])
    for size in SIZES:
        width, height = size
        scheme = schemes.get(size)
        # The page waits for the view as long as the browser does, so do not wait for one after the other.
        _, (wrong, out_of_reach, violations) = await gather(
            show_view(tab.page, size, scheme),
            tab.page.evaluate(LOOK, [width, height, scheme, words and scheme is not None]),
        )
        found.words.extend(f"{width} px: {fault}" for fault in wrong)
        found.barriers.extend(f"{width} × {height}: {fault}" for fault in out_of_reach)
        found.barriers.extend(f"{width} px, {scheme}: {fault}" for fault in violations)
    await tab.page.emulate_media(color_scheme="light")
    return found


async def show_view(page: Page, size: Size, scheme: Scheme | None) -> None:
    """Give the window this size, and these colours if they matter."""
    width, height = size
    if scheme:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.set_viewport_size({"width": width, "height": height})
