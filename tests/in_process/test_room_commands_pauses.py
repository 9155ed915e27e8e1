"""How often the meter stood still: what the last screen of a call says."""

from __future__ import annotations

from langdao_video.in_process.room_commands import show_end
from tests.billing.timeline import Timeline


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
