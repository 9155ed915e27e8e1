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

NOTE_BILL: Final = f"""
    window.bills = [];
    new MutationObserver(() => {{
        const bill = {{ cents: {CENTS}, billed: {BILLED}, left: {LEFT} }};
        if (bill.cents > 0) window.bills.push(bill);
    }}).observe(document, {{ childList: true, subtree: true, characterData: true }});
"""
"""Notes each bill as it is shown: the lesson is over after fifteen seconds, in which a slow machine may not look."""

SUMMARY: Final = """document.querySelector("[data-part=summary]") && Object.fromEntries(
    [...document.querySelectorAll("dd")].map(({ dataset, innerText }) => [dataset.part, innerText]))"""


async def watch_the_bill(person: Person) -> None:
    """Check that each second shown as billed has its cost and is subtracted from the time that is left."""
    gone = f"({CAP_SECONDS} - left) * {CENTS_PER_SECOND}"
    shown = await wait_until(
        person.tab,
        f"bills.find(({{ cents, billed, left }}) => cents === billed * {CENTS_PER_SECOND} && cents <= {gone})",
    )
    await wait_until(person.tab, f"bills.some(({{ left }}) => left < {shown['left']})")


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
    student, tutor = [await people.bring(role, lesson, scripts=(NOTE_BILL,)) for role in ("student", "tutor")]
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
