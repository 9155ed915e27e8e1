"""Shows money: as text in the reader's language, and as an object of the API. Pure."""

from __future__ import annotations

import re
from copy import copy
from decimal import Decimal
from typing import Any

from babel.core import Locale
from babel.numbers import NumberPattern

from langdao_video.billing.currencies import is_code
from langdao_video.billing.money import Money


def view_money(amount: Money, language: str = "en") -> dict[str, Any]:
    """Show an amount: exact in smallest units, and formatted for readers of *language*."""
    return {
        "minor": amount.minor,
        "currency": amount.currency,
        "decimals": amount.decimals,
        "formatted": format_money(amount, language),
    }


def format_money(amount: Money, language: str = "en") -> str:
    """Write *amount* as readers of *language* do: sign, place and grouping from CLDR, with the amount's own decimals.

    Examples: `1,20 €`; a token is written behind its number, `1.500000 USDC`.
    """
    value, locale = Decimal(amount.minor).scaleb(-amount.decimals), Locale.parse(language)
    if is_code(amount.currency):
        pattern = _with_decimals(locale.currency_formats["standard"], amount.decimals)
        text: str = pattern.apply(
            value, locale, currency=amount.currency, currency_digits=False, numbering_system="default"
        )
        # Babel does not apply CLDR's currencySpacing: letters must not touch the number (`RSD 1.00`).
        return re.sub(r"(?<=[^\W\d_])(?=\d)", "\u00a0", text)
    pattern = _with_decimals(locale.decimal_formats[None], amount.decimals)
    return f"{pattern.apply(value, locale, numbering_system='default')}\u00a0{amount.currency}"


def _with_decimals(pattern: NumberPattern, decimals: int) -> NumberPattern:
    exact = copy(pattern)
    exact.frac_prec = (decimals, decimals)
    return exact
