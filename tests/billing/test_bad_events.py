"""Bad events: each is refused with a code and a reason, and changes no bill."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from langdao_video.errors import Conflict, EventRefused, LangDAOError, NotFound
from langdao_video.session.events import PublicEvent, SessionHeartbeat, UserConnected, UserDisconnected
from tests.billing.timeline import ADDRESS, SESSION, START_MS, Timeline, lesson_of_a_minute


def heartbeat(at_seconds: float, *, epoch: int | None = 1, session: str = SESSION) -> SessionHeartbeat:
    return SessionHeartbeat(
        session_id=session,
        user_role="student",
        user_address=ADDRESS["student"],
        language="es",
        start_time=START_MS,
        is_audio_enabled=True,
        is_video_enabled=True,
        elapsed_seconds=max(0, round(at_seconds)),
        timestamp=START_MS + round(at_seconds * 1000),
        epoch=epoch,
    )


async def leave(line: Timeline) -> None:
    await line.leave("student")


async def return_in_a_new_sitting(line: Timeline) -> None:
    await line.leave("student")
    await line.connect("student")


async def end(line: Timeline) -> None:
    await line.end("tutor")


async def nothing(_line: Timeline) -> None:
    return


@pytest.mark.parametrize(
    ("before", "event", "code"),
    [
        pytest.param(nothing, heartbeat(60 + 61), "event-from-the-future", id="from the future"),
        pytest.param(leave, heartbeat(61), "seat-left", id="from a seat that left"),
        pytest.param(return_in_a_new_sitting, heartbeat(61, epoch=1), "old-epoch", id="from an old sitting"),
        pytest.param(end, heartbeat(61), "session-over", id="after the end"),
        pytest.param(
            nothing, heartbeat(61, session="session-unknown"), "unknown-session", id="unknown session"
        ),
    ],
)
@pytest.mark.requirement("R36")
async def test_an_event_that_cannot_be_right_is_refused_and_bills_nothing(
    before: Callable[[Timeline], object], event: PublicEvent, code: str
) -> None:
    line = await lesson_of_a_minute()
    await before(line)  # type: ignore[misc]
    billed_ms, version = (await line.lesson()).billable_ms, (await line.lesson()).version

    with pytest.raises((EventRefused, NotFound)) as refused:
        await line.service.take_event(event)

    assert refused.value.code == code
    assert ((await line.lesson()).billable_ms, (await line.lesson()).version) == (billed_ms, version)


async def test_a_goodbye_before_the_hello_bills_nothing_and_counts_when_the_hello_comes() -> None:
    line = Timeline()
    await line.create()
    await line.connect("tutor")
    await line.run_until(60)
    hello = UserConnected(session_id=SESSION, user_role="student", timestamp=START_MS + 40_000)
    bye = UserDisconnected(session_id=SESSION, user_role="student", reason="x", timestamp=START_MS + 55_000)

    idle = await line.service.take_event(bye)
    before_ms = (await line.lesson()).billable_ms
    await line.service.take_event(heartbeat(50, epoch=None))
    await line.service.take_event(hello)

    lesson = await line.lesson()
    assert (idle, before_ms) == ("event-early", 0)
    assert (lesson.billable_ms, lesson.seats["student"].is_taken) == (10_000, False)
    assert (await line.replayed()).billable_ms == 10_000


@pytest.mark.parametrize("at_seconds", [60, 50, 10, 0, -1_000])
async def test_a_heartbeat_that_comes_twice_or_late_bills_nothing(at_seconds: float) -> None:
    line = await lesson_of_a_minute()

    await line.service.take_event(heartbeat(at_seconds))

    assert (await line.lesson()).billable_ms == 60_000


async def test_a_repeated_user_connected_begins_no_second_sitting() -> None:
    line = await lesson_of_a_minute()
    hello = UserConnected(session_id=SESSION, user_role="student", timestamp=START_MS, epoch=1)

    await line.service.take_event(hello)

    assert (await line.lesson()).seats["student"].epoch == 1


async def test_an_event_with_a_known_id_is_taken_once() -> None:
    line = await lesson_of_a_minute()
    bye = UserDisconnected(
        session_id=SESSION, user_role="student", reason="x", timestamp=START_MS + 60_000, epoch=1, id="e-1"
    )
    await line.service.take_event(bye)
    version = (await line.lesson()).version

    await line.service.take_event(bye)

    assert (await line.lesson()).version == version


async def test_a_second_end_changes_nothing() -> None:
    line = await lesson_of_a_minute()
    await line.end("tutor")
    version = (await line.lesson()).version

    await line.end("student")

    lesson = await line.lesson()
    assert lesson.ended is not None
    assert (lesson.version, lesson.ended.ended_by) == (version, "tutor")


async def test_a_lost_hello_is_made_good_by_the_first_heartbeat() -> None:
    line = Timeline()
    await line.create()
    await line.connect("tutor")
    line.clock.at_ms += 10_000

    await line.service.take_event(heartbeat(10))

    assert (await line.lesson()).state == "live"
    assert (await line.lesson()).billable_ms == 0


@pytest.mark.parametrize(
    ("decided_by", "code"),
    [("student", "no-grace"), ("platform", "no-grace")],
)
@pytest.mark.requirement("R40")
async def test_a_decision_without_a_question_is_refused(decided_by: str, code: str) -> None:
    line = await lesson_of_a_minute()

    with pytest.raises(Conflict) as refused:
        await line.service.decide_grace(SESSION, "end", decided_by)  # type: ignore[arg-type]

    assert refused.value.code == code
    assert (await line.lesson()).state == "live"


@pytest.mark.requirement("R40", "R41")
async def test_a_participant_who_is_gone_may_not_decide() -> None:
    line = await lesson_of_a_minute()
    await line.leave("student")
    await line.run_until(70)

    with pytest.raises(Conflict) as refused:
        await line.service.decide_grace(SESSION, "end", "student")

    assert refused.value.code == "not-here"


@pytest.mark.requirement("R41")
async def test_a_second_answer_is_refused() -> None:
    line = await lesson_of_a_minute()
    await line.leave("student")
    await line.run_until(70)
    await line.service.decide_grace(SESSION, "wait", "tutor")

    with pytest.raises(LangDAOError) as refused:
        await line.service.decide_grace(SESSION, "end", "tutor")

    assert refused.value.code == "no-grace"
    assert (await line.lesson()).state == "paused"


async def test_a_correction_is_a_new_entry() -> None:
    line = await lesson_of_a_minute()
    await line.end("tutor")

    await line.service.correct_bill(SESSION, -20, "late start, our fault")

    lesson = await line.replayed()
    assert (lesson.cost.minor, lesson.ended and lesson.ended.cost_minor) == (40, 60)


@pytest.mark.parametrize(("minor", "code"), [(-61, "below-zero")])
async def test_a_correction_below_nothing_is_refused(minor: int, code: str) -> None:
    line = await lesson_of_a_minute()
    await line.end("tutor")

    with pytest.raises(Conflict) as refused:
        await line.service.correct_bill(SESSION, minor, "x")

    assert refused.value.code == code


async def test_a_correction_that_is_sent_again_with_its_key_is_added_once() -> None:
    line = await lesson_of_a_minute()
    await line.end("tutor")

    for _ in range(3):
        await line.service.correct_bill(SESSION, -40, "late start", "refund-1")
    lesson = await line.service.correct_bill(SESSION, -5, "late start", "refund-2")

    assert (lesson.cost.minor, (await line.replayed()).cost.minor) == (15, 15)


@pytest.mark.parametrize(("minor", "reason"), [(-39, "late start"), (-40, "another"), (-60, "late start")])
async def test_a_key_stands_for_one_correction(minor: int, reason: str) -> None:
    line = await lesson_of_a_minute()
    await line.end("tutor")
    await line.service.correct_bill(SESSION, -40, "late start", "refund-1")

    with pytest.raises(EventRefused) as refused:
        await line.service.correct_bill(SESSION, minor, reason, "refund-1")

    assert refused.value.code == "key-reused"
    assert (await line.replayed()).cost.minor == 20


async def test_a_correction_without_a_key_is_an_entry_each_time() -> None:
    line = await lesson_of_a_minute()
    await line.end("tutor")

    for _ in range(2):
        await line.service.correct_bill(SESSION, -5, "a coupon")

    assert (await line.replayed()).cost.minor == 50


async def test_a_running_bill_is_not_corrected() -> None:
    line = await lesson_of_a_minute()

    with pytest.raises(Conflict) as refused:
        await line.service.correct_bill(SESSION, 5, "x")

    assert refused.value.code == "not-over"


async def test_after_the_largest_epoch_a_sitting_without_one_still_proves() -> None:
    line = Timeline()
    await line.create()
    hello = UserConnected(
        session_id=SESSION,
        user_role="student",
        timestamp=START_MS,
        epoch=2**52 - 1,
        user_address=ADDRESS["student"],
    )
    left = UserDisconnected(
        session_id=SESSION, user_role="student", reason="connection-closed", timestamp=START_MS + 1_000
    )
    line.clock.at_ms = START_MS + 20_000

    for event in (
        hello,
        left,
        hello.model_copy(update={"epoch": None, "timestamp": START_MS + 5_000}),
        heartbeat(10, epoch=None),
    ):
        await line.service.take_event(event, is_from_elsewhere=True)

    assert (await line.replayed()).meter.edge_ms("student") == START_MS + 10_000
