"""From the first heartbeat to the bill: the events that a platform gets from a real lesson, and its cost."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest
import pytest_asyncio

from tests.browser.api import get_json
from tests.browser.conftest import People
from tests.browser.lesson import ADDRESSES, Lesson

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from playwright.async_api import Browser

    from langdao_video.session.roles import Role
    from tests.browser.people import Person
    from tests.browser.server import Service
    from tests.browser.tabs import Tabs
    from tests.recorder import Recorder

ROLES: Final[tuple[Role, Role]] = ("student", "tutor")
ADDED: Final = {"id": str, "seq": int, "epoch": int, "billableSeconds": int, "proven": dict}
HEARTBEAT: Final = {
    "type": str,
    "sessionId": str,
    "userRole": str,
    "userAddress": str,
    "language": str,
    "startTime": int,
    "heartbeat": bool,
    "timestamp": int,
    "isAudioEnabled": bool,
    "isVideoEnabled": bool,
    "elapsedSeconds": int,
}
CONNECTED: Final = {"type": str, "sessionId": str, "userRole": str, "timestamp": int}
DISCONNECTED: Final = {**CONNECTED, "reason": str}
ENDED: Final = {
    "type": str,
    "sessionId": str,
    "totalSeconds": int,
    "endedBy": str,
    "userAddress": str,
    "timestamp": int,
}


def assert_fields(event: Mapping[str, Any], asked: Mapping[str, type], *, added: set[str]) -> None:
    """Check that *event* has exactly the *asked* fields with those types, and the documented fields *added*."""
    types = {name: type(value) for name, value in event.items()}
    assert {name: types.get(name) for name in asked} == dict(asked)
    assert set(types) - set(asked) == added


def overlap_seconds(events: Sequence[Mapping[str, Any]]) -> int:
    """Compute from the events how long both were there, in whole seconds, for one unbroken sitting each.

    Slow and obviously right: a sitting lasts from the first to the newest proof of its role. The last heartbeat may
    not be told before the end, which has its time.
    """
    sittings = []
    for role in ROLES:
        signs = [event["timestamp"] for event in events if event.get("userRole") == role]
        signs += [event["proven"][role]["until"] for event in events if role in event.get("proven", {})]
        sittings.append((min(signs), max(signs)))
    (student_from, student_to), (tutor_from, tutor_to) = sittings
    overlap: int = min(student_to, tutor_to) - max(student_from, tutor_from)
    return overlap // 1000


@dataclass(frozen=True, slots=True)
class Played:
    """A lesson that both stayed in until the student ended it, and what the backend had heard before the end."""

    lesson: Lesson
    both: tuple[Person, Person]
    heard: list[dict[str, Any]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def played(chromium: Browser, tabs: Tabs, service: Service, backend: Recorder) -> AsyncIterator[Played]:
    """Play a lesson of three heartbeats, once for all tests that only read what came of it."""
    lesson = Lesson(service.url)
    async with AsyncExitStack() as stack:
        both = await People(chromium, tabs, stack).meet(lesson)
        for role in ROLES:
            await backend.wait_for(lesson.room, "session-heartbeat", role, count=3)
        heard = list(backend.of(lesson.room))
        await both[0].end_call()
        for person in both:
            await person.wait_for_state("ended")
        yield Played(lesson, both, heard)


@pytest.mark.requirement("R21", "R22", "R25")
async def test_heartbeats_of_both_arrive_again_and_again_with_exactly_the_agreed_fields(
    played: Played,
) -> None:
    """That they come ten seconds apart is shown in tests/signaling, without a real clock."""
    lesson = played.lesson

    for role in ROLES:
        own = [event for event in played.heard if event.get("userRole") == role]
        beats = [event for event in own if event["type"] == "session-heartbeat"]
        for beat in beats:
            assert_fields(beat, HEARTBEAT, added=set(ADDED))
            assert beat["userAddress"] == ADDRESSES[role]
            assert (beat["language"], beat["startTime"]) == ("es", lesson.start_ms)
            assert beat["elapsedSeconds"] == (beat["timestamp"] - lesson.start_ms) // 1000
            assert beat["isAudioEnabled"] is beat["isVideoEnabled"] is beat["heartbeat"] is True
        assert len(beats) > 1
        joins = [event for event in own if event["type"] == "user-connected"]
        assert joins
        nobody_was_there = {"proven"} if role == "student" else set()
        for joined in joins:
            assert_fields(joined, CONNECTED, added={*ADDED, "userAddress", "language"} - nobody_was_there)


@pytest.mark.requirement("R16", "R24", "R36", "R37", "R43")
async def test_the_bill_is_the_time_both_were_there_to_the_second(played: Played, backend: Recorder) -> None:
    lesson = played.lesson

    [ended] = await backend.wait_for(lesson.room, "session-ended")
    bill = await get_json(f"{lesson.base}/api/sessions/{lesson.room}")

    seconds = overlap_seconds(backend.of(lesson.room))
    assert seconds >= 9
    assert bill["billableSeconds"] == ended["billableSeconds"] == seconds
    assert bill["cost"]["minor"] == seconds * bill["ratePerHour"]["minor"] // 3600
    assert (bill["state"], bill["ended"]["endedBy"]) == ("ended", "student")
    for person in played.both:
        await person.wait_for_text(bill["cost"]["formatted"])


@pytest.mark.requirement("R16", "R24")
async def test_ending_the_call_tells_the_backend_who_ended_it_and_when(
    people: People, lesson: Lesson, backend: Recorder
) -> None:
    _, tutor = await people.meet(lesson)

    await tutor.end_call()

    [ended] = await backend.wait_for(lesson.room, "session-ended")
    assert_fields(
        ended, ENDED, added={"id", "seq", "billableSeconds", "proven", "reason", "cost", "settling"}
    )
    assert (ended["endedBy"], ended["userAddress"]) == ("tutor", ADDRESSES["tutor"])
    assert ended["totalSeconds"] == (ended["timestamp"] - lesson.start_ms) // 1000


@pytest.mark.requirement("R16", "R23")
async def test_closing_the_window_tells_the_other_side_and_the_backend(
    people: People, lesson: Lesson, backend: Recorder
) -> None:
    student, tutor = await people.meet(lesson)

    await tutor.tab.close()

    [left] = await backend.wait_for(lesson.room, "user-disconnected", "tutor")
    assert_fields(left, DISCONNECTED, added=set(ADDED))
    assert left["reason"] == "connection-closed"
    await student.wait_for_frame("peer-left")
    await student.wait_for_state("waiting")


@pytest.mark.requirement("R26")
async def test_muting_and_unmuting_reach_the_backend(
    people: People, lesson: Lesson, backend: Recorder
) -> None:
    student, _ = await people.meet(lesson)

    await student.switch("microphone")
    await backend.wait_for(lesson.room, "user-action", "student", count=1)
    await student.switch("microphone")
    await backend.wait_for(lesson.room, "user-action", "student", count=2)
    await student.switch("camera")

    actions = await backend.wait_for(lesson.room, "user-action", "student", count=3)
    assert [action["action"] for action in actions] == ["muted", "unmuted", "video-disabled"]
