"""Below a path of a platform's site, behind a real nginx that leaves the path: all addresses work in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from tests.browser.api import get_json
from tests.browser.lesson import Lesson
from tests.browser.people import wait_for_more_of_both
from tests.browser.tab import wait_until
from tests.browser.test_demo import sit_in_pane, text_of
from tests.ports import free_port
from tests.stories.forked import ForkedService
from tests.web.nginx import proxied

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.browser.conftest import People


@pytest_asyncio.fixture(loop_scope="session")
async def below(tmp_path: Path) -> AsyncIterator[Lesson]:
    """Yield a lesson of a service that browsers reach at `/call`."""
    port = free_port()
    base = f"http://localhost:{port}/call"
    async with (
        ForkedService(tmp_path, {"WEBRTC_URL": base, "STUN_URLS": "none"}) as service,
        proxied(tmp_path, port, service.port, "/call", takes_off=False),
    ):
        yield Lesson(base)


async def test_a_lesson_from_the_first_click_to_its_statement(whole_people: People, below: Lesson) -> None:
    demo = await whole_people.open_tab()
    missing: list[str] = []
    demo.page.on("response", lambda answer: missing.extend([answer.url] if answer.status >= 400 else []))

    await demo.open(f"{below.base}/demo")
    await demo.press("Start the lesson")
    student, tutor = [await sit_in_pane(demo, below, role) for role in ("student", "tutor")]
    await wait_for_more_of_both(student, tutor)
    await student.end_call()
    await wait_until(demo, text_of("final-cost"))
    statement = await wait_until(demo, "document.querySelector('a[href*=\"/sessions/\"]')?.href")
    session = await student.tab.evaluate("new URLSearchParams(location.search).get('room')")

    assert (await get_json(f"{below.base}/api/sessions/{session}"))["ended"]["endedBy"] == "student"
    assert statement.startswith(f"{below.base}/sessions/{session}")
    await demo.open(statement)
    styled = "getComputedStyle(document.querySelector('.statement')).maxWidth !== 'none'"
    await wait_until(demo, f"document.querySelector('.statement') && {styled}")
    assert [url for url in missing if not url.endswith("/tutor-link")] == []


async def test_the_documentation_finds_its_description(people: People, below: Lesson) -> None:
    tab = await people.open_tab()

    await tab.open(f"{below.base}/docs")

    await wait_until(tab, "document.querySelector('.opblock')?.innerText")
    assert await wait_until(tab, "document.querySelector('.servers select')?.value") == "/call"
