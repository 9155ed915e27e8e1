"""Money as readers see it: with the signs and places of each language, and the amount's own decimals."""

from __future__ import annotations

import pytest

from langdao_video.billing.money import Money
from langdao_video.views.money import format_money
from tests.billing.test_money import WRITTEN_WITHOUT


@pytest.mark.parametrize("currency", WRITTEN_WITHOUT.split())
def test_an_amount_has_the_decimals_of_iso_4217_where_people_write_none(currency: str) -> None:
    assert format_money(Money(123_456, currency, 2)).endswith("1,234.56")


@pytest.mark.parametrize("currency", ["USD", "W3"])
def test_money_is_written_with_the_reader_s_own_decimal_separator(currency: str) -> None:
    assert "12\u066b00" in format_money(Money(1_200, currency, 2), "fa")


@pytest.mark.parametrize(
    ("amount", "language", "text"),
    [
        (Money(120, "EUR", 2), "de", "1,20\u00a0€"),
        (Money(120, "USD", 2), "en", "$1.20"),
        (Money(1_500, "JPY", 0), "ja", "￥1,500"),
        (Money(1_234_567, "USDC", 6), "en", "1.234567\u00a0USDC"),
        (Money(1_500_000, "USDC", 6), "de", "1,500000\u00a0USDC"),
        (Money(123_456, "RSD", 2), "en", "RSD\u00a01,234.56"),
        (Money(-1_234_567, "KWD", 3), "fr", "-1\u202f234,567\u00a0KWD"),
        (Money(150, "JPY", 2), "de", "1,50\u00a0¥"),
        (Money(1_234, "RSD", 0), "en", "RSD\u00a01,234"),  # made by a version that did not use ISO 4217 yet
        (Money(-250, "USD", 2), "en", "-$2.50"),
    ],
)
def test_an_amount_is_written_as_its_reader_writes_it(amount: Money, language: str, text: str) -> None:
    assert format_money(amount, language) == text
