"""The wire between call service and backend is cut for long, or loses heartbeats: both have one bill in the end."""

from __future__ import annotations

import pytest

from tests.apart.pair import Pair
from tests.billing.timeline import START_MS


@pytest.mark.parametrize("minutes", [4, 6, 20, 90])
async def test_the_time_in_which_the_backend_was_down_is_billed_when_it_is_back(minutes: int) -> None:
    pair = Pair()
    await pair.begin()
    await pair.run_until(60)

    await pair.call.run_until(60 + minutes * 60)
    pair.open_backend()
    await pair.run_until(120 + minutes * 60)
    await pair.call.end("student")
    await pair.deliver()

    call, backend = await pair.lessons()
    assert call.ended is not None
    assert backend.ended is not None
    assert call.billable_ms == backend.billable_ms == (120 + minutes * 60) * 1000


async def test_a_stop_of_the_media_is_billed_nowhere_although_its_heartbeat_was_overtaken() -> None:
    pair = Pair()
    await pair.begin()
    await pair.run_until(60)
    person = pair.call.people["tutor"]
    pair.events.is_up = False

    person.media_flows = False
    await pair.run_until(79)
    person.media_flows = True
    pair.call.clock.at_ms += 2_000
    await pair.call.beat(person)
    pair.events.is_up = True
    await pair.run_until(100)

    call, backend = await pair.lessons()
    assert backend.billable_ms == call.billable_ms < 85_000


async def test_an_end_in_the_past_takes_back_what_is_settled() -> None:
    pair = Pair()
    pair.commands.is_up = False
    await pair.begin()
    await pair.run_until(1_200)

    end = {"type": "end", "endedBy": "platform", "timestamp": START_MS + 300_000}
    await pair.command({"commands": [end]})

    live, (stored, _) = await pair.call.lesson(), await pair.lessons()
    assert live.billable_ms == stored.billable_ms == 300_000
