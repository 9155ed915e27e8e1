"""The statement: the bill with the history that explains it (R43), folded from the facts. Pure.

Law: it shows as billed what the meter counts: the time in which both were there and no question was open. The sum of
these times is the bill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import Money, cost_of
from langdao_video.session.facts import (
    BillCorrected,
    ChoseToWait,
    Disputed,
    Ended,
    Fact,
    GraceResolved,
    PresenceRevised,
    ProofLost,
    ProofResumed,
    Recorded,
    SeatLeft,
    SeatTaken,
    Warned,
)
from langdao_video.session.roles import ROLES, Role, other


@dataclass(frozen=True, slots=True)
class PresenceSpan:
    """A seat was there from *start_ms* to *end_ms* (Unix ms); *closed_by* says what ended it, None while it lasts."""

    start_ms: int
    end_ms: int
    sitting: int
    closed_by: str | None


@dataclass(frozen=True, slots=True)
class Billed:
    """A time in which both were there; *total_ms* and *cost* are those of the session up to *end_ms*."""

    start_ms: int
    end_ms: int
    total_ms: int
    cost: Money


@dataclass(frozen=True, slots=True)
class Pause:
    """A time after a billed one in which the meter stood still; *missing* are the seats whose proofs had ended."""

    start_ms: int
    end_ms: int
    missing: tuple[Role, ...]
    why: str
    """`silence`, `media`, the reason of a leave, or `end`. If nobody was missing: `cap-reached` (no prepaid time was
    left) or `grace` (a question was open)."""
    about: Role | None = None
    """For `grace`: the role that the question was about."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What was added to the final bill later, or given back."""

    at_ms: int
    amount: Money
    reason: str


Outcome = Literal["wait", "end", "no-answer", "returned"]


@dataclass(frozen=True, slots=True)
class Question:
    """At *at_ms* (Unix ms) *asked* was asked whether to wait for *about*, and had until *due_ms* to answer."""

    at_ms: int
    about: Role
    asked: Role
    due_ms: int
    outcome: Outcome | None = None
    """How the question ended; None while it is open."""
    answered_by: str | None = None
    resolved_ms: int | None = None
    cause: str = "away"
    claims: dict[Role, str] = field(default_factory=dict)
    """What each side's page claimed, if nobody was gone."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The page of *role* claimed what the other side's evidence did not support; *to_ms* is None while it lasts."""

    from_ms: int
    to_ms: int | None
    role: Role
    kind: str
    claims: dict[Role, str]


@dataclass(frozen=True, slots=True)
class Statement:
    """All that a support person or a parent needs to understand the bill."""

    lesson: Lesson
    presence: dict[Role, list[PresenceSpan]]
    billed: list[Billed]
    pauses: list[Pause]
    corrections: list[Correction]
    questions: list[Question]
    disputes: list[Disagreement]

    @property
    def start_ms(self) -> int:
        """When the session's history begins, Unix ms: at its start, or at somebody's arrival before it."""
        created = self.lesson.created
        return min(
            [
                created.start_ms if created else 0,
                *(s.start_ms for seat in self.presence.values() for s in seat),
            ]
        )

    @property
    def before(self) -> tuple[int, int] | None:
        """The free time before the two first met, from and to in Unix ms; None if there was none, or they never met."""
        if not self.billed or self.billed[0].start_ms <= self.start_ms:
            return None
        return self.start_ms, self.billed[0].start_ms

    @property
    def end_ms(self) -> int:
        """When the session ended, or its newest proof if it goes on, Unix ms."""
        known = [span.end_ms for seat in self.presence.values() for span in seat]
        return max([self.start_ms, self.lesson.ended_at_ms, *known])


def fold_statement(lesson: Lesson, records: Sequence[Recorded]) -> Statement:
    """Fold the statement of *lesson* from its facts; for a session that goes on, up to the newest proofs.

    The bill and the statement show one figure because they read one meter. A lesson that is folded from its facts has
    settled nothing, so the statement can show all its spans.
    """
    told = Lesson(lesson.id)
    for record in records:
        told.apply(record)
    for role in ROLES:
        told.note_proof(role, lesson.meter.edge_ms(role))
    presence: dict[Role, list[PresenceSpan]] = {
        role: [PresenceSpan(s.start_ms, s.end_ms, s.sitting, s.closed_by) for s in told.meter.spans(role)]
        for role in ROLES
    }
    billed = _bill(told)
    questions = _list_questions(records)
    pauses = _pauses(told, presence, billed, questions)
    return Statement(
        lesson, presence, billed, pauses, _list_corrections(told, records), questions, _disputes(records)
    )


def _bill(lesson: Lesson) -> list[Billed]:
    """Return the times that the meter counts, up to the cap."""
    left_ms = lesson.cap_ms if lesson.cap_ms is not None else float("inf")
    billed: list[Billed] = []
    total_ms = 0
    for start_ms, end_ms in lesson.meter.pieces():
        length_ms = min(end_ms - start_ms, left_ms - total_ms)
        if length_ms <= 0:
            break
        total_ms += int(length_ms)
        billed.append(Billed(start_ms, start_ms + int(length_ms), total_ms, cost_of(total_ms, lesson.rate)))
    return billed


def _list_corrections(lesson: Lesson, records: Sequence[Recorded]) -> list[Correction]:
    rate = lesson.rate
    return [
        Correction(r.at_ms, Money(r.fact.minor, rate.currency, rate.decimals), r.fact.reason)
        for r in records
        if isinstance(r.fact, BillCorrected)
    ]


def _list_questions(records: Sequence[Recorded]) -> list[Question]:
    """Return each question and how it ended: with an answer, a return, or the session's end."""
    questions: list[Question] = []
    for record in records:
        fact, is_open = record.fact, bool(questions) and questions[-1].outcome is None
        if isinstance(fact, Warned):
            says: dict[Role, str | None] = {"student": fact.student_says, "tutor": fact.tutor_says}
            claims: dict[Role, str] = {role: claim for role in ROLES if (claim := says[role])}
            asked = Question(record.at_ms, fact.role, other(fact.role), fact.due_ms)
            questions.append(replace(asked, cause=fact.cause, claims=claims))
        elif is_open and (closing := _close_question(questions[-1], fact)):
            outcome, by = closing
            at_ms = max(record.at_ms, questions[-1].at_ms)
            questions[-1] = replace(questions[-1], outcome=outcome, answered_by=by, resolved_ms=at_ms)
    return questions


def _disputes(records: Sequence[Recorded]) -> list[Disagreement]:
    """Return who claimed what, and for how long."""
    told: list[Disagreement] = []
    for record in records:
        fact = record.fact
        ends: tuple[Role, ...] = ()
        match fact:
            case Disputed(is_open=True):
                claims: dict[Role, str] = {"student": fact.student, "tutor": fact.tutor}
                told.append(Disagreement(record.at_ms, None, fact.role, fact.kind, claims))
            case Disputed() | SeatTaken() | SeatLeft():
                ends = (fact.role,)
            case Ended():
                ends = ROLES
        told = [
            replace(each, to_ms=max(record.at_ms, each.from_ms))
            if each.to_ms is None and each.role in ends
            else each
            for each in told
        ]
    return told


def _close_question(question: Question, fact: Fact) -> tuple[Outcome, str | None] | None:
    match fact:
        case ChoseToWait():
            return "wait", fact.decided_by
        case Ended(reason="grace-expired"):
            return "no-answer", None
        case Ended():
            return "end", fact.ended_by
        case GraceResolved():
            return "returned", None
        case SeatTaken() | ProofResumed() | ProofLost(why="media") if fact.role == question.about:
            return "returned", None
        case PresenceRevised() if fact.role == question.about and fact.is_taken and fact.lost != "silence":
            return "returned", None
        case _:
            return None


def _pauses(
    lesson: Lesson,
    presence: dict[Role, list[PresenceSpan]],
    billed: Sequence[Billed],
    questions: Sequence[Question],
) -> list[Pause]:
    """Return each gap after the first billed second, and why the meter stood still in it."""
    ends = (
        [*(piece.start_ms for piece in billed[1:]), max(lesson.ended_at_ms, billed[-1].end_ms)]
        if billed
        else []
    )
    pauses = []
    for piece, until_ms in zip(billed, ends, strict=True):
        if until_ms <= piece.end_ms:
            continue
        missing = tuple(role for role in ROLES if not _is_there(presence[role], piece.end_ms))
        whys = [span.closed_by for role in missing for span in presence[role] if span.end_ms == piece.end_ms]
        if missing:
            why = next((why for why in whys if why), "end")
        elif piece.total_ms == lesson.cap_ms:
            why = "cap-reached"
        else:  # late events showed that both were there, so only the open question stopped the meter
            why = "grace"
        about = next(
            (asked.about for asked in questions if (asked.resolved_ms or until_ms) > piece.end_ms), None
        )
        pauses.append(Pause(piece.end_ms, until_ms, missing, why, about if why == "grace" else None))
    return pauses


def _is_there(spans: Sequence[PresenceSpan], at_ms: int) -> bool:
    return any(span.start_ms <= at_ms < span.end_ms for span in spans)
