"""The meter's rules to the millisecond, with a quick test for each line of it."""

from __future__ import annotations

import pytest

from langdao_video.billing.meter import Meter, Span, intersect, measure, subtract
from langdao_video.session.roles import ROLES, Role


def meter_of(student: tuple[int, int], tutor: tuple[int, int]) -> Meter:
    """Make a meter with one open span for each seat."""
    meter = Meter()
    for role, (start_ms, end_ms) in zip(ROLES, (student, tutor), strict=True):
        meter.open(role, start_ms)
        meter.extend(role, end_ms)
    return meter


def times(meter: Meter, role: Role) -> list[tuple[int, int]]:
    return [(span.start_ms, span.end_ms) for span in meter.spans(role)]


@pytest.mark.parametrize("role", ROLES)
def test_a_new_meter_has_counted_nothing_and_knows_nobody(role: Role) -> None:
    meter = Meter()

    assert (meter.billable_ms, meter.floor_ms, meter.is_asking) == (0, -1, False)
    assert (meter.edge_ms(role), meter.is_open(role), list(meter.spans(role))) == (-1, False, [])
    assert (list(meter.questions()), meter.pieces()) == ([], [])


@pytest.mark.parametrize("role", ROLES)
def test_a_span_begins_at_its_first_proof_and_never_before_the_newest(role: Role) -> None:
    meter = Meter()
    meter.open(role, 5)
    first = list(meter.spans(role))
    meter.extend(role, 9)
    meter.close(role, 9, "left")
    meter.open(role, 7, 4)
    meter.close(role, 9, "left", 0)
    meter.open(role, 20, 5)

    assert first[0].sitting == 0
    assert meter.spans(role) == [
        Span(5, 9, 0, "left", -1),
        Span(9, 9, 4, "left", 0),
        Span(20, 20, 5, None, -1),
    ]
    assert (meter.edge_ms(role), meter.is_open(role)) == (20, True)


@pytest.mark.parametrize("role", ROLES)
def test_a_proof_moves_only_an_open_span_and_only_on(role: Role) -> None:
    meter = Meter()
    meter.extend(role, 50)
    meter.close(role, 50, "left")
    before = (meter.edge_ms(role), list(meter.spans(role)))
    meter.open(role, 10)
    for at_ms in (11, 11, 10):
        meter.extend(role, at_ms)
    meter.close(role, 12, "silence", 13)
    meter.close(role, 90, "left")
    meter.extend(role, 95)

    assert before == (-1, [])
    assert meter.spans(role) == [Span(10, 12, 0, "left", -1)]
    assert (meter.edge_ms(role), meter.is_open(role)) == (12, False)


def test_the_count_grows_with_the_later_of_the_two_proofs() -> None:
    meter = meter_of((0, 10), (4, 10))
    counted = [meter.billable_ms]
    for role in ROLES:
        meter.extend(role, 17)
        counted.append(meter.billable_ms)

    assert counted == [6, 6, 13]


@pytest.mark.parametrize(("at_ms", "counted_ms"), [(4, 0), (5, 1), (9, 5), (10, 6), (11, 6), (99, 6)])
def test_the_count_for_an_end_is_cut_there(at_ms: int, counted_ms: int) -> None:
    assert meter_of((0, 10), (4, 12)).billable_until(at_ms) == counted_ms


def test_the_count_for_an_end_includes_settled_time() -> None:
    meter = meter_of((0, 100), (10, 90))
    meter.settle(50)

    assert [meter.billable_until(at) for at in (50, 60, 200)] == [40, 50, 80]


@pytest.mark.parametrize("is_open", [True, False])
def test_a_revision_replaces_everything_between_its_bounds_and_nothing_else(*, is_open: bool) -> None:
    meter = meter_of((0, 100), (0, 40))
    meter.close("tutor", 40, "silence")
    meter.open("tutor", 60, 2)
    meter.extend("tutor", 100)
    counted = [meter.billable_ms]

    meter.revise("tutor", (30, 80), [Span(35, 50, 7, "left", 51)], 100, is_open=is_open)
    counted.append(meter.billable_ms)

    assert counted == [80, 30 + 15 + 20]
    assert meter.spans("tutor") == [
        Span(0, 30, 0, "silence", -1),
        Span(35, 50, 7, "left", 51),
        Span(80, 100, 2, None, -1),
    ]
    assert (meter.edge_ms("tutor"), meter.is_open("tutor")) == (100, is_open)


def test_a_revision_leaves_no_empty_pieces_at_its_bounds_and_keeps_what_begins_at_zero() -> None:
    meter = Meter()
    meter.open("student", 30)
    meter.extend("student", 80)
    meter.revise("student", (30, 80), [Span(0, 40)], 40, is_open=True)

    assert times(meter, "student") == [(0, 40)]


def test_a_revision_that_opens_a_seat_takes_back_why_it_was_closed() -> None:
    meter = meter_of((0, 40), (0, 40))
    meter.close("student", 40, "silence")
    meter.revise("student", (40, 50), [Span(40, 50, 1, "silence")], 50, is_open=True)
    reasons = [span.closed_by for span in meter.spans("student")]
    meter.revise("student", (0, 50), [], 50, is_open=True)

    assert reasons == ["silence", None]
    assert (times(meter, "student"), meter.is_open("student")) == ([], False)


@pytest.mark.requirement("R36")
def test_a_question_is_free_from_its_beginning_to_its_end_and_no_longer() -> None:
    meter = meter_of((0, 100), (0, 100))
    counted = [meter.billable_ms]
    meter.ask(40)
    counted.append(meter.billable_ms)
    meter.ask(20)
    is_asking = meter.is_asking
    meter.resolve(70)
    counted.append(meter.billable_ms)
    meter.resolve(90)

    assert (counted, is_asking, meter.is_asking) == ([100, 40, 70], True, False)
    assert list(meter.questions()) == [(40, 70)]


def test_a_question_that_is_over_before_it_began_is_empty() -> None:
    meter = meter_of((0, 100), (0, 100))
    meter.ask(40)
    meter.resolve(30)

    assert (list(meter.questions()), meter.billable_ms) == ([(40, 40)], 100)


def test_nothing_after_the_end_counts_and_what_began_with_it_is_empty() -> None:
    meter = meter_of((0, 100), (50, 100))
    counted = [meter.billable_ms]
    meter.end(60)
    counted.append(meter.billable_ms)
    meter.end(50)
    cut = [times(meter, role) for role in ROLES]
    meter.end(49)

    assert counted == [50, 10]
    assert cut == [[(0, 50)], [(50, 50)]]
    assert [times(meter, role) for role in ROLES] == [[(0, 49)], []]


def test_settled_time_stays_counted_and_its_spans_are_forgotten() -> None:
    meter = meter_of((0, 30), (0, 30))
    for role in ROLES:
        meter.close(role, 30, "left")
        meter.open(role, 50)
        meter.extend(role, 100)
    meter.ask(60)
    meter.resolve(70)
    asked = [(list(meter.questions()))]
    meter.settle(30)
    kept = [times(meter, "tutor")]
    for floor_ms in (69, 70, 20):
        meter.settle(floor_ms)
        asked.append(list(meter.questions()))
        kept.append(times(meter, "tutor"))
        meter.extend("student", 100)

    assert asked == [[(60, 70)], [(60, 70)], [], []]
    assert kept == [[(50, 100)], [(69, 100)], [(70, 100)], [(70, 100)]]
    assert (meter.floor_ms, meter.billable_until(70), meter.billable_ms) == (70, 40, 70)
    meter.extend("tutor", 110)
    meter.extend("student", 110)
    assert meter.billable_ms == 80


def test_an_open_span_and_an_open_question_are_never_forgotten() -> None:
    meter = meter_of((0, 10), (0, 10))
    meter.ask(5)
    meter.close("tutor", 10, "left")
    meter.settle(40)

    assert [times(meter, role) for role in ROLES] == [[(10, 10)], []]
    assert (list(meter.questions()), meter.billable_until(99)) == ([(5, None)], 5)


@pytest.mark.parametrize(
    ("one", "two", "both"),
    [
        ([], [(0, 9)], []),
        ([(0, 5)], [(5, 9)], []),
        ([(0, 6)], [(5, 9)], [(5, 6)]),
        ([(0, 5), (5, 9)], [(1, 8)], [(1, 8)]),
        ([(0, 5), (6, 9)], [(1, 8)], [(1, 5), (6, 8)]),
        ([(0, 2), (2, 4), (4, 6)], [(0, 6)], [(0, 6)]),
        ([(0, 3), (4, 9)], [(1, 3), (5, 6), (8, 20)], [(1, 3), (5, 6), (8, 9)]),
    ],
)
def test_the_overlap_of_two_lists_is_the_time_in_both(
    one: list[tuple[int, int]], two: list[tuple[int, int]], both: list[tuple[int, int]]
) -> None:
    assert intersect(one, two) == intersect(two, one) == both
    assert measure(both) == sum(len(range(*piece)) for piece in both)


@pytest.mark.parametrize(
    ("holes", "left"),
    [
        ([], [(0, 10), (20, 30)]),
        ([(4, 6)], [(0, 4), (6, 10), (20, 30)]),
        ([(0, 10)], [(20, 30)]),
        ([(10, 20)], [(0, 10), (20, 30)]),
        ([(5, 25)], [(0, 5), (25, 30)]),
        ([(5, None)], [(0, 5)]),
        ([(20, None)], [(0, 10)]),
        ([(2, 3), (22, None)], [(0, 2), (3, 10), (20, 22)]),
    ],
)
def test_the_difference_has_no_time_of_a_hole(
    holes: list[tuple[int, int | None]], left: list[tuple[int, int]]
) -> None:
    assert sorted(subtract([(0, 10), (20, 30)], holes)) == left
