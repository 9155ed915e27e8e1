"""Decides what follows from a command of a platform in another process: its decisions become facts here. Pure.

Two laws, because both sides find out by themselves that someone is gone:
- There is one question about each disconnect and one end, whoever is first.
- A command that came too late changes nothing. It is no error, because its sender could not know.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from langdao_video.billing.grace import Dated, end
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.quota import NOTICES_SECONDS
from langdao_video.billing.rules import BillRules
from langdao_video.session.commands import (
    End,
    MoreTime,
    PlatformCommand,
    ResolveWarning,
    ShowBill,
    ShowLowBalance,
    Warn,
)
from langdao_video.session.facts import CapChanged, ChoseToWait, GraceResolved, NoticeGiven, Warned
from langdao_video.session.roles import other
from langdao_video.session.state import State

DEADLINE_MOVES_MS: Final = 2_000
"""Both sides ask within moments of each other. A deadline that differs by less than this does not move."""


def decide_command(lesson: Lesson, command: PlatformCommand, now_ms: int, rules: BillRules) -> list[Dated]:
    """Return the facts that follow from *command* at *now_ms*; none if it is overtaken or the session has ended."""
    if lesson.state is State.ENDED:
        return []
    match command:
        case Warn():
            return _decide_question(lesson, command, now_ms, rules)
        case ResolveWarning():
            return _decide_resolution(lesson, command, now_ms)
        case ShowLowBalance():
            noticed = {seconds for seconds in NOTICES_SECONDS if seconds >= command.remaining_seconds}
            is_known = bool(noticed) and noticed <= lesson.notices
            return [] if is_known else [(now_ms, NoticeGiven(remaining_seconds=command.remaining_seconds))]
        case MoreTime() | ShowBill():
            return _decide_cap(lesson, command.cap_seconds, now_ms)
        case End():
            at_ms = min(command.ended_at_ms, now_ms)
            if lesson.first_ms is not None:
                at_ms = max(at_ms, lesson.first_ms)
            return [(at_ms, end(lesson, command.ended_by, command.reason, at_ms, now_ms))]


def _decide_question(lesson: Lesson, command: Warn, now_ms: int, rules: BillRules) -> list[Dated]:
    if command.deadline_ms <= now_ms:
        return []
    claims = command.claims or {}
    warned = Warned(
        role=command.role,
        grace_seconds=command.grace_seconds,
        due_ms=min(command.deadline_ms, now_ms + command.grace_seconds * 1000),
        free_from_ms=now_ms,
        cause=command.cause,
        student_says=claims.get("student"),
        tutor_says=claims.get("tutor"),
        stays=command.stays,
    )
    if lesson.warning is not None:
        return _move_deadline(lesson.warning, warned, now_ms)
    asked_ms = command.deadline_ms - command.grace_seconds * 1000
    is_back = command.cause == "away" and lesson.meter.edge_ms(command.role) > asked_ms
    may_ask = {State.LIVE, State.PAUSED} | ({State.WAITING} if command.cause == "silence" else set())
    if lesson.state not in may_ask or is_back or lesson.is_over(warned):
        return []
    waits_ms = lesson.waits_from_ms
    if waits_ms is not None and now_ms < waits_ms + rules.silence_ms:
        # The answer and this question crossed. The answer goes to the platform once more, after its question.
        by = other(command.role)
        decided_by = "platform" if by in lesson.gone else by
        return [(now_ms, warned), (now_ms, ChoseToWait(decided_by=decided_by))]
    return [(now_ms, warned)]


def _move_deadline(known: Warned, warned: Warned, now_ms: int) -> list[Dated]:
    is_near = abs(known.due_ms - warned.due_ms) < DEADLINE_MOVES_MS
    if known.role != warned.role or is_near:
        return []
    return [(now_ms, replace(known, grace_seconds=warned.grace_seconds, due_ms=warned.due_ms))]


def _decide_resolution(lesson: Lesson, command: ResolveWarning, now_ms: int) -> list[Dated]:
    if lesson.warning is None:
        return []
    if command.outcome == "wait":
        return [(now_ms, ChoseToWait(decided_by="platform"))]
    # Who is back is known here first, by their proofs. Only a question that was owed an answer waits for the platform.
    return [(now_ms, GraceResolved())] if lesson.is_only_owed else []


def _decide_cap(lesson: Lesson, cap_seconds: int | None, now_ms: int) -> list[Dated]:
    known = None if lesson.cap_ms is None else lesson.cap_ms // 1000
    is_too_low = cap_seconds is not None and cap_seconds * 1000 < lesson.billable_ms
    if cap_seconds == known or is_too_low:
        return []
    return [(now_ms, CapChanged(cap_seconds=cap_seconds, cap_minor=None))]
