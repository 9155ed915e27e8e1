"""A session made of facts alone, without service and store. Times are seconds from its start."""

from __future__ import annotations

from typing import Final, Literal

from langdao_video.billing.lesson import Lesson
from langdao_video.billing.statement import Statement, fold_statement
from langdao_video.session.facts import (
    BillCorrected,
    ChoseToWait,
    Disputed,
    Ended,
    Fact,
    GraceResolved,
    PresenceRevised,
    Recorded,
    RevisedSpan,
    SeatLeft,
    SeatTaken,
    SessionCreated,
    Warned,
)
from langdao_video.session.roles import ROLES, Role

START_MS: Final = 1_764_000_000_000
STUDENT: Final = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"
TUTOR: Final = "0x8ba1f109551bD432803012645Ac136ddd64DBA72"
ADDRESS: Final[dict[Role, str]] = {"student": STUDENT, "tutor": TUTOR}
NAME: Final[dict[Role, str]] = {"student": "Ana", "tutor": "José"}


class Told:
    """A session at a cent a second, and its facts."""

    def __init__(self, cap_seconds: int | None = None, start_seconds: float = 0) -> None:
        self.lesson = Lesson("session-abc123")
        self.records: list[Recorded] = []
        self.at(
            0,
            SessionCreated(
                student_address=STUDENT,
                tutor_address=TUTOR,
                language="es",
                start_ms=ms(start_seconds),
                rate_minor=3_600,
                currency="EUR",
                decimals=2,
                cap_seconds=cap_seconds,
            ),
        )

    def at(self, seconds: float, *facts: Fact) -> None:
        """Record *facts*."""
        for fact in facts:
            self.records.append(self.lesson.record(fact, ms(seconds), f"id-{len(self.records)}"))

    def come(self, seconds: float, *roles: Role) -> None:
        """Let *roles* take their seats, each for a new sitting."""
        for role in roles:
            epoch = self.lesson.seats[role].epoch + 1
            self.at(seconds, SeatTaken(role=role, epoch=epoch, address=ADDRESS[role], name=NAME[role]))

    def leave(self, seconds: float, role: Role, reason: str = "connection-closed") -> None:
        """Let *role* leave, with proofs until now."""
        epoch = self.lesson.seats[role].epoch
        self.at(seconds, SeatLeft(role=role, epoch=epoch, reason=reason))

    def prove(self, seconds: float, *roles: Role) -> None:
        """Prove that *roles* (by default both) are there now."""
        for role in roles or ROLES:
            self.lesson.note_proof(role, ms(seconds))

    def ask(self, seconds: float, about: Role) -> None:
        """Open a question about *about*. From now on nothing is billed."""
        self.at(
            seconds,
            Warned(role=about, grace_seconds=30, due_ms=ms(seconds + 30), free_from_ms=ms(seconds)),
        )

    def end(self, seconds: float, reason: str = "ended-by-user") -> None:
        """Let the student end the session."""
        self.at(
            seconds,
            Ended(
                ended_by="student",
                reason=reason,
                address=STUDENT,
                total_seconds=int(seconds),
                billable_ms=self.lesson.billable_ms,
                cost_minor=self.lesson.cost.minor,
                until_ms=ms(seconds),
            ),
        )

    def statement(self) -> Statement:
        """Fold its statement."""
        return fold_statement(self.lesson, self.records)


def ms(seconds: float) -> int:
    """Return the instant in Unix ms."""
    return START_MS + round(seconds * 1_000)


def both_for_a_minute(cap_seconds: int | None = None) -> Told:
    """Make a session in which both are there for the first minute."""
    told = Told(cap_seconds)
    told.come(0, "student", "tutor")
    told.prove(60)
    return told


def revised(
    role: Role,
    spans: tuple[RevisedSpan, ...],
    *,
    is_taken: bool = True,
    lost: Literal["silence", "media"] | None = None,
) -> PresenceRevised:
    """Make the fact that late evidence changed the spans of *role* to *spans*."""
    return PresenceRevised(
        role=role,
        epoch=1,
        is_taken=is_taken,
        lost=lost,
        edge_ms=spans[-1][1],
        within=(ms(0), spans[-1][1]),
        spans=spans,
    )


def lesson_with_everything() -> Told:
    """Make a session with a wait, a break, a question, a dispute, an end and two corrections."""
    told = Told()
    told.come(10, "student")
    told.come(30, "tutor")
    told.prove(90)
    told.leave(90, "tutor")
    told.ask(95, "tutor")
    told.prove(100, "student")
    told.at(100, ChoseToWait(decided_by="student"))
    told.prove(110, "student")
    told.come(110, "tutor")
    told.at(110, GraceResolved())
    claims = Disputed(role="student", epoch=1, kind="media", student="nothing-arrives", tutor="is-received")
    told.at(130, claims)
    told.at(
        140.5,
        Disputed(
            role="student",
            epoch=1,
            kind="media",
            student="nothing-arrives",
            tutor="is-received",
            is_open=False,
        ),
    )
    told.prove(170.25)
    told.end(170.25)
    told.at(200, BillCorrected(minor=-20, reason="late start", total_minor=100))
    told.at(230, BillCorrected(minor=50, reason="a book", total_minor=150))
    return told
