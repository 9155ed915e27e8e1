"""The first steps of a newcomer: the demo platform from click to final bill, and the start page's two links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.api import get_json
from tests.browser.people import Person, wait_for_more_of_both
from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from langdao_video.session.roles import Role
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson


def text_of(part: str) -> str:
    """Return JavaScript for the text of the page's *part*."""
    return f"document.querySelector('[data-part={part}]')?.innerText"


# Notes the bill on the platform's card and in the two calls, each time that all three show the same new amount.
COMPARE: Final = """(() => {
    const part = (page, name) => page?.querySelector(`[data-part=${name}]`)?.innerText ?? "";
    const calls = () => [...document.querySelectorAll("[data-seat] iframe")].map((pane) => pane.contentDocument);
    window.__equal = [];
    setInterval(() => {
        const costs = [part(document, "cost"), ...calls().map((call) => part(call, "cost"))];
        const cost = new Set(costs).size === 1 && costs.length === 3 && costs[0];
        if (/[1-9]/.test(cost) && !__equal.includes(cost)) __equal.push(cost);
    }, 50);
})()"""


async def sit_in_pane(demo: ChromiumTab, lesson: Lesson, role: Role) -> Person:
    """Return the person in the pane of *role*, with the call in its iframe."""
    await wait_until(
        demo, f"!!document.querySelector('[data-seat={role}] iframe')?.contentWindow.document.body"
    )
    frame = await (await demo.page.query_selector(f"[data-seat={role}] iframe")).content_frame()  # type: ignore[union-attr]
    return Person(ChromiumTab(demo.page, frame), lesson, role)


@pytest.mark.requirement("R3", "R28", "R31", "R42", "R43")
async def test_the_demo_leads_from_one_click_to_the_final_bill(people: People, lesson: Lesson) -> None:
    demo = await people.open_tab()
    await demo.open(f"{lesson.base}/demo")

    await demo.press("Start the lesson")
    student, tutor = [await sit_in_pane(demo, lesson, role) for role in ("student", "tutor")]
    await wait_for_more_of_both(student, tutor)
    await wait_until(demo, "document.querySelector('[data-state]').dataset.state === 'live'")
    await demo.evaluate(COMPARE)
    await wait_until(demo, "__equal.length >= 3")
    for person, name in ((student, "Marta Ruiz"), (tutor, "Ana Lindqvist")):
        tile = "document.querySelector('[data-part=remote-tile]').innerText"
        await wait_until(person.tab, f"{tile}.includes('{name}')")
    await student.end_call()

    await wait_until(demo, text_of("final-cost"))
    session = await student.tab.evaluate("new URLSearchParams(location.search).get('room')")
    bill = await get_json(f"{lesson.base}/api/sessions/{session}")
    assert await demo.evaluate(text_of("final-cost")) == bill["cost"]["formatted"]
    assert bill["billableSeconds"] > 0
    assert bill["ended"]["endedBy"] == "student"
    types = [
        event["type"] for event in (await get_json(f"{lesson.base}/api/sessions/{session}/events"))["events"]
    ]
    assert types.index("user-connected") < types.index(
        "tutor-accepted"
    )  # the tutor's link was made after the student had joined


@pytest.mark.requirement("R42")
async def test_a_new_lesson_can_follow_in_the_demo(people: People, lesson: Lesson) -> None:
    demo = await people.open_tab()
    await demo.open(f"{lesson.base}/demo")
    await demo.press("Start the lesson")
    student = await sit_in_pane(demo, lesson, "student")
    await student.wait_for_picture()
    await student.end_call()

    await demo.press("New lesson")
    await demo.press("Start the lesson")

    student, tutor = [await sit_in_pane(demo, lesson, role) for role in ("student", "tutor")]
    for person in (student, tutor):
        assert (await person.wait_for_picture()).frames > 0


@pytest.mark.requirement("R3", "R4")
async def test_the_links_of_the_start_page_lead_two_people_into_one_call(
    people: People, lesson: Lesson
) -> None:
    start = await people.open_tab()
    await start.open(f"{lesson.base}/")
    await start.press("Make the links")
    links = await wait_until(
        start,
        """["student", "tutor"].map((seat) => document.querySelector(`[data-seat=${seat}] input`)?.value)
            .filter(Boolean).length === 2
            && ["student", "tutor"].map((seat) => document.querySelector(`[data-seat=${seat}] input`).value)""",
    )

    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)
    for person, link in zip((student, tutor), links, strict=True):
        assert link.startswith(f"{lesson.base}/?")
        await person.tab.open(link)
        await person.wait_for_lobby()
        await person.allow_devices_if_asked()
        await person.join_from_lobby()

    for person in (student, tutor):
        assert (await person.wait_for_picture()).frames > 0
