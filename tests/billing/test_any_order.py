"""The bill is a function of the set of events: shuffled, doubled, with epochs and without, it is the oracle's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import pytest

from langdao_video.billing.grace import GraceRules
from langdao_video.billing.intake import decide_event
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.statement import fold_statement
from langdao_video.errors import EventRefused
from langdao_video.session.events import (
    PublicEvent,
    SessionEnded,
    SessionHeartbeat,
    UserConnected,
    UserDisconnected,
)
from langdao_video.session.facts import Recorded, SessionCreated
from langdao_video.session.roles import ROLES, Role
from tests.billing import oracle
from tests.billing.oracle import Told
from tests.billing.timeline import ADDRESS, SESSION, START_MS

LIMITS = oracle.Limits()
RULES = GraceRules()
NOW_MS = START_MS + 600_000
HISTORIES = 1_500


@dataclass(slots=True)
class Ledger:
    """A lesson that takes events as the service does, and keeps what is stored: facts, and the newest proofs."""

    lesson: Lesson = field(default_factory=lambda: Lesson(SESSION))
    records: list[Recorded] = field(default_factory=list)
    presence: dict[Role, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        created = SessionCreated(
            student_address=None,
            tutor_address=None,
            language="es",
            start_ms=START_MS,
            rate_minor=3_600,
            currency="USD",
            decimals=2,
        )
        self.records.append(self.lesson.record(created, START_MS, "created"))

    def take(self, event: PublicEvent, now_ms: int = NOW_MS) -> None:
        try:
            intake = decide_event(self.lesson, event, now_ms, RULES, is_from_elsewhere=True)
        except EventRefused:
            return
        for at_ms, fact in intake.facts:
            self.records.append(self.lesson.record(fact, at_ms, f"id-{len(self.records)}"))
        if intake.proof is not None:
            role, epoch, at_ms = intake.proof
            self.lesson.note_proof(role, at_ms)
            self.presence[role] = max(self.presence.get(role, (0, 0)), (epoch, at_ms))

    def crash(self) -> None:
        self.lesson = self.replayed()

    def replayed(self) -> Lesson:
        lesson = Lesson(SESSION)
        for record in self.records:
            lesson.apply(record)
        if lesson.ended is None:
            for role, (epoch, proof_ms) in self.presence.items():
                if epoch == lesson.seats[role].epoch:
                    lesson.note_proof(role, proof_ms)
        return lesson

    def check(self) -> int:
        """Return the bill, in seconds: live, replayed and stated it is one figure."""
        billed_ms = self.lesson.billable_ms
        assert self.replayed().billable_ms == billed_ms
        stated = fold_statement(self.lesson, self.records).billed
        assert sum(piece.end_ms - piece.start_ms for piece in stated) == billed_ms
        return billed_ms // 1000


def event_of(role: Role, told: Told) -> PublicEvent:
    common = {
        "session_id": SESSION,
        "user_role": role,
        "timestamp": START_MS + told.at * 1000,
        "epoch": told.epoch,
        "user_address": ADDRESS[role],
    }
    match told.kind:
        case "connect":
            return UserConnected.model_validate(common)
        case "leave":
            return UserDisconnected.model_validate(common | {"reason": "connection-closed"})
        case _:
            state = {"is_audio_enabled": True, "is_video_enabled": True, "elapsed_seconds": 0}
            about = {"language": "es", "start_time": START_MS, "is_media_flowing": told.kind == "proof"}
            return SessionHeartbeat.model_validate(common | state | about)


def ended_at(at: int) -> SessionEnded:
    return SessionEnded(
        session_id=SESSION,
        total_seconds=0,
        ended_by="tutor",
        user_address=ADDRESS["tutor"],
        timestamp=START_MS + at * 1000,
    )


def draw_seat(random: Random, *, has_epochs: bool) -> list[Told]:
    """Draw what a call service tells of one seat: sittings with heartbeats, some of them lost."""
    told, now = [], random.randrange(20)
    for sitting in range(1, random.randrange(2, 5)):
        epoch = sitting if has_epochs else None
        if random.random() < 0.85:
            told.append(Told(now, "connect", epoch))
        for _ in range(random.randrange(9)):
            now += random.choice([1, 5, 10, 10, 10, 10, 12, 21, 24, 26])
            kind = "denial" if random.random() < 0.15 else "proof"
            if random.random() < 0.9:
                told.append(Told(now, "denial" if kind == "denial" else "proof", epoch))
        if random.random() < 0.8:
            now += random.randrange(15)
            told.append(Told(now, "leave", epoch))
        now += random.choice([0, 1, 3, 9, 10, 30])
    return told


def draw_history(random: Random, *, has_epochs: bool) -> dict[Role, list[Told]]:
    return {role: draw_seat(random, has_epochs=has_epochs) for role in ROLES}


def deliver(ledger: Ledger, events: Sequence[PublicEvent], random: Random, *, crashes: bool = False) -> None:
    for event in events:
        ledger.take(event)
        if crashes and random.random() < 0.05:
            ledger.crash()


@pytest.mark.requirement("R36")
@pytest.mark.parametrize("has_epochs", [True, False])
def test_any_order_and_any_number_of_the_same_events_make_the_oracles_bill(*, has_epochs: bool) -> None:
    random = Random(10_27)  # noqa: S311 - the same histories every time
    billed = 0

    for _ in range(HISTORIES):
        told = draw_history(random, has_epochs=has_epochs)
        events = [event_of(role, each) for role in ROLES for each in told[role]]
        expected = oracle.billable_in(told["student"], told["tutor"], LIMITS)
        billed += expected
        for order in (sorted(events, key=lambda e: e.timestamp), random.sample(events, len(events))):
            doubled = [*order, *random.sample(events, len(events) // 2)]
            ledger = Ledger()
            deliver(ledger, doubled, random)
            assert ledger.check() == expected, (told, [(e.type, e.timestamp - START_MS) for e in order])

    assert billed > 10 * HISTORIES, "most histories bill something"
