"""All screens: axe-core finds nothing, nothing overflows, and each control can be reached in the smallest window.

docs/accessibility.md says which criteria of WCAG these tests check.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pytest

from tests.browser.screens import STORIES, Guide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.tab import ChromiumTab

View = tuple[tuple[int, int], Literal["light", "dark"]]
"""A window's size and its colours."""
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
# Finish all short animations. Then elements that inherit from them may begin to move, so repeat until all is still.
SETTLED: Final = """(async () => {
    for (let round = 0; round < 50; round += 1) {
        await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        const moving = document.getAnimations().filter(({ effect }) => effect.getTiming().iterations !== Infinity);
        if (moving.length === 0) return true;
        for (const each of moving) each.finish();
    }
})()"""
# axe checks the rule of WCAG 2.2 only on request.
FINDINGS: Final = """axe.run({ resultTypes: ["violations"], rules: { "target-size": { enabled: true } } })
    .then(({ violations }) => violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`))"""
VIEWS: Final[dict[str, tuple[View, ...]]] = {
    "en": ((PHONE, "light"), (DESKTOP, "dark")),
    "ar": ((PHONE, "dark"), (DESKTOP, "light")),
}
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


async def find_faults(tab: ChromiumTab, views: Sequence[View]) -> list[str]:
    """Check the current screen: where its controls are in each size, and what axe finds in each of *views*."""
    faults = []
    if not await tab.evaluate("'axe' in globalThis"):
        await tab.evaluate(AXE.read_text(encoding="utf-8") + "; null")
    schemes = dict(views)
    for width, height in SIZES:
        await tab.page.set_viewport_size({"width": width, "height": height})
        if scheme := schemes.get((width, height)):
            await tab.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert await tab.evaluate(SETTLED), "a colour half way between two schemes is no finding"
        faults += [f"{width} × {height}: {fault}" for fault in await tab.evaluate(OUT_OF_REACH)]
        if scheme:
            found: list[Any] = await tab.evaluate(FINDINGS)
            faults += [f"{width} px, {scheme}: {fault}" for fault in found]
    await tab.page.emulate_media(color_scheme="light")
    return faults


@pytest.mark.requirement("R6", "R11", "R15")
@pytest.mark.parametrize("language", VIEWS)
@pytest.mark.parametrize("story", STORIES)
async def test_no_screen_keeps_anybody_out(people: People, lesson: Lesson, story: str, language: str) -> None:
    faults = []

    async for screen, tab in STORIES[story](Guide(people, lesson, language)):
        faults += [f"{screen}: {fault}" for fault in await find_faults(tab, VIEWS[language])]

    assert not faults, "\n" + "\n".join(faults)
