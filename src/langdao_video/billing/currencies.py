"""Knows the currencies of ISO 4217 and the decimals of each, and the names a token may have. Pure.

CLDR, which Babel and browsers carry, has other decimals: those that people write. It shows RSD 1,234.56 as RSD 1,235.
So the smallest unit never comes from CLDR.
"""

from __future__ import annotations

import re
from typing import Final

from babel.core import get_global
from iso4217 import Currency, __published__

ISO_PUBLISHED: Final = __published__
"""The date of the ISO 4217 list that is used here."""
TOKEN_DECIMALS_MAX: Final = 9
_MINOR_UNITS: Final[dict[str, int | None]] = {currency.code: currency.exponent for currency in Currency}
_TOKEN: Final = re.compile(r"[A-Z][A-Z0-9]{1,11}")


def decimals_of(code: str) -> int | None:
    """Return the decimals of the currency *code* (ISO 4217: 0, 2, 3 or 4); None if no amount can be in it.

    None is for codes that are not or no longer a currency, and for gold, the test code and others without a minor
    unit.
    """
    return _MINOR_UNITS.get(code)


def is_token(symbol: str) -> bool:
    """Tell whether *symbol* may name a token: 2–12 of A–Z and 0–9, a letter first, and not a code of ISO 4217.

    Old codes and codes without a minor unit are excluded too, because people would confuse the two.
    """
    return _TOKEN.fullmatch(symbol) is not None and not is_code(symbol)


def is_code(symbol: str) -> bool:
    """Tell whether *symbol* is or was a code of ISO 4217. CLDR then has a name for it, and perhaps a sign."""
    return symbol in _MINOR_UNITS or symbol in get_global("all_currencies")
