"""An event says since when both were there, so that heartbeats which were never sent are not missed."""

from __future__ import annotations

from langdao_video.billing.proofs import PROOFS_MAX, read_proofs
from langdao_video.session.events import UNIX_MS_MIN, Proven, SessionEnded
from tests.billing.timeline import ADDRESS, SESSION, START_MS, Timeline


def end(at_seconds: int, **proven: Proven) -> SessionEnded:
    return SessionEnded.model_validate(
        {
            "session_id": SESSION,
            "timestamp": START_MS + at_seconds * 1000,
            "total_seconds": at_seconds,
            "ended_by": "student",
            "user_address": ADDRESS["student"],
            "proven": proven or None,
        }
    )


def proven(until_seconds: float, since_seconds: float = 0, epoch: int = 1) -> Proven:
    return Proven(
        epoch=epoch,
        since=START_MS + round(since_seconds * 1000),
        until=START_MS + round(until_seconds * 1000),
    )


async def both_there() -> Timeline:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.connect("tutor")
    return line


async def test_an_end_after_an_outage_bills_all_the_time_that_it_proves() -> None:
    line = await both_there()
    line.clock.at_ms = START_MS + 1_805_000
    sent = end(1_805, student=proven(1_804.9), tutor=proven(1_804.2))

    await line.service.take_event(sent, is_from_elsewhere=True)
    await line.service.take_event(sent, is_from_elsewhere=True)

    assert (await line.lesson()).billable_ms == 1_804_200


async def test_proofs_lie_on_the_grid_of_their_span_and_only_new_ones_are_read() -> None:
    line = await both_there()
    await line.run_until(30)

    beats = read_proofs(await line.lesson(), end(55, student=proven(54.5)))

    assert [(beat.timestamp - START_MS) / 1000 for beat in beats] == [40, 50, 54.5]
    assert {beat.epoch for beat in beats} == {1}


async def test_what_an_event_cannot_prove_is_not_read() -> None:
    line = await both_there()
    lesson = await line.lesson()

    assert read_proofs(lesson, end(50)) == []
    assert read_proofs(lesson, end(50, student=proven(60))) == [], "after the event itself"
    assert read_proofs(lesson, end(50, student=proven(10, 20))) == []
    assert len(read_proofs(lesson, end(100_000, student=proven(99_999)))) == PROOFS_MAX


async def test_a_beginning_that_is_no_time_in_milliseconds_proves_nothing() -> None:
    line = await both_there()
    line.clock.at_ms = START_MS + 60_000

    for since in (0, START_MS // 1000):
        beats = read_proofs(
            await line.lesson(), end(60, student=Proven(epoch=1, since=since, until=START_MS + 60_000))
        )

        assert beats == []


async def test_of_a_stay_of_years_the_newest_hours_are_read() -> None:
    line = Timeline()
    await line.create()
    sent = end(60, student=Proven(epoch=1, since=UNIX_MS_MIN, until=START_MS + 60_000))

    beats = read_proofs(await line.lesson(), sent)

    assert len([beat for beat in beats if beat.is_media_flowing is None]) == PROOFS_MAX
    assert beats[-1].timestamp == START_MS + 60_000


async def test_without_the_field_an_end_bills_up_to_the_newest_heartbeat() -> None:
    line = await both_there()
    line.clock.at_ms = START_MS + 60_000

    await line.service.take_event(end(60), is_from_elsewhere=True)

    assert (await line.lesson()).billable_ms == 0
