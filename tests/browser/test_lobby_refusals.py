"""What a person sees in the lobby if camera or microphone are not available: the reason, and what to do next."""

from __future__ import annotations

from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.insecure import make_insecure
from tests.browser.lesson import Lesson
from tests.browser.people import Person
from tests.browser.tab import ChromiumTab, wait_until
from tests.browser.test_parent_page import QuietHandler
from tests.http_server import ManyAtOnce

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import People

FAILS: Final = """
    navigator.mediaDevices.getUserMedia = async (constraints) => {
        if (%s) throw new DOMException("not today", "%s");
        return new MediaStream();
    };
"""
NO_WEBRTC: Final = "delete window.RTCPeerConnection;"
PULL: Final = """(() => {
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("none", "NotFoundError"); };
    navigator.mediaDevices.enumerateDevices = async () => [];
    const [track] = document.querySelector("video").srcObject.getVideoTracks();
    track.stop();
    track.dispatchEvent(new Event("ended"));
})()"""
DENIED_AT_FIRST: Final = """
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
        if (!window.isAllowed) throw new DOMException("no", "NotAllowedError");
        return open(constraints);
    };
"""
PROBLEM: Final = "document.querySelector('[data-part=device-problem], [data-part=page-problem]')"


async def problem_of(person: Person) -> str:
    """Wait for the problem in the lobby, check that it has a picture, a text and a button, and return its name."""
    await wait_until(
        person.tab, f"{PROBLEM}?.querySelector('svg') && {PROBLEM}.querySelector('h1, h2')?.innerText"
    )
    assert await person.tab.evaluate(f"{PROBLEM}.querySelector('p').innerText.length > 20")
    assert await person.tab.evaluate(f"{PROBLEM}.querySelectorAll('button').length") == 1
    problem: str = await person.tab.evaluate(f"{PROBLEM}.dataset.problem")
    return problem


@pytest.mark.requirement("R15")
@pytest.mark.parametrize(
    ("error", "problem", "words"),
    [
        ("NotAllowedError", "permission-denied", "Permission denied"),
        ("NotFoundError", "not-found", "No camera/microphone found"),
        ("NotSupportedError", "unsupported", "Browser not supported"),
        ("NotReadableError", "in-use", "in use"),
        ("OverconstrainedError", "not-found", "No camera/microphone found"),
    ],
)
async def test_each_refusal_has_its_own_words_and_one_may_join_all_the_same(
    people: People, lesson: Lesson, error: str, problem: str, words: str
) -> None:
    student = Person(await people.open_tab(scripts=(FAILS % ("true", error),)), lesson, "student")

    await student.enter_lobby()

    assert await problem_of(student) == problem
    await student.wait_for_text(words)
    await student.join_from_lobby()
    await student.wait_for_frame("welcome")


@pytest.mark.requirement("R15")
async def test_who_allows_the_camera_after_all_and_tries_again_sees_themselves_and_is_seen(
    people: People, lesson: Lesson
) -> None:
    student = Person(await people.open_tab(scripts=(DENIED_AT_FIRST,)), lesson, "student")
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("problem")

    await student.tab.evaluate("window.isAllowed = true")
    await student.try_again()

    await student.wait_for_lobby_to_show("picture")
    await student.join_from_lobby()
    tutor = await people.bring("tutor", lesson)
    await tutor.enter()
    await tutor.wait_for_picture()


@pytest.mark.requirement("R15")
@pytest.mark.parametrize("lobby", ["on", "off"])
async def test_an_iframe_that_passes_no_camera_on_is_named_as_the_reason(
    people: People, lesson: Lesson, tmp_path: Path, lobby: str
) -> None:
    link = lesson.link("student", lobby=lobby).replace("&", "&amp;")
    (tmp_path / "lesson.html").write_text(f'<!doctype html><iframe src="{link}"></iframe>', encoding="utf-8")
    tab = await people.open_tab()
    with ManyAtOnce(("127.0.0.1", 0), partial(QuietHandler, directory=tmp_path)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        await tab.open(f"http://localhost:{server.server_port}/lesson.html")
        server.shutdown()
    call = ChromiumTab(tab.page, tab.page.frames[-1])
    student = Person(call, lesson, "student")

    assert await problem_of(student) == "blocked"
    href = await call.evaluate(f"{PROBLEM}.querySelector('a').href")
    assert href == lesson.link("student", lobby=lobby)


async def test_a_camera_that_is_pulled_in_the_lobby_is_named_as_gone(people: People, lesson: Lesson) -> None:
    student = await people.bring("student", lesson)
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("picture")

    await student.tab.evaluate(PULL)

    assert await problem_of(student) == "gone"


async def test_a_microphone_alone_that_cannot_be_had_leaves_the_picture(
    people: People, lesson: Lesson
) -> None:
    no_microphone = """
        const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (constraints) => {
            if (constraints.audio) throw new DOMException("taken", "NotReadableError");
            return real(constraints);
        };
    """
    student = Person(await people.open_tab(scripts=(no_microphone,)), lesson, "student")

    await student.enter_lobby()

    await student.wait_for_lobby_to_show("picture")
    await student.wait_for_text("Without microphone: another program uses it.")


@pytest.mark.requirement("R15", "R18")
@pytest.mark.parametrize("problem", ["insecure", "unsupported"])
async def test_where_no_call_can_be_made_there_is_a_page_that_says_why_and_no_way_in(
    people: People, lesson: Lesson, problem: str
) -> None:
    scripts = (NO_WEBRTC,) if problem == "unsupported" else ()
    tab = await people.open_tab(scripts=scripts)
    student = Person(tab, await make_insecure(tab, lesson) if problem == "insecure" else lesson, "student")

    await student.enter(lobby="on")

    assert await problem_of(student) == problem
    await student.wait_for_advice()
    assert await student.tab.evaluate("document.querySelector('[data-part=join]')") is None
