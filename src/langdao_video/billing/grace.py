"""What is due, and what is decided, when someone is gone (R38–R41). Pure: a lesson and `now_ms` in, facts out.

Two laws: one warning per disconnect, and a new one only after somebody chose to wait; nobody's answer ever
moves the meter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.meter import SILENCE_MS
from langdao_video.billing.quota import next_notice
from langdao_video.errors import Conflict
from langdao_video.session.facts import (
    ChoseToWait,
    Decider,
    Ended,
    EndedBy,
    Fact,
    NoticeGiven,
    ProofLost,
    Warned,
)
from langdao_video.session.roles import ROLES, Role
from langdao_video.session.state import State

_NOTICE_LATE_MS: Final = 10_000
Due = Literal["silence", "warn", "grace", "notice", "cap", "vacant"]
Dated = tuple[int, Fact]
"""When it happened (Unix ms), and what."""


@dataclass(frozen=True, slots=True)
class GraceRules:
    """The thresholds; all in ms."""

    silence_ms: int = SILENCE_MS
    """A taken seat without proof for longer than this is lost (R38)."""
    resume_ms: int = 5_000
    """A seat that comes back within this time after its last proof causes no warning: a reload, a short drop."""
    grace_ms: int = 30_000
    """How long the other is asked before the session ends by itself (R39)."""
    media_ms: int = 15_000
    """Without media from the other side for longer than this the meter stands still."""
    starved_ms: int = 20_000
    """Two proofs further apart are not joined if it was said between them that nothing arrives: a stop of 15 s, and
    a ping to find its end."""
    vacant_ms: int = 3_600_000
    """A lesson that waits with nobody in it is under way for this long after its last proof: a clock that starts again
    must not start before it (docs/decisions/0007)."""


def plan_deadlines(lesson: Lesson, rules: GraceRules) -> dict[Due, int | None]:
    """Tell when to look at *lesson* again, and what for; None where there is nothing to wait for."""
    plan: dict[Due, int | None] = dict.fromkeys(("silence", "warn", "grace", "notice", "cap", "vacant"))
    if lesson.state is State.ENDED:
        return plan
    heard = [
        _heard_ms(lesson, role)
        for role, seat in lesson.seats.items()
        if seat.is_taken and seat.lost != "silence"
    ]
    if heard:
        plan["silence"] = min(heard) + rules.silence_ms + 1
    newest_ms = max(lesson.meter.edge_ms(role) for role in ROLES)
    if lesson.state is State.WAITING and not heard and newest_ms >= 0:
        plan["vacant"] = newest_ms + rules.vacant_ms
    if lesson.state is State.PAUSED and lesson.gone:
        gone_ms = lesson.meter.edge_ms(lesson.gone[0])
        waits_ms = lesson.waits_from_ms
        plan["warn"] = gone_ms + rules.resume_ms if waits_ms is None else waits_ms + rules.silence_ms
    if lesson.state is State.GRACE and lesson.warning is not None:
        plan["grace"] = lesson.warning.due_ms
    _plan_quota(lesson, plan)
    return plan


def _plan_quota(lesson: Lesson, plan: dict[Due, int | None]) -> None:
    limit_ms, cap_at_ms = lesson.cap_ms, lesson.cap_at_ms
    if limit_ms is None or cap_at_ms is None:
        return
    if (
        lesson.billable_ms >= limit_ms
    ):  # not before: what was paid for is given, and without proofs the meter stands
        plan["cap"] = cap_at_ms
    seconds = next_notice(limit_ms, limit_ms - lesson.billable_ms, lesson.notices)
    plan["notice"] = None if seconds is None else cap_at_ms - seconds * 1000


def _heard_ms(lesson: Lesson, role: Role) -> int:
    return max(lesson.seats[role].heard_ms, lesson.meter.edge_ms(role))


def decide_due(lesson: Lesson, now_ms: int, rules: GraceRules) -> list[Dated]:
    """Decide what the clock alone brings about at *now_ms*: one step; ask again after applying it."""
    plan = plan_deadlines(lesson, rules)
    if _is_due(plan["silence"], now_ms):
        return [
            (lesson.meter.edge_ms(role), ProofLost(role=role, epoch=lesson.seats[role].epoch, why="silence"))
            for role, seat in lesson.seats.items()
            if seat.is_taken
            and seat.lost != "silence"
            and now_ms - _heard_ms(lesson, role) > rules.silence_ms
        ]
    if _is_due(plan["cap"], now_ms):
        return [(now_ms, end(lesson, "system", "cap-reached", now_ms))]
    if _is_due(plan["warn"], now_ms):
        due_ms = now_ms + rules.grace_ms
        return [(now_ms, Warned(role=lesson.gone[0], grace_seconds=rules.grace_ms // 1000, due_ms=due_ms))]
    if _is_due(plan["grace"], now_ms):
        return [(now_ms, end(lesson, "system", "grace-expired", now_ms))]
    if _is_due(plan["notice"], now_ms) and plan["notice"] is not None and lesson.cap_at_ms is not None:
        # A cap that was changed may leave less than a notice says: then it says what is left.
        says_ms = plan["notice"] if now_ms - plan["notice"] < _NOTICE_LATE_MS else now_ms
        return [(now_ms, NoticeGiven(remaining_seconds=max(0, lesson.cap_at_ms - says_ms) // 1000))]
    return []


def decide_grace(
    lesson: Lesson, decision: Literal["wait", "end"], decided_by: Decider, now_ms: int
) -> list[Dated]:
    """Take the answer to a warning (R40).

    Raises Conflict `no-grace`: there is no open question (they came back, or it was answered), or `not-here`:
    a role that is not in the room has no say. Their meter does not matter: who is there alone gets no media.
    """
    if lesson.state is not State.GRACE:
        raise Conflict("no-grace", f"There is nothing to decide: the session is {lesson.state.value}.")
    if decided_by in lesson.gone:
        raise Conflict("not-here", f"The {decided_by} is not in the room: the one who stayed decides.")
    if decision == "wait":
        return [(now_ms, ChoseToWait(decided_by=decided_by))]
    return [(now_ms, end(lesson, decided_by, "ended-during-grace", now_ms))]


def end(lesson: Lesson, ended_by: EndedBy, reason: str, at_ms: int) -> Ended:
    """Make the last fact: the bill as it stands."""
    by_role = lesson.seats["tutor" if ended_by == "tutor" else "student"]
    start_ms = lesson.created.start_ms if lesson.created else at_ms
    return Ended(
        ended_by=ended_by,
        reason=reason,
        address=by_role.address,
        total_seconds=max(0, at_ms - start_ms) // 1000,
        billable_ms=lesson.billable_ms,
        cost_minor=lesson.cost.minor,
    )


def _is_due(due_ms: int | None, now_ms: int) -> bool:
    return due_ms is not None and due_ms <= now_ms
