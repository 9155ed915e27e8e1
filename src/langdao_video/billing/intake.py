"""Takes an event of the public contract into a session (R21–R26). Sans-I/O: a lesson, an event and `now_ms` in.

`feed_event` decides which facts follow. It also notes in the lesson, which is sans-I/O state, the evidence and when
the seat was heard. The code that appends the facts applies them.

Three laws:
- The bill is a function of the set of events, not of their order or number (`evidence.py`).
- From a warning to its resolution nothing is billed, and no later event changes that.
- A refused event leaves the lesson as it was.

An event without *epoch* (from another call service) is about the sitting in which its time lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from langdao_video.billing.evidence import Evidence, Heard, Kind, News, Revision, Walk
from langdao_video.billing.grace import Dated, decide_grace, end, total_seconds
from langdao_video.billing.lesson import Lesson
from langdao_video.billing.meter import Piece, Span
from langdao_video.billing.rules import BillRules
from langdao_video.errors import Conflict, EventRefused
from langdao_video.session.events import (
    UNIX_MS_MIN,
    Dispute,
    GraceDecided,
    PublicEvent,
    SessionEnded,
    SessionHeartbeat,
    UserAction,
    UserConnected,
    UserDisconnected,
)  # fmt: skip
from langdao_video.session.facts import (
    Disputed,
    EndedBy,
    EndRevised,
    Fact,
    GraceResolved,
    PresenceRevised,
    ProofLost,
    ProofResumed,
    SeatLeft,
    SeatTaken,
    UserActed,
)
from langdao_video.session.roles import ROLES, Role, other

CLOCK_AHEAD_MS_MAX: Final = 60_000
"""How far ahead of ours the clock of a call service elsewhere may be."""
BEFORE_START_MS_MAX: Final = 24 * 3_600_000
"""How long before its session's start an event may be dated: a day, because clocks and stated starts differ."""

Idle = Literal["event-known", "event-overtaken", "event-early", "no-grace"]
SeatEvent = UserConnected | SessionHeartbeat | UserDisconnected


@dataclass(slots=True)
class Intake:
    """What follows from an event: facts to append, and the proof it carries (role, epoch, Unix ms)."""

    facts: list[Dated] = field(default_factory=list)
    proof: tuple[Role, int, int] | None = None
    idle: Idle | None = None
    """Why nothing follows from the event although it is no mistake: it was sent twice, or a later one overtook it."""


def check_plausible(at_ms: int, now_ms: int) -> None:
    """Refuse a time that is not a Unix time in milliseconds, or that lies in the future.

    Raises EventRefused `time-implausible`, `event-from-the-future`.
    """
    if at_ms < UNIX_MS_MIN:
        hint = " It looks like seconds." if abs(at_ms * 1000 - now_ms) < BEFORE_START_MS_MAX else ""
        raise EventRefused("time-implausible", f"timestamp is Unix time in milliseconds, not {at_ms}.{hint}")
    if at_ms > now_ms + CLOCK_AHEAD_MS_MAX:
        raise EventRefused(
            "event-from-the-future",
            f"The event's time {at_ms} is {at_ms - now_ms} ms ahead of this service's clock; timestamp is "
            "Unix time in milliseconds.",
        )


def feed_event(
    lesson: Lesson, event: PublicEvent, now_ms: int, rules: BillRules, *, is_from_elsewhere: bool = False
) -> Intake:
    """Note *event* in *lesson*, and decide which facts follow.

    *is_from_elsewhere*: the event came over HTTP, from another process.

    Raises EventRefused: `time-implausible`, `event-from-the-future`, `event-before-start`, `session-over`, `old-epoch`,
    `seat-left`.
    """
    check_plausible(event.timestamp, now_ms)
    _check_start(lesson, event)
    if isinstance(event, SessionEnded):
        lesson.is_from_elsewhere = lesson.is_from_elsewhere or is_from_elsewhere
        return _ended(lesson, event, now_ms)
    if isinstance(event, GraceDecided):
        return _decide(lesson, event, now_ms)
    if lesson.is_final or (lesson.ended is not None and isinstance(event, UserAction | Dispute)):
        raise EventRefused("session-over", "The session has ended; its bill is final.")
    if isinstance(event, UserAction):
        return Intake([(event.timestamp, UserActed(role=event.user_role, action=event.action))])
    if isinstance(event, Dispute):
        return _dispute(lesson, event, now_ms)
    return _hear(lesson, event, now_ms, rules, is_from_elsewhere=is_from_elsewhere)


def _check_start(lesson: Lesson, event: PublicEvent) -> None:
    start_ms = lesson.created.start_ms if lesson.created else 0
    if event.timestamp < start_ms - BEFORE_START_MS_MAX:
        raise EventRefused(
            "event-before-start",
            f"The event's time {event.timestamp} is more than a day before the session's start, {start_ms}; "
            "timestamp is Unix time in milliseconds.",
        )
    # If a call service's clock is behind, people may come before the start by it, and then the end may be there too.
    first_ms = start_ms if lesson.first_ms is None else min(start_ms, lesson.first_ms)
    if isinstance(event, SessionEnded) and event.timestamp < first_ms:
        raise EventRefused(
            "event-before-start",
            f"The end's time {event.timestamp} is before the session's start, {start_ms}; timestamp is "
            "Unix time in milliseconds.",
        )


# ── Events of a seat ─────────────────────────────────────────────────────────────────────────────


def _hear(
    lesson: Lesson, event: SeatEvent, now_ms: int, rules: BillRules, *, is_from_elsewhere: bool
) -> Intake:
    role, is_over = event.user_role, lesson.ended is not None
    evidence = lesson.evidence = lesson.evidence or _recall(lesson, now_ms, rules)
    heard = _read(event)
    news = evidence.hear(role, heard, now_ms, rules, as_revision=is_over)
    lesson.meter.settle(evidence.floor_ms)
    if news is None:
        return _idle(lesson, event)
    if news.is_last and event.timestamp > lesson.meter.edge_ms(role):
        seat = lesson.seats[role]  # silence is measured by our own clock, not by the event's
        seat.heard_ms = max(seat.heard_ms, now_ms)
        lesson.note_lag(now_ms - event.timestamp)
    facts = _facts_of(lesson, role, heard, news)
    proof = _proof_of(lesson, role, heard, news)
    if not facts and proof is None and not _is_denial(event, news):
        return _idle(lesson, event)
    if is_from_elsewhere:
        facts = [(at_ms, _mark_elsewhere(fact)) for at_ms, fact in facts]
    return Intake(_resolve(lesson, role, facts, max(now_ms, event.timestamp)), proof)


def _recall(lesson: Lesson, now_ms: int, rules: BillRules) -> Evidence:
    """Read the evidence back from the ledger: a lesson that was just loaded has none in memory."""
    evidence = Evidence()
    for role in ROLES:
        evidence.recall(role, lesson.meter.spans(role), now_ms, rules)
    return evidence


def _read(event: SeatEvent) -> Heard:
    match event:
        case UserConnected():
            return Heard(
                event.timestamp,
                Kind.CONNECT,
                event.epoch,
                address=event.user_address,
                name=event.user_name,
                took_over=event.took_over is True,
            )
        case SessionHeartbeat():
            kind = Kind.DENIAL if event.is_media_flowing is False else Kind.PROOF
            return Heard(event.timestamp, kind, event.epoch, address=event.user_address)
        case UserDisconnected():
            return Heard(event.timestamp, Kind.LEAVE, event.epoch, event.reason)


def _facts_of(lesson: Lesson, role: Role, heard: Heard, news: News) -> list[Dated]:
    """Return the facts that follow from *news*. If the seat was found silent meanwhile, correct them for that."""
    seat, edge_ms = lesson.seats[role], lesson.meter.edge_ms(role)
    if news.revision is not None:
        revised = _revise(lesson, role, heard, news, news.revision)
        return [] if revised is None else [revised]
    facts: list[Dated] = list(news.facts)
    if seat.lost is None:
        return facts
    if (
        heard.kind is Kind.LEAVE
        and facts
        and news.after.last_ms > edge_ms
        and news.after.sitting == seat.epoch
    ):
        # This leave proves the time up to it but brings nobody back, so the question about them stays open.
        span = Span(edge_ms, news.after.last_ms, seat.epoch)
        revision = Revision((edge_ms, news.after.last_ms), (span,))
        stays = replace(news.before, last_ms=news.after.last_ms)
        return [(facts[0][0], _revised(role, stays, seat.lost, revision, None)), *facts]
    if facts and isinstance(facts[0][1], ProofLost) and seat.lost == "silence" and len(facts) > 1:
        return facts[1:]
    if not facts and heard.kind in {Kind.PROOF, Kind.CONNECT} and news.after.is_taken:
        return [(edge_ms, ProofResumed(role=role, epoch=seat.epoch))]  # the proof was only late
    return facts


def _revise(lesson: Lesson, role: Role, heard: Heard, news: News, revision: Revision) -> Dated | None:
    """Return the fact for *revision*, cut at the session's end; None if it changes nothing before the end."""
    seat, walk = lesson.seats[role], news.after
    if lesson.ended is not None:
        revision = _until(revision, lesson.ended_at_ms)
        if _pieces(revision.spans, revision.within) == _pieces(lesson.meter.spans(role), revision.within):
            return None
        walk = replace(walk, is_taken=False, last_ms=min(walk.last_ms, lesson.ended_at_ms))
    lost: Literal["silence", "media"] | None = "media" if walk.is_torn else None
    if seat.lost == "silence" and walk.sitting == seat.epoch:
        lost = "silence"
    address = heard.address if heard.kind is Kind.CONNECT else None
    return heard.at_ms, _revised(role, walk, lost if walk.is_taken else None, revision, address)


def _until(revision: Revision, end_ms: int) -> Revision:
    """Return the part of *revision* up to *end_ms*."""
    spans = (
        replace(span, end_ms=min(span.end_ms, end_ms)) for span in revision.spans if span.start_ms < end_ms
    )
    from_ms, to_ms = revision.within
    return Revision((min(from_ms, end_ms), min(to_ms, end_ms)), tuple(spans))


def _pieces(spans: Sequence[Span], within: Piece) -> list[Piece]:
    clipped = ((max(span.start_ms, within[0]), min(span.end_ms, within[1])) for span in spans)
    return [piece for piece in clipped if piece[0] < piece[1]]


def _revised(
    role: Role, walk: Walk, lost: Literal["silence", "media"] | None, revision: Revision, address: str | None
) -> PresenceRevised:
    return PresenceRevised(
        role=role,
        epoch=walk.sitting,
        is_taken=walk.is_taken,
        lost=lost,
        edge_ms=walk.last_ms,
        within=revision.within,
        spans=tuple((span.start_ms, span.end_ms, span.sitting, span.closed_by) for span in revision.spans),
        address=address,
    )


def _proof_of(lesson: Lesson, role: Role, heard: Heard, news: News) -> tuple[Role, int, int] | None:
    """Return the proof that moves the seat's edge (role, epoch, Unix ms), if *heard* is one."""
    is_proof = heard.kind in {Kind.PROOF, Kind.CONNECT} and news.revision is None and news.is_last
    if (
        not is_proof
        or lesson.ended is not None
        or news.after.last_ms != heard.at_ms
        or not news.after.is_taken
    ):
        return None
    return role, news.after.sitting, heard.at_ms


def _is_denial(event: SeatEvent, news: News) -> bool:
    """Tell whether *event* shows that someone is there although nothing arrives at them."""
    is_denial = isinstance(event, SessionHeartbeat) and event.is_media_flowing is False
    return is_denial and news.is_last and news.after.is_taken


def _mark_elsewhere(fact: Fact) -> Fact:
    return replace(fact, from_elsewhere=True) if isinstance(fact, SeatTaken) else fact


def _resolve(lesson: Lesson, role: Role, facts: list[Dated], at_ms: int) -> list[Dated]:
    """Add that the question is resolved at *at_ms*, if both are there again after *facts* (R36)."""
    is_open, is_held = lesson.meter.is_open(role), lesson.is_held
    for _, fact in facts:
        match fact:
            case SeatTaken():
                is_open, is_held = True, lesson.is_held_without(role)
            case ProofResumed():
                is_open = True
            case SeatLeft() | ProofLost():
                is_open = False
            case PresenceRevised():
                is_open = fact.is_taken and fact.lost is None
    if (
        facts
        and lesson.meter.is_asking
        and lesson.ended is None
        and not is_held
        and is_open
        and lesson.meter.is_open(other(role))
    ):
        return [*facts, (at_ms, GraceResolved())]
    return facts


def _idle(lesson: Lesson, event: SeatEvent) -> Intake:
    """Return why nothing follows from *event*: it is known, or a later one overtook it.

    Raises EventRefused: `session-over`, `old-epoch`, `seat-left`.
    """
    role, seat = event.user_role, lesson.seats[event.user_role]
    if lesson.ended is not None and event.timestamp > lesson.ended_at_ms:
        raise EventRefused("session-over", "The session has ended; nothing after its end is billed.")
    if event.epoch is not None and event.epoch < seat.epoch:
        raise EventRefused(
            "old-epoch", f"The {role} is in sitting {seat.epoch}, this is about sitting {event.epoch}."
        )
    match event:
        case UserConnected():
            return Intake(idle="event-known")
        case UserDisconnected() if seat.epoch == 0:
            return Intake(idle="event-early")  # it is kept, and counts when the sitting it belongs to begins
        case UserDisconnected():
            return Intake(idle="event-overtaken" if seat.is_taken else "event-known")
        case SessionHeartbeat() if not seat.is_taken and event.timestamp > lesson.meter.edge_ms(role):
            if lesson.ended is None:
                raise EventRefused(
                    "seat-left", f"The {role} has left: `user-connected` begins a new sitting."
                )
    return Intake(idle="event-overtaken")


# ── A page claims something ──────────────────────────────────────────────────────────────────────


def _dispute(lesson: Lesson, event: Dispute, now_ms: int) -> Intake:
    """Note what a page claims. It moves no meter: the deadlines in grace.py decide whether somebody is asked."""
    role = event.user_role
    seat, known = lesson.seats[role], lesson.claims.disputes.get(role)
    epoch = seat.epoch if event.epoch is None else event.epoch
    told_ms = lesson.claims.told_ms[role]
    if not seat.is_taken or epoch != seat.epoch or event.timestamp < told_ms:
        return Intake(idle="event-overtaken")
    is_known = event.is_open is (known is not None and known[0].kind == event.kind)
    # An end that comes before its beginning is a fact, too: the beginning is late when it comes.
    if is_known and (event.is_open or known is not None or event.timestamp == told_ms):
        return Intake(idle="event-known")
    disputed = Disputed(
        role=role,
        epoch=epoch,
        kind=event.kind,
        student=event.claims.student,
        tutor=event.claims.tutor,
        is_open=event.is_open,
    )
    facts: list[Dated] = [(event.timestamp, disputed)]
    is_together = all(lesson.meter.is_open(each) for each in ROLES)
    is_together = is_together and not lesson.is_held_without(role)
    if not event.is_open and lesson.meter.is_asking and is_together:
        facts.append((max(now_ms, event.timestamp), GraceResolved()))
    return Intake(facts)


def _decide(lesson: Lesson, event: GraceDecided, now_ms: int) -> Intake:
    """Take the answer to a question that the call service asked. The question may be closed here already (R41)."""
    try:
        return Intake(decide_grace(lesson, event.decision, event.decided_by, now_ms))
    except Conflict:
        return Intake(idle="no-grace")


# ── The end ──────────────────────────────────────────────────────────────────────────────────────


def _ended(lesson: Lesson, event: SessionEnded, now_ms: int) -> Intake:
    """End the lesson. The request to end proves nobody's presence: it may arrive long after its sender has gone."""
    by: EndedBy = "platform"
    if event.ended_by in ROLES:
        by = "student" if event.ended_by == "student" else "tutor"
    reason, at_ms = event.reason or "ended-by-user", event.timestamp
    if lesson.ended is None:
        return Intake([(at_ms, end(lesson, by, reason, at_ms, now_ms))])
    if lesson.is_final or at_ms >= lesson.ended_at_ms:
        return Intake(idle="event-known")
    address = lesson.seats["tutor" if by == "tutor" else "student"].address
    return Intake(
        [
            (
                at_ms,
                EndRevised(
                    ended_by=by, reason=reason, address=address, total_seconds=total_seconds(lesson, at_ms)
                ),
            )
        ]
    )
