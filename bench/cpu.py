"""What a running call costs the browser: CPU time of the real page as a ratio to the bare page's, same run.

All calls run with the same fake camera and the same encoder. The bare call shows what its camera gives by itself
(640 × 480), unscaled; once more it sends and shows the very picture that the lesson has: the difference to that one is
what our page does besides.
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
from bench.table import print_table
from tests.browser.chromium import launch_chromium
from tests.browser.server import Server, Service
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from playwright.async_api import Browser

WINDOW_SECONDS: Final = 6
TARGET_RATIO: Final = 1.1
ALIKE: Final = "bare, same picture"
SETTLE_SECONDS: Final = 10
"""By then a lesson has asked its camera for more; two tabs that share one may not get it, so what came is looked at."""
OWN: Final = "[...document.querySelectorAll('video')].find((video) => video.muted)"
PICTURE: Final = f"`${{{OWN}.videoWidth}}x${{{OWN}.videoHeight}}`"
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
    ratio = medians["lesson"] / medians[ALIKE]
    verdict = "reached" if ratio <= TARGET_RATIO else "MISSED"
    print(f"Target: ÷ {ALIKE} ≤ {TARGET_RATIO} at the median: {verdict} ({ratio:.2f})")


async def measure(rounds: int) -> dict[str, list[float]]:
    """Measure one window of each call a round, in a new random order each time."""
    runs: dict[str, list[float]] = {"bare": [], ALIKE: [], "lesson": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        async with (
            Server(path, "bench.relay") as relay,
            Service(path) as service,
            launch_chromium(frames_per_second=CAMERA) as browser,
        ):
            picture, shown = await look_at_lesson(browser, service.url)
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
    """Measure one window of the call behind *links*, once both send the *picture* expected."""
    async with two_page_call(browser, links) as tabs:
        for tab in tabs if picture else ():
            await wait_until(tab, f"{PICTURE} === '{picture}'")
        before = browser_cpu_seconds()
        await asyncio.sleep(WINDOW_SECONDS)  # the window that is measured
        return (browser_cpu_seconds() - before) / WINDOW_SECONDS


async def look_at_lesson(browser: Browser, base: str) -> tuple[str, str]:
    """Tell the size of the picture a lesson sends, and how wide it shows both: for the bare page to do the same."""
    async with two_page_call(browser, lesson_links(base)) as (first, _):
        await asyncio.sleep(SETTLE_SECONDS)
        widths = await first.evaluate(WIDTHS)
        return str(await first.evaluate(PICTURE)), ",".join(str(width) for width in widths)


def browser_cpu_seconds() -> float:
    """Sum user and system time of every Chromium process that descends from this one (proc(5), fields 14 to 17)."""
    stats = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            raw = (folder / "stat").read_text()
        except OSError:  # it has just ended
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
