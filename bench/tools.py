"""Measures each tool in a running call: from the press until it can be used, and what it loads for that.

The reference is `pages/press.html`, in a tab beside the same call: a press that loads one module, which shows one
button. Each press is the first one in a new call, with nothing in the browser's cache.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.calls import CAMERA, lesson_links, two_page_call
from bench.table import paired_ratio, print_table
from tests.browser.chromium import launch_chromium
from tests.browser.pdfs import write_pdf
from tests.browser.server import Server, Service
from tests.browser.tab import open_chromium_tab, wait_until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Browser, Request

    from tests.browser.tab import ChromiumTab

SETTLE_SECONDS: Final = 2
"""After this time what follows the page is loaded, and the join is over."""
PRESS: Final = """((press, isUsable) => new Promise((resolve, reject) => {
    const pressed = performance.now();
    setTimeout(() => reject(new Error("It cannot be used after half a minute.")), 30_000);
    press();
    const look = () => (isUsable() ? resolve(performance.now() - pressed) : requestAnimationFrame(look));
    look();
}))"""
GIVE: Final = """((part, encoded, name) => {
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
    const chosen = new DataTransfer();
    chosen.items.add(new File([bytes], name));
    const input = document.querySelector(`[data-part=${part}]`);
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
})"""
KEEP_SAVED: Final = """void (() => {
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => make.call(URL, (globalThis.__saved = blob));
    HTMLAnchorElement.prototype.click = () => undefined;
})()"""
NOTE_WORKERS: Final = """void (() => {
    globalThis.__workers = [];
    globalThis.Worker = class extends Worker {
        constructor(url) {
            super(url);
            __workers.push(new URL(url, location.href).href);
        }
    };
})()"""
WEIGH_WORKERS: Final = """Promise.all(__workers.map(async (url) => {
    await (await fetch(url, { cache: "no-store" })).arrayBuffer();
    return performance.getEntriesByName(url).at(-1).encodedBodySize;
}))"""
"""No browser tells a page's driver what its workers load."""
PDF: Final = b64encode(write_pdf(pages=3, black=[1], side=600)).decode()
NOTE: Final = b64encode(b"for you").decode()


def part(name: str) -> str:
    """Return the expression of the element of this part."""
    return f"document.querySelector('[data-part={name}]')"


async def prepare_nothing(_tab: ChromiumTab) -> None:
    """Press where the page is."""


async def open_menu(tab: ChromiumTab) -> None:
    """Open the menu in which the tool is."""
    await tab.press_part("more")
    await wait_until(tab, f"{part('more-menu')} !== null")


async def open_board(tab: ChromiumTab) -> None:
    """Open the board on which a page will be."""
    await tab.press_part("board-button")
    await wait_until(tab, f"{part('board-window')} !== null")


async def add_a_card(tab: ChromiumTab) -> None:
    """Open the vocabulary and complete a card, which a quiz can ask for."""
    await tab.press_part("tab-vocabulary")
    await wait_until(tab, f"{part('new-word')} !== null")
    await tab.page.fill("[data-part=new-word]", "gato")
    await tab.press_part("add-word")
    await tab.page.fill("[data-part=card] .vocabulary-meaning", "cat")


async def end_the_lesson(tab: ChromiumTab) -> None:
    """End a lesson in which there was a card."""
    await add_a_card(tab)
    await tab.evaluate(f"{part('end')}.click()")
    await wait_until(tab, f"{part('save-lesson')} !== null")
    await tab.evaluate(KEEP_SAVED)


async def hear_the_other(tab: ChromiumTab) -> None:
    """Wait until a second of the other's voice can be heard again."""
    await wait_until(tab, f"{part('again')}.disabled === false")
    await asyncio.sleep(1)  # what will be kept of the voice


@dataclass(frozen=True, slots=True)
class Tool:
    """One press: what it does, and what is true of the page when the tool can be used."""

    press: str
    usable: str
    prepare: Callable[[ChromiumTab], Awaitable[None]] = prepare_nothing
    is_after_another: bool = False
    """Whether the preparation opens another tool, so that what all tools need is there."""


TOOLS: Final = {
    "notes": Tool(f"{part('tab-notes')}.click()", f"{part('notes-text')}?.isContentEditable"),
    "board": Tool(f"{part('board-button')}.click()", part("board-window")),
    "vocabulary": Tool(f"{part('tab-vocabulary')}.click()", part("new-word")),
    "quiz": Tool(f"{part('quiz-start')}.click()", part("quiz-show"), add_a_card, is_after_another=True),
    "page of a PDF": Tool(
        f"{GIVE}('board-picture', '{PDF}', 'page.pdf')",
        f"{part('pdf-preview')}?.naturalWidth > 0",
        open_board,
        is_after_another=True,
    ),
    "say that again": Tool(
        f"{part('again')}.click()", f"{part('again-bar')}?.dataset.state === 'playing'", hear_the_other
    ),
    "captions": Tool(f"{part('more-captions')}.click()", part("captions-text"), open_menu),
    "files": Tool(f"{GIVE}('files', '{NOTE}', 'note.txt')", part("chosen-files")),
    "recording": Tool(
        f"{part('more-record')}.click()", f"{part('recording')}?.dataset.state === 'asking'", open_menu
    ),
    "take home": Tool(f"{part('end')}.click()", part("save-lesson"), add_a_card, is_after_another=True),
    "lesson as a file": Tool(
        f"{part('save-lesson')}.click()", "globalThis.__saved", end_the_lesson, is_after_another=True
    ),
}


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press took until the tool could be used, ms, and what it loaded, bytes as they were sent."""

    took_ms: float
    loaded_bytes: int


def main() -> None:
    """Measure and print."""
    rounds = max(2, int(os.environ.get("BENCH_ROUNDS", "5")))
    runs, bare_ms, second = asyncio.run(measure(rounds))
    rows = []
    for name, presses in runs.items():
        times = [pressed.took_ms for pressed in presses]
        weight = f"{presses[-1].loaded_bytes / 1_024:.1f}"
        rows.append(
            [
                name,
                f"{paired_ratio(times, bare_ms[name]):.1f}",
                f"{median(times):.0f}",
                "–" if TOOLS[name].is_after_another else weight,
                f"{second.get(name, presses[-1]).loaded_bytes / 1_024:.1f}",
            ]
        )
    print_table(
        f"From the press until a tool can be used, medians of {rounds} rounds, each in a new call",
        ("tool", "÷ bare press", "ms", "KB (gzip) as the first tool", "as another one"),
        rows,
    )
    every = [took_ms for times in bare_ms.values() for took_ms in times]
    print(f"The bare press: {median(every):.0f} ms")


async def measure(
    rounds: int,
) -> tuple[dict[str, list[Pressed]], dict[str, list[float]], dict[str, Pressed]]:
    """Press each tool once a round, in a new random order, and the first ones once after another, for their weight.

    Returns the presses, the bare press beside each, ms, and the last ones.
    """
    runs: dict[str, list[Pressed]] = {name: [] for name in TOOLS}
    bare_ms: dict[str, list[float]] = {name: [] for name in TOOLS}
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Server(Path(folder), "bench.relay") as relay,
            Service(Path(folder)) as service,
            launch_chromium(frames_per_second=CAMERA, whole=True) as browser,
        ):
            for _round in range(rounds):
                for name in random.sample(sorted(TOOLS), len(TOOLS)):
                    pressed, bare = await press(browser, service.url, relay.url, TOOLS[name])
                    runs[name].append(pressed)
                    bare_ms[name].append(bare)
            second = {
                name: (await press(browser, service.url, relay.url, tool, open_first=True))[0]
                for name, tool in TOOLS.items()
                if not tool.is_after_another
            }
    return runs, bare_ms, second


async def press(
    browser: Browser, service: str, relay: str, tool: Tool, *, open_first: bool = False
) -> tuple[Pressed, float]:
    """Press *tool* in a new call; return what it took, and what the bare press took right before, ms."""
    async with two_page_call(browser, lesson_links(service)) as (tab, _):
        await asyncio.sleep(SETTLE_SECONDS)
        if open_first:
            await open_another(tab, tool)
        await tool.prepare(tab)
        bare_ms = await press_bare(browser, relay)
        requests: list[Request] = []

        def keep(request: Request) -> None:
            requests.append(request)

        tab.page.on("requestfinished", keep)
        await tab.evaluate(NOTE_WORKERS)
        took_ms: float = await tab.evaluate(
            f"{PRESS}(() => {{ {tool.press}; }}, () => Boolean({tool.usable}))"
        )
        sizes = [await request.sizes() for request in requests if request.url.startswith("http")]
        loaded = sum(size["responseBodySize"] for size in sizes)
        return Pressed(took_ms, loaded + sum(await tab.evaluate(WEIGH_WORKERS))), bare_ms


async def open_another(tab: ChromiumTab, tool: Tool) -> None:
    """Open a tool other than *tool*, and come back to the chat."""
    first = TOOLS["notes" if tool is TOOLS["vocabulary"] else "vocabulary"]
    await tab.evaluate(first.press)
    await wait_until(tab, f"Boolean({first.usable})")
    await tab.press_part("tab-chat")


async def press_bare(browser: Browser, relay: str) -> float:
    """Press the button of the bare page, ms."""
    tab = await open_chromium_tab(browser)
    try:
        await tab.open(f"{relay}/press.html")
        took_ms: float = await tab.evaluate(
            f"{PRESS}(() => document.querySelector('#press').click(), () => document.querySelector('#pressed'))"
        )
        return took_ms
    finally:
        await tab.page.context.close()


if __name__ == "__main__":
    main()
