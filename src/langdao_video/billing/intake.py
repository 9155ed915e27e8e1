"""What a session makes of an event of the public contract (R21–R26). Pure: a lesson, an event, `now_ms` in.

Two laws: an event that arrives twice, late, out of order or from an older sitting bills nothing; whatever is
refused leaves the lesson as it was. A proof that makes no fact is noted in the lesson at once.
An event without *epoch* (another call service) means the seat's newest sitting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from langdao_video.billing.grace import Dated, GraceRules, end
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.meter import continues
from langdao_video.errors import EventRefused
from langdao_video.session.events import (
    PublicEvent,
    SessionEnded,
    SessionHeartbeat,
    UserAction,
    UserConnected,
    UserDisconnected,
)  # fmt: skip
from langdao_video.session.facts import EndedBy, Fact, ProofLost, ProofResumed, SeatLeft, SeatTaken, UserActed
from langdao_video.session.roles import ROLES, Role
from langdao_video.session.state import State

CLOCK_AHEAD_MS_MAX: Final = 60_000
"""How far the clock of a call service elsewhere may be ahead of ours."""


Idle = Literal["event-known", "event-overtaken"]


@dataclass(slots=True)
class Intake:
    """What follows from an event: facts to append, and the proof it carries (role, epoch, Unix ms)."""

    facts: list[Dated] = field(default_factory=list)
    proof: tuple[Role, int, int] | None = None
    idle: Idle | None = None
    """Why nothing comes of it, although it is no mistake: it may have been sent twice, or overtaken."""


def decide_event(lesson: Lesson, event: PublicEvent, now_ms: int, rules: GraceRules) -> Intake:
    """Decide what *event* does to *lesson*.

    Raises EventRefused: `event-from-the-future`, `session-over`, `old-epoch`, `seat-left`, `seat-empty`.
    """
    if event.timestamp > now_ms + CLOCK_AHEAD_MS_MAX:
        raise EventRefused(
            "event-from-the-future",
            f"The event's time {event.timestamp} is {event.timestamp - now_ms} ms ahead of this service's clock.",
        )
    if lesson.state is State.ENDED:
        if isinstance(event, SessionEnded):
            return Intake(idle="event-known")
        raise EventRefused("session-over", "The session has ended; its bill is final.")
    match event:
        case UserConnected():
            return _connected(lesson, event, now_ms)
        case SessionHeartbeat():
            return _heartbeat(lesson, event, now_ms, rules)
        case UserDisconnected():
            return _disconnected(lesson, event, rules)
        case SessionEnded():
            return _ended(lesson, event)
        case UserAction():
            return Intake([(event.timestamp, UserActed(role=event.user_role, action=event.action))])


def _hear(lesson: Lesson, role: Role, at_ms: int, now_ms: int) -> None:
    """Note that we heard news of *role*, by our own clock: silence is found by it, whatever the other clock says."""
    if at_ms > lesson.meter.edge_ms(role):
        seat = lesson.seats[role]
        seat.heard_ms = max(seat.heard_ms, now_ms)


def _epoch(lesson: Lesson, role: Role, given: int | None) -> int:
    """Return the sitting an event speaks of; an older one than the seat's is refused."""
    seat = lesson.seats[role]
    if given is not None and given < seat.epoch:
        raise EventRefused(
            "old-epoch", f"The {role} is in sitting {seat.epoch}, this is about sitting {given}."
        )
    return seat.epoch if given is None else given


def _connected(lesson: Lesson, event: UserConnected, now_ms: int) -> Intake:
    role, seat = event.user_role, lesson.seats[event.user_role]
    epoch = event.epoch or seat.epoch + 1
    if _epoch(lesson, role, epoch) == seat.epoch:
        return Intake(idle="event-known")
    if event.epoch is None and event.timestamp <= lesson.meter.edge_ms(role):
        return Intake(idle="event-overtaken")
    _hear(lesson, role, event.timestamp, now_ms)
    taken = SeatTaken(role=role, epoch=epoch, address=event.user_address, name=event.user_name)
    return Intake(_sit_down(lesson, taken, event.timestamp))


def _sit_down(lesson: Lesson, taken: SeatTaken, at_ms: int) -> list[Dated]:
    role = taken.role
    seat, edge_ms = lesson.seats[role], lesson.meter.edge_ms(role)
    facts: list[Dated] = []
    if seat.is_taken:
        facts.append((edge_ms, SeatLeft(role=role, epoch=seat.epoch, reason="replaced")))
    facts.append((max(at_ms, edge_ms), taken))
    return facts


def _heartbeat(lesson: Lesson, event: SessionHeartbeat, now_ms: int, rules: GraceRules) -> Intake:
    role, at_ms = event.user_role, event.timestamp
    seat = lesson.seats[role]
    epoch = _epoch(lesson, role, event.epoch)
    if epoch > seat.epoch or seat.epoch == 0:
        epoch = max(epoch, 1)
        _hear(lesson, role, at_ms, now_ms)
        taken = SeatTaken(role=role, epoch=epoch, address=event.user_address)
        return Intake(_sit_down(lesson, taken, at_ms), (role, epoch, at_ms))
    if not seat.is_taken:
        raise EventRefused("seat-left", f"The {role} has left: `user-connected` begins a new sitting.")
    if at_ms <= lesson.meter.edge_ms(role):
        return Intake(idle="event-overtaken")
    _hear(lesson, role, at_ms, now_ms)
    if event.is_media_flowing is False:
        return Intake(_without_media(lesson, role, at_ms, rules))
    return Intake(_prove(lesson, role, at_ms, rules), (role, epoch, at_ms))


def _without_media(lesson: Lesson, role: Role, at_ms: int, rules: GraceRules) -> list[Dated]:
    """Tell what a heartbeat makes that says nothing arrives: no proof, and after a while the meter stands still."""
    seat, edge_ms = lesson.seats[role], lesson.meter.edge_ms(role)
    seat.is_starved = True
    if seat.lost == "media" or at_ms - edge_ms < rules.media_ms:
        return []  # who was silent and says so is there again
    return [(edge_ms, ProofLost(role=role, epoch=seat.epoch, why="media"))]


def _prove(lesson: Lesson, role: Role, at_ms: int, rules: GraceRules) -> list[Dated]:
    """Tell which facts a proof makes: none while the span goes on, two where it was torn (law 2)."""
    seat, edge_ms = lesson.seats[role], lesson.meter.edge_ms(role)
    if at_ms <= edge_ms:
        return []
    resumed: Fact = ProofResumed(role=role, epoch=seat.epoch)
    goes_on = continues(edge_ms, at_ms, rules.starved_ms if seat.is_starved else rules.silence_ms)
    if seat.lost is not None:  # a proof that was only late makes good the silence that was found meanwhile
        return [(edge_ms if goes_on and seat.lost == "silence" else at_ms, resumed)]
    if goes_on:
        lesson.note_proof(role, at_ms)
        return []
    why: Literal["silence", "media"] = "media" if seat.is_starved else "silence"
    return [(edge_ms, ProofLost(role=role, epoch=seat.epoch, why=why)), (at_ms, resumed)]


def _last_proof_ms(lesson: Lesson, role: Role, at_ms: int, rules: GraceRules) -> int:
    """Return where a span ends that is said to end at *at_ms*: there, unless the time up to it is unproven."""
    edge_ms = lesson.meter.edge_ms(role)
    if not lesson.meter.is_open(role) or at_ms < edge_ms or not continues(edge_ms, at_ms, rules.silence_ms):
        return edge_ms
    return at_ms


def _disconnected(lesson: Lesson, event: UserDisconnected, rules: GraceRules) -> Intake:
    role, seat = event.user_role, lesson.seats[event.user_role]
    epoch = _epoch(lesson, role, event.epoch)
    if seat.epoch == 0 or epoch > seat.epoch:
        raise EventRefused("seat-empty", f"The {role} has not connected yet in sitting {max(epoch, 1)}.")
    if not seat.is_taken:
        return Intake(idle="event-known")
    if event.epoch is None and event.timestamp < lesson.meter.edge_ms(role):
        return Intake(idle="event-overtaken")  # a newer proof shows that it speaks of an older sitting
    # Without *epoch* it comes from a service that promises nothing: its time may be that of finding out.
    at_ms = lesson.meter.edge_ms(role)
    if event.epoch is not None:
        at_ms = _last_proof_ms(lesson, role, event.timestamp, rules)
    return Intake([(at_ms, SeatLeft(role=role, epoch=epoch, reason=event.reason))])


def _ended(lesson: Lesson, event: SessionEnded) -> Intake:
    """End the lesson. That somebody said *end* proves nothing: their words may arrive long after they went."""
    by: EndedBy = "platform"
    if event.ended_by in ROLES:
        by = "student" if event.ended_by == "student" else "tutor"
    return Intake([(event.timestamp, end(lesson, by, event.reason or "ended-by-user", event.timestamp))])
