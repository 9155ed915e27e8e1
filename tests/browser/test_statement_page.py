"""The statement in a browser: no text makes it wider than the window or the paper, and its script works."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from tests.stories.live import HandClock, serving
from tests.web.test_corrections import ended_session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser, Page

NAME: Final = "N" * 64
TOO_WIDE: Final = """[...document.querySelectorAll('body *')].filter((each) => {
    const { left, right } = each.getBoundingClientRect();
    return !each.closest('svg') && (left < -0.5 || right > document.documentElement.clientWidth + 0.5);
}).map(({ outerHTML }) => outerHTML.slice(0, 80))"""
A4_WIDTH: Final = 718
"""The printable width of A4 with margins of 1 cm, in CSS pixels: (210 - 20) mm at 96 px for 25.4 mm."""


@asynccontextmanager
async def statement(chromium: Browser, folder: Path, language: str, width: int) -> AsyncIterator[Page]:
    """Open a statement with the widest texts, in a time zone far from UTC, for a reader of *language*."""
    async with serving(folder, HandClock()) as live:
        session_id = await ended_session(live, look={"brand": "B" * 40}, names=(NAME, NAME))
        for minor, reason in ((1, "W" * 500), (-1, "<img src=x>" + "\N{ARABIC LETTER MEEM}" * 400)):
            correction = {"minor": minor, "reason": reason}
            await live.post(f"/api/sessions/{session_id}/corrections", correction, 201)
        context = await chromium.new_context(
            locale=language,
            timezone_id="Asia/Kathmandu",
            viewport={"width": width, "height": 800},
            color_scheme="dark",
        )
        try:
            page = await context.new_page()
            await page.goto(f"{live.url}/sessions/{session_id}")
            yield page
        finally:
            await context.close()


async def test_no_text_is_wider_than_a_phone_or_a_sheet_of_paper(chromium: Browser, tmp_path: Path) -> None:
    async with statement(chromium, tmp_path, "ar", 360) as page:
        on_a_phone = await page.evaluate(TOO_WIDE)
        await page.emulate_media(media="print")
        await page.set_viewport_size({"width": A4_WIDTH, "height": 1_000})
        on_paper = await page.evaluate(TOO_WIDE)
        ink = await page.evaluate("getComputedStyle(document.body).backgroundColor")

        assert (on_a_phone, on_paper) == ([], [])
        assert await page.locator("bdi", has_text=NAME).count() == 2
        assert ink == "rgb(255, 255, 255)"
        assert not await page.locator(".actions").is_visible()


async def test_its_moments_are_told_in_the_reader_s_zone_too_and_it_prints(
    chromium: Browser, tmp_path: Path
) -> None:
    async with statement(chromium, tmp_path, "de-DE", 820) as page:
        await page.evaluate("window.print = () => { window.printed = true; }")
        began = await page.locator("dd:has(> time)").first.inner_text()
        await page.get_by_role("button", name="Drucken").click()

        assert began.splitlines() == ["24.11.2025, 16:00:00 UTC", "24. Nov. 2025, 21:45:00 GMT+5:45"]
        assert await page.evaluate("window.printed")
        async with page.expect_download() as given:
            await page.get_by_role("link", name="Als CSV herunterladen").click()
        assert (await given.value).suggested_filename == "statement.csv"


async def test_without_script_it_says_utc_and_offers_no_button_that_does_nothing(
    chromium: Browser, tmp_path: Path
) -> None:
    async with serving(tmp_path, HandClock()) as live:
        session_id = await ended_session(live)
        context = await chromium.new_context(java_script_enabled=False, locale="en-US")
        try:
            page = await context.new_page()
            await page.goto(f"{live.url}/sessions/{session_id}")

            assert not await page.get_by_role("button").is_visible()
            assert "UTC" in await page.locator("dd:has(> time)").first.inner_text()
        finally:
            await context.close()
