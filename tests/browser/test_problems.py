"""What a person sees when there is a problem with the camera, the origin or the link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
import pytest_asyncio

from tests.browser.insecure import make_insecure
from tests.browser.lesson import Lesson
from tests.browser.people import Person, wait_for_more_of_both
from tests.browser.tab import wait_until
from tests.stories.forked import ForkedService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Route

    from tests.browser.conftest import People
    from tests.browser.server import Service

NO_CAMERA: Final = """
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("not today", "%s"); };
"""
INSECURE: Final = "http://lesson.test"
NO_WEBRTC: Final = "delete window.RTCPeerConnection;"
LONG: Final = "x" * 10_240


@pytest.mark.requirement("R15")
@pytest.mark.parametrize(
    ("error", "headline"),
    [
        ("NotAllowedError", "Permission denied"),
        ("NotFoundError", "No camera/microphone found"),
        ("NotSupportedError", "Browser not supported"),
        ("NotReadableError", ""),
    ],
    ids=lambda value: value or "its own words",
)
async def test_a_camera_that_cannot_be_had_gets_a_screen_that_says_what_to_do(
    people: People, lesson: Lesson, error: str, headline: str
) -> None:
    student = Person(await people.open_tab(scripts=(NO_CAMERA % error,)), lesson, "student")

    await student.enter()

    await student.wait_for_text(headline)
    await student.wait_for_advice()


@pytest.mark.requirement("R15")
async def test_after_the_camera_was_allowed_trying_again_leads_into_the_call(
    people: People, lesson: Lesson
) -> None:
    refuse_once = """
        const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        let refused = false;
        navigator.mediaDevices.getUserMedia = async (constraints) => {
            if (window.allowed) return real(constraints);
            throw new DOMException("not today", "NotAllowedError");
        };
    """
    student = Person(await people.open_tab(scripts=(refuse_once,)), lesson, "student")
    tutor = await people.bring("tutor", lesson)
    await student.enter()
    await student.wait_for_text("Permission denied")

    await student.tab.evaluate("window.allowed = true")
    await student.try_again()
    await tutor.enter()

    await wait_for_more_of_both(student, tutor)


@pytest.mark.requirement("R15")
async def test_a_page_from_an_insecure_origin_says_so(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab()
    student = Person(tab, await make_insecure(tab, lesson), "student")

    await student.enter()

    await student.wait_for_text("HTTPS")
    await student.wait_for_advice()
    assert await student.tab.evaluate("window.isSecureContext") is False


@pytest.mark.requirement("R15")
async def test_a_page_that_can_make_no_call_takes_no_seat(people: People, lesson: Lesson) -> None:
    tab = await people.open_tab()
    student = Person(tab, await make_insecure(tab, lesson), "student")
    await student.enter()
    await wait_until(student.tab, "document.querySelector('[data-part=page-problem]')")

    await student.tab.evaluate(
        """(dispatchEvent(new Event("online")), document.dispatchEvent(new Event("visibilitychange")),
            new Promise((later) => setTimeout(later, 500)))"""
    )

    assert await student.tab.evaluate("__probe.sockets.length") == 0


@pytest.mark.requirement("R15")
async def test_where_https_may_be_had_it_is_one_click_away(people: People, lesson: Lesson) -> None:
    async def answer(route: Route) -> None:
        await route.fulfill(response=await route.fetch(url=route.request.url.replace(INSECURE, lesson.base)))

    tab = await people.open_tab()
    await tab.page.route(f"{INSECURE}/**", answer)
    link = Lesson(INSECURE).link("student")

    await tab.open(link)

    href = await wait_until(tab, "document.querySelector('[data-part=page-problem] a')?.href")
    await tab.page.unroute_all(behavior="wait")
    assert href == link.replace("http:", "https:")


@pytest.mark.requirement("R15", "R18")
async def test_a_browser_without_webrtc_is_told_so_and_the_link_can_be_taken_to_another(
    people: People, lesson: Lesson
) -> None:
    student = Person(await people.open_tab(scripts=(NO_WEBRTC,)), lesson, "student")

    await student.enter()

    await student.wait_for_text("Browser not supported")
    await student.wait_for_advice()
    await wait_until(student.tab, "document.querySelector('[data-part=page-problem] [data-part=copy-own]')")


@pytest.mark.requirement("R17")
async def test_debug_mode_logs_ice_and_connection_states(people: People, lesson: Lesson) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)

    await student.enter(debug="1")
    await tutor.tab.open(lesson.link("tutor").replace("&debug=1", ""))
    await student.wait_for_picture()
    await student.wait_for_state("live")

    logged = "\n".join(student.tab.console).lower()
    assert "ice" in logged
    assert "connected" in logged
    assert not any("connected" in line for line in tutor.tab.console)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """Run the service as in production, where a link needs every parameter."""
    keys = {"LINK_KEYS": "k" * 64, "API_KEYS": "a" * 64}
    async with ForkedService(tmp_path_factory.mktemp("strict"), keys) as service:
        yield service


@pytest.mark.requirement("R1")
@pytest.mark.parametrize("parameter", ["room", "role", "address", "language", "sessionStart"])
async def test_a_bad_link_gets_a_page_that_names_the_parameter(
    people: People, strict: Service, parameter: str
) -> None:
    tab = await people.open_tab()
    right = Lesson(strict.url).link("student")
    [given] = [part for part in right.partition("?")[2].split("&") if part.startswith(f"{parameter}=")]
    wrong = {
        "missing": "",
        "empty": f"{parameter}=",
        "repeated": f"{given}&{given}",
        "long": f"{parameter}={LONG}",
    }
    if parameter != "room":  # any string can be a room
        wrong["wrong"] = f"{parameter}=%3Cb%3Ewrong"

    for how, query in wrong.items():
        await tab.open(right.replace(given, query))

        shown = await tab.evaluate("document.body.innerText")
        assert parameter in shown, how
        assert len(shown) < 3_000, how
        assert await tab.evaluate("document.querySelectorAll('h1').length") == 1
        assert await tab.evaluate("document.querySelector('script, main b')") is None, how
