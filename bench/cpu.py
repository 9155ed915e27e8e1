"""What a running call costs the browser: CPU time of the real page as a ratio to the bare page's, same run.

Both calls run with the same fake camera and the same encoder; the difference is what our page does besides.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from bench.calls import bare_links, lesson_links, two_page_call
from bench.table import print_table
from tests.browser.chromium import launch_chromium
from tests.browser.server import Server, Service

WINDOW_SECONDS: Final = 6
TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    rounds = max(7, int(os.environ.get("BENCH_ROUNDS", "7")))
    runs = asyncio.run(measure(rounds))
    medians = {name: median(values) for name, values in runs.items()}
    rows = [[name, f"{value / medians['bare']:.2f}", f"{value:.2f}"] for name, value in medians.items()]
    head = ("call", "÷ bare", "CPU s / s")
    print_table(
        f"Browser CPU of a running call, both sides, medians of {rounds} interleaved rounds", head, rows
    )


async def measure(rounds: int) -> dict[str, list[float]]:
    """Measure one window of each call a round, in alternating order."""
    runs: dict[str, list[float]] = {"bare": [], "lesson": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        async with (
            Server(path, "bench.relay") as relay,
            Service(path) as service,
            launch_chromium() as browser,
        ):
            for round_number in range(rounds):
                for name in sorted(runs, reverse=round_number % 2 == 1):
                    links = bare_links(relay.url) if name == "bare" else lesson_links(service.url)
                    async with two_page_call(browser, links):
                        before = browser_cpu_seconds()
                        await asyncio.sleep(WINDOW_SECONDS)  # the window that is measured
                        runs[name].append((browser_cpu_seconds() - before) / WINDOW_SECONDS)
    return runs


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
