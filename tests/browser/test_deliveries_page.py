"""The page of deliveries in a browser: with the keyboard alone, on a phone, and a hostile answer is text."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from tests.browser.looks import AXE, FINDINGS
from tests.browser.test_statement_page import TOO_WIDE
from tests.stories.lesson import make_session
from tests.stories.live import HandClock, Live, serving
from tests.stories.page import ADDRESSES
from tests.web.test_deliveries import add_still_endpoint, fail

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser, Page

API_KEY: Final = "the-key"
PHONE: Final = (390, 844)


@asynccontextmanager
async def deliveries(
    chromium: Browser, folder: Path, size: tuple[int, int] = (1440, 900)
) -> AsyncIterator[tuple[Live, Page]]:
    """Open the page of a service in production, with a failed and parked event of one session."""
    settings = {"link_keys": "k" * 32, "api_keys": API_KEY}
    async with serving(folder, HandClock(), **settings) as live:
        live.http.headers["authorization"] = f"Bearer {API_KEY}"
        endpoint = await add_still_endpoint(live, "https://platform.example/" + "h" * 300)
        session_id = (await make_session(live))["sessionId"]
        await live.post(f"/api/sessions/{session_id}/accept", {"tutorAddress": ADDRESSES["tutor"]})
        await fail(live, endpoint, session_id)
        context = await chromium.new_context(viewport={"width": size[0], "height": size[1]})
        try:
            page = await context.new_page()
            await page.goto(f"{live.url}/deliveries")
            yield live, page
        finally:
            await context.close()


async def type_key(page: Page, key: str) -> None:
    """Type the key and press Enter, without a mouse."""
    await page.keyboard.press("Tab")
    await page.keyboard.type(key)
    await page.keyboard.press("Enter")


async def test_an_operator_sees_and_replays_with_the_keyboard_alone(
    chromium: Browser, tmp_path: Path
) -> None:
    async with deliveries(chromium, tmp_path) as (live, page):
        await type_key(page, API_KEY)
        await page.locator("#attempts tbody tr").wait_for()
        hostile = await page.locator("#attempts td[data-title=Answer]").inner_text()
        bold = await page.locator("#attempts b").count()
        await page.locator("#parked button").focus()
        await page.keyboard.press("Enter")
        await page.get_by_text("are sent again").wait_for()

        assert (hostile, bold) == ("<b>oops</b>", 0)
        assert await live.context.deliveries.load_parked(None, None, 9) == []
        assert await page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
            0,
            0,
            "",
        ]


async def test_a_wrong_key_is_said_and_shows_nothing(chromium: Browser, tmp_path: Path) -> None:
    async with deliveries(chromium, tmp_path) as (_, page):
        await type_key(page, "wrong")
        await page.get_by_text("one of this service's API_KEYS").wait_for()

        assert not await page.locator("#found").is_visible()


async def test_nothing_is_too_wide_for_a_phone_and_axe_finds_nothing(
    chromium: Browser, tmp_path: Path
) -> None:
    async with deliveries(chromium, tmp_path, PHONE) as (_, page):
        await type_key(page, API_KEY)
        await page.locator("#attempts tbody tr").wait_for()
        wide = await page.evaluate(TOO_WIDE)
        # The page's policy forbids other scripts, so axe comes past it.
        findings = {}
        session = await page.context.new_cdp_session(page)
        await session.send("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            findings[scheme] = await page.evaluate(FINDINGS)

        assert wide == []
        assert findings == {"light": [], "dark": []}
