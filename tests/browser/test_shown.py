"""The shown bill never falls, and the page never calls a frozen picture fine."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.browser.chromium import launch_chromium
from tests.browser.frozen import frozen
from tests.browser.people import Person
from tests.browser.tab import TEST_SCRIPTS, open_chromium_tab, wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

# Notes, after each drawing of the page, the shown values and the service's latest values.
WATCH: Final = """(() => {
    const text = (part) => document.querySelector(`[data-part=${part}]`)?.innerText ?? "";
    const seen = window.__shown = [];
    const look = () => {
        const bills = __probe.frames.filter(({ direction, type }) => direction === "got" && type === "bill");
        const bill = bills.length ? JSON.parse(bills.at(-1).text) : null;
        seen.push({
            cents: Number(text("cost").replace(/[^0-9]/g, "")) || 0,
            billed: document.querySelector(".bill-time")?.innerText.match(/[0-9:]+/)[0] ?? "",
            meter: text("bill-state"), connection: text("connection-status"),
            stage: document.querySelector("[data-stage]")?.dataset.stage ?? "",
            isRunning: bill?.running ?? false, proven: bill?.billableSeconds ?? 0,
        });
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
})()"""
# For the service the meter still runs, but the page no longer says so: it reconnects.
NOTICED: Final = """__shown.some(({ stage, isRunning, meter, connection }) =>
    stage === "reconnecting" && isRunning &&
    meter === "no sound or picture arrives" && connection === "Reconnecting")"""


def seconds_of(text: str) -> int:
    """Read `mm:ss`; 0 for nothing."""
    minutes, _, seconds = text.rpartition(":")
    return int(minutes or 0) * 60 + int(seconds or 0)


@pytest.mark.requirement("R14", "R36", "R42")
async def test_when_the_other_falls_silent_the_page_says_so_first_and_no_figure_ever_falls(
    people: People, lesson: Lesson
) -> None:
    async with launch_chromium() as laptop:
        student, tutor = (
            await people.bring("student", lesson),
            Person(await open_chromium_tab(laptop, scripts=TEST_SCRIPTS), lesson, "tutor"),
        )
        await student.enter()
        await student.wait_for_state("waiting")
        await tutor.enter()
        await student.wait_for_picture()
        await student.tab.evaluate(WATCH)
        await wait_until(student.tab, "__shown.at(-1)?.cents > 2")

        async with frozen(laptop):
            await wait_until(student.tab, NOTICED)
            await student.wait_for_question()
            await student.end_lesson_when_asked()
            await student.wait_for_state("ended")

    seen: list[dict[str, Any]] = await student.tab.evaluate("__shown.filter(({ billed }) => billed)")
    final = await wait_until(student.tab, "document.querySelector('[data-part=final-cost]')?.innerText")
    assert len({look["cents"] for look in seen}) > 2
    for before, after in pairwise(seen):
        assert after["cents"] >= before["cents"]
        assert seconds_of(after["billed"]) >= seconds_of(before["billed"])
    assert all(seconds_of(look["billed"]) <= look["proven"] for look in seen)
    assert seen[-1]["cents"] <= round(float(final.removeprefix("$")) * 100)
