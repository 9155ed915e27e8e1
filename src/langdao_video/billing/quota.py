"""The cap of a prepaid session, in seconds or in money: the notices before it, and when it is reached. Pure.

Law: the bill never exceeds the cap. The cap is turned into one number of billable milliseconds, which decides all else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from langdao_video.billing.money import Rate, cost_of
from langdao_video.errors import BadRequest, Conflict

NOTICES_SECONDS: Final = (300, 60)
"""The remaining times, in seconds, at which both participants and the platform get a notice."""
CAP_SECONDS_MAX: Final = 7 * 24 * 3600
"""No cap allows more time than this. An amount may buy thousands of years, and no deadline and no command has room for
that."""
CAP_MINOR_MAX: Final = 10**15


@dataclass(frozen=True, slots=True)
class Cap:
    """What is prepaid: billable *seconds*, an amount in *minor* units, or both; then the first one reached counts."""

    seconds: int | None = None
    minor: int | None = None


def receive_cap(seconds: int | None, minor: int | None, rate: Rate) -> Cap | None:
    """Make a cap from a platform's numbers; None if it gives none.

    Raises BadRequest `cap-invalid` for a number out of range, or one that does not buy a second at *rate*.
    """
    if seconds is not None and not 0 < seconds <= CAP_SECONDS_MAX:
        raise BadRequest("cap-invalid", f"capSeconds is 1 to {CAP_SECONDS_MAX}, not {seconds}.")
    if minor is not None and not 0 < minor <= CAP_MINOR_MAX:
        raise BadRequest("cap-invalid", f"capMinor is 1 to {CAP_MINOR_MAX} smallest units, not {minor}.")
    cap = None if seconds is None and minor is None else Cap(seconds, minor)
    if cap_ms(cap, rate) == 0:
        raise BadRequest(
            "cap-invalid", f"capMinor {minor} buys not one second at {rate.minor} smallest units an hour."
        )
    return cap


def cap_ms(cap: Cap | None, rate: Rate) -> int | None:
    """Return the billable time that *cap* allows at *rate*, in ms; None without a cap.

    For money it is the longest time of whole seconds s with floor(s × rate / 3600) <= minor: one second more would cost
    more than was paid. It is at most CAP_SECONDS_MAX.
    """
    if cap is None:
        return None
    limits = []
    if cap.seconds is not None:
        limits.append(cap.seconds * 1000)
    if cap.minor is not None and rate.minor > 0:
        seconds = ((cap.minor + 1) * 3600 - 1) // rate.minor
        limits.append(min(seconds, CAP_SECONDS_MAX) * 1000)
    return min(limits, default=None)


def cap_minor(cap: Cap | None, rate: Rate) -> int | None:
    """Return the largest possible bill under *cap* at *rate*, in smallest units; None without a cap."""
    if cap is None:
        return None
    paid = None if cap.seconds is None else cost_of(cap.seconds * 1000, rate).minor
    return min((limit for limit in (cap.minor, paid) if limit is not None), default=None)


def check_cap_change(new_ms: int | None, billable_ms: int) -> None:
    """Refuse a cap below what is billed already, because the bill could not stay under it."""
    if new_ms is not None and new_ms < billable_ms:
        raise Conflict(
            "cap-too-low",
            f"{billable_ms // 1000} s are billed already, the new cap would allow {new_ms // 1000} s.",
        )


def next_notice(limit_ms: int, left_ms: int, given_seconds: frozenset[int]) -> int | None:
    """Return the largest notice, in remaining seconds, that was not given and fits a cap of *limit_ms*; else None.

    A session whose whole cap is less than a notice's time does not get that notice. If two notices are due at once,
    only the smaller one is given.
    """
    open_ = [s for s in NOTICES_SECONDS if s not in given_seconds and s * 1000 < limit_ms]
    due = [s for s in open_ if left_ms <= s * 1000]
    return min(due) if due else max(open_, default=None)
