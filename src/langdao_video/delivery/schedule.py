"""When an event that was not taken is tried again, and when it is parked. Pure."""

from __future__ import annotations

import email.utils
import re
from typing import Final

_S: Final = 1_000
_MIN: Final = 60 * _S
_H: Final = 60 * _MIN

WAITS_MS: Final = (5 * _S, 5 * _MIN, 30 * _MIN, 2 * _H, 5 * _H, 10 * _H, 14 * _H, 20 * _H, 24 * _H)
"""The wait after the first failure, the second, and so on. After the last one it stays at a day."""
WAIT_MS_MIN: Final = WAITS_MS[0]
WAIT_MS_MAX: Final = WAITS_MS[-1]
JITTER: Final = 0.1
PARK_ATTEMPTS_MIN: Final = 10
PARK_MS_MIN: Final = 72 * _H
"""An event is parked only after this time and this many attempts: an outage of three days loses nothing."""

_SECONDS: Final = re.compile(r"[0-9]+")
_DIGITS_MAX: Final = 12


def wait_ms(attempts: int, chance: float, retry_after_ms: int | None = None) -> int:
    """Return how long to wait after the failure number *attempts* (from 1), in ms.

    *chance* from 0 to 1 spreads the wait by ± 10 %, so that the sessions of an outage do not all return at once.
    *retry_after_ms* is what the receiver asked for: it is kept, at least 5 s and at most a day.
    """
    if retry_after_ms is not None:
        asked_ms = min(max(retry_after_ms, WAIT_MS_MIN), WAIT_MS_MAX)
        # Later than asked, never sooner; but not later than a day.
        return min(round(asked_ms * (1 + JITTER * chance)), WAIT_MS_MAX)
    planned_ms = WAITS_MS[min(max(attempts, 1), len(WAITS_MS)) - 1]
    return round(planned_ms * (1 + JITTER * (2 * chance - 1)))


def is_given_up(attempts: int, failing_since_ms: int, now_ms: int) -> bool:
    """Tell whether an event is parked after the failure number *attempts*, whose first was at *failing_since_ms*."""
    return attempts >= PARK_ATTEMPTS_MIN and now_ms - failing_since_ms >= PARK_MS_MIN


def receive_retry_after(text: str | None, now_ms: int) -> int | None:
    """Read the header `Retry-After`: seconds or a date (RFC 9110 §10.2.3). Return ms from now; None for other text."""
    if text is None:
        return None
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return int(text[:_DIGITS_MAX]) * _S if len(text) <= _DIGITS_MAX else WAIT_MS_MAX
    try:
        date = email.utils.parsedate_to_datetime(text)
        at_ms = round(date.timestamp() * _S)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    return max(0, at_ms - now_ms)
