"""Opens the lesson's tools in a live call, one after the other; screens.py shows them in a lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.drawing import draw, open_board, take
from tests.browser.files import choose, wait_for_state
from tests.browser.pdfs import write_pdf
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import FilePayload

    from tests.browser.people import Person
    from tests.browser.tab import ChromiumTab, Tab


async def show_the_tools(person: Person, tab: ChromiumTab, other: Tab) -> AsyncIterator[str]:
    """Show the tools of the panel, and the board; yield the name of each screen."""
    async for screen in _show_the_panel(person, tab, other):
        yield screen
    async for screen in _show_the_board(person, tab):
        yield screen


async def _show_the_panel(person: Person, tab: ChromiumTab, other: Tab) -> AsyncIterator[str]:
    """Show notes, vocabulary, quiz, where the other wants one to look, what they said once more, and files."""
    await tab.press_part("tab-notes")
    await wait_until(tab, "document.querySelector('[data-part=notes-text]') !== null")
    await tab.evaluate("document.querySelector('[data-part=notes-text]').focus()")
    yield "notes"
    await tab.press_part("tab-vocabulary")
    await wait_until(tab, "document.querySelector('[data-part=new-word]')")
    # A word in Latin letters would count as one that nobody has translated.
    await tab.page.fill("[data-part=new-word]", "猫")
    await tab.press_part("add-word")
    await wait_until(tab, "document.querySelector('[data-part=card]')")
    yield "vocabulary"
    await tab.page.locator("[data-part=card] input").nth(1).fill("ねこ")
    await tab.press_part("quiz-start")
    await wait_until(tab, "document.querySelector('[data-part=quiz-show]')")
    await tab.press_part("quiz-show")
    yield "quiz"
    await tab.press_part("quiz-close")
    await tab.press_part("tab-chat")
    await wait_until(tab, "document.querySelector('textarea')")
    # Who writes is asked before they are brought elsewhere.
    await tab.evaluate("document.querySelector('textarea').focus()")
    await other.press_part("tab-vocabulary")
    await wait_until(other, "document.querySelector('[data-part=vocabulary-look]')")
    await other.press_part("vocabulary-look")
    await wait_until(tab, "document.querySelector('[data-part=tab-led]')")
    yield "look-here"
    await tab.press_part("tab-back")
    await wait_until(tab, "document.querySelector('[data-part=again]').disabled === false")
    await tab.press_part("again")
    await wait_until(tab, "document.querySelector('[data-part=again-from]')")
    # A busy machine may look after its end, and then there is nothing to stop.
    await wait_until(
        tab,
        """(() => {
            document.querySelector("[data-part=again-stop]")?.click();
            return document.querySelector("[data-part=again-bar]").dataset.state === "resting";
        })()""",
    )
    yield "say-again"
    await tab.press_part("again-close")
    # A name in Latin letters would count as a word that nobody has translated.
    await choose(person, "猫")
    await tab.press("Send")
    await wait_for_state(person, "猫", "done")
    await choose(person, "猫")
    yield "files"
    await tab.evaluate("document.querySelector('.chosen-remove').click()")


async def _show_the_board(person: Person, tab: ChromiumTab) -> AsyncIterator[str]:
    """Show the board, the pages of a PDF, and one of them on the board."""
    await open_board(person)
    for number, colour in enumerate(("red", "orange", "green", "blue", "violet", "ink")):
        await take(person, colour, "bold")
        await draw(tab, *((40 + 5 * step, 40 + 26 * number + (step % 6) * 4) for step in range(40)))
    yield "board"
    page = write_pdf(pages=3, black=[], side=600)
    file: FilePayload = {"name": "猫.pdf", "mimeType": "application/pdf", "buffer": page}
    await tab.page.set_input_files("[data-part=board-picture]", file)
    await wait_until(tab, "document.querySelector('[data-part=pdf-preview]')?.naturalWidth > 0")
    yield "pdf"
    await wait_until(tab, "document.querySelector('[data-part=pdf-put]').ariaDisabled === 'false'")
    await tab.press_part("pdf-put")
    await wait_until(tab, "document.querySelector('.board-window.paper')")
    yield "board-page"
    await tab.press_part("board-close")


async def show_a_recording(tab: ChromiumTab, other: Tab) -> AsyncIterator[str]:
    """Show how the other person asks to record, and the sign while they do; yield the name of each screen."""
    await other.press_part("more")
    await wait_until(other, "document.querySelector('[data-part=more-record]')")
    await other.press_part("more-record")
    await wait_until(tab, "document.querySelector('[data-part=recording-question]')")
    yield "recording-question"
    await tab.press_part("recording-yes")
    await wait_until(tab, "document.querySelector('[data-part=recording-sign]')")
    yield "recording"
    await tab.press_part("recording-stop")
    await wait_until(tab, "!document.querySelector('[data-part=recording]')")
