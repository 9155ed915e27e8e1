"""The bill depends only on the set of events: shuffled, doubled, with or without epochs, it equals the oracle's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import permutations
from random import Random

import pytest

from langdao_video.billing.grace import Dated, decide_due
from langdao_video.billing.intake import feed_event
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.rules import BillRules
from langdao_video.billing.statement import fold_statement
from langdao_video.errors import EventRefused
from langdao_video.session.events import (
    PublicEvent,
    SessionEnded,
    SessionHeartbeat,
    UserConnected,
    UserDisconnected,
)
from langdao_video.session.facts import (
    GraceResolved,
    ProofLost,
    ProofResumed,
    Recorded,
    SessionCreated,
    Warned,
)
from langdao_video.session.roles import ROLES, Role
from tests.billing import oracle
from tests.billing.oracle import Told
from tests.billing.timeline import ADDRESS, SESSION, START_MS
from tests.examples import examples

LIMITS = oracle.Limits()
RULES = BillRules()
NOW_MS = START_MS + 600_000
HISTORIES = examples(300)


@dataclass(slots=True)
class Ledger:
    """A session that takes events as the service does, and keeps what is stored: facts and the newest proofs."""

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

    def record(self, facts: Sequence[Dated]) -> None:
        for at_ms, fact in facts:
            self.records.append(self.lesson.record(fact, at_ms, f"id-{len(self.records)}"))

    def look(self, now_ms: int) -> None:
        """Act on the deadlines that are due by the service's clock."""
        for _ in range(4):
            self.record(decide_due(self.lesson, now_ms, RULES))

    def questions(self) -> list[tuple[int, int | None]]:
        """Return the times without billing, in seconds."""
        asked: list[tuple[int, int | None]] = []
        for record in self.records:
            if isinstance(record.fact, Warned) and (not asked or asked[-1][1] is not None):
                assert record.fact.free_from_ms is not None
                asked.append(((record.fact.free_from_ms - START_MS) // 1000, None))
            elif isinstance(record.fact, GraceResolved):
                asked[-1] = (asked[-1][0], (record.at_ms - START_MS) // 1000)
        return asked

    def take(self, event: PublicEvent, now_ms: int = NOW_MS) -> None:
        try:
            intake = feed_event(self.lesson, event, now_ms, RULES, is_from_elsewhere=True)
        except EventRefused:
            return
        self.record(intake.facts)
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
        """Return the bill in seconds, and check that it is the same live, replayed and in the statement."""
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
    """Draw the events of one seat: sittings with heartbeats, some of which are lost."""
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


@pytest.mark.parametrize("has_epochs", [True, False])
def test_an_end_bounds_the_bill_wherever_it_comes_in_the_order(*, has_epochs: bool) -> None:
    random = Random(27_30)  # noqa: S311 - the same histories every time

    for _ in range(HISTORIES // 2):
        told = draw_history(random, has_epochs=has_epochs)
        ends = [random.randrange(10, 150) for _ in range(random.choice([1, 1, 2]))]
        events = [event_of(role, each) for role in ROLES for each in told[role]]
        events += [ended_at(at) for at in ends]
        expected = oracle.billable_in(told["student"], told["tutor"], LIMITS, end=min(ends))

        ledger = Ledger()
        deliver(ledger, random.sample(events, len(events)) + random.sample(events, len(events) // 3), random)

        assert ledger.lesson.ended is not None
        assert ledger.check() == expected, (told, ends)


def without_what_a_crash_forgets(told: list[Told]) -> list[Told]:
    """Remove denials, and events of the same instant, because a crash may come between them."""
    return list({each.at: each for each in reversed(told) if each.kind != "denial"}.values())


def with_late_copies(events: Sequence[PublicEvent], random: Random) -> list[PublicEvent]:
    """Repeat each third event some time later."""
    order = [(float(place), event) for place, event in enumerate(events)]
    order += [(place + random.random() * 15, event) for place, event in order if random.random() < 1 / 3]
    return [event for _, event in sorted(order, key=lambda placed: placed[0])]


@pytest.mark.parametrize("has_epochs", [True, False])
def test_live_replayed_and_stated_it_is_one_figure_over_any_crash(*, has_epochs: bool) -> None:
    """After a crash the kept evidence is gone, and the service continues from the ledger."""
    random = Random(28)  # noqa: S311 - the same histories every time

    for _ in range(HISTORIES):
        drawn = draw_history(random, has_epochs=has_epochs)
        told = {role: without_what_a_crash_forgets(drawn[role]) for role in ROLES}
        events = [event_of(role, each) for role in ROLES for each in told[role]]
        in_order = with_late_copies(sorted(events, key=lambda event: event.timestamp), random)
        most = oracle.billable_in(told["student"], told["tutor"], LIMITS)

        ledger, shuffled = Ledger(), Ledger()
        deliver(ledger, in_order, random, crashes=True)
        deliver(shuffled, random.sample(events, len(events)), random, crashes=True)

        shuffled.check()
        assert ledger.check() <= most, (told,)


def test_a_question_is_free_for_any_events_before_and_after_it() -> None:
    """Warnings come by the service's clock, so they are part of the input, like the events."""
    random = Random(26)  # noqa: S311 - the same histories every time
    asked = 0

    for _ in range(HISTORIES):
        told = draw_history(random, has_epochs=True)
        events = [event_of(role, each) for role in ROLES for each in told[role]]
        cut = random.randrange(len(events))
        order = sorted(events, key=lambda event: event.timestamp)
        early, held_back = order[:cut], random.sample(order[cut:], len(order) - cut)
        ledger = Ledger()
        deliver(ledger, early, random)
        now_ms = max((event.timestamp for event in early), default=START_MS) + random.randrange(60) * 1_000
        ledger.look(now_ms)
        last_ms = max(now_ms, order[-1].timestamp)
        for place, event in enumerate(held_back):
            ledger.take(event, last_ms + place * 500 // 1_000 * 1_000)

        windows = ledger.questions()
        asked += len(windows)
        expected = oracle.billable_in(told["student"], told["tutor"], LIMITS, questions=windows)
        assert ledger.check() == expected, (told, windows)

    assert asked > HISTORIES // 6


def test_two_who_sat_and_left_in_one_instant_are_taken_up_after_a_crash() -> None:
    """Their empty spans are equal. The session still goes on, for longer than the evidence is kept."""
    ledger = Ledger()
    for kind in ("connect", "leave", "connect", "leave", "connect"):
        ledger.take(event_of("student", Told(0, kind)), START_MS)
    ledger.record([(START_MS, ProofLost(role="student", epoch=1, why="silence"))])
    ledger.record([(START_MS, ProofResumed(role="student", epoch=1))])
    ledger.record([(START_MS, ProofLost(role="student", epoch=1, why="silence"))])
    ledger.record([(START_MS, ProofResumed(role="student", epoch=1))])
    ledger.crash()

    for at in range(10, 1_200, 10):
        ledger.take(event_of("student", Told(at, "proof")), START_MS + at * 1_000)
        ledger.take(event_of("tutor", Told(at, "proof")), START_MS + at * 1_000)

    assert ledger.check() == 1_180
    assert ledger.lesson.meter.floor_ms > START_MS


def test_an_event_dated_before_its_own_connect_cuts_no_sitting_in_any_order() -> None:
    """After ten seconds together the tutor's next page connects. One of its heartbeats is dated a second earlier."""
    student = [Told(0, "connect", 1), Told(10, "proof", 1)]
    first = [Told(0, "connect", 1), Told(10, "leave", 1)]
    second = [Told(10, "connect", 2), Told(9, "proof", 2)]
    events = [
        *(event_of("student", told) for told in student),
        *(event_of("tutor", told) for told in (*first, *second)),
    ]

    for order in permutations(events):
        ledger = Ledger()
        for event in order:
            ledger.take(event)
        assert ledger.check() == 10


def test_a_crash_forgets_nothing_of_when_a_sitting_began() -> None:
    ledger = Ledger()
    ledger.take(event_of("tutor", Told(0, "connect", 1)))
    ledger.take(event_of("student", Told(1, "connect", 1)))
    ledger.take(event_of("tutor", Told(1, "proof", 1)))
    ledger.crash()

    ledger.take(event_of("student", Told(0, "proof", 1)))

    assert ledger.check() == 0
