"""Media never waits for the server (law 7): the service is killed in the middle of a lesson and starts again."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest
import pytest_asyncio

from langdao_video.billing.rules import SILENCE_MS
from langdao_video.signaling.rules import RoomRules
from tests.billing import oracle
from tests.browser.api import get_json
from tests.browser.chat import wait_for_text
from tests.browser.gaps import machines_ms, read_gaps, watch_gaps
from tests.browser.lesson import Lesson, now_ms
from tests.browser.people import wait_for_more_of_both
from tests.browser.tab import LOOK_EVERY_SECONDS, WAIT_SECONDS_MAX
from tests.recorder import Recorder
from tests.stories.forked import ForkedService
from tests.stories.live import until_async

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.browser.conftest import People
    from tests.browser.people import Person

PICTURE_GAP_MS_MAX: Final = 500
"""The promise. A starved machine stops all pictures, so those of a connection without a service count, too."""
PING_MS: Final = RoomRules().ping_ms
FRESH_MS: Final = 2_000
"""So old may the newest proof be when the service is killed: less than the time to the next ping."""


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
    await wait_for_more_of_both(student, tutor)
    await mortal.start()

    for person in (student, tutor):
        await person.wait_for_frame("welcome", count=2)
    await student.write_chat("Still there?")
    await tutor.wait_for_frame("chat")
    for person in (student, tutor):
        await person.wait_for_state("live")
    await wait_for_more_of_both(student, tutor)
    # The peer connections are the same ones: no new one was made.
    assert [
        await person.tab.evaluate("__probe.connections.length") for person in (student, tutor)
    ] == connections
    # The last proofs before the stop may be too old by now. Then the bill continues with the next proof.
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        api = f"{lesson.base}/api/sessions/{lesson.room}"
        while (bill := await get_json(api))["state"] != "live":  # noqa: ASYNC110 - there is no event for it
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


@pytest.mark.slow
@pytest.mark.requirement("R20", "R27", "R36")
async def test_twenty_seconds_without_the_service_stop_no_picture_and_lose_no_line_and_no_second(
    people: People, mortal: ForkedService, tmp_path: Path
) -> None:
    lesson = Lesson(mortal.url)
    student, tutor = await people.meet(lesson)
    for person in (student, tutor):
        await person.wait_for_picture()
        await watch_gaps(person)
    await tutor.write_chat("Just before.")
    await student.wait_for_frame("chat")
    before = await read_seconds(lesson)

    async def has_grown() -> bool:
        return await read_seconds(lesson) > before + 1

    await until_async(has_grown)

    await kill_once_all_is_stored(mortal, tmp_path / "lessons.sqlite", student, tutor)
    await student.wait_for_lost_socket()
    await student.write_chat("While it was away.")
    await asyncio.sleep(20)
    away = [await read_gaps(person) for person in (student, tutor)]
    await mortal.start()
    for person in (student, tutor):
        await person.wait_for_frame("welcome", count=2)
        await wait_for_text(person, "While it was away.")
    await tutor.end_call()
    for person in (student, tutor):
        await person.wait_for_state("ended")

    assert max(gaps["picture"] for gaps in away) < PICTURE_GAP_MS_MAX + machines_ms(away), away
    for person in (student, tutor):
        shown = (await person.frames("welcome"))[-1]["chat"]
        assert [line["text"] for line in shown][:1] == ["Just before."]
        lines = [line["text"] for line in shown] + [
            frame["line"]["text"] for frame in await person.frames("chat")
        ]
        assert set(lines) == {"Just before.", "While it was away."}
    # Where the machine needs long for the start, the gap is over 25 s, and then nothing proves it.
    proofs_ms = [await read_proofs(person) for person in (student, tutor)]
    true_ms = oracle.billable_ms([proofs_ms[0]], [proofs_ms[1]], SILENCE_MS)
    bill = await get_json(f"{lesson.base}/api/sessions/{lesson.room}")
    assert true_ms - PING_MS - 1_000 < bill["billableSeconds"] * 1000 <= true_ms


async def kill_once_all_is_stored(service: ForkedService, database: Path, *both: Person) -> None:
    """Kill the service soon after a ping to which the answers of both are stored, so that no proof is lost.

    It stands still while we look, so that nothing comes between the look and the kill.
    """
    while True:
        service.send_signal(signal.SIGSTOP)
        stopped_ms = now_ms()
        newest_ms = {person.role: max(await read_proofs(person)) for person in both}
        stored_ms = read_stored_proofs(database, both[0].lesson.room)
        is_fresh = stopped_ms - max(newest_ms.values()) < FRESH_MS
        if is_fresh and all(stored_ms.get(role, 0) >= ms for role, ms in newest_ms.items()):
            return await service.stop(signal.SIGKILL)
        service.send_signal(signal.SIGCONT)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def read_stored_proofs(database: Path, room: str) -> dict[str, int]:
    """Return the newest proof of each seat that the file of the service has."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT role, proof_ms FROM seat_presence WHERE session_id = ?", (room,))
        return dict(rows.fetchall())


async def read_seconds(lesson: Lesson) -> int:
    """Return the seconds that are billed so far."""
    bill = await get_json(f"{lesson.base}/api/sessions/{lesson.room}")
    return int(bill["billableSeconds"])


async def read_proofs(person: Person) -> list[int]:
    """Return when the page proved that it was there: at each join, and at each ping, which it answers at once."""
    frames = [*await person.frames("welcome"), *await person.frames("ping")]
    return sorted(frame["serverTime"] for frame in frames)
