"""Turns the backend's decisions into room commands: facts in, commands out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import Money
from langdao_video.session.claims import Claim
from langdao_video.session.commands import (
    Amount,
    End,
    ResolveWarning,
    RoomCommand,
    ShowBill,
    ShowLowBalance,
    Warn,
)
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

_MAY_RESOLVE: Final = (
    SeatTaken,
    SeatLeft,
    ProofResumed,
    ProofLost,
    PresenceRevised,
    Disputed,
    GraceResolved,
)
"""The facts that may end a question. A room without an open question ignores the command."""


def fold_commands(
    lesson: Lesson, records: Sequence[Recorded], now_ms: int, statement_url: str | None = None
) -> list[RoomCommand]:
    """Return the commands for the room after *records*: first the bill, then one command for each fact shown."""
    commands: list[RoomCommand] = [show_bill(lesson, now_ms)]
    for record in records:
        match record.fact:
            case Warned() as fact:
                if lesson.warning == fact:  # it may have been answered in the same moment
                    commands.append(show_warning(fact))
            case ChoseToWait() if lesson.warning is None:
                commands.append(ResolveWarning("wait"))
            case NoticeGiven() as fact:
                commands.append(ShowLowBalance(fact.remaining_seconds))
            case Ended():
                commands.append(show_end(lesson, statement_url))
            case fact if isinstance(fact, _MAY_RESOLVE) and lesson.warning is None:
                commands.append(ResolveWarning("returned"))
    return commands


def show_warning(warned: Warned) -> Warn:
    """Show the question."""
    says: dict[Role, Claim | None] = {"student": warned.student_says, "tutor": warned.tutor_says}
    return Warn(
        role=warned.role,
        grace_seconds=warned.grace_seconds,
        deadline_ms=warned.due_ms,
        cause=warned.cause,
        claims={role: claim for role, claim in says.items() if claim} or None,
        stays=warned.stays,
    )


def show_bill(lesson: Lesson, now_ms: int) -> ShowBill:
    """Show the bill as it stands."""
    cap_ms = lesson.cap_ms
    return ShowBill(
        state=lesson.state.value,
        is_running=lesson.state is State.LIVE,
        reason=lesson.reason.value if lesson.reason else None,
        billable_seconds=lesson.billable_ms // 1000,
        cost=_amount(lesson.cost),
        rate_per_hour=_amount(lesson.rate.as_money),
        now_ms=now_ms,
        proven_at_ms=lesson.proven_at_ms,
        cap_at_ms=lesson.cap_at_ms,
        cap_seconds=None if cap_ms is None else cap_ms // 1000,
    )


def show_end(lesson: Lesson, statement_url: str | None = None) -> End:
    """Show the end and the final bill. Raises ValueError if the session has not ended."""
    ended = lesson.ended
    if ended is None:
        raise ValueError(f"session {lesson.id!r} has not ended")
    return End(
        ended_by=ended.ended_by,
        reason=ended.reason,
        total_seconds=ended.total_seconds,
        billable_seconds=lesson.billable_ms // 1000,
        cost=_amount(lesson.cost),
        ended_at_ms=lesson.ended_at_ms,
        statement_url=statement_url,
        pauses=lesson.pauses,
    )


def _amount(money: Money) -> Amount:
    return Amount(money.minor, money.currency, money.decimals)
