"""What the other side's evidence says about a claim: each bound of `evidence.py`, one millisecond below and above."""

from __future__ import annotations

import pytest

from langdao_video.signaling.counters import Acks
from langdao_video.signaling.evidence import (
    LATE_MS,
    QUIET_MS,
    REPORTS_MS,
    SURE_MS,
    TAIL_MS,
    Lateness,
    Verdict,
    Witness,
)

T = 1_698_234_567_000


@pytest.mark.parametrize(
    ("then", "grew_ms"),
    [(Acks(audio=3, video=4), T + 9), (Acks(audio=2, video=5), T + 9), (Acks(audio=2, video=4), None)],
)
def test_a_report_has_come_when_either_counter_grows(then: Acks, grew_ms: int | None) -> None:
    witness = Witness()
    witness.note(Acks(audio=2, video=4), T, T)
    first = (witness.noted_ms, witness.grew_ms)
    witness.note(then, T + 9, T + 9)
    witness.note(None, T + 20, T + 20)

    assert first == (T, None)
    assert (witness.newest, witness.noted_ms, witness.grew_ms) == (then, T + 9, grew_ms)


def test_counters_that_begin_anew_have_not_grown() -> None:
    witness = Witness()
    witness.note(Acks(audio=9, video=9), T, T)
    witness.note(Acks(audio=1, video=1), T + 5, T + 5)
    begun = witness.grew_ms
    witness.note(Acks(audio=2, video=1), T + 9, T + 9)

    assert (begun, witness.grew_ms) == (None, T + 9)


@pytest.mark.parametrize(
    ("grew_ms", "noted_ms", "since_ms", "now_ms", "verdict"),
    [
        (REPORTS_MS, REPORTS_MS, 0, REPORTS_MS, Verdict.OPEN),
        (REPORTS_MS + 1, REPORTS_MS + 1, 0, REPORTS_MS + 1, Verdict.CONTRADICTED),
        (20_000, 20_000 + QUIET_MS - 1, 0, 30_000, Verdict.CONTRADICTED),
        (20_000, 20_000 + QUIET_MS, 0, 30_000, Verdict.AGREED),
        (20_000, 20_000, 0, 20_000 + TAIL_MS, Verdict.CONTRADICTED),
        (20_000, 20_000, 0, 20_001 + TAIL_MS, Verdict.UNSUPPORTED),
        (None, 20_000, 0, 20_000, Verdict.UNSUPPORTED),
        (0, 0, 0, 0, Verdict.OPEN),
    ],
)
def test_a_claim_is_judged_by_what_the_browser_confirms(
    grew_ms: int | None, noted_ms: int, since_ms: int, now_ms: int, verdict: Verdict
) -> None:
    grown_ms = [] if grew_ms is None else [(T + grew_ms, T + grew_ms)]
    witness, times = Witness(grown_ms=grown_ms, noted_ms=T + noted_ms), (T + since_ms, T + now_ms, T + now_ms)

    assert witness.judge(*times, sends=True, receives=True) is verdict
    assert witness.judge(*times, sends=False, receives=True) is Verdict.AGREED
    alone = witness.judge(*times, sends=True, receives=False)
    assert alone is (Verdict.AGREED if verdict is Verdict.UNSUPPORTED else verdict)


@pytest.mark.parametrize(
    ("oldest_ms", "answered_late_ms", "begins"),
    [
        (T - LATE_MS, 0, True),
        (T - LATE_MS + 1, 0, False),
        (None, LATE_MS, True),
        (None, LATE_MS - 1, False),
        (None, 0, False),
    ],
)
def test_a_page_that_leaves_a_ping_for_ten_seconds_is_late(
    oldest_ms: int | None, answered_late_ms: int, *, begins: bool
) -> None:
    lateness = Lateness(answered_late_ms=answered_late_ms)
    looks = [lateness.review(oldest_ms, T, T + after) for after in (0, SURE_MS - 1, SURE_MS)]

    assert looks == [False, False, begins]
    assert lateness.since_ms == (T if begins else None)


def test_a_page_without_frames_for_ten_seconds_is_not_late() -> None:
    lateness = Lateness()

    assert not lateness.review(0, LATE_MS, LATE_MS)
    assert lateness.review(0, LATE_MS, 2 * LATE_MS - 1)
    assert not lateness.review(0, LATE_MS, 2 * LATE_MS)
    assert lateness.since_ms is None


def test_a_report_at_the_first_millisecond_has_come() -> None:
    assert Witness(grown_ms=[(0, 0)], noted_ms=0).judge(0, 0, 0, sends=True, receives=True) is Verdict.OPEN


def test_late_since_the_first_millisecond_is_late() -> None:
    assert Lateness(answered_late_ms=LATE_MS, since_ms=0).review(None, SURE_MS, SURE_MS)
