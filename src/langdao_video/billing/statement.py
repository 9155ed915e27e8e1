"""The statement: the bill with the history that explains it (R43), folded from the facts. Pure.

Law: the billed spans it shows are the intersection of the presence it shows, and their sum is the bill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.money import Money, cost_of
from langdao_video.session.facts import (
    BillCorrected,
    Ended,
    ProofLost,
    ProofResumed,
    Recorded,
    SeatLeft,
    SeatTaken,
)
from langdao_video.session.roles import ROLES, Role


@dataclass(frozen=True, slots=True)
class Presence:
    """A seat was there from *start_ms* to *end_ms* (Unix ms); *closed_by* says what ended it, None while it lasts."""

    start_ms: int
    end_ms: int
    sitting: int
    closed_by: str | None


@dataclass(frozen=True, slots=True)
class Billed:
    """Both were there; *total_ms* and *cost* are those of the lesson up to *end_ms*."""

    start_ms: int
    end_ms: int
    total_ms: int
    cost: Money


@dataclass(frozen=True, slots=True)
class Pause:
    """The meter stood still after a billed span: *missing* are the seats whose proofs ended with it."""

    start_ms: int
    end_ms: int
    missing: tuple[Role, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What was added to the final bill later."""

    at_ms: int
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything a support person or a parent needs to see why the bill is what it is."""

    lesson: Lesson
    presence: dict[Role, list[Presence]]
    billed: list[Billed]
    pauses: list[Pause]
    corrections: list[Correction]

    @property
    def start_ms(self) -> int:
        """The first thing that happened: the session's start, or somebody's arrival before it."""
        created = self.lesson.created
        return min(
            [
                created.start_ms if created else 0,
                *(s.start_ms for seat in self.presence.values() for s in seat),
            ]
        )

    @property
    def before(self) -> tuple[int, int] | None:
        """The free time before the two first met, from and to in Unix ms; None without any, or if they never met."""
        if not self.billed or self.billed[0].start_ms <= self.start_ms:
            return None
        return self.start_ms, self.billed[0].start_ms

    @property
    def end_ms(self) -> int:
        """The end, or the newest proof of a session that goes on."""
        known = [span.end_ms for seat in self.presence.values() for span in seat]
        return max([self.start_ms, self.lesson.ended_at_ms, *known])


@dataclass(slots=True)
class _Open:
    start_ms: int
    sitting: int


@dataclass(slots=True)
class _Folding:
    lesson: Lesson
    open: dict[Role, _Open] = field(default_factory=dict)
    spans: dict[Role, list[Presence]] = field(default_factory=lambda: {"student": [], "tutor": []})
    corrections: list[Correction] = field(default_factory=list)

    def take(self, record: Recorded) -> None:
        edges = {"student": record.mark.student_ms, "tutor": record.mark.tutor_ms}
        match record.fact:
            case SeatTaken() | ProofResumed() as fact:
                self.open[fact.role] = _Open(record.at_ms, fact.epoch)
            case SeatLeft() as fact:
                self._close(fact.role, record.at_ms, fact.reason)
            case ProofLost() as fact:
                self._close(fact.role, record.at_ms, fact.why)
            case Ended():
                for role in ROLES:
                    self._close(role, edges[role] or record.at_ms, "end")
            case BillCorrected() as fact:
                rate = self.lesson.rate
                amount = Money(fact.minor, rate.currency, rate.decimals)
                self.corrections.append(Correction(record.at_ms, amount, fact.reason))
            case _:
                pass

    def _close(self, role: Role, at_ms: int, why: str | None) -> None:
        if opened := self.open.pop(role, None):
            self.spans[role].append(Presence(opened.start_ms, at_ms, opened.sitting, why))

    def close_at_newest_proofs(self) -> None:
        for role in ROLES:
            self._close(role, self.lesson.meter.edge_ms(role), None)


def fold_statement(lesson: Lesson, records: Sequence[Recorded]) -> Statement:
    """Fold the statement of *lesson* from its facts; for a session that goes on, up to the newest proofs."""
    folding = _Folding(lesson)
    for record in records:
        folding.take(record)
    folding.close_at_newest_proofs()
    billed = _bill(lesson, folding.spans)
    return Statement(
        lesson, folding.spans, billed, _pauses(lesson, folding.spans, billed), folding.corrections
    )


def _bill(lesson: Lesson, spans: dict[Role, list[Presence]]) -> list[Billed]:
    """Intersect the two seats' spans, up to the cap."""
    left_ms = lesson.cap_ms if lesson.cap_ms is not None else float("inf")
    billed: list[Billed] = []
    total_ms = 0
    for start_ms, end_ms in _intersect(spans["student"], spans["tutor"]):
        length_ms = min(end_ms - start_ms, left_ms - total_ms)
        if length_ms <= 0:
            break
        total_ms += int(length_ms)
        billed.append(Billed(start_ms, start_ms + int(length_ms), total_ms, cost_of(total_ms, lesson.rate)))
    return billed


def _intersect(one: Sequence[Presence], two: Sequence[Presence]) -> list[tuple[int, int]]:
    """Return the overlaps of two ordered lists of spans, ordered; pieces that touch are one."""
    pieces: list[tuple[int, int]] = []
    i = j = 0
    while i < len(one) and j < len(two):
        start_ms, end_ms = max(one[i].start_ms, two[j].start_ms), min(one[i].end_ms, two[j].end_ms)
        if start_ms < end_ms:
            if pieces and pieces[-1][1] == start_ms:
                start_ms = pieces.pop()[0]
            pieces.append((start_ms, end_ms))
        if one[i].end_ms <= two[j].end_ms:
            i += 1
        else:
            j += 1
    return pieces


def _pauses(lesson: Lesson, spans: dict[Role, list[Presence]], billed: Sequence[Billed]) -> list[Pause]:
    """Name each gap after the first billed second, and why the meter stood still in it."""
    ends = (
        [*(piece.start_ms for piece in billed[1:]), max(lesson.ended_at_ms, billed[-1].end_ms)]
        if billed
        else []
    )
    pauses = []
    for piece, until_ms in zip(billed, ends, strict=True):
        if until_ms <= piece.end_ms:
            continue
        missing = tuple(role for role in ROLES if not _covers(spans[role], piece.end_ms, piece.end_ms + 1))
        whys = [span.closed_by for role in missing for span in spans[role] if span.end_ms == piece.end_ms]
        pauses.append(Pause(piece.end_ms, until_ms, missing, next((why for why in whys if why), "end")))
    return pauses


def _covers(spans: Sequence[Presence], start_ms: int, end_ms: int) -> bool:
    return any(span.start_ms <= start_ms and end_ms <= span.end_ms for span in spans)
