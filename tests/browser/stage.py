"""Knows the markup of the stage and the controls: where their parts are, and what a screen reader hears."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from tests.browser.tab import Tab

STAGE: Final = "[data-part=stage]"
REMOTE: Final = "[data-part=remote-tile]"
OWN: Final = "[data-part=own-picture]"
MOVE: Final = "[data-part=move-own]"
CONTROLS: Final = ".controls button"
POPUP: Final = "[data-part=more-menu]"
MORE: Final = "[data-part=more]"


NOTE_COPIED: Final = """(() => {
    new MutationObserver(() => {
        const isSaid = [...document.querySelectorAll("button")].some(
            ({ ariaLabel, innerText }) => ariaLabel === "Copied" || innerText === "Copied");
        window.wasCopied ||= isSaid;
    }).observe(document.body, { attributes: true, childList: true, subtree: true, characterData: true });
})()"""
"""A button shows for two seconds that it has copied. This notes whether one ever did."""


@dataclass(frozen=True, slots=True)
class Box:
    """The place of an element in the window, in CSS px."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        """The point in the middle."""
        return (self.x + self.width / 2, self.y + self.height / 2)


async def find_box(tab: Tab, selector: str) -> Box:
    """Return the place of the first element of *selector*, after it exists and has stopped moving."""
    box = "(({x, y, width, height}) => ({x, y, width, height}))($.getBoundingClientRect())".replace(
        "$", f"document.querySelector('{selector}')"
    )
    still = f"!document.querySelector('{selector}').getAnimations().length"
    found: dict[str, float] = await wait_until(
        tab, f"document.querySelector('{selector}') && {still} && {box}"
    )
    return Box(**found)


async def find_boxes(tab: Tab, selector: str) -> list[Box]:
    """Return the places of all elements of *selector*."""
    found: list[dict[str, float]] = await tab.evaluate(
        f"""[...document.querySelectorAll('{selector}')].map((each) => each.getBoundingClientRect())
            .filter(({{ width }}) => width > 0).map(({{ x, y, width, height }}) => ({{ x, y, width, height }}))"""
    )
    return [Box(**box) for box in found]


async def corner_of_own(tab: Tab) -> str:
    """Return the corner of the stage in which the own picture is: `top left`, `bottom right` …"""
    own, stage = await find_box(tab, OWN), await find_box(tab, STAGE)
    (x, y), (middle_x, middle_y) = own.centre, stage.centre
    return f"{'top' if y < middle_y else 'bottom'} {'left' if x < middle_x else 'right'}"


async def wait_for_corner(tab: Tab, corner: str) -> None:
    """Wait until the own picture is in *corner* of the stage."""
    row, column = corner.split()
    await wait_until(
        tab,
        f"""(() => {{
            const [own, stage] = ['{OWN}', '{STAGE}'].map((each) => document.querySelector(each));
            if (!own || own.getAnimations().length) return false;
            const [a, b] = [own, stage].map((each) => each.getBoundingClientRect());
            const isTop = a.top + a.height / 2 < b.top + b.height / 2;
            const isLeft = a.left + a.width / 2 < b.left + b.width / 2;
            return isTop === {json.dumps(row == "top")} && isLeft === {json.dumps(column == "left")};
        }})()""",
    )


async def wait_for_layout(tab: Tab, layout: str) -> None:
    """Wait until the pictures are arranged as *layout*: speaker, side or spotlight."""
    await wait_until(tab, f"document.querySelector('{STAGE}')?.dataset.layout === '{layout}'")


async def choose(tab: Tab, entry: str) -> None:
    """Open the menu, and press *entry*."""
    await tab.press_part("more")
    if entry.startswith("layout-") or entry.endswith("-own") or entry == "whole-picture":
        await open_layouts(tab)
    await tab.press_part(f"more-{entry}")


async def open_layouts(tab: Tab) -> None:
    """Unfold the layouts in the open menu."""
    await wait_until(tab, "document.querySelector('[data-part=more-section-layout]')")
    await tab.evaluate("document.querySelector('[data-part=more-section-layout] summary').click()")


async def open_tab(tab: Tab, name: str) -> None:
    """Open a tab of the panel, after it exists: chat, notes, vocabulary."""
    await wait_until(tab, f"document.querySelector('[data-part=tab-{name}]')")
    await tab.press_part(f"tab-{name}")


async def press_key(tab: Tab, key: str) -> None:
    """Press and release a key of the keyboard."""
    assert isinstance(tab, ChromiumTab)
    await tab.page.keyboard.press(key)


async def leave_fields(tab: Tab) -> None:
    """Remove the focus from the focused element, as a click on an empty place does."""
    await tab.evaluate("document.activeElement?.blur()")


async def wait_to_hear(tab: Tab, words: str) -> None:
    """Wait until the live region has had *words*."""
    await wait_until(tab, f"__heard.some((sentence) => sentence.includes({json.dumps(words)}))")


async def wait_for_pressed(tab: Tab, part: str, *, pressed: bool) -> None:
    """Wait until a toggle is shown as on, or off."""
    state = json.dumps(pressed).lower()
    await wait_until(
        tab, f"document.querySelector('[data-part={part}]')?.getAttribute('aria-pressed') === '{state}'"
    )


NOTE_REACTIONS: Final = """(() => {
    const [noted, seen] = [(window.__reactions = []), new WeakSet()];
    new MutationObserver(() => {
        for (const each of document.querySelectorAll("[data-reaction]")) {
            if (seen.has(each)) continue;
            seen.add(each);
            noted.push({
                over: each.closest("[data-part^=reactions-]").dataset.part,
                shown: {
                    name: each.dataset.reaction, text: each.textContent,
                    drawings: each.querySelectorAll(":scope > svg").length,
                    part: each.closest(".tile")?.dataset.part ?? null,
                },
            });
        }
    }).observe(document.body, { childList: true, subtree: true });
})()"""
"""A reaction stands for three seconds. This notes each one as the page shows it."""


async def note_reactions(tab: Tab) -> None:
    """Note the reactions from now on, once the page can show them."""
    await wait_until(tab, "document.querySelector('[data-part^=reactions-]') !== null")
    await tab.evaluate(NOTE_REACTIONS)


async def reactions_over(tab: Tab, role: str) -> list[dict[str, Any]]:
    """Wait for reactions of *role*, and return them as the page has shown them since `note_reactions`."""
    found: list[dict[str, Any]] = await wait_until(
        tab,
        f"""(() => {{
            const found = __reactions.filter(({{ over }}) => over === 'reactions-{role}');
            return found.length > 0 && found.map(({{ shown }}) => shown);
        }})()""",
    )
    return found
