"""Reads the ledger of a simulated lesson back, and checks what must hold of every ledger."""

from __future__ import annotations

from collections.abc import Sequence

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.live import load_lesson, read_record
from langdao_video.billing.statement import fold_statement
from langdao_video.session.facts import (
    BillCorrected,
    ChoseToWait,
    Ended,
    ProofLost,
    ProofResumed,
    Recorded,
    SeatLeft,
    SeatTaken,
    Warned,
)
from langdao_video.session.roles import ROLES, Role
from langdao_video.simulation.books import Books
from langdao_video.simulation.intervals import Intervals, union
from langdao_video.simulation.oracle import Claims
from langdao_video.simulation.service import SESSION
from langdao_video.simulation.world import finish
from langdao_video.store.port import load_stream


def read_log(books: Books) -> list[Recorded]:
    """Return every fact of the lesson."""
    return [read_record(stored) for stored in finish(load_stream(books, SESSION))]


def claim(lesson: Lesson, records: Sequence[Recorded]) -> Claims:
    """Return what the ledger claims, read from the facts alone; an open span ends at its newest proof."""
    spans: dict[Role, Intervals] = {role: [] for role in ROLES}
    open_ms: dict[Role, int] = {}
    for record in records:
        fact, edges = record.fact, {"student": record.mark.student_ms, "tutor": record.mark.tutor_ms}
        match fact:
            case SeatTaken() | ProofResumed():
                open_ms[fact.role] = record.at_ms
            case SeatLeft() | ProofLost() if fact.role in open_ms:
                spans[fact.role].append((open_ms.pop(fact.role), record.at_ms))
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
    return Claims(
        spans={role: union(spans[role]) for role in ROLES},
        billable_ms=lesson.billable_ms,
        cap_ms=lesson.cap_ms,
        ended_ms=lesson.ended_at_ms if ended else None,
        ended_by_itself=ended is not None and ended.reason == "grace-expired",
    )


def check_log(books: Books, lesson: Lesson, records: Sequence[Recorded]) -> list[str]:
    """Return what is wrong with the ledger: order, ends, warnings, replay, statement."""
    faults = []
    if [record.seq for record in records] != list(range(1, len(records) + 1)):
        faults.append("the seq has a gap")
    ends = [index for index, record in enumerate(records) if isinstance(record.fact, Ended)]
    after = records[ends[0] + 1 :] if ends else []
    if not all(isinstance(record.fact, BillCorrected) for record in after):
        faults.append("something happened after the end")
    faults += _check_questions(records)
    replayed = finish(load_lesson(books, SESSION))
    if replayed.billable_ms != lesson.billable_ms:
        faults.append(f"replayed, the bill is {replayed.billable_ms} ms and not {lesson.billable_ms} ms")
    if lesson.ended and lesson.ended.billable_ms != lesson.billable_ms:
        faults.append(f"the end says {lesson.ended.billable_ms} ms, the lesson {lesson.billable_ms} ms")
    statement = fold_statement(replayed, records)
    stated_ms = sum(piece.end_ms - piece.start_ms for piece in statement.billed)
    if stated_ms != lesson.billable_ms:
        faults.append(f"the statement adds up to {stated_ms} ms, the bill is {lesson.billable_ms} ms")
    return faults


def _check_questions(records: Sequence[Recorded]) -> list[str]:
    """Return what is wrong with the questions: each is asked once, and ends nothing after the missing one is back."""
    faults = []
    about: Role | None = None
    for record in records:
        match record.fact:
            case Warned() as fact:
                if about is not None:
                    faults.append("one disconnect was warned of twice")
                about = fact.role
            case Ended(reason="grace-expired") if about is None:
                faults.append("a question that was over ended the lesson")
            case SeatTaken() | ProofResumed() | ProofLost(why="media") as fact if fact.role == about:
                about = None
            case ChoseToWait():
                about = None
            case _:
                pass
    return faults
