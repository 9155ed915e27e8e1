"""The bounds of caps, notices, corrections and the session's length, each one unit below, at and above."""

from __future__ import annotations

import re

import pytest

from langdao_video.billing.corrections import decide_correction, is_correction
from langdao_video.billing.currencies import is_code, is_token
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import (
    RATE_MINOR_MAX,
    Money,
    Rate,
    cost_of,
    receive_decimals,
    receive_rate,
)
from langdao_video.billing.quota import (
    CAP_MINOR_MAX,
    CAP_SECONDS_MAX,
    Cap,
    cap_minor,
    cap_ms,
    check_cap_change,
    next_notice,
    receive_cap,
)
from langdao_video.errors import BadRequest, Conflict
from langdao_video.session.facts import BillCorrected, Ended, SessionCreated, TutorAccepted
from langdao_video.session.state import State

RATE = Rate(3_600, "USD", 2)


@pytest.mark.parametrize(
    ("seconds", "minor", "cap"),
    [
        (None, None, None),
        (1, None, Cap(1, None)),
        (CAP_SECONDS_MAX, None, Cap(CAP_SECONDS_MAX, None)),
        (None, 1, Cap(None, 1)),
        (None, CAP_MINOR_MAX, Cap(None, CAP_MINOR_MAX)),
        (5, 7, Cap(5, 7)),
    ],
)
def test_a_cap_is_taken_up_to_its_bounds(seconds: int | None, minor: int | None, cap: Cap | None) -> None:
    assert receive_cap(seconds, minor, RATE) == cap


@pytest.mark.parametrize(
    ("seconds", "minor"), [(0, None), (CAP_SECONDS_MAX + 1, None), (None, 0), (None, CAP_MINOR_MAX + 1)]
)
def test_a_cap_is_refused_beyond_its_bounds(seconds: int | None, minor: int | None) -> None:
    with pytest.raises(BadRequest, match=r"is 1 to \d+") as refused:
        receive_cap(seconds, minor, RATE)

    assert refused.value.code == "cap-invalid"


def test_a_cap_that_buys_not_one_second_is_refused() -> None:
    with pytest.raises(BadRequest) as refused:
        receive_cap(None, 1, Rate(7_200, "USD", 2))

    assert refused.value.code == "cap-invalid"
    assert receive_cap(None, 1, Rate(7_199, "USD", 2)) == Cap(None, 1)


def test_a_cap_is_the_smaller_of_its_two_limits() -> None:
    assert [cap_ms(cap, RATE) for cap in (None, Cap(), Cap(9), Cap(None, 8), Cap(9, 8), Cap(7, 8))] == [
        None,
        None,
        9_000,
        8_000,
        8_000,
        7_000,
    ]
    assert cap_ms(Cap(None, 8), Rate(1, "USD", 2)) == 32_399_000
    assert cap_ms(Cap(9, 8), Rate(0, "USD", 2)) == 9_000


def test_a_bill_under_a_cap_comes_to_the_least_of_its_limits() -> None:
    caps = (None, Cap(), Cap(9), Cap(None, 8), Cap(9, 8), Cap(7, 8))
    assert [cap_minor(cap, RATE) for cap in caps] == [None, None, 9, 8, 8, 7]
    assert cap_minor(Cap(1_000), RATE) == 1_000


def test_what_a_lesson_costs_is_in_the_currency_of_its_rate() -> None:
    assert cost_of(1_000, RATE) == Money(1, "USD", 2)


def test_a_cap_may_come_down_to_what_is_billed_and_no_further() -> None:
    check_cap_change(5_000, 5_000)
    check_cap_change(None, 5_000)
    with pytest.raises(Conflict, match="5 s are billed already, the new cap would allow 4 s") as refused:
        check_cap_change(4_999, 5_000)

    assert refused.value.code == "cap-too-low"


@pytest.mark.parametrize(
    ("limit_ms", "left_ms", "given", "notice"),
    [
        (300_001, 300_001, (), 300),
        (300_000, 300_000, (), 60),
        (600_000, 300_000, (), 300),
        (600_000, 60_001, (), 300),
        (600_000, 60_000, (), 60),
        (600_000, 500_000, (300,), 60),
        (600_000, 500_000, (300, 60), None),
        (60_000, 60_000, (), None),
        (60_001, 60_001, (), 60),
    ],
)
def test_a_notice_is_the_largest_that_is_still_to_come(
    limit_ms: int, left_ms: int, given: tuple[int, ...], notice: int | None
) -> None:
    assert next_notice(limit_ms, left_ms, frozenset(given)) == notice


@pytest.mark.parametrize("minor", [1, RATE_MINOR_MAX])
def test_a_rate_is_taken_up_to_its_bounds(minor: int) -> None:
    assert receive_rate(minor, "USDC", 6) == Rate(minor, "USDC", 6)


@pytest.mark.parametrize("minor", [0, RATE_MINOR_MAX + 1])
def test_a_rate_is_refused_beyond_its_bounds(minor: int) -> None:
    with pytest.raises(BadRequest) as refused:
        receive_rate(minor, "USD")

    assert refused.value.code == "rate-invalid"


@pytest.mark.parametrize(
    ("currency", "decimals"), [("USD", 3), ("USD", 0), ("usd", 2), ("DAI", None), ("DAI", -1), ("DAI", 10)]
)
def test_decimals_that_cannot_be_are_refused(currency: str, decimals: int | None) -> None:
    with pytest.raises(BadRequest) as refused:
        receive_decimals(currency, decimals)

    assert refused.value.code == "currency-unknown"


def test_the_refusal_of_a_long_name_shows_its_first_twelve_letters() -> None:
    with pytest.raises(BadRequest, match=re.escape("'ABCDEFGHIJKL' is no currency")):
        receive_decimals("ABCDEFGHIJKLM", 2)


def test_decimals_of_a_token_are_taken_up_to_their_bounds() -> None:
    assert [receive_decimals("DAI", each) for each in (0, 9)] == [0, 9]
    assert [receive_decimals("USD", each) for each in (None, 2)] == [2, 2]


@pytest.mark.parametrize(
    ("symbol", "token", "code"),
    [
        ("W3", True, False),
        ("USD", False, True),
        ("XAU", False, True),
        ("DEM", False, True),
        ("W", False, False),
        ("ABCDEFGHIJK1", True, False),
        ("ABCDEFGHIJK12", False, False),
        ("3W", False, False),
    ],
)
def test_a_token_has_no_name_of_a_currency_code(symbol: str, *, token: bool, code: bool) -> None:
    assert (is_token(symbol), is_code(symbol)) == (token, code)


# ── Corrections ──────────────────────────────────────────────────────────────────────────────────


def ended(*, cap: Cap | None = None, final_at_ms: int | None = None) -> Lesson:
    """Make an ended session of ten seconds at one cent a second."""
    lesson = Lesson("session-a", state=State.ENDED, cap=cap, final_at_ms=final_at_ms)
    lesson.created = SessionCreated(
        student_address="0xA",
        tutor_address="0xB",
        language="es",
        start_ms=0,
        rate_minor=3_600,
        currency="USD",
        decimals=2,
    )
    for role in ("student", "tutor"):
        lesson.meter.open(role, 0)
        lesson.meter.extend(role, 10_000)
    lesson.ended = Ended(
        ended_by="tutor", reason="x", address=None, total_seconds=10, billable_ms=10_000, cost_minor=10
    )
    return lesson


@pytest.mark.parametrize(
    ("cap", "corrected", "minor"),
    [(None, 0, 100), (None, -10, 110), (None, 0, -10), (Cap(minor=15), 0, 5), (Cap(minor=15), 5, -1)],
)
def test_a_correction_is_taken_up_to_its_bounds(cap: Cap | None, corrected: int, minor: int) -> None:
    lesson = ended(cap=cap)
    lesson.corrected_minor = corrected

    assert decide_correction(lesson, minor, "a book") == BillCorrected(
        minor=minor, reason="a book", total_minor=10 + corrected + minor
    )


@pytest.mark.parametrize(
    ("cap", "minor", "code"),
    [
        (None, 101, "correction-too-large"),
        (None, -11, "below-zero"),
        (Cap(minor=15), 6, "above-cap"),
        (Cap(seconds=10), 1, "above-cap"),
    ],
)
def test_a_correction_is_refused_beyond_its_bounds(cap: Cap | None, minor: int, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        decide_correction(ended(cap=cap), minor, "a book")

    assert refused.value.code == code


def test_a_bill_above_its_bound_may_only_come_down() -> None:
    over, capped = ended(), ended(cap=Cap(minor=5))
    over.corrected_minor = 200
    capped.corrected_minor = 200

    assert decide_correction(over, -1, "x").total_minor == 209
    assert decide_correction(over, 0, "x").total_minor == 210
    totals = [decide_correction(capped, minor, "x").total_minor for minor in (-1, 0)]
    assert totals == [totals[0], (totals[0] or 0) + 1]


@pytest.mark.parametrize(
    ("state", "final_at_ms", "code"),
    [(State.LIVE, None, "not-over"), (State.ENDED, 1, "bill-settling")],
)
def test_only_a_final_bill_is_corrected(state: State, final_at_ms: int | None, code: str) -> None:
    lesson = ended(final_at_ms=final_at_ms)
    lesson.state = state
    with pytest.raises(Conflict) as refused:
        decide_correction(lesson, 1, "a book")

    assert refused.value.code == code


def test_above_its_bound_a_bill_goes_up_by_nothing() -> None:
    lesson = ended()
    lesson.corrected_minor = 200
    with pytest.raises(Conflict) as refused:
        decide_correction(lesson, 1, "x")

    assert refused.value.code == "correction-too-large"


def test_a_correction_is_known_by_its_amount_and_reason() -> None:
    fact = BillCorrected(minor=5, reason="a book", total_minor=15)

    assert is_correction(fact, 5, "a book")
    assert not is_correction(fact, 6, "a book")
    assert not is_correction(fact, 5, "books")
    assert not is_correction(None, 5, "a book")
    assert not is_correction(TutorAccepted(tutor_address="0xB"), 5, "a book")
