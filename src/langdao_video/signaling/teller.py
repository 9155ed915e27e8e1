"""What the room is told when the backend has decided something: facts in, frames for both pages out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import Money
from langdao_video.session.claims import Claim
from langdao_video.session.facts import (
    ChoseToWait,
    Disputed,
    Ended,
    GraceResolved,
    NoticeGiven,
    PresenceRevised,
    ProofLost,
    ProofResumed,
    Recorded,
    SeatLeft,
    SeatTaken,
    Warned,
)
from langdao_video.session.roles import Role
from langdao_video.session.state import State
from langdao_video.signaling.messages import (
    Bill,
    ConnectionWarning,
    Cost,
    EndNotice,
    LowBalance,
    WarningResolved,
)

_MAY_RESOLVE: Final = (SeatTaken, SeatLeft, ProofResumed, ProofLost, PresenceRevised, Disputed, GraceResolved)
"""What may end a question; where there was none, the room says nothing."""
Told = Bill | ConnectionWarning | WarningResolved | LowBalance | EndNotice


def frames_for(
    lesson: Lesson, records: Sequence[Recorded], now_ms: int, statement_url: str | None = None
) -> list[Told]:
    """Return what both pages are told after *records*: the bill, and what happened."""
    frames: list[Told] = [bill_of(lesson, now_ms)]
    for record in records:
        match record.fact:
            case Warned() as fact:
                frames.append(warning_of(fact))
            case ChoseToWait() if lesson.warning is None:
                frames.append(WarningResolved(outcome="wait"))
            case NoticeGiven() as fact:
                frames.append(LowBalance(remaining_seconds=fact.remaining_seconds))
            case Ended():
                frames.append(ended_of(lesson, statement_url))
            case fact if isinstance(fact, _MAY_RESOLVE) and lesson.warning is None:
                frames.append(WarningResolved(outcome="returned"))
    return frames


def warning_of(warned: Warned) -> ConnectionWarning:
    """Show the question."""
    says: dict[Role, Claim | None] = {"student": warned.student_says, "tutor": warned.tutor_says}
    return ConnectionWarning(
        disconnected_role=warned.role,
        grace_period_seconds=warned.grace_seconds,
        deadline=warned.due_ms,
        cause=warned.cause,
        claims={role: claim for role, claim in says.items() if claim} or None,
    )


def bill_of(lesson: Lesson, now_ms: int) -> Bill:
    """Show the bill as it stands."""
    return Bill(
        state=lesson.state.value,
        running=lesson.state is State.LIVE,
        reason=lesson.reason.value if lesson.reason else None,
        billable_seconds=lesson.billable_ms // 1000,
        cost=_cost(lesson.cost),
        rate_per_hour=_cost(lesson.rate.as_money),
        server_time=now_ms,
        proven_at=lesson.proven_at_ms,
        cap_at=lesson.cap_at_ms,
        cap_seconds=None if lesson.cap_ms is None else lesson.cap_ms // 1000,
    )


def ended_of(lesson: Lesson, statement_url: str | None = None) -> EndNotice:
    """Show the end and the final bill."""
    ended = lesson.ended
    if ended is None:
        raise ValueError(f"session {lesson.id!r} has not ended")
    return EndNotice(
        ended_by=ended.ended_by,
        reason=ended.reason,
        total_seconds=ended.total_seconds,
        billable_seconds=lesson.billable_ms // 1000,
        cost=_cost(lesson.cost),
        timestamp=lesson.ended_at_ms,
        statement_url=statement_url,
        pauses=lesson.pauses,
    )


def _cost(amount: Money) -> Cost:
    return Cost(minor=amount.minor, currency=amount.currency, decimals=amount.decimals)
