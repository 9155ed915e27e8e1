from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langdao_video.billing.quota import Cap
from langdao_video.billing.records import read_record
from langdao_video.billing.statement import Statement, fold_statement
from langdao_video.session.roles import Role
from langdao_video.store.memory import MemoryStore
from langdao_video.store.port import EVENTS_PAGE, StoredEvent, load_stream
from langdao_video.views.statement import Tick, draw_picture, list_history, view_statement
from tests.billing.timeline import SESSION, Timeline
from tests.examples import examples
from tests.stories.live import until


async def statement_of(line: Timeline) -> Statement:
    records = [read_record(event) for event in await load_stream(line.store, SESSION)]
    return fold_statement(await line.lesson(), records)


async def lesson_of_a_minute(store: MemoryStore) -> Timeline:
    line = Timeline(store=store)
    await line.create()
    await line.connect("student")
    await line.connect("tutor")
    await line.run_until(60)
    return line


async def lesson_with_a_break() -> Timeline:
    line = Timeline()
    await line.create()
    await line.connect("student")
    await line.run_until(20)
    await line.connect("tutor")
    await line.run_until(80)
    await line.leave("tutor")
    await line.run_until(110)
    await line.connect("tutor")
    await line.run_until(170)
    await line.end("student")
    return line


@pytest.mark.requirement("R43")
async def test_the_statement_shows_who_was_there_what_was_billed_and_why_not() -> None:
    statement = await statement_of(await lesson_with_a_break())

    told = [
        (row.from_ms, row.to_ms, row.what, row.cost and row.cost.minor) for row in list_history(statement)
    ]
    assert told == [
        (0, 20_000, "before", None),
        (20_000, 80_000, "both", 60),
        (80_000, 110_000, "away.tutor", None),
        (85_000, 110_000, "asked.returned", None),
        (110_000, 170_000, "both", 120),
    ]


async def test_without_a_wait_there_is_no_row_for_it() -> None:
    statement = await statement_of(await lesson_of_a_minute(MemoryStore()))

    assert [row.what for row in list_history(statement)] == ["both"]
    assert view_statement(statement)["before"] is None


async def test_the_rows_leave_nothing_out() -> None:
    statement = await statement_of(await lesson_with_a_break())

    edges = [(row.from_ms, row.to_ms) for row in list_history(statement) if row.kind != "question"]
    assert [end for _, end in edges] == [*[start for start, _ in edges[1:]], 170_000]
    assert view_statement(statement)["before"] == {
        "from": statement.start_ms,
        "to": statement.start_ms + 20_000,
    }


async def test_the_statement_names_the_correction_beside_the_bill() -> None:
    line = await lesson_with_a_break()
    await line.service.correct_bill(SESSION, -20, "=late start")

    statement = await statement_of(line)

    shown = view_statement(statement)
    assert (shown["cost"]["minor"], shown["corrections"][0]["amount"]["minor"]) == (100, -20)


class MeanwhileStore(MemoryStore):
    """Runs a step of the test between a read and its answer."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def load_events(
        self, session_id: str, after_seq: int = 0, limit: int = EVENTS_PAGE
    ) -> list[StoredEvent]:
        found = await super().load_events(session_id, after_seq, limit)
        if meanwhile := self.meanwhile:
            self.meanwhile = None
            await meanwhile()
        return found


async def test_a_statement_that_is_read_while_the_lesson_ends_is_all_of_one_moment() -> None:
    store = MeanwhileStore()
    line = await lesson_of_a_minute(store)
    ends: list[asyncio.Task[None]] = []

    async def end() -> None:
        ends.append(asyncio.create_task(line.end("student")))
        await until(lambda: ends[0].done() or line.service._live._sessions[SESSION].users == 2)

    store.meanwhile = end
    lesson, records = await line.service.load_history(SESSION)
    seen = (lesson.version, lesson.ended, fold_statement(lesson, records).presence["student"][-1].closed_by)
    await ends[0]

    assert seen == (records[-1].seq, None, None)
    assert (await line.lesson()).ended


async def test_the_picture_has_a_bar_for_each_span() -> None:
    picture = draw_picture(await statement_of(await lesson_with_a_break()))

    lanes = [(bar.lane, round(bar.x), round(bar.width)) for bar in picture.bars]
    assert lanes == [
        ("student", 0, 100),
        ("tutor", 12, 35),
        ("tutor", 65, 35),
        ("billed", 12, 35),
        ("billed", 65, 35),
    ]


async def test_the_names_on_the_axis_stay_within_the_picture() -> None:
    picture = draw_picture(await statement_of(await lesson_with_a_break()))

    assert [(tick.at_ms // 1000, tick.anchor) for tick in picture.ticks] == [
        (0, "start"),
        (30, "middle"),
        (60, "middle"),
        (90, "middle"),
        (120, "middle"),
        (150, "middle"),
    ]
    assert [Tick(x, 0).anchor for x in (91.9, 92.1)] == ["middle", "end"]


@given(
    steps=st.lists(
        st.tuples(st.integers(1, 45), st.sampled_from(["student", "tutor"]), st.sampled_from("clsh")),
        max_size=14,
    ),
    cap=st.none() | st.integers(1, 200),
)
@settings(max_examples=examples(150), deadline=None)
async def test_the_billed_spans_of_a_statement_add_up_to_the_bill(
    steps: list[tuple[int, str, str]], cap: int | None
) -> None:
    line = Timeline()
    await line.create(Cap(seconds=cap) if cap else None)
    now = 0
    for wait, who, what in steps:
        now += wait
        if (await line.run_until(now)).ended:
            break
        role: Role = "student" if who == "student" else "tutor"
        if role not in line.people:
            await line.connect(role)
        elif what == "l":
            await line.leave(role)
        elif what == "s":
            await line.fall_silent(role)
        elif what == "h":
            await line.speak_again(role)

    statement = await statement_of(line)

    assert (
        sum(piece.end_ms - piece.start_ms for piece in statement.billed) == (await line.lesson()).billable_ms
    )
    assert all(pause.start_ms < pause.end_ms for pause in statement.pauses)
