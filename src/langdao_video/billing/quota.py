"""A prepaid lesson: a cap in seconds or in money, the notices before it, and when it is reached. Pure.

Law: the bill never exceeds the cap. The cap is one number of billable milliseconds; everything else follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from langdao_video.billing.money import Rate, cost_of
from langdao_video.errors import BadRequest, Conflict

NOTICES_SECONDS: Final = (300, 60)
"""Time left at which both are told, and the platform."""
CAP_SECONDS_MAX: Final = 7 * 24 * 3600
CAP_MINOR_MAX: Final = 10**15


@dataclass(frozen=True, slots=True)
class Cap:
    """What is prepaid: *seconds* of lesson, an amount in *minor* units, or whichever is reached first."""

    seconds: int | None = None
    minor: int | None = None


def receive_cap(seconds: int | None, minor: int | None, rate: Rate) -> Cap | None:
    """Make a cap from what a platform says; None where it says nothing.

    Raises BadRequest `cap-invalid` for what is out of range, or buys not one second at *rate*.
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
    """Return the billable time *cap* allows at *rate*, in ms; None without a cap.

    For money: the longest time of whole seconds s with floor(s × rate / 3600) <= minor, so that a second more would
    cost more than was paid.
    """
    if cap is None:
        return None
    limits = []
    if cap.seconds is not None:
        limits.append(cap.seconds * 1000)
    if cap.minor is not None and rate.minor > 0:
        limits.append(((cap.minor + 1) * 3600 - 1) // rate.minor * 1000)
    return min(limits, default=None)


def cap_minor(cap: Cap | None, rate: Rate) -> int | None:
    """Return the most a bill under *cap* may come to at *rate*, in smallest units; None without a cap."""
    if cap is None:
        return None
    paid = None if cap.seconds is None else cost_of(cap.seconds * 1000, rate).minor
    return min((limit for limit in (cap.minor, paid) if limit is not None), default=None)


def check_cap_change(new_ms: int | None, billable_ms: int) -> None:
    """Refuse a cap below what is billed already: it could not be kept."""
    if new_ms is not None and new_ms < billable_ms:
        raise Conflict(
            "cap-too-low",
            f"{billable_ms // 1000} s are billed already, the new cap would allow {new_ms // 1000} s.",
        )


def next_notice(limit_ms: int, left_ms: int, given_seconds: frozenset[int]) -> int | None:
    """Return the largest notice not given yet that fits a cap of *limit_ms*, in seconds left; None if there is none.

    A lesson that begins with less than a notice's time is not told so at its beginning. Of two notices that are due
    at once the smaller one says it all.
    """
    open_ = [s for s in NOTICES_SECONDS if s not in given_seconds and s * 1000 < limit_ms]
    due = [s for s in open_ if left_ms <= s * 1000]
    return min(due) if due else max(open_, default=None)
