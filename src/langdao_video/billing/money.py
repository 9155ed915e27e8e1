"""Money as integers: smallest units of a currency, an hourly rate, and the one place that rounds (law 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from langdao_video.billing.currencies import (
    ISO_PUBLISHED,
    TOKEN_DECIMALS_MAX,
    decimals_of,
    is_token,
)
from langdao_video.errors import BadRequest

RATE_MINOR_MAX: Final = 10**14
"""This is far above the price of any lesson, and far below 2**53, where a browser's numbers stop being exact."""
_SECONDS_PER_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: *minor* smallest units of *currency*, which has *decimals* decimals."""

    minor: int
    currency: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Rate:
    """What an hour costs, in smallest units of *currency*."""

    minor: int
    currency: str
    decimals: int

    @property
    def as_money(self) -> Money:
        """The price of one hour."""
        return Money(self.minor, self.currency, self.decimals)


def receive_rate(minor: int, currency: str, decimals: int | None = None) -> Rate:
    """Make a rate from a platform's numbers.

    *currency* is an ISO 4217 code, or a token's symbol with its own *decimals* (0–9; a stablecoin has 6).
    Raises BadRequest: `rate-invalid` (not 1..10**14) or `currency-unknown`.
    """
    if not 1 <= minor <= RATE_MINOR_MAX:
        raise BadRequest("rate-invalid", f"An hour costs 1 to {RATE_MINOR_MAX} smallest units, not {minor}.")
    return Rate(minor, currency, receive_decimals(currency, decimals))


def receive_decimals(currency: str, decimals: int | None = None) -> int:
    """Return the decimals of *currency*: those of ISO 4217, or *decimals* for a token.

    Raises BadRequest `currency-unknown` if *currency* is neither, if a token has no *decimals*, and if *decimals*
    differ from ISO 4217.
    """
    known = decimals_of(currency)
    if known is not None:
        if decimals not in (None, known):
            raise BadRequest("currency-unknown", f"{currency} has {known} decimals, not {decimals}.")
        return known
    if not is_token(currency):
        raise BadRequest(
            "currency-unknown",
            f"{currency[:12]!r} is no currency of ISO 4217 ({ISO_PUBLISHED}) with a minor unit; a token's symbol is "
            "2 to 12 letters A-Z and digits, a letter first.",
        )
    if decimals is None:
        raise BadRequest(
            "currency-unknown", f"{currency} is no ISO 4217 code; a token needs its decimals beside it."
        )
    if not 0 <= decimals <= TOKEN_DECIMALS_MAX:
        raise BadRequest(
            "currency-unknown", f"A token has 0 to {TOKEN_DECIMALS_MAX} decimals here, not {decimals}."
        )
    return decimals


def cost_of(billable_ms: int, rate: Rate) -> Money:
    """Price the cumulative *billable_ms*: whole seconds / 3600 × rate, rounded down once (R37).

    This is the only place that rounds. Charge the differences of its results: then the price of a session does not
    depend on how it is split.
    """
    seconds = billable_ms // 1000
    return Money(seconds * rate.minor // _SECONDS_PER_HOUR, rate.currency, rate.decimals)
