"""The meter against the oracle: the same bill for any history, in any order of the two seats."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langdao_video.billing.meter import Meter
from langdao_video.session.roles import ROLES, Role
from tests.billing import oracle
from tests.examples import examples

SILENCE_MS = 25
"""Small, because small numbers find the same faults faster."""


@st.composite
def sittings(draw: st.DrawFn) -> list[list[int]]:
    """Draw the sittings of one seat, one after the other, each with rising proofs."""
    result, now_ms = [], 0
    for _ in range(draw(st.integers(0, 6))):
        now_ms += draw(st.integers(0, 60))
        proofs = [now_ms]
        for gap_ms in draw(st.lists(st.integers(0, 40), max_size=12)):
            now_ms += gap_ms
            proofs.append(now_ms)
        result.append(proofs)
    return result


def steps(role: Role, seat: list[list[int]]) -> Iterator[tuple[int, Role, str]]:
    for sitting in seat:
        yield sitting[0], role, "open"
        for at_ms in sitting[1:]:
            yield at_ms, role, "prove"
        yield sitting[-1], role, "close"


def feed(meter: Meter, at_ms: int, role: Role, step: str) -> None:
    if step == "open":
        meter.open(role, at_ms)
    elif step == "close":
        meter.close(role, at_ms, "left")
    elif at_ms - meter.edge_ms(role) <= SILENCE_MS:
        meter.extend(role, at_ms)
    else:
        meter.open(role, at_ms)


@given(student=sittings(), tutor=sittings())
@settings(max_examples=examples(300), deadline=None)
@pytest.mark.requirement("R36")
def test_the_meter_counts_what_the_oracle_counts(student: list[list[int]], tutor: list[list[int]]) -> None:
    meter = Meter()

    for at_ms, role, step in sorted([*steps("student", student), *steps("tutor", tutor)], key=lambda s: s[0]):
        feed(meter, at_ms, role, step)

    assert meter.billable_ms == oracle.billable_ms(student, tutor, SILENCE_MS)


@given(student=sittings(), tutor=sittings(), order=st.randoms(use_true_random=False))
@settings(max_examples=examples(150), deadline=None)
def test_the_order_between_the_seats_does_not_matter(
    student: list[list[int]], tutor: list[list[int]], order: Random
) -> None:
    meter = Meter()
    lines = [list(steps("student", student)), list(steps("tutor", tutor))]

    while any(lines):
        line = order.choice([line for line in lines if line])
        feed(meter, *line.pop(0))

    assert meter.billable_ms == oracle.billable_ms(student, tutor, SILENCE_MS)


@given(student=sittings(), tutor=sittings(), data=st.data())
@settings(max_examples=examples(100), deadline=None)
def test_a_proof_that_comes_twice_or_late_changes_nothing(
    student: list[list[int]], tutor: list[list[int]], data: st.DataObject
) -> None:
    meter = Meter()

    for at_ms, role, step in sorted([*steps("student", student), *steps("tutor", tutor)], key=lambda s: s[0]):
        feed(meter, at_ms, role, step)
        before = meter.billable_ms
        meter.extend(role, data.draw(st.integers(0, at_ms)))
        assert meter.billable_ms == before


def test_memory_does_not_grow_with_the_lesson() -> None:
    meter = Meter()
    meter.open("student", 0)

    for drop in range(10_000):
        meter.open("tutor", drop * 100)
        meter.extend("student", drop * 100 + 50)
        meter.close("tutor", drop * 100 + 60, "left")
        meter.settle(drop * 100 - 1_000)

    assert meter.billable_ms == 10_000 * 60 - 10
    assert all(len(meter.spans(role)) <= 12 for role in ROLES)


def draw_sittings(random: Random) -> list[list[int]]:
    now_ms, result = 0, []
    for _ in range(random.randrange(5)):
        now_ms += random.randrange(60)
        proofs = [now_ms]
        for _ in range(random.randrange(9)):
            now_ms += random.randrange(40)
            proofs.append(now_ms)
        result.append(proofs)
    return result


def test_a_hundred_thousand_random_histories_bill_what_the_oracle_bills() -> None:
    random = Random(20_261_122)  # noqa: S311 - the same histories every time

    for _ in range(examples(100_000)):
        student, tutor = draw_sittings(random), draw_sittings(random)
        meter = Meter()
        for at_ms, role, step in sorted(
            [*steps("student", student), *steps("tutor", tutor)], key=lambda s: s[0]
        ):
            feed(meter, at_ms, role, step)
        assert meter.billable_ms == oracle.billable_ms(student, tutor, SILENCE_MS), (student, tutor)
