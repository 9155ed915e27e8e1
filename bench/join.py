"""Measures how long a join takes, from the click to the picture, as a ratio to two references of the same run.

The time runs from the second person's navigation to the first decoded frame of the other, on both sides
(requestVideoFrameCallback; performance.timeOrigin aligns the pages' clocks). The rounds are interleaved, so that other
work on the machine affects all three calls alike. Run it with `python -m bench join`.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.calls import CAMERA, Joined, bare_links, join_loopback, join_two_pages, lesson_links
from bench.table import paired_ratio, print_table
from tests.browser.chromium import launch_chromium
from tests.browser.server import Server, Service

if TYPE_CHECKING:
    from playwright.async_api import Browser

TARGET_RATIO_TO_BARE: Final = 1.1
STEPS: Final = (
    "probe",
    "socket created",
    "connection created",
    "camera asked",
    "socket open",
    "got welcome",
    "camera answered",
    "sent offer",
    "got offer",
    "sent answer",
    "got answer",
    "ice connected",
    "connection connected",
    "first frame",
)
Runs = dict[str, list[Joined]]


def main() -> None:
    """Measure and print."""
    rounds = max(7, int(os.environ.get("BENCH_ROUNDS", "15")))
    runs = asyncio.run(measure(rounds))
    print_ratios(runs, rounds)
    print_steps(runs)


async def measure(rounds: int) -> Runs:
    """Run each variant once a round, in a new random order each time. The first round warms up and is dropped."""
    runs: Runs = {"loopback": [], "bare": [], "lesson": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        async with (
            Server(path, "bench.relay") as relay,
            Service(path) as service,
            launch_chromium(frames_per_second=CAMERA, whole=True) as browser,
        ):
            for round_number in range(rounds + 1):
                for variant in random.sample(sorted(runs), len(runs)):
                    joined = await join(variant, browser, relay.url, service.url)
                    if round_number > 0:
                        runs[variant].append(joined)
    return runs


async def join(variant: str, browser: Browser, relay: str, service: str) -> Joined:
    """Measure one join of *variant*."""
    if variant == "loopback":
        return await join_loopback(browser, relay)
    return await join_two_pages(browser, bare_links(relay) if variant == "bare" else lesson_links(service))


def print_ratios(runs: Runs, rounds: int) -> None:
    """Print the medians as ratios to both references."""
    medians = {
        name: (
            median(joined.first_ms for joined in joins),
            median(joined.second_ms for joined in joins),
            median(joined.both_ms for joined in joins),
        )
        for name, joins in runs.items()
    }
    rows = [
        [
            name,
            *(f"{value / reference:.2f}" for value, reference in zip(values, medians["bare"], strict=True)),
            f"{values[2] / medians['loopback'][2]:.2f}",
            f"{values[2]:.0f}",
        ]
        for name, values in medians.items()
    ]
    head = ("call", "first ÷ bare", "second ÷ bare", "both ÷ bare", "both ÷ loopback", "both, ms")
    print_table(f"Navigation to first remote frame, medians of {rounds} interleaved rounds", head, rows)
    ratio = paired_ratio(*([joined.both_ms for joined in runs[name]] for name in ("lesson", "bare")))
    verdict = "reached" if ratio <= TARGET_RATIO_TO_BARE else "MISSED"
    print(
        f"Target: both ÷ bare ≤ {TARGET_RATIO_TO_BARE} at the median of the rounds: {verdict} ({ratio:.2f})"
    )


def print_steps(runs: Runs) -> None:
    """Print the time of each step, in ms after the second person's navigation, to show where a join loses time."""
    rows = []
    for side in ("second", "first"):
        for step in STEPS:
            cells = []
            for variant in ("bare", "lesson"):
                times = [joined.marks[side][step] for joined in runs[variant] if step in joined.marks[side]]
                cells.append(f"{median(times):.0f}" if times else "–")
            if not cells[-1].startswith("-"):  # the first person's first steps are before this navigation
                rows.append([f"{side}: {step}", *cells])
    print_table("Steps, ms after the navigation, medians", ("step", "bare", "lesson"), rows)


if __name__ == "__main__":
    main()
