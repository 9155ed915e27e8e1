"""A lesson in two processes: one warning for each disconnect, one end, one bill, whoever finds out first (R38–R41)."""

from __future__ import annotations

import asyncio

import pytest

from langdao_video.billing.quota import Cap
from langdao_video.errors import NotFound
from langdao_video.session.command_bodies import Commands
from langdao_video.session.commands import End, ResolveWarning, ShowBill, ShowLowBalance, Warn
from langdao_video.session.facts import ChoseToWait
from tests.apart.pair import Pair
from tests.billing.timeline import SESSION, START_MS


def at(seconds: int) -> int:
    return START_MS + seconds * 1000


@pytest.fixture
async def pair() -> Pair:
    """Return a lesson in which both are there."""
    pair = Pair()
    await pair.begin()
    return pair


async def test_the_room_shows_the_bill_of_the_backend_and_never_its_own(pair: Pair) -> None:
    await pair.run_until(60)

    bills = pair.told(ShowBill)

    assert {bill.cost.currency for bill in bills} == {"USD"}
    assert (bills[-1].billable_seconds, bills[-1].cost.minor, bills[-1].state) == (60, 60, "live")
    call, backend = await pair.lessons()
    assert call.billable_ms == backend.billable_ms == 60_000


@pytest.mark.requirement("R39")
async def test_a_drop_makes_one_warning_although_both_sides_find_it(pair: Pair) -> None:
    await pair.run_until(60)

    await pair.call.leave("tutor")
    await pair.run_until(80)

    assert [warn.role for warn in pair.told(Warn)] == ["tutor"]
    assert [body["type"] for body in pair.bodies].count("warn") == 1, "the backend asked, too"
    assert (await pair.facts("call")).count("connection-warning") == 1


@pytest.mark.requirement("R39")
async def test_silence_makes_one_warning_and_nobodys_answer_one_end(pair: Pair) -> None:
    await pair.run_until(60)

    await pair.call.fall_silent("tutor")
    await pair.run_until(130)
    await asyncio.sleep(0.01)

    call, backend = await pair.lessons()
    assert len(pair.told(Warn)) == 1
    assert {end.reason for end in pair.told(End)} == {"grace-expired"}
    assert call.billable_ms == backend.billable_ms == 60_000
    assert call.ended_at_ms == backend.ended_at_ms
    assert pair.told(End)[-1].cost.minor == 60


@pytest.mark.requirement("R40")
async def test_the_answer_of_the_room_reaches_the_backend(pair: Pair) -> None:
    await pair.run_until(60)
    await pair.call.leave("tutor")
    await pair.run_until(70)

    await pair.call.service.decide_grace(SESSION, "wait", "student")
    await pair.deliver()
    await pair.run_until(94)
    before = len(pair.told(Warn))
    await pair.run_until(97)

    assert "grace-decision" in await pair.facts("backend")
    assert (before, len(pair.told(Warn))) == (1, 2), "another 25 s alone ask again, once"


@pytest.mark.requirement("R40")
async def test_an_end_that_the_room_decides_ends_both_with_one_bill(pair: Pair) -> None:
    await pair.run_until(60)
    await pair.call.leave("tutor")
    await pair.run_until(70)

    await pair.call.service.decide_grace(SESSION, "end", "student")
    await pair.run_until(71)

    call, backend = await pair.lessons()
    assert call.ended is not None
    assert backend.ended is not None
    assert (backend.ended.ended_by, backend.ended.reason) == ("student", "ended-during-grace")
    assert call.billable_ms == backend.billable_ms == 60_000
    assert pair.told(End)[-1].billable_seconds == 60
    assert pair.told(End)[-1].statement_url.startswith("https://billing.example/")


@pytest.mark.requirement("R40")
async def test_the_platforms_own_answer_reaches_the_room(pair: Pair) -> None:
    await pair.run_until(60)
    await pair.call.leave("tutor")
    await pair.run_until(70)

    await pair.backend.decide_grace(SESSION, "wait", "platform")
    await pair.deliver()

    call, _ = await pair.lessons()
    assert call.warning is None
    assert pair.told(ResolveWarning)[-1].outcome == "wait"
    assert (await pair.facts("call")).count("grace-decision") == 1
    await pair.run_until(72)
    assert (await pair.facts("backend")).count("grace-decision") == 1, "the echo has no effect"


@pytest.mark.requirement("R41")
async def test_a_question_that_crosses_its_answer_is_answered_and_not_shown_again(pair: Pair) -> None:
    await pair.run_until(60)
    pair.events.is_up = False
    await pair.call.fall_silent("tutor")
    await pair.run_until(86)
    await pair.call.service.decide_grace(SESSION, "wait", "student")
    asked = len(pair.told(Warn))

    await pair.run_until(90)  # the backend has heard nobody, and asks
    pair.events.is_up = True
    await pair.run_until(100)

    _, backend = await pair.lessons()
    assert asked == len(pair.told(Warn)) == 1
    assert backend.warning is None
    assert any(isinstance(record.fact, ChoseToWait) for record in pair.call.told)


@pytest.mark.requirement("R41")
async def test_the_backend_asks_about_nobody_who_is_there(pair: Pair) -> None:
    await pair.run_until(60)

    pair.events.is_up = False
    await pair.run_until(95)
    pair.events.is_up = True
    await pair.run_until(120)

    call, backend = await pair.lessons()
    assert pair.told(Warn) == []
    assert call.ended is backend.ended is None
    assert backend.state.value == "live"
    assert backend.billable_ms <= call.billable_ms


@pytest.mark.requirement("R41")
async def test_who_returns_at_the_call_service_closes_the_question_on_both_sides(pair: Pair) -> None:
    await pair.run_until(60)
    await pair.call.leave("tutor")
    await pair.run_until(70)

    await pair.call.connect("tutor")
    await pair.deliver()
    await pair.run_until(100)

    call, backend = await pair.lessons()
    assert [told.outcome for told in pair.told(ResolveWarning)][:1] == ["returned"]
    assert (call.state.value, backend.state.value) == ("live", "live")
    assert call.billable_ms == backend.billable_ms == 90_000
    assert len(pair.told(Warn)) == 1


@pytest.mark.requirement("R41")
async def test_an_end_at_the_backend_ends_the_room_of_one_who_has_just_come_back(pair: Pair) -> None:
    await pair.run_until(60)
    await pair.call.leave("tutor")
    await pair.run_until(93)
    pair.events.is_up = False
    await pair.call.connect("tutor")

    await pair.run_until(97)
    pair.events.is_up = True
    await pair.run_until(130)

    call, backend = await pair.lessons()
    assert call.ended is not None
    assert backend.ended is not None
    assert backend.billable_ms == 60_000
    assert (await pair.facts("backend")).count("session-ended") == 1
    assert set(pair.refused) <= {"session-over"}


async def test_the_cap_of_the_backend_warns_and_ends_the_room() -> None:
    pair = Pair()
    await pair.begin(Cap(seconds=400))

    await pair.run_until(420)

    call, backend = await pair.lessons()
    assert [notice.remaining_seconds for notice in pair.told(ShowLowBalance)] == [300, 60]
    assert backend.ended is not None
    assert (backend.ended.reason, backend.ended_at_ms) == ("cap-reached", call.ended_at_ms)
    assert call.billable_ms == backend.billable_ms == 400_000
    assert pair.told(End)[-1].cost.minor == 400


async def test_the_cap_ends_the_room_also_while_the_backend_is_away() -> None:
    pair = Pair()
    await pair.begin(Cap(seconds=100))
    await pair.run_until(20)

    pair.events.is_up = pair.commands.is_up = False
    await pair.run_until(110)
    await asyncio.sleep(0.01)

    call, _ = await pair.lessons()
    assert call.billable_ms == 100_000
    assert pair.told(End)[-1].reason == "cap-reached"
    assert pair.told(End)[-1].cost is None, "the bill is made elsewhere"


async def test_more_time_lets_the_session_go_on() -> None:
    pair = Pair()
    await pair.begin(Cap(seconds=100))
    await pair.run_until(90)

    await pair.backend.change_cap(SESSION, Cap(seconds=200))
    await pair.run_until(150)

    call, backend = await pair.lessons()
    assert call.ended is backend.ended is None
    assert pair.told(ShowBill)[-1].cap_seconds == 200


@pytest.mark.parametrize("side", ["call", "backend"])
async def test_either_side_may_be_killed_at_any_second(side: str) -> None:
    pair = Pair()
    await pair.begin()

    for second in range(10, 120, 7):
        await pair.run_until(second)
        pair.open_call() if side == "call" else pair.open_backend()
    await pair.call.end("student")
    await pair.run_until(121)

    call, backend = await pair.lessons()
    assert call.billable_ms == backend.billable_ms == 115_000
    assert pair.told(End)[-1].billable_seconds == 115


class TestCommands:
    """Commands of somebody else's backend."""

    async def test_of_an_unknown_session_are_refused(self) -> None:
        pair = Pair()
        commands = Commands.model_validate({"commands": [{"type": "end", "timestamp": at(0)}]})

        with pytest.raises(NotFound):
            await pair.rooms.take("nobody", commands.read(), None)

    async def test_with_a_deadline_in_the_past_ask_nothing(self, pair: Pair) -> None:
        pair.commands.is_up = False
        await pair.run_until(60)
        await pair.call.leave("tutor")
        await pair.deliver()

        warn = {"type": "warn", "disconnectedRole": "tutor", "deadline": at(59)}
        await pair.command({"commands": [warn]})

        assert pair.told(Warn) == []

    async def test_move_the_deadline_of_an_open_question(self, pair: Pair) -> None:
        pair.commands.is_up = False
        await pair.run_until(60)
        await pair.call.leave("tutor")
        await pair.run_until(70)

        warn = {"type": "warn", "disconnectedRole": "tutor", "deadline": at(125), "gracePeriodSeconds": 60}
        await pair.command({"commands": [warn]}, "evt_1")
        await pair.command({"commands": [warn]}, "evt_1")
        await pair.run_until(110)

        call, _ = await pair.lessons()
        assert call.ended is None
        assert [warn.deadline_ms for warn in pair.told(Warn)] == [at(95), at(125)]

    async def test_that_were_sent_twice_have_no_effect_twice(self, pair: Pair) -> None:
        pair.commands.is_up = False
        await pair.run_until(60)
        notice = {"type": "low-balance", "remainingSeconds": 400}

        await pair.command({"commands": [notice]}, "evt_1")
        await pair.command({"commands": [notice]}, "evt_1")

        assert len(pair.told(ShowLowBalance)) == 1

    async def test_after_the_end_change_nothing(self, pair: Pair) -> None:
        await pair.run_until(60)
        await pair.call.end("student")
        await pair.run_until(61)
        before = await pair.facts("call")

        late = [
            {"type": "warn", "disconnectedRole": "tutor", "deadline": at(95)},
            {"type": "resolve", "outcome": "wait"},
            {"type": "low-balance", "remainingSeconds": 60},
            {"type": "more-time", "capSeconds": 3_600},
            {"type": "end", "endedBy": "system", "timestamp": at(61)},
        ]
        await pair.command({"commands": late})

        assert await pair.facts("call") == before
        assert before.count("session-ended") == 1

    async def test_end_the_session_as_they_say(self, pair: Pair) -> None:
        pair.commands.is_up = False
        await pair.run_until(60)

        await pair.command(
            {"commands": [{"type": "end", "endedBy": "platform", "reason": "no-money", "timestamp": at(50)}]}
        )

        call, _ = await pair.lessons()
        assert call.ended is not None
        assert (call.ended.ended_by, call.ended.reason, call.billable_ms) == ("platform", "no-money", 50_000)
        assert pair.told(End)[-1].total_seconds == 50
