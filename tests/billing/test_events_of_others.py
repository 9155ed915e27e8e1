"""Other call services: their events come late, twice, by another clock, and may have fewer fields than ours."""

from __future__ import annotations

import pytest

from langdao_video.billing.quota import Cap
from langdao_video.session.events import SessionEnded, SessionHeartbeat, UserConnected, UserDisconnected
from langdao_video.session.facts import ProofLost, Warned
from langdao_video.session.roles import Role
from langdao_video.session.state import State
from tests.billing.timeline import ADDRESS, SESSION, START_MS, Timeline


@pytest.fixture
async def line() -> Timeline:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.connect("tutor")
    return line


def disconnected(role: Role, at_seconds: int) -> UserDisconnected:
    return UserDisconnected(
        session_id=SESSION,
        user_role=role,
        reason="connection-closed",
        timestamp=START_MS + at_seconds * 1000,
    )


def connected(role: Role, at_seconds: int) -> UserConnected:
    return UserConnected(session_id=SESSION, user_role=role, timestamp=START_MS + at_seconds * 1000)


async def test_a_request_to_end_is_no_proof(line: Timeline) -> None:
    """The page may have been closed long before its frame arrived."""
    await line.run_until(60)
    line.clock.at_ms += 9_000

    await line.service.take_event(
        SessionEnded(
            session_id=SESSION,
            total_seconds=69,
            ended_by="student",
            user_address=ADDRESS["student"],
            timestamp=START_MS + 69_000,
        )
    )

    lesson = await line.lesson()
    assert lesson.ended is not None
    assert lesson.ended.billable_ms == 60_000


async def test_a_bare_disconnect_is_not_billed_up_to_when_it_was_found_out(line: Timeline) -> None:
    await line.run_until(60)
    line.clock.at_ms += 12_000

    await line.service.take_event(disconnected("tutor", 72))

    assert (await line.lesson()).billable_ms == 60_000
    assert (await line.run_until(75)).billable_ms == 60_000


async def test_a_bare_disconnect_that_comes_again_does_not_end_the_next_sitting(line: Timeline) -> None:
    await line.run_until(60)
    line.people.pop("tutor")
    first = disconnected("tutor", 60)
    await line.service.take_event(first)
    line.clock.at_ms += 4_000
    await line.service.take_event(connected("tutor", 64))

    idle = await line.service.take_event(first)

    seat = (await line.lesson()).seats["tutor"]
    assert (idle, seat.epoch, seat.is_taken) == ("event-overtaken", 2, True)


async def test_a_clock_that_is_behind_makes_nobody_silent() -> None:
    """The call service's clock shifts its events. We know when they arrived."""
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.connect("tutor")
    line.clock.at_ms += 40_000
    for _ in range(30):
        for person in line.people.values():
            beat = line.heartbeat(person)
            await line.service.take_event(beat.model_copy(update={"timestamp": beat.timestamp - 30_000}))
        await line.service.act_on_due(SESSION)
        line.clock.at_ms += 10_000

    assert [record for record in line.told if isinstance(record.fact, Warned | ProofLost)] == []
    assert (await line.lesson()).billable_ms == 300_000


async def test_a_proof_that_was_only_late_makes_good_the_silence_found_meanwhile(line: Timeline) -> None:
    await line.run_until(60)
    await line.fall_silent("student")
    late = line.heartbeat(line.people["student"]).model_copy(update={"timestamp": START_MS + 80_000})
    paused = (await line.run_until(90)).state

    await line.service.take_event(late)
    await line.service.save_presence()

    lesson = await line.lesson()
    assert paused is State.GRACE
    assert lesson.state is State.LIVE
    assert lesson.billable_ms == 80_000
    assert (await line.replayed()).billable_ms == 80_000


async def test_a_heartbeat_without_media_is_no_proof_but_no_silence_either(line: Timeline) -> None:
    """Listeners get it, so that another platform can distinguish a pause from a loss."""
    heard: list[SessionHeartbeat | None] = []
    line.service.listeners.append(lambda _lesson, _records, heartbeat: heard.append(heartbeat))
    await line.run_until(60)
    line.people["tutor"].media_flows = False
    heard.clear()

    await line.run_until(110)

    assert sum(h is not None and h.is_media_flowing is False for h in heard) == 5
    assert [r.fact.why for r in line.told if isinstance(r.fact, ProofLost)] == ["media"]


async def test_media_that_stopped_for_fifteen_seconds_stops_the_meter(line: Timeline) -> None:
    await line.run_until(60)
    person = line.people["tutor"]
    person.is_silent = True
    stopped = line.heartbeat(person).model_copy(
        update={"timestamp": START_MS + 75_000, "is_media_flowing": False}
    )
    await line.run_until(75)

    await line.service.take_event(stopped)

    lesson = await line.lesson()
    assert (lesson.state, lesson.seats["tutor"].lost) == (State.PAUSED, "media")


@pytest.mark.parametrize(("back_at", "billed"), [(79, 79), (80, 80), (81, 60), (85, 60)])
async def test_media_that_stopped_between_two_proofs_is_bridged_like_a_stop_and_not_like_a_tunnel(
    line: Timeline, back_at: int, billed: int
) -> None:
    """The network failed as well, so nobody knows how long no media had arrived."""
    await line.run_until(60)
    tutor, student = line.people["tutor"], line.people["student"]
    tutor.is_silent = student.is_silent = True
    at_70 = {"timestamp": START_MS + 70_000, "is_media_flowing": False}
    line.clock.at_ms += 10_000
    await line.service.take_event(line.heartbeat(tutor).model_copy(update=at_70))
    line.clock.at_ms = START_MS + back_at * 1_000

    await line.beat(student)
    await line.beat(tutor)

    assert (await line.lesson()).billable_ms == billed * 1_000


async def test_a_lesson_is_not_ended_at_a_cap_that_is_not_reached() -> None:
    """The proofs of the last seconds may come late. Then the prepaid time is given in full."""
    line = Timeline()
    await line.create(Cap(seconds=70))
    await line.connect("student")
    await line.connect("tutor")
    await line.run_until(60)
    for person in line.people.values():
        person.is_silent = True
    waiting = (await line.run_until(80)).state
    await line.speak_again("student")

    await line.speak_again("tutor")

    lesson = await line.lesson()
    assert waiting is State.LIVE
    assert lesson.ended is not None
    assert (lesson.ended.reason, lesson.billable_ms) == ("cap-reached", 70_000)
