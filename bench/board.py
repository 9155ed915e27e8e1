"""Measures the board: what one press costs until it can be drawn on, and what a frame costs with 10,000 strokes on it.

A frame's cost is the time from its first callback to the first task after it: the page's scripts and the recording of
what they draw, but not the pixels that another process draws. The reference is the same board when it is empty.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final

from bench.calls import lesson_links
from bench.table import print_table
from tests.browser.chromium import launch_chromium
from tests.browser.server import Service
from tests.browser.tab import open_chromium_tab, wait_until

if TYPE_CHECKING:
    from playwright.async_api import Browser

STROKES: Final = int(os.environ.get("BENCH_STROKES", "10000"))
BATCH: Final = 250
FRAMES: Final = 120
FRAME_MS: Final = 1_000 / 60
BOARD: Final = "document.querySelector('[data-part=board-window]')"
BUTTON: Final = "document.querySelector('[data-part=board-button]')"
PRESS: Final = f"""new Promise((resolve) => {{
    const pressed = performance.now();
    {BUTTON}.click();
    const look = () => ({BOARD} ? resolve(performance.now() - pressed) : requestAnimationFrame(look));
    look();
}})"""
HELPERS: Final = f"""(() => {{
    const board = {BOARD};
    board.setPointerCapture = () => undefined;
    const {{ left, top, width, height }} = board.getBoundingClientRect();
    globalThis.point = (type, x, y) => board.dispatchEvent(new PointerEvent(type, {{
        bubbles: true, cancelable: true, pointerId: 1, pointerType: "mouse", clientX: left + x, clientY: top + y,
    }}));
    globalThis.write = (number) => {{
        const at = (step) => [
            (number * 37) % (width - 80) + 2 * step, (number * 53) % (height - 40) + 12 * Math.sin(step / 2 + number),
        ];
        point("pointerdown", ...at(0));
        for (let step = 1; step < 30; step += 1) point("pointermove", ...at(step));
        point("pointerup", ...at(29));
    }};
    globalThis.turn = (deltaX, deltaY, ctrlKey = false) => board.dispatchEvent(new WheelEvent("wheel", {{
        bubbles: true, cancelable: true, deltaX, deltaY, ctrlKey, clientX: left + width / 2, clientY: top + height / 2,
    }}));
    globalThis.frames = async (count, act) => {{
        const costs = [];
        const channel = new MessageChannel();
        for (let number = 0; number < count; number += 1) {{
            act(number);
            costs.push(await new Promise((resolve) => requestAnimationFrame(() => {{
                const begun = performance.now();
                channel.port1.onmessage = () => resolve(performance.now() - begun);
                channel.port2.postMessage(0);
            }})));
        }}
        return costs;
    }};
}})()"""
ACTS: Final = {
    "moved": "turn(number % 40 < 20 ? 9 : -9, number % 60 < 30 ? 5 : -5)",
    "enlarged": "turn(0, number % 40 < 20 ? 6 : -6, true)",
    "drawn on": "point(number % 30 === 0 ? 'pointerdown' : number % 30 === 29 ? 'pointerup' : 'pointermove',"
    " 100 + number, 100 + (number % 30) * 5)",
}


def main() -> None:
    """Measure and print."""
    press_ms, costs = asyncio.run(measure())
    rows = []
    for name in ACTS:
        empty, full = costs[name, 0], costs[name, STROKES]
        rows.append([name, *[f"{value:.1f}" for value in (median(empty), median(full), ninety_five(full))]])
    head = ("board that is", "empty, ms", f"{STROKES} strokes, ms", "95 % below, ms")
    print_table(f"Cost of a frame of the board, {FRAMES} frames each", head, rows)
    print(f"From the press to a board that can be drawn on: {press_ms:.0f} ms")
    worst = max(ninety_five(costs[name, STROKES]) for name in ACTS)
    verdict = "reached" if worst <= FRAME_MS else "MISSED"
    print(f"Target: 95 % of the frames with {STROKES} strokes ≤ {FRAME_MS:.1f} ms: {verdict} ({worst:.1f})")


def ninety_five(values: list[float]) -> float:
    """Return the value below which 95 % of *values* are."""
    return quantiles(values, n=20)[-1]


async def measure() -> tuple[float, dict[tuple[str, int], list[float]]]:
    """Open a lesson with one person in it, and measure its board empty and full. Returns the press, and costs in ms."""
    with tempfile.TemporaryDirectory() as folder:
        async with Service(Path(folder)) as service, launch_chromium(whole=True) as browser:
            return await measure_board(browser, lesson_links(service.url)[0])


async def measure_board(browser: Browser, link: str) -> tuple[float, dict[tuple[str, int], list[float]]]:
    """Measure the board of the page at *link*."""
    tab = await open_chromium_tab(browser)
    costs: dict[tuple[str, int], list[float]] = {}
    try:
        await tab.open(link)
        await wait_until(tab, f"{BUTTON} !== null")
        press_ms: float = await tab.evaluate(PRESS)
        await tab.evaluate(HELPERS)
        for strokes in (0, STROKES):
            for begin in range(0, strokes, BATCH):
                await tab.evaluate(
                    f"void Array.from({{ length: {BATCH} }}, (_, each) => write({begin} + each))"
                )
            for name, act in ACTS.items():
                costs[name, strokes] = await tab.evaluate(f"frames({FRAMES}, (number) => {act})")
        return press_ms, costs
    finally:
        await tab.page.context.close()


if __name__ == "__main__":
    main()
