"""Media never waits for the server (law 7): the service dies in the middle of a lesson and comes back."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.browser.api import get_json
from tests.browser.lesson import Lesson
from tests.browser.tab import LOOK_EVERY_SECONDS, WAIT_SECONDS_MAX
from tests.recorder import Recorder
from tests.stories.forked import ForkedService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.browser.conftest import People


@pytest_asyncio.fixture(loop_scope="session")
async def mortal(tmp_path: Path) -> AsyncIterator[ForkedService]:
    """Run a service of its own for a test that kills it."""
    async with ForkedService(tmp_path) as service:
        yield service


@pytest.mark.requirement("R20", "R27")
@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGKILL], ids=lambda kind: kind.name)
async def test_a_restart_of_the_service_leaves_the_picture_and_resumes_the_room(
    people: People, mortal: ForkedService, with_signal: signal.Signals
) -> None:
    lesson = Lesson(mortal.url)
    student, tutor = await people.meet(lesson)
    connections = [await person.tab.evaluate("__probe.connections.length") for person in (student, tutor)]

    await mortal.stop(with_signal)
    for person in (student, tutor):
        await person.wait_for_lost_socket()
        await person.wait_for_more(await person.wait_for_picture())
    await mortal.start()

    for person in (student, tutor):
        await person.wait_for_frame("welcome", count=2)
    await student.write_chat("Still there?")
    await tutor.wait_for_frame("chat")
    for person in (student, tutor):
        await person.wait_for_state("live")
        await person.wait_for_more(await person.wait_for_picture())
    # The same peer connections throughout: nothing was set up anew.
    assert [
        await person.tab.evaluate("__probe.connections.length") for person in (student, tutor)
    ] == connections
    # Proofs from before the stop may have grown old meanwhile: then the bill goes on with the next.
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        api = f"{lesson.base}/api/sessions/{lesson.room}"
        while (bill := await get_json(api))["state"] != "live":  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(LOOK_EVERY_SECONDS)
    assert [bill["participants"][role]["connected"] for role in ("student", "tutor")] == [True, True]


@pytest.mark.requirement("R27")
async def test_a_backend_that_hangs_or_fails_never_blocks_the_call(people: People, tmp_path: Path) -> None:
    with Recorder() as backend:
        backend.hang()
        async with ForkedService(tmp_path, {"BACKEND_URL": backend.url}) as service:
            lesson = Lesson(service.url)

            student, tutor = await people.meet(lesson)
            await backend.wait_for(lesson.room, "user-connected")
            backend.answers_with = 500
            backend.resume()
            await student.end_call()

            for person in (student, tutor):
                await person.wait_for_state("ended")


@pytest.mark.requirement("R10")
async def test_the_bill_goes_on_from_where_it_was_after_the_service_was_killed(
    people: People, mortal: ForkedService
) -> None:
    lesson = Lesson(mortal.url)
    student, _ = await people.meet(lesson)
    await student.wait_for_frame("bill")
    before = await get_json(f"{lesson.base}/api/sessions/{lesson.room}")

    await mortal.stop(signal.SIGKILL)
    await mortal.start()
    await student.wait_for_frame("welcome", count=2)
    await student.wait_for_state("live")
    await student.end_call()
    await student.wait_for_state("ended")

    bill = await get_json(f"{lesson.base}/api/sessions/{lesson.room}")
    assert bill["startTime"] == before["startTime"] == lesson.start_ms
    assert bill["billableSeconds"] >= before["billableSeconds"]
    assert bill["billableSeconds"] * 1000 <= bill["ended"]["timestamp"] - lesson.start_ms
