from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.billing.money import Rate, cost_of
from langdao_video.billing.quota import (
    CAP_MINOR_MAX,
    CAP_SECONDS_MAX,
    Cap,
    cap_minor,
    cap_ms,
    next_notice,
    receive_cap,
)
from langdao_video.errors import BadRequest, Conflict
from langdao_video.session.facts import NoticeGiven
from tests.billing.timeline import SESSION, Timeline


@given(minor=st.integers(0, 10**9), rate=st.integers(1, 10**7))
def test_a_cap_in_money_is_the_longest_time_that_it_pays(minor: int, rate: int) -> None:
    limit_ms = cap_ms(Cap(minor=minor), Rate(rate, "USD", 2))

    assert limit_ms is not None
    assert cost_of(limit_ms, Rate(rate, "USD", 2)).minor <= minor
    is_longest = cost_of(limit_ms + 1_000, Rate(rate, "USD", 2)).minor > minor
    assert is_longest or limit_ms == CAP_SECONDS_MAX * 1_000


async def test_a_lesson_with_the_largest_amount_is_billed_like_any_other() -> None:
    line = Timeline()
    await line.create(Cap(minor=CAP_MINOR_MAX))
    await line.connect("student")
    await line.connect("tutor")
    await line.run_until(60)
    await line.end("student")

    assert (await line.lesson()).billable_ms == 60_000


def test_the_smaller_of_two_caps_counts() -> None:
    assert cap_ms(Cap(seconds=100, minor=50), Rate(3_600, "USD", 2)) == 50_000
    assert cap_ms(Cap(seconds=20, minor=50), Rate(3_600, "USD", 2)) == 20_000


@given(
    seconds=st.none() | st.integers(1, 10**6),
    minor=st.none() | st.integers(0, 10**9),
    rate=st.integers(1, 10**7),
)
def test_a_cap_in_time_and_money_allows_what_its_time_costs_at_least(
    seconds: int | None, minor: int | None, rate: int
) -> None:
    cap, price = Cap(seconds, minor), Rate(rate, "USD", 2)
    limit_ms, limit = cap_ms(cap, price), cap_minor(cap, price)

    assert limit is None or minor is None or limit <= minor
    assert limit_ms is None or (limit is not None and cost_of(limit_ms, price).minor <= limit)


@pytest.mark.parametrize("cap", [Cap(seconds=90), Cap(minor=90), Cap(seconds=600, minor=90)])
async def test_no_correction_lifts_a_bill_above_its_cap(cap: Cap) -> None:
    line = Timeline()
    await line.create(cap)
    await line.connect("student")
    await line.connect("tutor")
    await line.run_until(60)
    await line.end("student")

    with pytest.raises(Conflict) as refused:
        await line.service.correct_bill(SESSION, 31, "a book")
    lesson = await line.service.correct_bill(SESSION, 30, "a book")

    assert (refused.value.code, lesson.cost.minor) == ("above-cap", 90)


def test_a_free_lesson_has_no_cap_in_money() -> None:
    assert cap_ms(Cap(minor=50), Rate(0, "USD", 2)) is None


@pytest.mark.parametrize(
    ("seconds", "minor"), [(0, None), (-1, None), (10**9, None), (None, -1), (None, 0), (None, 10**16)]
)
def test_a_cap_that_makes_no_sense_is_refused(seconds: int | None, minor: int | None) -> None:
    with pytest.raises(BadRequest, match="cap"):
        receive_cap(seconds, minor, Rate(3_600, "USD", 2))


def test_a_cap_that_buys_not_one_second_is_refused() -> None:
    with pytest.raises(BadRequest, match="not one second"):
        receive_cap(None, 1, Rate(7_201, "USD", 2))

    assert receive_cap(None, 1, Rate(7_199, "USD", 2)) == Cap(minor=1)


@pytest.mark.parametrize(
    ("limit", "left", "given", "notice"),
    [
        (600, 600, (), 300),
        (600, 300, (), 300),
        (600, 200, (300,), 60),
        (600, 50, (), 60),
        (600, 50, (300, 60), None),
        (200, 200, (), 60),
        (60, 60, (), None),
    ],
)
def test_the_next_notice(limit: int, left: int, given: tuple[int, ...], notice: int | None) -> None:
    assert next_notice(limit * 1000, left * 1000, frozenset(given)) == notice


async def lesson_with_cap(seconds: int) -> Timeline:
    line = Timeline()
    await line.create(Cap(seconds=seconds))
    await line.connect("student")
    await line.connect("tutor")
    return line


async def test_both_notices_are_given_once_and_the_bill_is_the_cap() -> None:
    line = await lesson_with_cap(400)

    lesson = await line.run_until(900)

    notices = [
        (record.fact.remaining_seconds, record.at_ms - line.told[0].at_ms)
        for record in line.told
        if isinstance(record.fact, NoticeGiven)
    ]
    assert notices == [(300, 100_000), (60, 340_000)]
    assert lesson.ended is not None
    assert (lesson.ended.reason, lesson.billable_ms) == ("cap-reached", 400_000)


async def test_a_cap_that_is_raised_in_time_lets_the_lesson_go_on() -> None:
    line = await lesson_with_cap(100)
    await line.run_until(90)

    await line.service.change_cap(SESSION, Cap(seconds=200))

    assert (await line.run_until(150)).billable_ms == 150_000
    lesson = await line.run_until(300)
    assert lesson.ended is not None
    assert lesson.billable_ms == 200_000


async def test_after_a_raise_the_notice_says_what_is_left_and_not_what_was_planned() -> None:
    line = await lesson_with_cap(305)
    await line.run_until(250)
    line.told.clear()

    await line.service.change_cap(SESSION, Cap(seconds=320))
    await line.run_until(300)

    given = [record.fact.remaining_seconds for record in line.told if isinstance(record.fact, NoticeGiven)]
    assert given == [69, 60]


async def test_a_cap_that_is_sent_again_brings_no_notice_again() -> None:
    line = await lesson_with_cap(400)
    await line.run_until(110)
    line.told.clear()

    await line.service.change_cap(SESSION, Cap(seconds=400))
    await line.run_until(200)

    assert line.told == []


async def test_a_cap_below_what_is_billed_is_refused() -> None:
    line = await lesson_with_cap(400)
    await line.run_until(100)

    with pytest.raises(Conflict, match="billed already"):
        await line.service.change_cap(SESSION, Cap(seconds=50))

    assert (await line.lesson()).cap == Cap(seconds=400)


async def test_a_cap_does_not_run_down_while_one_is_away() -> None:
    line = await lesson_with_cap(100)
    await line.run_until(50)
    await line.leave("tutor")
    await line.run_until(60)
    await line.service.decide_grace(SESSION, "wait", "student")
    await line.run_until(80)
    await line.connect("tutor")

    lesson = await line.run_until(125)
    assert lesson.ended is None
    lesson = await line.run_until(140)

    assert lesson.ended is not None
    assert lesson.billable_ms == 100_000


async def test_late_events_never_lift_the_bill_above_the_cap() -> None:
    line = await lesson_with_cap(100)
    await line.run_until(95)
    line.clock.at_ms += 20_000

    for person in list(line.people.values()):
        await line.beat(person)

    assert (await line.lesson()).billable_ms == 100_000
