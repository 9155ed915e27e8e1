"""A prepaid lesson as both participants see it: the cost so far, the time that is left, and the end by the cap."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.api import get_json, post_json
from tests.browser.lesson import ADDRESSES
from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.people import Person

CAP_SECONDS: Final = 15
CENTS_PER_SECOND: Final = 10
CENTS: Final = "Number(document.querySelector('[data-part=cost]')?.innerText.replace(/[^0-9]/g, ''))"
LEFT: Final = "Number(document.querySelector('[data-part=bill-left]')?.innerText.match(/00:([0-9]+)/)?.[1])"

BILLED: Final = "Number(document.querySelector('.bill-time')?.innerText.match(/00:([0-9]+)/)?.[1])"

SUMMARY: Final = """document.querySelector("[data-part=summary]") && Object.fromEntries(
    [...document.querySelectorAll("dd")].map(({ dataset, innerText }) => [dataset.part, innerText]))"""


async def watch_the_bill(person: Person) -> None:
    """Check that each second shown as billed has its cost and is subtracted from the time that is left."""
    tab = person.tab
    gone = f"({CAP_SECONDS} - {LEFT}) * {CENTS_PER_SECOND}"
    await wait_until(tab, f"{CENTS} > 0 && {CENTS} === {BILLED} * {CENTS_PER_SECOND} && {CENTS} <= {gone}")
    before = await tab.evaluate(LEFT)
    await wait_until(tab, f"{LEFT} < {before}")


@pytest.mark.requirement("R37", "R42", "R43")
async def test_the_cost_grows_what_is_left_shrinks_and_the_end_comes_with_the_last_second(
    people: People, lesson: Lesson
) -> None:
    api = f"{lesson.base}/api/sessions"
    made = await post_json(
        api,
        studentAddress=ADDRESSES["student"],
        language="es",
        ratePerHourMinor=CENTS_PER_SECOND * 3600,
        currency="USD",
        capSeconds=CAP_SECONDS,
    )
    accepted = await post_json(f"{api}/{made['sessionId']}/accept", tutorAddress=ADDRESSES["tutor"])
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)
    await student.tab.open(f"{made['studentUrl']}&lobby=off")
    await tutor.tab.open(f"{accepted['tutorUrl']}&lobby=off")

    await asyncio.gather(watch_the_bill(student), watch_the_bill(tutor))

    for person in (student, tutor):
        await person.wait_for_state("ended")
        summary = await wait_until(person.tab, SUMMARY)
        assert summary["billed-time"] == f"00:{CAP_SECONDS}"
        assert summary["final-cost"] == f"${CAP_SECONDS * CENTS_PER_SECOND / 100:.2f}"
    bill = await get_json(f"{api}/{made['sessionId']}")
    assert (bill["billableSeconds"], bill["cost"]["minor"]) == (CAP_SECONDS, CAP_SECONDS * CENTS_PER_SECOND)
