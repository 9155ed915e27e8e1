"""The room commands: who is asked about whom, when the question closes (R39–R41), and the pauses at the end."""

from __future__ import annotations

import pytest

from langdao_video.in_process.room_commands import fold_commands, show_end
from langdao_video.session.commands import ResolveWarning
from langdao_video.session.facts import ProofLost, Warned
from tests.billing.timeline import SESSION, START_MS, Timeline, lesson_of_a_minute


def warnings(line: Timeline) -> list[tuple[str, int]]:
    """Return the role and the time, in seconds, of each warning."""
    return [
        (record.fact.role, (record.at_ms - START_MS) // 1000)
        for record in line.told
        if isinstance(record.fact, Warned)
    ]


async def outcomes(line: Timeline) -> list[str]:
    """Return what the newest fact tells the room about the question."""
    commands = fold_commands(await line.lesson(), line.told[-1:], line.clock.at_ms)
    return [command.outcome for command in commands if isinstance(command, ResolveWarning)]


@pytest.mark.requirement("R39", "R41")
async def test_a_returning_participant_is_asked_about_the_missing_one() -> None:
    line = await lesson_of_a_minute()
    await line.leave("student")
    await line.leave("tutor")
    await line.run_until(70)

    await line.connect("student")
    told = await outcomes(line)
    await line.run_until(75)
    await line.service.decide_grace(SESSION, "end", "student")

    assert told == ["returned"]
    assert warnings(line) == [("student", 65), ("tutor", 71)]
    assert (await line.lesson()).ended is not None


@pytest.mark.requirement("R39", "R41")
async def test_without_an_answer_of_the_returning_one_the_session_ends_after_thirty_seconds() -> None:
    line = await lesson_of_a_minute()
    await line.leave("student")
    await line.leave("tutor")
    await line.run_until(70)
    await line.connect("student")

    lesson = await line.run_until(200)

    assert (lesson.ended_at_ms - START_MS) // 1000 == 71 + 30
    assert lesson.billable_ms == 60_000


@pytest.mark.requirement("R39")
async def test_a_reload_of_the_asked_participant_opens_no_new_question() -> None:
    line = await lesson_of_a_minute()
    await line.leave("tutor")
    await line.run_until(70)
    await line.leave("student")
    await line.connect("student")
    await line.run_until(80)

    assert warnings(line) == [("tutor", 65)]


@pytest.mark.requirement("R41")
async def test_a_question_closes_when_the_missing_one_returns_even_without_media() -> None:
    line = await lesson_of_a_minute()
    await line.fall_silent("tutor")
    line.people["student"].media_flows = False
    await line.run_until(90)
    await line.connect("tutor")
    told = await outcomes(line)

    lesson = await line.run_until(91)

    assert told == ["returned"]
    assert (lesson.state, lesson.billable_ms) == ("paused", 60_000)

    lesson = await line.run_until(125)

    assert (lesson.state, lesson.billable_ms) == ("grace", 60_000)
    assert [w.fact.cause for w in line.told if isinstance(w.fact, Warned)] == ["away", "media"]


@pytest.mark.requirement("R38", "R41")
async def test_a_silent_participant_is_back_with_a_heartbeat_that_says_nothing_arrives() -> None:
    line = await lesson_of_a_minute()
    await line.fall_silent("student")
    await line.run_until(90)
    line.people["student"].media_flows = False
    await line.speak_again("student")
    told = await outcomes(line)

    lesson = await line.run_until(91)

    assert [r.fact.why for r in line.told if isinstance(r.fact, ProofLost)] == ["silence", "media"]
    assert told == ["returned"]
    assert (lesson.state, lesson.gone) == ("grace", [])
    assert [w.fact.cause for w in line.told if isinstance(w.fact, Warned)] == ["away", "media"]
    assert (await line.replayed()).state == "grace"


# ── How often the meter stood still: what the last screen of a call says ─────────────────────────────────


async def test_the_end_says_how_often_the_meter_stood_still_also_after_a_replay() -> None:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.connect("tutor")
    for leaves, returns in ((30, 40), (60, 75)):
        await line.run_until(leaves)
        await line.leave("tutor")
        await line.run_until(returns)
        await line.connect("tutor")
    await line.run_until(90)
    await line.end("student")

    assert show_end(await line.lesson()).pauses == 2
    assert show_end(await line.replayed()).pauses == 2


async def test_waiting_for_the_other_is_no_pause_and_neither_is_the_end() -> None:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.run_until(30)
    await line.connect("tutor")
    await line.run_until(60)
    await line.end("tutor")

    assert show_end(await line.lesson()).pauses == 0


async def test_a_pause_in_which_somebody_was_asked_and_waited_counts_once() -> None:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.connect("tutor")
    await line.run_until(30)
    await line.leave("tutor")
    await line.run_until(40)
    await line.service.decide_grace("session-story", "wait", "student")
    await line.run_until(60)
    await line.connect("tutor")
    await line.run_until(70)
    await line.end("student")

    assert show_end(await line.lesson()).pauses == 1
