"""A person who uses only the keyboard. Each step checks that the focus is visible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.tab import ChromiumTab

STOPS_MAX: Final = 60
FOCUSED: Final = """(() => {
    const { activeElement: at } = document;
    const { outlineStyle, outlineWidth, boxShadow, visibility, opacity } = getComputedStyle(at);
    const { width, height } = at.getBoundingClientRect();
    return {
        tag: at.tagName, part: at.dataset.part ?? null, name: at.ariaLabel ?? at.innerText ?? "",
        isMoving: document.getAnimations().some(({ effect }) => effect.target.contains?.(at)
            && effect.getTiming().iterations !== Infinity),
        isVisible: at !== document.body && width > 0 && height > 0 && visibility === "visible" && opacity > 0,
        // A headline is where one goes on, and nothing to press.
        hasRing: /^H[12]$/.test(at.tagName) || (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2)
            || boxShadow !== "none",
    };
})()"""


class Keyboard:
    """The keyboard of one tab."""

    def __init__(self, tab: ChromiumTab) -> None:
        self._tab = tab

    async def press(self, *keys: str) -> None:
        """Press and release each of *keys*."""
        for key in keys:
            await self._tab.page.keyboard.press(key)

    async def write(self, text: str) -> None:
        """Write *text* where the focus is, and press Enter."""
        await self._tab.page.keyboard.type(text)
        await self.press("Enter")

    async def focused(self) -> dict[str, Any]:
        """Return the focused element: tag, part and name. Fail if the focus is not visible."""
        at: dict[str, Any] = await wait_until(
            self._tab, f"(({{ isMoving, ...at }}) => !isMoving && at)({FOCUSED})"
        )
        assert at["isVisible"], f"the focus is lost: {at}"
        assert at["hasRing"], f"nobody sees the focus: {at}"
        return at

    async def go_to(self, selector: str, *, back: bool = False) -> None:
        """Press Tab or Shift+Tab until *selector* has the focus. The focus must be visible at each stop."""
        await wait_until(self._tab, f"document.querySelector({selector!r}) !== null")
        seen = []
        for _ in range(STOPS_MAX):
            if await self._tab.evaluate(f"document.activeElement.matches({selector!r})"):
                await self.focused()
                return
            await self.press("Shift+Tab" if back else "Tab")
            if not await self._tab.evaluate("document.activeElement === document.body"):
                at = await self.focused()
                seen.append(at["part"] or at["name"] or at["tag"])
        raise AssertionError(f"No way by keyboard to {selector}; there was {seen}")

    async def wait_for_focus(self, selector: str) -> None:
        """Wait until *selector* gets the focus without a key, and the focus is visible."""
        await wait_until(self._tab, f"document.activeElement.matches({selector!r})")
        await self.focused()
