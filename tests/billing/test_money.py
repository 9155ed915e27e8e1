from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iso4217 import Currency

from langdao_video.billing.money import Rate, cost_of, receive_rate
from langdao_video.errors import BadRequest

ROOT: Final = Path(__file__).parents[2]


@pytest.mark.requirement("R37")
def test_an_hour_costs_the_rate() -> None:
    assert cost_of(3_600_000, Rate(2_500, "USD", 2)).minor == 2_500


@pytest.mark.parametrize(
    ("billable_ms", "minor"),
    [(0, 0), (999, 0), (1_000, 0), (1_999, 0), (2_000, 1), (59_999, 40), (330_000, 229)],
)
def test_a_started_second_is_free_and_the_cost_is_rounded_down_once(billable_ms: int, minor: int) -> None:
    assert cost_of(billable_ms, Rate(2_500, "USD", 2)).minor == minor


@given(
    pieces=st.lists(st.integers(0, 4_000_000), max_size=40),
    rate=st.integers(0, 10**9),
)
def test_no_way_of_splitting_a_lesson_changes_its_price(pieces: list[int], rate: int) -> None:
    hourly, total_ms, charged = Rate(rate, "USD", 2), 0, 0

    for piece_ms in pieces:
        before = cost_of(total_ms, hourly).minor
        total_ms += piece_ms
        charged += cost_of(total_ms, hourly).minor - before

    assert charged == cost_of(sum(pieces), hourly).minor


@given(billable_ms=st.integers(0, 10**10), rate=st.integers(0, 10**14))
def test_the_cost_is_the_exact_product_rounded_down(billable_ms: int, rate: int) -> None:
    exact, seconds = cost_of(billable_ms, Rate(rate, "USD", 2)).minor, billable_ms // 1000

    assert exact * 3600 <= seconds * rate < (exact + 1) * 3600


@pytest.mark.parametrize(
    ("currency", "decimals", "expected"),
    [
        *[("USD", None, 2), ("JPY", None, 0), ("KWD", None, 3), ("CLF", 4, 4), ("EUR", 2, 2)],
        *[("USDC", 6, 6), ("DAI", 9, 9), ("W3", 0, 0)],
    ],
)
def test_a_currency_brings_its_decimals_and_a_token_names_them(
    currency: str, decimals: int | None, expected: int
) -> None:
    assert receive_rate(1, currency, decimals).decimals == expected


WRITTEN_WITHOUT: Final = "RSD LBP AFN ALL IRR KPW LAK MGA MMK SOS SYP YER"
"""Currencies that people write without hundredths (CLDR), although ISO 4217 counts in them."""


@pytest.mark.parametrize("currency", WRITTEN_WITHOUT.split())
def test_the_smallest_unit_of_a_currency_is_that_of_iso_4217(currency: str) -> None:
    assert receive_rate(1, currency).decimals == 2
    assert receive_rate(1, currency, 2).decimals == 2


def test_the_client_s_minor_units_are_those_of_iso_4217() -> None:
    table = json.loads((ROOT / "client/src/platform/minor-units.json").read_text("utf-8"))
    iso = {currency.code: currency.exponent for currency in Currency}

    assert {code: int(decimals) for decimals, codes in table.items() for code in codes} == {
        code: decimals for code, decimals in iso.items() if decimals not in (2, None)
    }


@pytest.mark.parametrize(
    "currency",
    [
        *["<b>", "=1+1", "USD ", "", "$", "\uff35\uff33\uff24", "\u202eUSD"],
        *["a", "usdc", "U", "1INCH", "USDC.e", "ABCDEFGHIJKLM"],
        *["DEM", "XAU", "XXX", "XTS"],
    ],
)
def test_a_name_that_is_neither_a_currency_nor_a_token_is_refused(currency: str) -> None:
    for decimals in (None, 2):
        with pytest.raises(BadRequest) as refused:
            receive_rate(1, currency, decimals)

        assert refused.value.code == "currency-unknown"


@pytest.mark.parametrize(
    ("minor", "currency", "decimals", "code"),
    [
        (0, "USD", None, "rate-invalid"),
        (-1, "USD", None, "rate-invalid"),
        (10**14 + 1, "USD", None, "rate-invalid"),
        (1, "USDC", None, "currency-unknown"),
        (1, "usd", None, "currency-unknown"),
        (1, "USD", 6, "currency-unknown"),
        (1, "TOKEN", 19, "currency-unknown"),
    ],
)
def test_a_rate_that_cannot_be_kept_is_refused(
    minor: int, currency: str, decimals: int | None, code: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        receive_rate(minor, currency, decimals)

    assert refused.value.code == code
