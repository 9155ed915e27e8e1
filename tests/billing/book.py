"""A session that takes events one by one, without a store. It applies the facts of each event and returns them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from langdao_video.billing.grace import Dated
from langdao_video.billing.intake import Intake, feed_event
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.rules import BillRules
from langdao_video.session.claims import ClaimKind, WarningCause
from langdao_video.session.events import (
    Claims,
    Dispute,
    PublicEvent,
    SessionEnded,
    SessionHeartbeat,
    UserAction,
    UserConnected,
    UserDisconnected,
)
from langdao_video.session.facts import EndedBy, SessionCreated, Warned
from langdao_video.session.roles import ROLES, Role
from langdao_video.store.port import Presence
from tests.billing.timeline import ADDRESS, SESSION, START_MS

RULES = BillRules()
T = START_MS


@dataclass(slots=True)
class Book:
    """One session at a cent a second. Times are ms from its start."""

    lesson: Lesson = field(default_factory=lambda: Lesson(SESSION))
    ids: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        created = SessionCreated(
            student_address=ADDRESS["student"],
            tutor_address=ADDRESS["tutor"],
            language="es",
            start_ms=T,
            rate_minor=3_600,
            currency="USD",
            decimals=2,
        )
        self.record((T, created))

    def record(self, *facts: Dated) -> None:
        """Append facts after the newest one."""
        for at_ms, fact in facts:
            self.lesson.record(fact, at_ms, f"id-{next(self.ids)}")

    def take(self, event: PublicEvent, *, now: int | None = None, elsewhere: bool = False) -> Intake:
        """Take *event*, at its own time or at *now*."""
        now_ms = event.timestamp if now is None else T + now
        intake = feed_event(self.lesson, event, now_ms, RULES, is_from_elsewhere=elsewhere)
        self.record(*intake.facts)
        if intake.proof is not None:
            self.lesson.note_proof(intake.proof[0], intake.proof[2])
        return intake

    def meet(self, until: int = 20_000) -> None:
        """Let both take their seats at 0, and prove until *until* that they are there."""
        for role in ROLES:
            self.take(connected(role, 0))
        for at in range(10_000, until + 1, 10_000):
            for role in ROLES:
                self.take(heartbeat(role, at))

    def warn(self, role: Role, at: int, cause: WarningCause = "away", *, stays: bool = False) -> None:
        """Open a question about *role* for thirty seconds."""
        fact = Warned(
            role=role,
            grace_seconds=30,
            due_ms=T + at + 30_000,
            free_from_ms=T + at,
            cause=cause,
            stays=stays,
        )
        self.record((T + at, fact))


def connected(
    role: Role, at: int, epoch: int | None = 1, *, name: str | None = None, took_over: bool | None = None
) -> UserConnected:
    return UserConnected(
        session_id=SESSION,
        user_role=role,
        timestamp=T + at,
        epoch=epoch,
        user_address=ADDRESS[role],
        user_name=name,
        took_over=took_over,
    )


def heartbeat(role: Role, at: int, epoch: int | None = 1, *, flows: bool | None = None) -> SessionHeartbeat:
    return SessionHeartbeat(
        session_id=SESSION,
        user_role=role,
        user_address=ADDRESS[role],
        language="es",
        start_time=T,
        is_audio_enabled=True,
        is_video_enabled=True,
        elapsed_seconds=0,
        is_media_flowing=flows,
        timestamp=T + at,
        epoch=epoch,
    )


def left(role: Role, at: int, epoch: int | None = 1, reason: str = "closed") -> UserDisconnected:
    return UserDisconnected(session_id=SESSION, user_role=role, reason=reason, timestamp=T + at, epoch=epoch)


def ended(at: int, by: EndedBy = "tutor", reason: str | None = None) -> SessionEnded:
    return SessionEnded(
        session_id=SESSION,
        total_seconds=0,
        ended_by=by,
        user_address=ADDRESS["tutor"],
        timestamp=T + at,
        reason=reason,
    )


def acted(role: Role, at: int) -> UserAction:
    return UserAction(session_id=SESSION, user_role=role, timestamp=T + at, action="muted")


def disputed(
    role: Role,
    at: int,
    kind: ClaimKind = "media",
    *,
    epoch: int | None = 1,
    is_open: bool = True,
) -> Dispute:
    return Dispute(
        session_id=SESSION,
        user_role=role,
        timestamp=T + at,
        epoch=epoch,
        kind=kind,
        claims=Claims(student="nothing-arrives", tutor="is-received"),
        is_open=is_open,
    )


Lost = Literal["silence", "media"]


@dataclass(slots=True)
class UnsavedProofs:
    """Proofs that are not in the store yet."""

    noted: list[Presence]

    def note(self, proof: Presence) -> None:
        """Keep a proof."""
        self.noted.append(proof)

    def unsaved(self, session_id: str) -> Sequence[Presence]:
        """Return the kept proofs."""
        return [proof for proof in self.noted if proof.session_id == session_id]

    async def wait_for_save(self, session_id: str) -> bool:
        """Save nothing."""
        return not self.unsaved(session_id)

    async def flush(self) -> None:
        """Save nothing."""
