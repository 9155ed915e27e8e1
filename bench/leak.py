"""Measures whether a long call leaks: heap, DOM nodes and listeners of both pages each minute, after a collection.

`BENCH_MINUTES=30 python -m bench leak` plays a whole lesson. Each minute both people use the page (switch microphone
and camera, raise a hand, react, open and close panel, menu and settings, share the screen), so that leaks add up. The
camera is slow, because we measure the page and not the encoder. No code is compiled, because compiled code would look
like a leak.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from bench.table import print_table
from tests.browser.chromium import launch_chromium
from tests.browser.lesson import Lesson
from tests.browser.people import Person
from tests.browser.server import Service
from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.async_api import Browser, CDPSession

    from langdao_video.session.roles import Role

ROLES: Final[tuple[Role, ...]] = ("student", "tutor")
SLOW_CAMERA: Final = 5  # frames a second
WARM_UP_MINUTES: Final = 2
"""The first minutes fill caches. They are printed, but they do not count for the targets."""

GROWTH_KB_MAX: Final = 2
"""The most growth of the heap in a minute: none, but for what the driver of the tests leaves with its clicks."""

INTERPRETED: Final = "--js-flags=--jitless"
"""Compiled code is in the same heap and grows as long as the page runs, and the page does not cause that."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one page still holds after a garbage collection."""

    heap_kb: float
    nodes: int
    listeners: int


def main() -> None:
    """Measure and print."""
    minutes = max(WARM_UP_MINUTES + 3, int(os.environ.get("BENCH_MINUTES", "5")))
    held = asyncio.run(measure(minutes))
    rows, verdicts = [], []
    for role, samples in held.items():
        for name, unit in (("heap_kb", "KB"), ("nodes", ""), ("listeners", "")):
            values = [float(getattr(sample, name)) for sample in samples]
            slope = slope_of(values[WARM_UP_MINUTES:])
            growth = slope * (len(values) - WARM_UP_MINUTES) / median(values)
            verdicts.append(slope <= (GROWTH_KB_MAX if name == "heap_kb" else 0))
            rows.append(
                [
                    f"{role}: {name.removesuffix('_kb')} {unit}",
                    f"{values[WARM_UP_MINUTES]:.0f}",
                    f"{values[-1]:.0f}",
                    f"{slope:+.2f}",
                    f"{growth:+.1%}",
                ]
            )
    head = ("page", "at first", "at last", "a minute", "over all")
    print_table(f"What is held in a call of {minutes} minutes, slopes by Theil–Sen", head, rows)
    verdict = "reached" if all(verdicts) else "MISSED"
    print(f"Target: nodes and listeners flat, heap under +{GROWTH_KB_MAX} KB a minute: {verdict}")


async def measure(minutes: int) -> dict[Role, list[Held]]:
    """Hold a call of *minutes*, and measure both pages at its start and after each minute."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Service(Path(folder)) as service,
            launch_chromium(INTERPRETED, frames_per_second=SLOW_CAMERA, whole=True) as browser,
        ):
            lesson = Lesson(service.url)
            people = {role: await bring(browser, lesson, role) for role in ROLES}
            for person, _ in people.values():
                await person.wait_for_state("live")
            held: dict[Role, list[Held]] = {role: [] for role in ROLES}
            for minute in range(minutes + 1):
                for role, (person, session) in people.items():
                    await use_page(person)
                    held[role].append(await measure_held(session))
                if minute < minutes:
                    await asyncio.sleep(60)  # the minute that is measured
            return held


async def bring(browser: Browser, lesson: Lesson, role: Role) -> tuple[Person, CDPSession]:
    """Open the link in a tab without the tests' probe, because the probe keeps each frame, like a leak."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    page = await context.new_page()
    person = Person(ChromiumTab(page), lesson, role)
    await person.enter(lobby="off")
    session = await context.new_cdp_session(page)
    await session.send("Performance.enable")
    return person, session


async def use_page(person: Person) -> None:
    """Use the page as in a lesson, and undo each step. No chat is written, because the chat keeps its lines."""
    for _ in range(2):
        await person.switch("microphone")
        await person.switch("camera")
        await person.tab.press_part("hand")
        await person.switch_panel()
        await person.switch_music_mode()
    await person.tab.press_part("more")
    await person.tab.press_part("more-react-heart")  # the menu stays open for the next step
    for layout in ("side", "spotlight", "speaker"):
        await person.tab.press_part(f"more-layout-{layout}")
        await person.tab.press_part("more")
    await person.tab.press_part("more")
    await person.share_screen()
    await person.stop_sharing()
    await wait_until(person.tab, "document.documentElement.dataset.callState === 'live'")


async def measure_held(session: CDPSession) -> Held:
    """Collect garbage, and ask the browser what is left."""
    for _ in range(2):  # objects that the first collection frees may have kept others alive
        await session.send("HeapProfiler.collectGarbage")
    answer = await session.send("Performance.getMetrics")
    metrics = {metric["name"]: metric["value"] for metric in answer["metrics"]}
    return Held(metrics["JSHeapUsedSize"] / 1024, int(metrics["Nodes"]), int(metrics["JSEventListeners"]))


def slope_of(values: Sequence[float]) -> float:
    """Return the median slope of all pairs (Theil–Sen), which one unusual minute does not change."""
    return median(
        (later - earlier) / (j - i) for (i, earlier), (j, later) in combinations(enumerate(values), 2)
    )


if __name__ == "__main__":
    main()
