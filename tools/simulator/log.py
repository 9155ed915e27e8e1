"""Reads the ledger of a simulated lesson back, and checks what must hold for every ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.live import load_lesson
from langdao_video.billing.records import read_record
from langdao_video.billing.statement import fold_statement
from langdao_video.session.claims import WarningCause
from langdao_video.session.facts import (
    BillCorrected,
    BillSettled,
    ChoseToWait,
    Disputed,
    Ended,
    EndRevised,
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
from langdao_video.store.port import load_stream
from tools.simulator.books import Books
from tools.simulator.intervals import Intervals, subtract, union
from tools.simulator.oracle import BilledClaims
from tools.simulator.service import SESSION
from tools.simulator.world import finish

_FOREVER_MS: Final = 2**60


def read_log(books: Books) -> list[Recorded]:
    """Return every fact of the lesson."""
    return [read_record(stored) for stored in finish(load_stream(books, SESSION))]


def claim(lesson: Lesson, records: Sequence[Recorded]) -> BilledClaims:
    """Return what the ledger claims, from the facts alone. An open span ends at its newest proof."""
    spans: dict[Role, Intervals] = {role: [] for role in ROLES}
    open_ms: dict[Role, int] = {}
    for record in records:
        fact, edges = record.fact, {"student": record.mark.student_ms, "tutor": record.mark.tutor_ms}
        match fact:
            case SeatTaken() | ProofResumed():
                open_ms[fact.role] = record.at_ms
            case SeatLeft() | ProofLost() if fact.role in open_ms:
                spans[fact.role].append((open_ms.pop(fact.role), record.at_ms))
            case PresenceRevised():
                _revise(spans, open_ms, fact, edges[fact.role])
            case Ended():
                spans_left = [(role, start_ms, edges[role]) for role, start_ms in open_ms.items()]
                for role, start_ms, edge_ms in spans_left:
                    spans[role].append((start_ms, edge_ms or start_ms))
                open_ms = {}
            case _:
                pass
    for role, start_ms in open_ms.items():
        spans[role].append((start_ms, lesson.meter.edge_ms(role)))
    ended = lesson.ended
    questions = _list_questions(records)
    free = union(questions, [(ended_ms, _FOREVER_MS)] if (ended_ms := _ended_ms(lesson)) else [])
    return BilledClaims(
        spans={role: subtract(union(spans[role]), free) for role in ROLES},
        billable_ms=lesson.billable_ms,
        cap_ms=lesson.cap_ms,
        ended_ms=_ended_ms(lesson),
        ended_by_itself=ended is not None and ended.reason == "grace-expired",
        questions=questions,
    )


def _revise(
    spans: dict[Role, Intervals], open_ms: dict[Role, int], fact: PresenceRevised, edge_ms: int | None
) -> None:
    """Apply a late revision. An open span counts up to its edge, and may go on."""
    role = fact.role
    known = list(spans[role])
    if role in open_ms:
        known.append((open_ms.pop(role), edge_ms or 0))
    spans[role] = union(subtract(union(known), [fact.within]), ((a, b) for a, b, _, _ in fact.spans))
    if fact.is_taken and fact.lost is None:
        last = spans[role].pop() if spans[role] and spans[role][-1][1] == fact.edge_ms else None
        open_ms[role] = last[0] if last else fact.edge_ms


def _ended_ms(lesson: Lesson) -> int | None:
    return lesson.ended_at_ms if lesson.ended else None


def _list_questions(records: Sequence[Recorded]) -> Intervals:
    """Return when nothing may be billed: from a warning until both are there again."""
    free: list[tuple[int, int]] = []
    asked_ms: int | None = None
    for record in records:
        if isinstance(record.fact, Warned) and asked_ms is None:
            asked_ms = record.fact.free_from_ms
        elif isinstance(record.fact, GraceResolved) and asked_ms is not None:
            free.append((asked_ms, record.at_ms))
            asked_ms = None
    if asked_ms is not None:
        free.append((asked_ms, _FOREVER_MS))
    return union(free)


def check_log(books: Books, lesson: Lesson, records: Sequence[Recorded]) -> list[str]:
    """Return what is wrong with the ledger: order, ends, warnings, replay, statement."""
    faults = []
    if [record.seq for record in records] != list(range(1, len(records) + 1)):
        faults.append("the seq has a gap")
    ends = [index for index, record in enumerate(records) if isinstance(record.fact, Ended)]
    after = records[ends[0] + 1 :] if ends else []
    settled = next((i for i, record in enumerate(after) if isinstance(record.fact, BillSettled)), len(after))
    if not all(isinstance(record.fact, PresenceRevised | EndRevised) for record in after[:settled]):
        faults.append("something happened after the end")
    if not all(isinstance(record.fact, BillCorrected) for record in after[settled + 1 :]):
        faults.append("something happened after the bill was final")
    faults += check_questions(records)
    replayed = finish(load_lesson(books, SESSION))
    if replayed.billable_ms != lesson.billable_ms:
        faults.append(f"the replayed bill is {replayed.billable_ms} ms, the live one {lesson.billable_ms} ms")
    if lesson.ended and lesson.is_final and lesson.ended.billable_ms != lesson.billable_ms:
        faults.append(f"the end says {lesson.ended.billable_ms} ms, the lesson {lesson.billable_ms} ms")
    statement = fold_statement(replayed, records)
    stated_ms = sum(piece.end_ms - piece.start_ms for piece in statement.billed)
    if stated_ms != lesson.billable_ms:
        faults.append(f"the statement adds up to {stated_ms} ms, the bill is {lesson.billable_ms} ms")
    return faults


def check_questions(records: Sequence[Recorded]) -> list[str]:
    """Return the faults of the questions. Each is asked once, and ends no lesson after the missing one is back."""
    faults: list[str] = []
    question, seats = _Question(), _Seats()
    for record in records:
        seats.take(record.fact)
        match record.fact:
            case Warned() as fact:
                if question.about is not None:
                    faults.append("one disconnect caused two warnings")
                question = _Question(fact.role, stays=fact.stays, cause=fact.cause)
            # An end by "platform" is reported from elsewhere, where the ledger has its own questions (apart.py).
            case Ended(ended_by="system", reason="grace-expired"):
                if question.about is None and not question.may_stay:
                    faults.append("a question that was over ended the lesson")
            case fact:
                question.take(fact, seats)
        is_claimed = question.about in seats.starved or bool(seats.unanswering)
        is_owed = question.stays and not is_claimed
        if question.about is not None and is_owed and seats.gone == {other(question.about)}:
            question.about = None  # who must answer has gone; if both have, the question ends the lesson
    return faults


class _Question:
    """The newest question, according to the facts so far. *about* is None when it is over."""

    def __init__(
        self, about: Role | None = None, *, stays: bool = False, cause: WarningCause = "away"
    ) -> None:
        self.about, self.stays = about, stays
        self.is_claim = cause != "away"
        """Whether it is about what a page says. A page that says it again does not end it."""
        self.is_held = cause == "silence" or stays
        """Whether proofs cannot end it: the page does not answer its pings, or an answer is still needed."""
        self.may_stay = False
        """Whether evidence came to deny the claim. Then it needs its answer if such claims have cost enough."""

    def take(self, fact: Fact, seats: _Seats) -> None:
        others_claim = self.is_claim and bool(seats.unanswering)
        is_held = self.is_held or others_claim
        match fact:
            case SeatTaken() if not self.stays and not others_claim and fact.role == self.about:
                self.about = None  # what the page before said or left unanswered is over
            case ProofResumed() if not is_held and fact.role == self.about:
                self.about = None
            case ProofLost(why="media") if not self.is_claim and not is_held and fact.role == self.about:
                self.about = None
            case PresenceRevised() if fact.role == self.about and fact.is_taken:
                if fact.lost is None or (fact.lost == "media" and not self.is_claim):
                    self.about = None
            case Disputed(is_open=True) if fact.role == self.about:
                self.may_stay = True
            case Disputed(is_open=False) if self.stays or self.about in seats.silent | seats.starved:
                self.is_held = self.stays
            case ChoseToWait() | GraceResolved():
                self.about, self.may_stay = None, False
            case Disputed(is_open=False) if not seats.unanswering:
                self.about = None
            case _:
                pass


@dataclass(slots=True)
class _Seats:
    """Who is there, according to the facts so far."""

    empty: set[Role] = field(default_factory=set)
    silent: set[Role] = field(default_factory=set)
    """The roles that are silent. The end of a dispute brings none of them back."""
    starved: set[Role] = field(default_factory=set)
    """The roles whose page says that nothing arrives."""
    unanswering: set[Role] = field(default_factory=set)
    """The roles whose page is there and does not answer its pings."""

    @property
    def gone(self) -> set[Role]:
        return self.empty | self.silent

    def take(self, fact: Fact) -> None:
        match fact:
            case ProofLost(why="silence", role=role):
                self.silent.add(role)
            case ProofLost(role=role):
                self.starved.add(role)
            case ProofResumed(role=role):
                self.silent.discard(role)
                self.starved.discard(role)
            case Disputed(kind="silence", is_open=True, role=role):
                self.unanswering.add(role)
            case Disputed(role=role):
                self.unanswering.discard(role)
            case SeatTaken(role=role) | SeatLeft(role=role):
                for each in (self.empty, self.silent, self.starved, self.unanswering):
                    each.discard(role)
                if isinstance(fact, SeatLeft):
                    self.empty.add(role)
            case _:
                pass
