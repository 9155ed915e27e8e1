"""When a person counts as being there for the oracle, shown by single cases."""

from __future__ import annotations

from langdao_video.session.roles import Role
from tools.simulator.intervals import Intervals
from tools.simulator.oracle import (
    BilledClaims,
    PageTruth,
    Truth,
    judge,
    lost_to_drops,
    may_be_billed,
    must_be_billed,
)


def page(
    is_open: tuple[int, int], *, arrived: Intervals | None = None, starved: Intervals | None = None
) -> PageTruth:
    return PageTruth([is_open], [is_open], [], arrived or [], starved or [], starved or [])


def truth(*pages: PageTruth, cut: Intervals | None = None, downs: Intervals | None = None) -> Truth:
    both: dict[Role, Intervals] = {"student": cut or [], "tutor": []}
    return Truth({"student": pages, "tutor": []}, both, both, downs or [])


def test_a_person_is_there_while_the_page_is_open_and_the_way_works() -> None:
    assert may_be_billed(truth(page((0, 100_000))), "student") == [(0, 100_000)]


def test_a_page_that_was_closed_is_not_there_however_soon_it_is_back() -> None:
    reloaded = truth(page((0, 10_000)), page((10_300, 20_000)))

    assert may_be_billed(reloaded, "student") == [(0, 10_000), (10_300, 20_000)]


def test_a_short_tunnel_is_bridged_and_a_long_one_is_not() -> None:
    short = truth(page((0, 100_000)), cut=[(10_000, 35_000)])
    long = truth(page((0, 100_000)), cut=[(10_000, 35_001)])

    assert may_be_billed(short, "student") == [(0, 100_000)]
    assert may_be_billed(long, "student") == [(0, 10_000), (35_001, 100_000)]


def test_nobody_is_there_after_a_tunnel_in_which_the_page_was_closed() -> None:
    assert may_be_billed(truth(page((0, 20_000)), cut=[(10_000, 30_000)]), "student") == [(0, 10_000)]


def test_media_that_arrives_is_as_good_as_a_way_to_the_service() -> None:
    down = truth(page((0, 100_000), arrived=[(0, 100_000)]), downs=[(10_000, 90_000)])

    assert may_be_billed(down, "student") == [(0, 100_000)]


def test_two_sockets_that_ping_are_no_lesson_once_media_has_stopped() -> None:
    silent = truth(page((0, 100_000), arrived=[(0, 10_000)], starved=[(10_000, 100_000)]))

    assert may_be_billed(silent, "student") == [(0, 35_000), (84_000, 100_000)]
    assert must_be_billed(silent, "student") == [(1, 10_000)]


def test_what_the_ledger_claims_beyond_the_truth_is_over_billed() -> None:
    there: dict[Role, Intervals] = {"student": [(0, 60_000)], "tutor": [(0, 50_000)]}
    claims = BilledClaims(
        {"student": [(0, 60_000)], "tutor": [(0, 52_000)]}, 52_000, None, None, ended_by_itself=False
    )

    judgement = judge(claims, [(0, 50_000)], [there])

    assert (judgement.over_ms, judgement.drops_ms, judgement.faults) == (2_000, [0, 0], [])


def test_what_the_bill_has_beyond_its_claims_is_over_billed_too() -> None:
    there: dict[Role, Intervals] = {"student": [(0, 60_000)], "tutor": [(0, 60_000)]}
    claims = BilledClaims(
        {"student": [(0, 40_000)], "tutor": [(0, 60_000)]}, 41_000, None, None, ended_by_itself=False
    )

    judgement = judge(claims, [(0, 60_000)], [there])

    assert judgement.over_ms == 1_000
    assert judgement.drops_ms == [0, 20_000]
    assert judgement.faults == ["the bill is 41000 ms, its spans say 40000 ms"]


def test_a_drop_costs_the_tail_before_it_and_the_head_after_it() -> None:
    assert lost_to_drops([(0, 100), (200, 300)], [(3, 50), (60, 90), (205, 299)]) == [3, 10, 15, 1]


def test_two_drops_of_one_seat_while_the_other_is_away_share_what_they_cost() -> None:
    both, claimed = [(0, 100), (300, 400)], [(0, 92), (305, 400)]
    student: Intervals = [(0, 100), (150, 200), (300, 400)]
    tutor: Intervals = [(0, 100), (250, 400)]

    assert lost_to_drops(both, claimed, {"student": student, "tutor": tutor}) == [0, 7, 7, 0]
    assert lost_to_drops(both, claimed, {"student": tutor, "tutor": tutor}) == [0, 13, 0]


def test_a_lesson_may_not_end_by_itself_while_both_are_there() -> None:
    there: dict[Role, Intervals] = {"student": [(0, 60_000)], "tutor": [(0, 60_000)]}
    claims = BilledClaims(there, 60_000, None, 60_000, ended_by_itself=True)

    assert judge(claims, [(0, 60_000)], [there]).faults == [
        "a grace ended the lesson although both were there"
    ]


def test_a_reading_that_comes_twice_is_two_instants() -> None:
    """The clock went back from 100 s to 95 s: the losses before and after it are two drops."""
    before: dict[Role, Intervals] = {"student": [(0, 100_000)], "tutor": [(0, 100_000)]}
    after: dict[Role, Intervals] = {"student": [(97_000, 104_000)], "tutor": [(97_000, 104_000)]}
    claims = BilledClaims(
        {"student": [(0, 94_000)], "tutor": [(0, 94_000)]}, 94_000, None, None, ended_by_itself=False
    )

    assert judge(claims, [(0, 104_000)], [before, after]).drops_ms == [0, 6_000, 7_000]


def test_what_a_clock_that_went_back_costs_on_both_sides_is_one_drop() -> None:
    before: dict[Role, Intervals] = {"student": [(0, 100_000)], "tutor": [(0, 100_000)]}
    after: dict[Role, Intervals] = {"student": [(97_000, 150_000)], "tutor": [(97_000, 150_000)]}
    spans: Intervals = [(0, 94_000), (104_000, 150_000)]
    claims = BilledClaims({"student": spans, "tutor": spans}, 140_000, None, None, ended_by_itself=False)

    assert judge(claims, [(0, 150_000)], [before, after]).drops_ms == [0, 13_000, 0]
