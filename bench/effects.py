"""Measures what the retouches of the own sound and picture cost: CPU a frame, beside the same call without them.

One call goes on all the time, and one side switches. A frame of sound is 10 ms, RNNoise's own;
the camera gives 30 a second.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.calls import CAMERA, lesson_links, two_page_call
from bench.cpu import browser_cpu_seconds
from bench.table import print_table
from tests.browser.chromium import launch_chromium
from tests.browser.server import Service
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.tab import ChromiumTab

WINDOW_SECONDS: Final = 6
SETTLE_SECONDS: Final = 10
"""After this time the camera has grown sharp, and nothing of the join is left."""
FRAMES_PER_SECOND: Final = {"noise suppression": 100, "background blur": CAMERA}
TARGET_MS: Final = {"noise suppression": 1.0, "background blur": 20.0}
SWITCHES: Final = {"noise suppression": ("noise", "audio"), "background blur": ("blur", "video")}
PLAIN: Final = "plain"
SENDS: Final = """(kind, isOwn) => {
    const sender = __probe.connections.at(-1).getSenders().find(({ track }) => track?.kind === kind);
    return sender !== undefined && /^fake/i.test(sender.track.label) === isOwn;
}"""
"""A device that is too slow for a blur sends no picture at all."""


def main() -> None:
    """Measure and print."""
    rounds = max(5, int(os.environ.get("BENCH_ROUNDS", "5")))
    runs = asyncio.run(measure(rounds))
    rows = []
    for name, per_second in FRAMES_PER_SECOND.items():
        more = median(
            1_000 * (busy - plain) / per_second for busy, plain in zip(runs[name], runs[PLAIN], strict=True)
        )
        ratio = median(busy / plain for busy, plain in zip(runs[name], runs[PLAIN], strict=True))
        verdict = "reached" if more <= TARGET_MS[name] else "MISSED"
        rows.append([name, f"{more:.2f}", f"{ratio:.2f}", f"≤ {TARGET_MS[name]:.1f} ms: {verdict}"])
    print_table(
        f"CPU of a retouch, whole browser, both sides; {rounds} rounds in one call",
        ("retouch", "ms a frame", "÷ plain", "target"),
        rows,
    )


async def measure(rounds: int) -> dict[str, list[float]]:
    """Return the CPU seconds a second of the browser, for each round of each retouch."""
    runs: dict[str, list[float]] = {PLAIN: [], **{name: [] for name in SWITCHES}}
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Service(Path(folder)) as service,
            launch_chromium(frames_per_second=CAMERA, whole=True) as browser,
            two_page_call(browser, lesson_links(service.url)) as (tab, _),
        ):
            await asyncio.sleep(SETTLE_SECONDS)
            for _round in range(rounds):
                for name in random.sample(sorted(runs), len(runs)):
                    await switch(tab, name)
                    before = browser_cpu_seconds()
                    await asyncio.sleep(WINDOW_SECONDS)  # the window that is measured
                    runs[name].append((browser_cpu_seconds() - before) / WINDOW_SECONDS)
    return runs


async def switch(tab: ChromiumTab, wanted: str) -> None:
    """Switch *wanted* on and the rest off, as a person does in the settings, and wait until it is sent."""
    await tab.press("More")
    await tab.press("Sound and picture")
    for name, (part, _) in SWITCHES.items():
        await wait_until(tab, f"document.querySelector('[data-part={part}]')")
        await tab.page.set_checked(f"[data-part={part}]", checked=name == wanted)
    await tab.press("Close")
    for name, (_, kind) in SWITCHES.items():
        await wait_until(tab, f"({SENDS})('{kind}', {json.dumps(name != wanted)})")


if __name__ == "__main__":
    main()
