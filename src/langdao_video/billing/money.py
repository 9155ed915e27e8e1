"""Money as integers: smallest units of a currency, an hourly rate, and the one place that rounds (law 3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from babel.core import Locale, get_global
from babel.numbers import format_currency, format_decimal, get_currency_precision

from langdao_video.errors import BadRequest

RATE_MINOR_MAX: Final = 10**15
"""Far above any lesson, far below where a browser's numbers stop being exact (2**53)."""
DECIMALS_MAX: Final = 9
_SECONDS_PER_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: *minor* smallest units of *currency*, which has *decimals* decimals."""

    minor: int
    currency: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Rate:
    """What an hour costs, in smallest units."""

    minor: int
    currency: str
    decimals: int

    @property
    def as_money(self) -> Money:
        """The price of one hour."""
        return Money(self.minor, self.currency, self.decimals)


def receive_rate(minor: int, currency: str, decimals: int | None = None) -> Rate:
    """Make a rate from what a platform says.

    *currency* is an ISO 4217 code, or a token's symbol with its own *decimals* (0–9; a stablecoin has 6).
    Raises BadRequest: `rate-invalid` (not 1..10**15) or `currency-unknown`.
    """
    if not 1 <= minor <= RATE_MINOR_MAX:
        raise BadRequest("rate-invalid", f"An hour costs 1 to {RATE_MINOR_MAX} smallest units, not {minor}.")
    known = currency in get_global("all_currencies")
    if decimals is None and not known:
        raise BadRequest(
            "currency-unknown", f"{currency!r} is no ISO 4217 code; a token needs its decimals beside it."
        )
    if decimals is None:
        decimals = get_currency_precision(currency)
    elif known and decimals != get_currency_precision(currency):
        raise BadRequest("currency-unknown", f"{currency} has {get_currency_precision(currency)} decimals.")
    if not 0 <= decimals <= DECIMALS_MAX:
        raise BadRequest(
            "currency-unknown", f"A token has 0 to {DECIMALS_MAX} decimals here, not {decimals}."
        )
    return Rate(minor, currency, decimals)


def cost_of(billable_ms: int, rate: Rate) -> Money:
    """Price the cumulative *billable_ms*: whole seconds / 3600 × rate, rounded down once (R37).

    The only place that rounds. Charge differences of its results and no way of splitting a lesson changes its price.
    """
    seconds = billable_ms // 1000
    return Money(seconds * rate.minor // _SECONDS_PER_HOUR, rate.currency, rate.decimals)


def format_money(amount: Money, language: str = "en") -> str:
    """Write *amount* as readers of *language* write it (CLDR): `1,20 €`; a token without rounding: `1.5 USDC`."""
    value, locale = Decimal(amount.minor).scaleb(-amount.decimals), Locale.parse(language)
    if amount.currency in get_global("all_currencies"):
        return format_currency(value, amount.currency, locale=locale, numbering_system="default")
    number = format_decimal(
        value.normalize(), locale=locale, decimal_quantization=False, numbering_system="default"
    )
    return f"{number}\u00a0{amount.currency}"
