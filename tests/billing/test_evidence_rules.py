"""Late evidence is put in its place, and the result is the smallest possible revision (`evidence.py`)."""

from __future__ import annotations

from itertools import permutations

import pytest

from langdao_video.billing.evidence import Evidence, Heard, Kind, News, Revision, Walk
from langdao_video.billing.meter import Span
from langdao_video.session.facts import SeatTaken
from tests.billing.test_walk_rules import ROLE, RULES, T, connect, denial, leave, proof

TOLD = (proof(0), proof(10_000))


def told(evidence: Evidence, *heard: Heard) -> News:
    """Give all of them to the evidence, and return the news of the last one."""
    news = None
    for each in heard:
        news = evidence.hear(ROLE, each, T, RULES)
        assert news is not None
    assert news is not None
    return news


def span(
    start: int, end: int, sitting: int = 1, closed_by: str | None = None, left: int | None = None
) -> Span:
    return Span(T + start, T + end, sitting, closed_by, -1 if left is None else T + left)


def revision(within: tuple[int, int], *spans: Span) -> Revision:
    return Revision((T + within[0], T + within[1]), spans)


@pytest.mark.parametrize(
    ("heard", "late", "expected"),
    [
        pytest.param(
            (*TOLD, proof(40_000)), proof(20_000), revision((0, 40_000), span(0, 40_000)), id="two spans join"
        ),
        pytest.param(
            (*TOLD, proof(60_000), proof(70_000)),
            proof(20_000),
            revision((0, 20_000), span(0, 20_000, closed_by="silence")),
            id="the first span grows, the second is not told",
        ),
        pytest.param(
            (*TOLD, proof(60_000), proof(70_000), proof(120_000), proof(130_000), proof(180_000)),
            proof(80_000),
            revision((60_000, 80_000), span(60_000, 80_000, closed_by="silence")),
            id="the second span of four grows",
        ),
        pytest.param(
            (*TOLD, proof(100_000)),
            proof(50_000),
            revision((50_000, 50_000), span(50_000, 50_000, closed_by="silence")),
            id="a proof by itself is a span of no length",
        ),
        pytest.param(
            (connect(0), proof(10_000), connect(20_000, 2), connect(20_000, 3), proof(30_000, 3)),
            proof(20_000),
            revision(
                (0, 30_000),
                span(0, 20_000, 1, "replaced", 20_000),
                span(20_000, 20_000, 2, "replaced", 20_000),
                span(20_000, 30_000, 3),
            ),
            id="spans that touch are told together",
        ),
        pytest.param(
            (connect(0), proof(10_000), connect(20_001, 2), proof(30_000, 2)),
            proof(20_000),
            revision((0, 20_000), span(0, 20_000, 1, "replaced", 20_001)),
            id="spans that do not touch are not",
        ),
        pytest.param(
            (*TOLD, proof(20_000), proof(30_000)),
            leave(15_000),
            revision((0, 30_000), span(0, 15_000, 1, "closed", 15_000)),
            id="a leave takes back what came after it",
        ),
        pytest.param(
            (*TOLD, proof(60_000)),
            leave(40_000),
            revision((60_000, 60_000)),
            id="a leave after a loss takes back what was found again, and renames no time",
        ),
        pytest.param(
            (*TOLD, proof(30_000)),
            denial(26_000),
            revision((0, 30_000), span(0, 10_000, closed_by="media"), span(30_000, 30_000)),
            id="a denial parts a span",
        ),
        pytest.param(
            (connect(0), proof(10_000), leave(20_000, 1)),
            connect(15_000, 2),
            revision((0, 20_000), span(0, 10_000, 1, "replaced", 15_000), span(15_000, 15_000, 2)),
            id="a later sitting takes over the time of an earlier one",
        ),
        pytest.param((*TOLD, proof(30_000)), proof(20_000), None, id="nothing that was not known"),
    ],
)
def test_a_late_event_gives_the_smallest_revision(
    heard: tuple[Heard, ...], late: Heard, expected: Revision | None
) -> None:
    news = told(Evidence(), *heard, late)

    assert (news.revision, news.facts, news.is_last) == (expected, [], False)


@pytest.mark.parametrize(
    ("floor", "last", "late", "expected"),
    [
        (5_000, proof(40_000), proof(20_000), revision((5_000, 40_000), span(5_000, 40_000))),
        (
            10_000,
            proof(30_000),
            denial(25_000),
            revision((10_000, 30_000), span(10_000, 10_000, closed_by="media"), span(30_000, 30_000)),
        ),
        (10_001, proof(30_000), denial(25_000), revision((10_001, 30_000), span(30_000, 30_000))),
    ],
)
def test_a_revision_covers_no_time_before_the_floor(
    floor: int, last: Heard, late: Heard, expected: Revision
) -> None:
    evidence = Evidence()
    told(evidence, *TOLD, last)
    evidence.floor_ms = T + floor

    assert told(evidence, late).revision == expected


def test_a_change_of_the_sitting_alone_is_an_empty_revision_after_all_events() -> None:
    left, torn = Evidence(), Evidence()
    for evidence in (left, torn):
        told(evidence, *TOLD)

    by_leave = left.hear(ROLE, leave(12_000, None), T, RULES, as_revision=True)
    by_denial = torn.hear(ROLE, denial(26_000), T, RULES, as_revision=True)

    assert by_leave is not None
    assert (by_leave.revision, by_leave.facts, by_leave.is_last) == (revision((12_001, 12_001)), [], True)
    assert (by_leave.before, by_leave.after) == (
        Walk(1, is_taken=True, last_ms=T + 10_000),
        Walk(1, is_taken=False, last_ms=T + 10_000, left_ms=T + 12_000),
    )
    assert by_denial is not None
    assert by_denial.revision == revision((26_001, 26_001))


def test_an_event_in_order_gives_the_history_before_and_after_it() -> None:
    first, second = told(Evidence(), proof(0)), told(Evidence(), proof(0), leave(9_000))

    assert first.facts == [(T, SeatTaken(role=ROLE, epoch=1, address=None))]
    assert (first.before, first.revision, first.is_last) == (Walk(), None, True)
    assert second.before == Walk(1, is_taken=True, last_ms=T)
    assert second.after == Walk(1, is_taken=False, last_ms=T + 9_000, left_ms=T + 9_000)


def test_a_new_proof_may_be_returned_as_a_revision_since_the_last_one() -> None:
    evidence = Evidence()
    told(evidence, *TOLD)

    news = evidence.hear(ROLE, proof(20_000), T, RULES, as_revision=True)

    assert news is not None
    assert (news.revision, news.facts, news.is_last) == (revision((0, 20_000), span(0, 20_000)), [], True)


def test_events_are_ordered_by_time_and_then_by_kind() -> None:
    denied, connected = told(Evidence(), proof(0), denial(0)), told(Evidence(), proof(0), connect(0))

    assert (denied.is_last, connected.is_last) == (True, False)
    assert [told(Evidence(), proof(0), each).is_last for each in (proof(1), proof(-1))] == [True, False]


def test_without_epochs_a_page_that_took_over_stays_in_any_order_of_arrival() -> None:
    heard = [
        connect(0, None),
        proof(5_000, None),
        leave(9_000, None),
        connect(9_000, None),
        proof(9_000, None),
    ]

    for order in permutations(heard):
        walk = told(Evidence(), *order).after

        assert (walk.sitting, walk.is_taken, walk.last_ms, walk.left_ms) == (2, True, T + 9_000, T + 9_000)


def test_with_epochs_one_instant_is_read_by_sitting_and_then_by_kind() -> None:
    heard = [connect(0, 1), leave(9_000, 1), connect(9_000, 2), leave(9_000, 2)]

    for order in permutations(heard):
        walk = told(Evidence(), *order).after

        assert (walk.sitting, walk.is_taken, walk.last_ms) == (2, False, T + 9_000)


def test_without_epochs_a_leave_in_the_instant_of_a_proof_comes_after_it() -> None:
    heard = [connect(0, None), proof(9_000, None), leave(9_000, None)]

    for order in permutations(heard):
        walk = told(Evidence(), *order).after

        assert (walk.sitting, walk.is_taken, walk.last_ms) == (1, False, T + 9_000)


# ── Spans read back from the ledger ──────────────────────────────────────────────────────────────


def recalled(*spans: Span) -> Evidence:
    evidence = Evidence()
    evidence.recall(ROLE, spans, T, RULES)
    return evidence


@pytest.mark.parametrize(
    ("closed_by", "walk"),
    [
        (None, Walk(3, is_taken=True, last_ms=T + 60_000)),
        ("silence", Walk(3, is_taken=True, last_ms=T + 60_000)),
        ("end", Walk(3, is_taken=True, last_ms=T + 60_000)),
        ("media", Walk(3, is_taken=True, last_ms=T + 60_000, is_torn=True)),
        ("closed", Walk(3, is_taken=False, last_ms=T + 60_000, left_ms=T + 64_000)),
    ],
)
def test_a_seat_is_taken_up_as_the_ledger_kept_it(closed_by: str | None, walk: Walk) -> None:
    evidence = recalled(span(0, 60_000, 3, closed_by, 64_000))

    assert evidence.walk(ROLE) == walk
    assert evidence.walk("student") == Walk()


@pytest.mark.parametrize(
    ("spans", "walk"),
    [
        ((span(0, 0, 1, "closed", 0),), Walk(1, is_taken=False, last_ms=T, left_ms=T)),
        ((span(0, 60_000, 1, "media"), span(65_000, 65_000, 2)), Walk(2, is_taken=True, last_ms=T + 65_000)),
        (
            (span(0, 60_000, 1, "closed", 60_000), span(60_000, 60_000, 2)),
            Walk(2, is_taken=True, last_ms=T + 60_000, left_ms=T + 60_000),
        ),
    ],
)
def test_the_end_of_a_sitting_does_not_affect_the_next(spans: tuple[Span, ...], walk: Walk) -> None:
    assert recalled(*spans).walk(ROLE) == walk


def test_all_spans_are_read_back_with_what_ended_them() -> None:
    evidence = recalled(span(0, 5_000, 1, "closed", 7_000), span(60_000, 90_000, 2))

    news = told(evidence, connect(-3_000))

    assert evidence.walk(ROLE).sitting == 2
    assert news.revision == revision((-3_000, 5_000), span(-3_000, 5_000, 1, "closed", 7_000))


@pytest.mark.parametrize(
    ("spans", "up_to"),
    [
        ((span(0, 60_000),), 60_000),
        ((span(0, 60_000, 1, "media"),), 75_000),
        ((span(0, 60_000, 1, "closed", 64_000),), 64_000),
        ((span(0, 60_000, 1, "closed", 64_000), span(64_000, 64_000, 2)), 64_000),
    ],
)
@pytest.mark.parametrize("kind", [Kind.CONNECT, Kind.DENIAL, Kind.LEAVE])
def test_an_event_without_an_epoch_changes_nothing_in_the_time_read_back(
    spans: tuple[Span, ...], up_to: int, kind: Kind
) -> None:
    evidence = recalled(*spans)

    assert evidence.hear(ROLE, Heard(T + up_to, kind, None), T, RULES) is None
    assert evidence.hear(ROLE, Heard(T + up_to, kind, 9), T, RULES) is not None
    assert recalled(*spans).hear(ROLE, Heard(T + up_to + 1, kind, None), T, RULES) is not None


def test_a_proof_without_an_epoch_begins_no_sitting_in_the_time_read_back() -> None:
    spans = (span(0, 5_000, 1, "closed", 5_000), span(60_000, 90_000, 2))

    within = told(recalled(*spans), proof(30_000, None))
    after = told(recalled(span(0, 5_000, 1, "closed", 5_000)), proof(30_000, None))

    assert (within.revision, within.after.sitting) == (None, 2)
    assert (after.after.sitting, after.after.is_taken) == (2, True)


def test_a_seat_without_a_history_takes_every_event() -> None:
    assert recalled().hear(ROLE, Heard(0, Kind.CONNECT, None), T, RULES) is not None


def test_the_next_page_sits_down_as_news_and_not_as_a_revision() -> None:
    for before in ((connect(0), leave(10_000)), (connect(0), proof(10_000))):
        news = told(Evidence(), *before, connect(20_000, 2))

        assert (news.revision, news.is_last) == (None, True)
        assert [fact.epoch for _, fact in news.facts if isinstance(fact, SeatTaken)] == [2]


def test_a_connect_cancels_earlier_events_of_its_sitting() -> None:
    """A heartbeat that was dated too early had begun the sitting and cut the one before."""
    news = told(Evidence(), connect(0), proof(10_000), proof(9_000, 2), connect(12_000, 2))

    assert news.facts == []
    change = revision(
        (0, 12_000), span(0, 10_000, closed_by="replaced", left=12_000), span(12_000, 12_000, 2)
    )
    assert news.revision == change


@pytest.mark.parametrize("first_ms", [8_000, 12_000])
def test_of_two_connects_of_a_sitting_the_earlier_begins_it(first_ms: int) -> None:
    evidence = Evidence()
    for heard in (connect(first_ms, 2), connect(20_000 - first_ms, 2), proof(9_000, 2), proof(7_000, 2)):
        evidence.hear(ROLE, heard, T, RULES)
    evidence.hear(ROLE, proof(30_000, 2), T, RULES)

    news = evidence.hear(ROLE, proof(10_000, 2), T, RULES)

    assert news is not None
    assert news.revision is None  # it is within the one span from 8 to 30 s
