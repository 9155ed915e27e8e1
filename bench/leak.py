"""What a long call leaves behind: heap, DOM nodes and listeners of both pages, minute by minute, after a collection.

`BENCH_MINUTES=30 python -m bench leak` is a whole lesson. Each minute both people do what people do (switch microphone
and camera, raise a hand, react, open and close panel, menu and settings, share the screen), so that whatever is not
let go adds up. The camera is slowed down: the page is what is measured, not the encoder; and no code is compiled,
because it would be taken for a leak.
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
SLOW_CAMERA: Final = 5  # frames a second: what leaks does so a frame, a message or a minute
WARM_UP_MINUTES: Final = 2
"""Code is compiled and caches are filled in the first minutes; they are printed and not judged."""

GROWTH_KB_MAX: Final = 2
"""Of the heap, a minute: flat, but for what the driver leaves behind with its clicks."""

INTERPRETED: Final = "--js-flags=--jitless"
"""Compiled code lies in the same heap, grows for as long as the page runs, and is not the page's doing."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one page holds on to right after a garbage collection."""

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
    """Hold a call of *minutes* and look at both pages after each."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Service(Path(folder)) as service,
            launch_chromium(INTERPRETED, frames_per_second=SLOW_CAMERA) as browser,
        ):
            lesson = Lesson(service.url)
            people = {role: await bring(browser, lesson, role) for role in ROLES}
            for person, _ in people.values():
                await person.wait_for_state("live")
            held: dict[Role, list[Held]] = {role: [] for role in ROLES}
            for minute in range(minutes + 1):
                for role, (person, session) in people.items():
                    await live(person)
                    held[role].append(await look(session))
                if minute < minutes:
                    await asyncio.sleep(60)  # the minute that is measured
            return held


async def bring(browser: Browser, lesson: Lesson, role: Role) -> tuple[Person, CDPSession]:
    """Open the link in a tab without the tests' probe: it keeps every frame, as a leak would."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    page = await context.new_page()
    person = Person(ChromiumTab(page), lesson, role)
    await person.enter(lobby="off")
    session = await context.new_cdp_session(page)
    await session.send("Performance.enable")
    return person, session


async def live(person: Person) -> None:
    """Do what people do in a lesson, and undo it. Nothing is written: the chat keeps its lines, as it should."""
    for _ in range(2):
        await person.switch("microphone")
        await person.switch("camera")
        await person.tab.press_part("hand")
        await person.switch_panel()
        await person.switch_music_mode()
    await person.tab.press_part("more")
    await person.tab.press_part("more-react-heart")  # stays open for the next
    for layout in ("side", "spotlight", "speaker"):
        await person.tab.press_part(f"more-layout-{layout}")
        await person.tab.press_part("more")
    await person.tab.press_part("more")
    await person.share_screen()
    await person.stop_sharing()
    await wait_until(person.tab, "document.documentElement.dataset.callState === 'live'")


async def look(session: CDPSession) -> Held:
    """Collect the garbage and ask the browser what is left."""
    for _ in range(2):  # what one collection frees may hold more
        await session.send("HeapProfiler.collectGarbage")
    answer = await session.send("Performance.getMetrics")
    metrics = {metric["name"]: metric["value"] for metric in answer["metrics"]}
    return Held(metrics["JSHeapUsedSize"] / 1024, int(metrics["Nodes"]), int(metrics["JSEventListeners"]))


def slope_of(values: Sequence[float]) -> float:
    """Return the median slope of all pairs (Theil–Sen): one odd minute does not bend it."""
    return median(
        (later - earlier) / (j - i) for (i, earlier), (j, later) in combinations(enumerate(values), 2)
    )


if __name__ == "__main__":
    main()
