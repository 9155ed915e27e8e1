"""The messages to the platform's page (R28–R34): the call in an iframe of another origin, and in a popup."""

from __future__ import annotations

import json
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.browser.lesson import ADDRESSES
from tests.browser.people import Person
from tests.browser.tab import ChromiumTab, wait_until
from tests.http_server import ManyAtOnce

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

PAGES: Final = Path(__file__).parent / "pages"
GOLDEN: Final = Path(__file__).parents[2] / "wire" / "parent"
MOUNT: Final = """(url) => new Promise((loaded) => {
    const frame = document.createElement("iframe");
    frame.allow = "camera; microphone; autoplay";
    frame.onload = loaded;
    frame.src = url;
    document.body.append(frame);
})"""

ANSWER: Final = """(answer) => {
    const { contentWindow, src } = document.querySelector("iframe");
    contentWindow.postMessage(answer, new URL(src).origin);
}"""


@pytest.fixture(scope="module")
def platform_port() -> Iterator[int]:
    """Serve the platform's page. On localhost it may embed the call; under another name it may not."""
    with ManyAtOnce(("127.0.0.1", 0), partial(QuietHandler, directory=PAGES)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without log lines."""

    def log_message(self, *_: object) -> None:
        """Print nothing."""


async def open_platform(people: People, port: int, host: str = "localhost") -> ChromiumTab:
    """Open the platform's page in a tab of its own."""
    tab = await people.open_tab()
    await tab.open(f"http://{host}:{port}/parent.html")
    return tab


async def embed(platform: ChromiumTab, lesson: Lesson) -> Person:
    """Put the student's call into the platform's page."""
    await platform.page.evaluate(MOUNT, lesson.link("student"))
    return Person(ChromiumTab(platform.page, platform.page.frames[-1]), lesson, "student")


async def messages(platform: ChromiumTab, kind: str, *, count: int = 1) -> list[dict[str, Any]]:
    """Wait until the platform's page has got *count* messages of type *kind*, and return them."""
    heard = f"heard.map(({{ data }}) => data).filter(({{ type }}) => type === '{kind}')"
    await wait_until(platform, f"{heard}.length >= {count}")
    found: list[dict[str, Any]] = await platform.evaluate(heard)
    return found


def assert_as_agreed(message: dict[str, Any]) -> None:
    """Check that *message* has exactly the fields and types of its golden example."""
    golden = json.loads((GOLDEN / f"{message['type']}.json").read_text("utf-8"))
    assert {name: type(value) for name, value in message.items()} == {
        name: type(value) for name, value in golden.items()
    }


@pytest.mark.requirement("R28", "R29", "R30", "R33", "R34")
async def test_a_platform_that_embeds_the_call_hears_who_comes_the_time_and_the_quality(
    people: People, lesson: Lesson, platform_port: int
) -> None:
    platform = await open_platform(people, platform_port)
    student = await embed(platform, lesson)
    await student.wait_for_state("waiting")
    tutor = await people.bring("tutor", lesson)

    await tutor.enter()

    [started] = (await messages(platform, "session-started"))[:1]
    assert started["participants"] == ["student", "tutor"]
    assert (started["userAddress"], started["language"]) == (ADDRESSES["student"], "es")
    await wait_until(
        platform, "heard.some(({ data }) => data.type === 'user-connected' && data.userRole === 'tutor')"
    )
    connected = await messages(platform, "user-connected")
    ticks = await messages(platform, "timer-update", count=3)
    seconds = [tick["elapsedSeconds"] for tick in ticks]
    assert seconds == sorted(set(seconds))
    assert seconds[0] >= 10
    assert ticks[0]["formattedTime"] == f"{seconds[0] // 60:02}:{seconds[0] % 60:02}"
    status = await wait_until(
        platform,
        """heard.map(({ data }) => data).find(({ type, isConnected, participantsCount }) =>
            type === "connection-status" && isConnected && participantsCount === 2)""",
    )
    assert status["connectionQuality"] in {"excellent", "good", "poor"}
    for message in (started, *connected, *ticks, status):
        assert_as_agreed(message)
        assert message["sessionId"] == lesson.room
    assert {"timer-update", "session-started"} <= {told["type"] for told in await platform.evaluate("told")}
    assert await platform.evaluate("Number(document.getElementById('time').value)") >= seconds[0]


@pytest.mark.requirement("R32")
async def test_the_platform_hears_of_mute_and_camera(
    people: People, lesson: Lesson, platform_port: int
) -> None:
    platform = await open_platform(people, platform_port)
    student = await embed(platform, lesson)
    await student.wait_for_state("waiting")

    await student.switch("microphone")
    await student.switch("microphone")
    await student.switch("camera")
    await student.switch("camera")

    actions = await messages(platform, "user-action", count=4)
    assert [message["action"] for message in actions] == [
        "muted",
        "unmuted",
        "video-disabled",
        "video-enabled",
    ]
    for message in actions:
        assert_as_agreed(message)
        assert (message["userRole"], message["userAddress"]) == ("student", ADDRESSES["student"])


@pytest.mark.requirement("R30", "R31")
async def test_the_platform_hears_who_leaves_and_how_the_session_ends(
    people: People, lesson: Lesson, platform_port: int
) -> None:
    platform = await open_platform(people, platform_port)
    student = await embed(platform, lesson)
    await student.wait_for_state("waiting")
    tutor = await people.bring("tutor", lesson)
    await tutor.enter()
    await tutor.wait_for_picture()

    await tutor.tab.close()
    left = await messages(platform, "user-disconnected")
    await student.end_lesson_when_asked()
    [ended] = await messages(platform, "session-ended")

    assert left[-1]["userRole"] == "tutor"
    assert (ended["endedBy"], ended["userAddress"]) == ("student", ADDRESSES["student"])
    assert ended["totalSeconds"] >= 10
    for message in (*left, ended):
        assert_as_agreed(message)


@pytest.mark.requirement("R39", "R40")
@pytest.mark.parametrize("decision", ["wait", "end"])
async def test_the_platform_s_page_can_answer_for_the_one_who_is_there(
    people: People, lesson: Lesson, platform_port: int, decision: str
) -> None:
    platform = await open_platform(people, platform_port)
    student = await embed(platform, lesson)
    await student.wait_for_state("waiting")
    tutor = await people.bring("tutor", lesson)
    await tutor.enter()
    await tutor.wait_for_picture()
    await tutor.tab.close()
    [warning] = await messages(platform, "connection-warning")

    await platform.page.evaluate(ANSWER, {"type": "grace-period-decision", "decision": decision})

    if decision == "end":
        [ended] = await messages(platform, "session-ended")
        assert ended["endedBy"] == "student"
    else:
        await messages(platform, "grace-resolved")
        await wait_until(student.tab, "!document.querySelector('[data-part=grace-dialog]')?.open")
        assert await platform.evaluate("heard.some(({ data }) => data.type === 'session-ended')") is False
    assert warning["disconnectedRole"] == "tutor"
    assert_as_agreed(warning)


@pytest.mark.requirement("R28", "R34")
async def test_a_platform_that_opens_the_call_in_a_popup_hears_the_same(
    people: People, lesson: Lesson, platform_port: int
) -> None:
    platform = await open_platform(people, platform_port)
    tutor = await people.bring("tutor", lesson)

    async with platform.page.expect_popup() as popup:
        await platform.page.evaluate("(url) => { window.open(url, 'call', 'popup') }", lesson.link("student"))
    await Person(ChromiumTab(await popup.value), lesson, "student").wait_for_state("waiting")
    await tutor.enter()

    [started] = (await messages(platform, "session-started"))[:1]
    assert_as_agreed(started)
    assert_as_agreed((await messages(platform, "timer-update"))[0])


@pytest.mark.requirement("R34")
async def test_a_stranger_cannot_embed_the_call_and_hears_nothing(
    people: People, lesson: Lesson, platform_port: int
) -> None:
    stranger = await open_platform(people, platform_port, "stranger.test")
    refused = stranger.page.expect_event("requestfailed")

    async with refused as request:
        await stranger.page.evaluate(f"(url) => {{ ({MOUNT})(url) }}", lesson.link("student"))

    assert (await request.value).url.startswith(lesson.base)
    assert await stranger.evaluate("heard") == []
