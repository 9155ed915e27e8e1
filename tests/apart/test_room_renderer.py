"""Facts as room commands: none before somebody sat there, none that are overtaken, and always the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence

from langdao_video.apart.room_renderer import RoomRenderer
from langdao_video.billing.quota import CAP_MINOR_MAX, CAP_SECONDS_MAX, Cap
from langdao_video.delivery.port import Message
from langdao_video.store.delivery_port import SessionLog, Stream
from langdao_video.store.port import load_stream
from tests.apart.pair import ROOM, Pair
from tests.billing.timeline import SESSION


async def render(pair: Pair, position: int = 0) -> list[Message]:
    events = await load_stream(pair.store, SESSION)
    stream = Stream(
        endpoint_id="room",
        session_id=SESSION,
        token="t",  # noqa: S106 - the token of a claim
        position=position,
        newest_seq=len(events),
        beats_until_ms=0,
        attempts=0,
        failing_since_ms=None,
    )
    log = SessionLog(events, list(pair.commands.beats.values()))
    return list(RoomRenderer(lambda id_, at_ms: f"https://b.example/{id_}/{at_ms}")(stream, log, ROOM))


def kinds(messages: Sequence[Message]) -> list[str]:
    return [command["type"] for message in messages for command in json.loads(message.body)["commands"]]


async def test_nothing_is_sent_before_somebody_has_taken_a_seat() -> None:
    pair = Pair()
    await pair.create(Cap(seconds=600))
    await pair.backend.change_cap(SESSION, Cap(seconds=900))

    assert await render(pair) == []


async def test_what_is_overtaken_is_left_out() -> None:
    pair = Pair()
    await pair.begin()
    await pair.run_until(60)
    await pair.call.leave("tutor")
    await pair.run_until(70)
    open_question = kinds(await render(pair))
    await pair.call.connect("tutor")
    await pair.run_until(80)

    assert open_question.count("warn") == 1
    assert "warn" not in kinds(await render(pair))
    assert kinds(await render(pair)).count("bill") == 2, (
        "after the newest fact, and after the newest heartbeat"
    )


async def test_only_the_newest_end_is_sent_with_the_newest_bill() -> None:
    pair = Pair()
    await pair.begin()
    await pair.run_until(60)
    await pair.call.end("student")
    await pair.run_until(100)

    messages = await render(pair)

    assert kinds(messages).count("end") == 1
    assert messages[-1].type == "bill-final"
    assert json.loads(messages[-1].body)["commands"][0]["billableSeconds"] == 60


async def test_the_same_facts_make_the_same_bytes() -> None:
    pair = Pair()
    await pair.begin()
    await pair.run_until(60)

    assert await render(pair) == await render(pair)
    assert [message.seq for message in await render(pair, position=2)] == [3, 3]


async def test_an_amount_that_buys_years_reaches_the_room_as_seven_days() -> None:
    pair = Pair()
    await pair.begin(Cap(minor=CAP_MINOR_MAX))
    await pair.run_until(60)

    bills = [json.loads(message.body)["commands"][-1] for message in await render(pair)]

    assert (bills[-1]["billableSeconds"], bills[-1]["capSeconds"]) == (60, CAP_SECONDS_MAX)
