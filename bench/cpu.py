"""Measures the CPU time of the browser in a running call, as a ratio of our page to the bare page in the same run.

All calls use the same fake camera and the same encoder. The bare call runs in two ways: with its camera's default
picture (640 × 480, shown unscaled), and with the same picture as the lesson. The ratio to the second one shows what
our page itself costs.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.calls import CAMERA, bare_links, lesson_links, two_page_call
from bench.table import paired_ratio, print_table
from tests.browser.chromium import launch_chromium
from tests.browser.server import Server, Service
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from playwright.async_api import Browser

WINDOW_SECONDS: Final = 6
TARGET_RATIO: Final = 1.1
ALIKE: Final = "bare, same picture"
SETTLE_SECONDS: Final = 10
"""After this time the lesson has asked its camera for a larger picture. Two tabs that share a camera may not get it, so
we read the size that they have."""
PICTURE: Final = """(() => {
    const { track } = __probe.connections.at(-1).getSenders().find(({ track }) => track?.kind === "video") ?? {};
    const { width, height } = track?.getSettings() ?? {};
    return `${width}x${height}`;
})()"""
"""What is sent. The own picture on the page may be drawn from a smaller copy."""
WIDTHS: Final = (
    "[...document.querySelectorAll('video')].map((video) => video.clientWidth).sort((a, b) => a - b)"
)
TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    rounds = max(7, int(os.environ.get("BENCH_ROUNDS", "7")))
    runs = asyncio.run(measure(rounds))
    medians = {name: median(values) for name, values in runs.items()}
    rows = [
        [name, f"{value / medians['bare']:.2f}", f"{value / medians[ALIKE]:.2f}", f"{value:.2f}"]
        for name, value in medians.items()
    ]
    head = ("call", "÷ bare", f"÷ {ALIKE}", "CPU s / s")
    print_table(
        f"Browser CPU of a running call, both sides, medians of {rounds} interleaved rounds", head, rows
    )
    for name in ("bare", ALIKE):
        ratio = paired_ratio(runs["lesson"], runs[name])
        verdict = "reached" if ratio <= TARGET_RATIO else "MISSED"
        print(f"Target: ÷ {name} ≤ {TARGET_RATIO} at the median of the rounds: {verdict} ({ratio:.2f})")


async def measure(rounds: int) -> dict[str, list[float]]:
    """Measure one window of each call in each round, in a new random order each time."""
    runs: dict[str, list[float]] = {"bare": [], ALIKE: [], "lesson": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        async with (
            Server(path, "bench.relay") as relay,
            Service(path) as service,
            launch_chromium(frames_per_second=CAMERA, whole=True) as browser,
        ):
            picture, shown = await read_picture(browser, service.url)
            for _ in range(rounds):
                for name in random.sample(sorted(runs), len(runs)):
                    links = {
                        "bare": bare_links(relay.url),
                        ALIKE: bare_links(relay.url, picture=picture, shown=shown),
                        "lesson": lesson_links(service.url),
                    }
                    expected = None if name == "bare" else picture
                    runs[name].append(await measure_call(browser, links[name], expected))
    return runs


async def measure_call(browser: Browser, links: tuple[str, str], picture: str | None) -> float:
    """Measure one window of the call behind *links*, after both sides send a picture of the size *picture*."""
    async with two_page_call(browser, links) as tabs:
        for tab in tabs if picture else ():
            await wait_until(tab, f"{PICTURE} === '{picture}'")
        before = browser_cpu_seconds()
        await asyncio.sleep(WINDOW_SECONDS)  # the window that is measured
        return (browser_cpu_seconds() - before) / WINDOW_SECONDS


async def read_picture(browser: Browser, base: str) -> tuple[str, str]:
    """Return the size of a lesson's picture and the widths at which it shows both, for the bare page to do the same."""
    async with two_page_call(browser, lesson_links(base)) as (first, _):
        await asyncio.sleep(SETTLE_SECONDS)
        widths = await first.evaluate(WIDTHS)
        return str(await first.evaluate(PICTURE)), ",".join(str(width) for width in widths)


def browser_cpu_seconds() -> float:
    """Sum the user and system time of all Chromium processes that descend from this one (proc(5), fields 14 to 17)."""
    stats = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            raw = (folder / "stat").read_text()
        except OSError:  # the process has just ended
            continue
        name, rest = raw[raw.index("(") + 1 : raw.rindex(")")], raw[raw.rindex(")") + 2 :].split()
        stats[int(folder.name)] = (name, int(rest[1]), sum(int(ticks) for ticks in rest[11:15]))
    total = 0
    for name, parent, ticks in stats.values():
        ancestor = parent
        while ancestor in stats and ancestor != os.getpid():
            ancestor = stats[ancestor][1]
        if ancestor == os.getpid() and "chrom" in name:
            total += ticks
    return total / TICKS_PER_SECOND


if __name__ == "__main__":
    main()
