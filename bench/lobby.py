"""Measures the cost and the gain of the lobby: two ratios, each to a reference of the same interleaved rounds.

*usable*: the time from the navigation until the own picture is on the screen and Join can be pressed. The reference is
a bare page with one getUserMedia call. *join*: the time from the click on Join, with the other in the room already, to
the first decoded frame of the other on both sides. The reference is the join of `python -m bench join`. Run it with
`python -m bench lobby`.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.calls import CAMERA, OWN_PICTURE, join_two_pages, lesson_links
from bench.table import print_table
from tests.browser.chromium import launch_chromium
from tests.browser.server import Server, Service
from tests.browser.tab import open_chromium_tab, wait_until

if TYPE_CHECKING:
    from playwright.async_api import Browser

TARGET_USABLE: Final = 1.2
TARGET_JOIN: Final = 1.0
USABLE: Final = """(() => {
    const isShown = (element) => element.getClientRects().length > 0;
    const check = () => {
        const isSeen = [...document.querySelectorAll("video")].some((video) => video.videoWidth > 0 && isShown(video));
        const isReady = [...document.querySelectorAll("[data-bare], [data-part=join]:enabled")].some(isShown);
        if (isSeen && isReady) window.usableMs = performance.now();
        else requestAnimationFrame(check);
    };
    check();
})()"""
CLICKED: Final = """addEventListener("click", () => {
    window.clickedAt ??= performance.timeOrigin + performance.now();
}, true)"""
HERE: Final = "document.querySelector('[data-part=who]')?.dataset.presence === 'here'"


def main() -> None:
    """Measure and print."""
    rounds = max(7, int(os.environ.get("BENCH_ROUNDS", "15")))
    medians = asyncio.run(measure(rounds))
    ratios = [
        ("usable ÷ bare page", "lobby usable", "bare page", TARGET_USABLE),
        ("click to picture ÷ join", "click to picture", "join", TARGET_JOIN),
    ]
    rows = [
        [
            name,
            f"{medians[ours] / medians[reference]:.2f}",
            f"{medians[ours]:.0f}",
            f"{medians[reference]:.0f}",
        ]
        for name, ours, reference, _ in ratios
    ]
    print_table(
        f"The lobby, medians of {rounds} interleaved rounds", ("ratio", "", "ms", "reference, ms"), rows
    )
    for name, ours, reference, target in ratios:
        ratio = medians[ours] / medians[reference]
        print(f"Target: {name} ≤ {target}: {'reached' if ratio <= target else 'MISSED'} ({ratio:.2f})")


async def measure(rounds: int) -> dict[str, float]:
    """Run each variant once a round, in a new random order each time. The first round is dropped."""
    runs: dict[str, list[float]] = {"bare page": [], "lobby usable": [], "join": [], "click to picture": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        async with (
            Server(path, "bench.relay") as relay,
            Service(path) as service,
            launch_chromium(frames_per_second=CAMERA, whole=True) as browser,
        ):
            for round_number in range(rounds + 1):
                for variant in random.sample(sorted(runs), len(runs)):
                    took_ms = await run(variant, browser, relay.url, service.url)
                    if round_number > 0:
                        runs[variant].append(took_ms)
    return {name: median(values) for name, values in runs.items()}


async def run(variant: str, browser: Browser, relay: str, service: str) -> float:
    """Measure one round of *variant*, ms."""
    if variant == "join":
        return (await join_two_pages(browser, lesson_links(service))).both_ms
    if variant == "click to picture":
        return await join_from_lobby(browser, service)
    link = f"{relay}/camera.html" if variant == "bare page" else lesson_links(service, lobby="on")[0]
    tab = await open_chromium_tab(browser, scripts=(USABLE,))
    try:
        await tab.open(link)
        usable_ms: float = await wait_until(tab, "window.usableMs")
        return usable_ms
    finally:
        await tab.page.context.close()


async def join_from_lobby(browser: Browser, service: str) -> float:
    """Let the student join and the tutor wait in the lobby. Measure from the tutor's click to the slower side."""
    student_link, tutor_link = lesson_links(service)
    student = await open_chromium_tab(browser)
    tutor = await open_chromium_tab(browser, scripts=(CLICKED,))
    try:
        await student.open(student_link)
        await wait_until(student, f"'got welcome' in __probe.marks && {OWN_PICTURE}")
        await tutor.open(tutor_link.replace("lobby=off", "lobby=on"))
        await wait_until(tutor, f"{HERE} && {OWN_PICTURE}")
        await tutor.press("Join")
        for tab in (student, tutor):
            await wait_until(tab, "__probe.shown.length > 0")
        shown: list[float] = [await tab.evaluate("__probe.shown[0]") for tab in (student, tutor)]
        clicked_at: float = await tutor.evaluate("window.clickedAt")
        return max(shown) - clicked_at
    finally:
        for tab in (student, tutor):
            await tab.page.context.close()


if __name__ == "__main__":
    main()
