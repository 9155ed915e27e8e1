"""Which currencies there are and how many decimals each has, by ISO 4217; and what a token is called. Pure.

CLDR, which Babel and browsers carry, has other decimals: those people write. RSD 1,234.56 is shown there as RSD 1,235,
so CLDR must never say what a smallest unit is.
"""

from __future__ import annotations

import re
from typing import Final

from babel.core import get_global
from iso4217 import Currency, __published__

ISO_PUBLISHED: Final = __published__
"""The date of the standard's list that is in use."""
TOKEN_DECIMALS_MAX: Final = 9
_MINOR_UNITS: Final[dict[str, int | None]] = {currency.code: currency.exponent for currency in Currency}
_TOKEN: Final = re.compile(r"[A-Z][A-Z0-9]{1,11}")


def decimals_of(code: str) -> int | None:
    """Return the minor unit of the currency *code* (ISO 4217: 0, 2, 3 or 4); None if no amount can be in it.

    That is so for what is no currency, or none any more, and for gold, the test code and the like, which have none.
    """
    return _MINOR_UNITS.get(code)


def is_token(symbol: str) -> bool:
    """Tell whether *symbol* may name a token: 2–12 of A–Z and 0–9, a letter first, and no currency's code.

    Codes that were a currency once, or have no minor unit, are no tokens either: somebody would take one for the other.
    """
    return _TOKEN.fullmatch(symbol) is not None and not is_code(symbol)


def is_code(symbol: str) -> bool:
    """Tell whether *symbol* is or was a code of ISO 4217, and so has a name and perhaps a sign in CLDR."""
    return symbol in _MINOR_UNITS or symbol in get_global("all_currencies")
