"""Evidence becomes final: three minutes behind the newest, or when too much is kept (`evidence.py`)."""

from __future__ import annotations

import pytest

from langdao_video.billing.evidence import ITEMS_MAX, Evidence, Heard, Kind, Revision
from langdao_video.billing.meter import Span
from langdao_video.session.roles import ROLES
from tests.billing.test_walk_rules import RULES, T, denial, kept_span, leave, proof

STEP = 20_000


def hear(evidence: Evidence, *heard: Heard) -> None:
    """Give the evidence of the tutor's seat, each item at once."""
    for each in heard:
        assert evidence.hear("tutor", each, each.at_ms, RULES) is not None


def proofs(count: int, step: int = STEP) -> list[Heard]:
    return [proof(place * step) for place in range(count)]


def floor(*heard: Heard) -> int:
    evidence = Evidence()
    hear(evidence, *heard)
    return evidence.floor_ms - T


def test_final_events_are_looked_for_after_every_sixteen_events() -> None:
    floors = [floor(*proofs(count)) for count in (1, 15, 16, 17)]

    assert floors == [-1 - T, -1 - T, 80_000, 80_000]


@pytest.mark.parametrize(("step", "final"), [(20_000, 80_000), (12_500, -30_000), (35_000, 310_000)])
def test_events_three_minutes_before_the_newest_of_35_seconds_ago_are_final(step: int, final: int) -> None:
    """Of sixteen proofs 20 s apart until 300 s, those until 260 s came 35 s ago. All before 80 s is final."""
    assert floor(*proofs(16, step)) == final


@pytest.mark.parametrize(("until", "final"), [(79_999, 80_000), (80_000, 0), (100_000, 0)])
def test_a_span_that_was_read_back_is_final_when_its_end_is(until: int, final: int) -> None:
    assert floor(kept_span(0, until), *proofs(16)[1:]) == final


@pytest.mark.parametrize(("came_at", "final"), [(265_000, 80_000), (265_001, 10_000)])
def test_a_late_event_is_kept_as_long_as_one_in_time(came_at: int, final: int) -> None:
    evidence = Evidence()
    hear(evidence, *proofs(15)[1:14])
    evidence.hear("student", proof(10_000), T + came_at, RULES)

    hear(evidence, proof(280_000), proof(300_000))

    assert evidence.floor_ms == T + final


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (79_999, None),
        (80_000, Revision((T + 80_000, T + 300_000), (Span(T + 80_000, T + 300_000, 1),))),
    ],
)
def test_final_time_does_not_change_and_later_events_continue_from_it(
    late: int, expected: Revision | None
) -> None:
    evidence = Evidence()
    evidence.hear("student", proof(0), T, RULES)
    hear(evidence, *proofs(4), *proofs(16)[5:])

    news = evidence.hear("tutor", proof(late), T + 300_000, RULES)

    assert (news and news.revision) == expected
    assert evidence.walk("student").last_ms == T


def test_a_seat_that_was_torn_when_it_became_final_was_not_there_after_its_last_proof() -> None:
    evidence = Evidence()
    evidence.hear("student", proof(0), T, RULES)
    hear(evidence, *proofs(3), denial(60_000), *proofs(16)[5:])

    news = evidence.hear("tutor", proof(85_000), T + 300_000, RULES)

    assert news is not None
    assert news.revision == Revision((T + 85_000, T + 300_000), (Span(T + 85_000, T + 300_000, 1),))


def test_beyond_the_bound_the_oldest_events_of_both_seats_become_final_at_once() -> None:
    evidence = Evidence()
    for place in range(ITEMS_MAX // 2):
        for role in ROLES:
            evidence.hear(role, proof(place), T, RULES)
    before = evidence.floor_ms

    for place in range(ITEMS_MAX // 2, ITEMS_MAX // 2 + 8):
        for role in ROLES:
            evidence.hear(role, proof(place), T, RULES)

    assert before == -1
    assert evidence.floor_ms == T + 7 + 1
    assert evidence.hear("tutor", Heard(T + 7, Kind.DENIAL, 1), T, RULES) is None
    assert evidence.hear("tutor", Heard(T + 8, Kind.DENIAL, 1), T, RULES) is not None


def test_spans_from_the_ledger_count_as_come_when_they_were_read_back() -> None:
    evidence = Evidence()
    spans = [Span(T - 400_000, T - 300_000, 1, "closed")]
    evidence.recall("tutor", spans, T + 270_000, RULES)

    hear(evidence, *[proof(each.at_ms - T, 2) for each in proofs(16)])
    kept_ms = evidence.floor_ms
    hear(evidence, *[proof(each.at_ms - T + 320_000, 2) for each in proofs(16)])

    assert kept_ms == T - 400_000 < T < evidence.floor_ms


def test_a_late_event_is_kept_for_35_seconds_from_its_arrival() -> None:
    evidence = Evidence()
    for each in proofs(16):
        evidence.hear("tutor", each, each.at_ms + STEP, RULES)

    assert evidence.floor_ms == T + 80_000


def final(*heard: Heard) -> Evidence:
    """Make all evidence of the tutor final by sending too much evidence of the student."""
    evidence = Evidence()
    hear(evidence, *heard)
    for place in range(ITEMS_MAX + 16):
        evidence.hear("student", proof(70_000 + place), T, RULES)
    return evidence


def test_a_revision_continues_from_final_time() -> None:
    evidence = final(proof(60_000))

    news = evidence.hear("tutor", proof(80_000), T, RULES, as_revision=True)

    floor_ms = evidence.floor_ms
    assert news is not None
    assert news.revision == Revision((floor_ms, T + 80_000), (Span(floor_ms, T + 80_000, 1),))


def test_a_leave_after_a_final_stop_of_media_changes_no_time() -> None:
    evidence = final(proof(40_000), denial(60_000))

    news = evidence.hear("tutor", leave(80_000), T, RULES, as_revision=True)

    assert news is not None
    assert news.revision == Revision((T + 80_001, T + 80_001), ())
