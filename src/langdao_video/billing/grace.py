"""Decides what is due and how a question ends when someone is gone (R38–R41).

It is pure: a lesson and `now_ms` in, facts out. Two laws: there is one warning per disconnect, and a new one only
after somebody chose to wait; no answer to a question moves the meter.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal, get_args

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.meter import NEVER_MS
from langdao_video.billing.money import cost_of
from langdao_video.billing.quota import next_notice
from langdao_video.billing.rules import BillRules
from langdao_video.errors import Conflict
from langdao_video.session.facts import (
    BillSettled,
    ChoseToWait,
    Decider,
    Ended,
    EndedBy,
    Fact,
    GraceResolved,
    NoticeGiven,
    ProofLost,
    Warned,
)
from langdao_video.session.roles import ROLES, Role, other
from langdao_video.session.state import State

_NOTICE_LATE_MS: Final = 10_000
SETTLING_MS: Final = 30_000
"""How long after the end an event from a call service elsewhere may still come and count, if it is from before."""
Due = Literal["silence", "warn", "grace", "notice", "cap", "vacant", "final"]
Dated = tuple[int, Fact]
"""When a fact happened (Unix ms), and the fact."""


def plan_deadlines(lesson: Lesson, rules: BillRules) -> dict[Due, int | None]:
    """Return when each kind of deadline of *lesson* is due (Unix ms); None if there is nothing to wait for."""
    plan: dict[Due, int | None] = dict.fromkeys(get_args(Due))
    if lesson.state is State.ENDED:
        plan["final"] = lesson.final_at_ms
        return plan
    heard = [
        _heard_ms(lesson, role)
        for role, seat in lesson.seats.items()
        if seat.is_taken and seat.lost != "silence"
    ]
    if heard:
        plan["silence"] = min(heard) + rules.silence_ms + 1
    newest_ms = max(lesson.meter.edge_ms(role) for role in ROLES)
    if lesson.state is State.WAITING and not heard and newest_ms > NEVER_MS:
        plan["vacant"] = newest_ms + rules.vacant_ms
    if lesson.state is State.PAUSED and lesson.gone:
        gone_ms = lesson.meter.edge_ms(lesson.gone[0])
        waits_ms = lesson.waits_from_ms
        plan["warn"] = gone_ms + rules.warn_after_ms if waits_ms is None else waits_ms + rules.silence_ms
    elif (claim := _plan_claim(lesson, rules)) is not None:
        plan["warn"] = claim[0]
    if lesson.state is State.GRACE and lesson.warning is not None:
        plan["grace"] = lesson.warning.due_ms
    _plan_quota(lesson, plan)
    return plan


def _plan_claim(lesson: Lesson, rules: BillRules) -> tuple[int, Role] | None:
    """Return when to ask, and about which role's claim; None if there is no question to ask."""
    if rules.disputes == "pause":
        return None
    if lesson.state is State.WAITING:
        return _plan_beginning(lesson)
    if lesson.state not in {State.LIVE, State.PAUSED} or lesson.gone:
        return None
    dues: list[tuple[int, int, Role]] = []
    for role in ROLES:
        edge_ms = lesson.meter.edge_ms(role)
        due_ms = lesson.claims.plan_silence(role, edge_ms, rules.media_ms)
        if due_ms is None and lesson.seats[role].lost == "media":
            due_ms = lesson.claims.plan_media(role, edge_ms, rules.media_ms)
        if due_ms is None:
            continue
        if lesson.waits_from_ms is not None:
            due_ms = lesson.waits_from_ms + rules.silence_ms
        if due_ms - _heard_ms(lesson, other(role)) <= rules.media_ms:  # a silent peer is found gone first
            dues.append((due_ms, edge_ms, role))
    return None if not dues else (min(dues)[0], min(dues)[2])


def _plan_beginning(lesson: Lesson) -> tuple[int, Role] | None:
    """Return when to ask about a page that is there and silent, so that the session never begins, and whose it is."""
    dues = [
        (due_ms, role)
        for role in ROLES
        if lesson.seats[other(role)].is_taken and lesson.seats[other(role)].lost != "silence"
        if (due_ms := lesson.claims.plan_beginning(role)) is not None
    ]
    return min(dues, default=None)


def _plan_quota(lesson: Lesson, plan: dict[Due, int | None]) -> None:
    limit_ms, cap_at_ms = lesson.cap_ms, lesson.cap_at_ms
    if limit_ms is None or cap_at_ms is None:
        return
    # The cap is due only when it is billed: participants get all the prepaid time, and without proofs the meter stands.
    if lesson.billable_ms >= limit_ms:
        plan["cap"] = cap_at_ms
    seconds = next_notice(limit_ms, limit_ms - lesson.billable_ms, lesson.notices)
    plan["notice"] = None if seconds is None else cap_at_ms - seconds * 1000


def _heard_ms(lesson: Lesson, role: Role) -> int:
    return max(lesson.seats[role].heard_ms, lesson.meter.edge_ms(role))


def decide_due(lesson: Lesson, now_ms: int, rules: BillRules) -> list[Dated]:
    """Decide what is due at *now_ms* by the clock alone. This is one step; call again after applying the facts."""
    plan = plan_deadlines(lesson, rules)
    if _is_due(plan["final"], now_ms):
        return [(now_ms, settle(lesson))]
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
        return [(now_ms, _ask(lesson, now_ms, rules))]
    if _is_due(plan["grace"], now_ms):
        for role in lesson.waits:
            return _wait(lesson, role, now_ms)
        if lesson.is_only_owed:  # nobody answered, but the claim is over
            return [(now_ms, GraceResolved())]
        return [(now_ms, end(lesson, "system", "grace-expired", now_ms))]
    if _is_due(plan["notice"], now_ms) and plan["notice"] is not None and lesson.cap_at_ms is not None:
        # After a change of the cap less may be left than the notice stands for. Then it says what is left.
        says_ms = plan["notice"] if now_ms - plan["notice"] < _NOTICE_LATE_MS else now_ms
        return [(now_ms, NoticeGiven(remaining_seconds=max(0, lesson.cap_at_ms - says_ms) // 1000))]
    return []


def decide_grace(
    lesson: Lesson, decision: Literal["wait", "end"], decided_by: Decider, now_ms: int
) -> list[Dated]:
    """Decide what follows from the answer to a question (R40).

    Raises Conflict:
    - `no-grace`: there is no open question, because they came back or it was answered.
    - `not-here`: *decided_by* is not in the room. A participant may answer although no media arrives at them: that is
      normal for one who is alone.
    - `not-asked`: the pages contradict each other, and the page of *decided_by* makes the claim.
    """
    if lesson.state is not State.GRACE:
        raise Conflict("no-grace", f"There is nothing to decide: the session is {lesson.state.value}.")
    if decided_by in lesson.gone:
        raise Conflict("not-here", f"The {decided_by} is not in the room: the one who stayed decides.")
    if decided_by != "platform" and decided_by not in lesson.asked:
        raise Conflict("not-asked", f"The {decided_by}'s page makes the claim: the other side decides.")
    if decision == "wait":
        if decided_by in lesson.waits:
            raise Conflict(
                "no-grace", f"The {decided_by} has chosen to wait; now the other side must answer."
            )
        return _wait(lesson, decided_by, now_ms)
    return [(now_ms, end(lesson, decided_by, "ended-during-grace", now_ms))]


def _wait(lesson: Lesson, decided_by: Decider, now_ms: int) -> list[Dated]:
    waits: list[Dated] = [(now_ms, ChoseToWait(decided_by=decided_by))]
    is_together = all(lesson.meter.is_open(role) for role in ROLES)
    if is_together and not lesson.claims.is_silent:  # the claim is over, and only its answer was missing
        waits.append((now_ms, GraceResolved()))
    return waits


def _ask(lesson: Lesson, now_ms: int, rules: BillRules) -> Warned:
    claim = _plan_claim(lesson, rules)
    if claim is None:
        return warn(lesson, lesson.gone[0], now_ms, rules)
    role = claim[1]
    is_both = lesson.seats[other(role)].lost == "media"
    cause, student, tutor = lesson.claims.describe(role, both=is_both)
    return replace(
        warn(lesson, role, now_ms, rules),
        cause=cause,
        student_says=student,
        tutor_says=tutor,
        stays=lesson.claims.must_be_answered(role),
    )


def warn(lesson: Lesson, role: Role, now_ms: int, rules: BillRules) -> Warned:
    """Make the question about *role*. From now on nothing is billed until both are there again (R36).

    If another clock dates the events, the question begins earlier, by as much as that clock is surely behind ours.
    """
    return Warned(
        role=role,
        grace_seconds=rules.grace_ms // 1000,
        due_ms=now_ms + rules.grace_ms,
        free_from_ms=now_ms - lesson.behind_ms,
    )


def end(lesson: Lesson, ended_by: EndedBy, reason: str, at_ms: int, now_ms: int | None = None) -> Ended:
    """Make the end at *at_ms*, with the bill up to then. *now_ms* is when the end is learned, by default *at_ms*.

    The bill is final, unless a call service elsewhere reports the session: then earlier events may still come.
    """
    heard_ms = at_ms if now_ms is None else now_ms
    billable_ms = lesson.billable_until(at_ms)
    return Ended(
        ended_by=ended_by,
        reason=reason,
        address=lesson.seats["tutor" if ended_by == "tutor" else "student"].address,
        total_seconds=total_seconds(lesson, at_ms),
        billable_ms=billable_ms,
        cost_minor=cost_of(billable_ms, lesson.rate).minor,
        until_ms=at_ms,
        final_at_ms=heard_ms + SETTLING_MS if lesson.is_from_elsewhere else None,
    )


def settle(lesson: Lesson) -> BillSettled:
    """Make the fact that the bill has settled, with what is charged."""
    return BillSettled(
        total_seconds=total_seconds(lesson, lesson.ended_at_ms),
        billable_ms=lesson.billable_ms,
        cost_minor=lesson.cost.minor,
    )


def total_seconds(lesson: Lesson, at_ms: int) -> int:
    """Count the whole seconds from the session's start to its end at *at_ms* (R24)."""
    start_ms = lesson.created.start_ms if lesson.created else at_ms
    return max(0, at_ms - start_ms) // 1000


def _is_due(due_ms: int | None, now_ms: int) -> bool:
    return due_ms is not None and due_ms <= now_ms
