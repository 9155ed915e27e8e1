"""Decides what may be added to a final bill, or given back. Pure.

Law: a bill is never edited. A correction is a fact of its own, with the new total.
"""

from __future__ import annotations

from typing import Final

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import cost_of
from langdao_video.billing.quota import cap_minor
from langdao_video.errors import Conflict
from langdao_video.session.facts import BillCorrected, Fact
from langdao_video.session.state import State

ADDED_TIMES_MAX: Final = 10
"""All corrections together add at most this many times the bill, so that some zeros too many are refused.

A cap may allow less."""


def decide_correction(lesson: Lesson, minor: int, reason: str) -> BillCorrected:
    """Decide to add *minor* smallest units to the bill of *lesson*; a negative number gives back.

    Raises Conflict: `not-over`, `bill-settling`, `below-zero`, `above-cap`, `correction-too-large`.
    """
    if lesson.state is not State.ENDED:
        raise Conflict("not-over", "A bill is corrected after the session has ended.")
    if not lesson.is_final:
        raise Conflict(
            "bill-settling",
            f"The bill is final at {lesson.final_at_ms} (Unix ms): correct it after `bill-final`.",
        )
    total, limit = lesson.cost.minor + minor, cap_minor(lesson.cap, lesson.rate)
    if total < 0:
        raise Conflict("below-zero", f"The bill is {lesson.cost.minor}; it cannot be lowered by {-minor}.")
    if minor > 0 and limit is not None and total > limit:
        raise Conflict("above-cap", f"The cap allows a bill of {limit}; this correction makes it {total}.")
    billed = cost_of(lesson.billable_ms, lesson.rate).minor
    if minor > 0 and limit is None and total - billed > ADDED_TIMES_MAX * billed:
        raise Conflict(
            "correction-too-large",
            f"Corrections add at most {ADDED_TIMES_MAX} times the bill of {billed}; this makes it {total}.",
        )
    return BillCorrected(minor=minor, reason=reason, total_minor=total)


def is_correction(fact: Fact | None, minor: int, reason: str) -> bool:
    """Tell whether *fact* is the correction by *minor* for *reason*. The bill before it does not matter."""
    return isinstance(fact, BillCorrected) and (fact.minor, fact.reason) == (minor, reason)
