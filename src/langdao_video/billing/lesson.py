"""One session, folded from its facts: state, seats, meter, bill. Pure; the same facts give the same bill (law 4).

Between two facts only one thing moves: the edge of an open span, by `note_proof`. Each fact carries a Mark of
both edges, so a replay needs nothing but the facts, and the newest edges (presence) for what came after them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from langdao_video.billing.meter import Meter
from langdao_video.billing.money import Money, Rate, cost_of
from langdao_video.billing.quota import NOTICES_SECONDS, Cap, cap_ms
from langdao_video.session.facts import (
    BillCorrected,
    CapChanged,
    ChoseToWait,
    Ended,
    Fact,
    Mark,
    NoticeGiven,
    ProofLost,
    ProofResumed,
    Recorded,
    SeatLeft,
    SeatTaken,
    SessionCreated,
    TutorAccepted,
    UserActed,
    Warned,
)  # fmt: skip
from langdao_video.session.roles import ROLES, Role
from langdao_video.session.state import Cause, Reason, State, next_state


@dataclass(slots=True)
class Seat:
    """What the facts say of one seat."""

    address: str | None = None
    name: str | None = None
    epoch: int = 0
    heard_ms: int = -1
    """The newest sign of life, media or not; the meter's edge is the newest proof."""
    is_starved: bool = False
    """Since the newest proof it was said that nothing arrives; memory only, so a crash may forget it."""
    is_taken: bool = False
    lost: Literal["silence", "media"] | None = None
    """Taken, but without proof of anyone there, and why."""


@dataclass(slots=True)
class Lesson:
    """A session as it stands after its newest fact and its newest proofs."""

    id: str
    version: int = 0
    state: State = State.WAITING
    created: SessionCreated | None = None
    tutor_accepted: bool = False
    seats: dict[Role, Seat] = field(default_factory=lambda: {"student": Seat(), "tutor": Seat()})
    meter: Meter = field(default_factory=Meter)
    waits_from_ms: int | None = None
    """When somebody chose to wait; the next warning counts from here."""
    warning: Warned | None = None
    """The open question, in GRACE; it is over when the one it is about is back, wherever the other is."""
    cap: Cap | None = None
    notices: frozenset[int] = frozenset()
    """Seconds left at which a notice was given."""
    pauses: int = 0
    """How often the meter stopped before the end."""
    corrected_minor: int = 0
    """The sum of the corrections after the end."""
    ended: Ended | None = None
    ended_at_ms: int = 0

    @property
    def rate(self) -> Rate:
        """The price of an hour."""
        if self.created is None:
            return Rate(0, "USD", 2)
        return Rate(self.created.rate_minor, self.created.currency, self.created.decimals)

    @property
    def billable_ms(self) -> int:
        """The time in which both were there, up to the last mutual proof and never over the cap."""
        limit_ms = self.cap_ms
        return self.meter.billable_ms if limit_ms is None else min(self.meter.billable_ms, limit_ms)

    @property
    def cap_ms(self) -> int | None:
        """The billable time that is prepaid; None without a cap."""
        return cap_ms(self.cap, self.rate)

    @property
    def proven_at_ms(self) -> int | None:
        """The last mutual proof, up to which the meter has counted, Unix ms; None while it stands still."""
        return min(self.meter.edge_ms(role) for role in ROLES) if self.state is State.LIVE else None

    @property
    def cap_at_ms(self) -> int | None:
        """When the cap will be reached if both stay, Unix ms; None while the meter stands still or without a cap."""
        limit_ms, proven_at_ms = self.cap_ms, self.proven_at_ms
        if limit_ms is None or proven_at_ms is None:
            return None
        return proven_at_ms + limit_ms - self.billable_ms

    @property
    def cost(self) -> Money:
        """What the lesson costs so far, corrections included."""
        cost = cost_of(self.billable_ms, self.rate)
        return replace(cost, minor=cost.minor + self.corrected_minor)

    @property
    def reason(self) -> Reason | None:
        """Why the meter stands still, in a state in which one would expect it to run."""
        if self.state is State.GRACE:
            return Reason.GRACE
        if self.state is not State.PAUSED:
            return None
        return Reason.ALONE if self.gone else Reason.NO_MEDIA

    @property
    def gone(self) -> list[Role]:
        """The seats nobody is in, or that have been silent too long; the one whose last proof is older first."""
        away = [role for role, seat in self.seats.items() if not seat.is_taken or seat.lost == "silence"]
        return sorted(away, key=self.meter.edge_ms)

    def record(self, fact: Fact, at_ms: int, id_: str) -> Recorded:
        """Put *fact* behind the newest one, with the Mark it needs, and take it."""
        edges = {role: self.meter.edge_ms(role) if self.meter.is_open(role) else None for role in ROLES}
        self.version += 1
        self._take(fact, at_ms)
        mark = Mark(student_ms=edges["student"], tutor_ms=edges["tutor"], billable_ms=self.billable_ms)
        return Recorded(seq=self.version, id=id_, at_ms=at_ms, mark=mark, fact=fact)

    def note_proof(self, role: Role, at_ms: int) -> None:
        """Move the edge of *role*'s span; no fact is made of it."""
        if at_ms > self.meter.edge_ms(role):
            self.seats[role].is_starved = False
        self.meter.extend(role, at_ms)

    def apply(self, record: Recorded) -> None:
        """Take the next fact. Facts come in the order of their seq."""
        mark = record.mark
        if mark.student_ms is not None:
            self.meter.extend("student", mark.student_ms)
        if mark.tutor_ms is not None:
            self.meter.extend("tutor", mark.tutor_ms)
        self.version = record.seq
        self._take(record.fact, record.at_ms)

    def _take(self, fact: Fact, at_ms: int) -> None:
        self._take_alone(fact, at_ms)
        if self.warning is not None and self.warning.role not in self.gone:
            self._settle(Cause.RETURNED)

    def _take_alone(self, fact: Fact, at_ms: int) -> None:
        match fact:
            case SessionCreated():
                self.created = fact
                self.cap = read_cap(fact)
                self.seats["student"].address = fact.student_address
                self.seats["tutor"].address = fact.tutor_address
            case TutorAccepted():
                self.tutor_accepted = True
                self.seats["tutor"].address = fact.tutor_address or self.seats["tutor"].address
            case SeatTaken():
                self._open(fact, at_ms)
            case ProofResumed():
                self.seats[fact.role].lost, self.seats[fact.role].is_starved = None, False
                self.meter.open(fact.role, at_ms)
                self._settle(Cause.BOTH_THERE)
            case SeatLeft():
                self.seats[fact.role].is_taken = False
                self.seats[fact.role].lost = None
                self._close(fact.role, at_ms, Cause.SEAT_LOST)
            case ProofLost():
                self.seats[fact.role].lost = fact.why
                self._close(
                    fact.role, at_ms, Cause.SEAT_LOST if fact.why == "silence" else Cause.MEDIA_STOPPED
                )
            case Warned() | ChoseToWait():
                self._take_grace(fact, at_ms)
            case Ended():
                for role in ROLES:
                    self.meter.close(role, self.meter.edge_ms(role))
                    self.seats[role].is_taken, self.seats[role].lost = False, None
                self.ended, self.ended_at_ms = fact, at_ms
                self.warning = None
                self._settle(Cause.ENDED)
            case NoticeGiven() | CapChanged() | BillCorrected():
                self._take_money(fact)
            case UserActed():  # worth keeping, changes nothing here
                pass

    def _take_grace(self, fact: Warned | ChoseToWait, at_ms: int) -> None:
        if isinstance(fact, Warned):
            self.warning = fact
            self._settle(Cause.WARNED)
        else:
            self.warning, self.waits_from_ms = None, at_ms
            self._settle(Cause.CHOSE_TO_WAIT)

    def _take_money(self, fact: NoticeGiven | CapChanged | BillCorrected) -> None:
        match fact:
            case NoticeGiven():
                self.notices |= {seconds for seconds in NOTICES_SECONDS if seconds >= fact.remaining_seconds}
            case CapChanged():
                self.cap, self.notices = read_cap(fact), frozenset()
            case BillCorrected():
                self.corrected_minor += fact.minor

    def _open(self, fact: SeatTaken, at_ms: int) -> None:
        seat = self.seats[fact.role]
        seat.epoch, seat.is_taken, seat.lost, seat.is_starved = fact.epoch, True, None, False
        seat.address, seat.name = fact.address or seat.address, fact.name or seat.name
        self.meter.open(fact.role, at_ms)
        self._settle(Cause.BOTH_THERE)

    def _close(self, role: Role, at_ms: int, cause: Cause) -> None:
        self.meter.close(role, at_ms)
        self._settle(cause)

    def _settle(self, cause: Cause) -> None:
        if cause is Cause.BOTH_THERE and not all(self.meter.is_open(role) for role in ROLES):
            return
        before, self.state = self.state, next_state(self.state, cause)
        self.pauses += before is State.LIVE and self.state is State.PAUSED
        if self.state is State.LIVE or cause is Cause.RETURNED:
            self.warning = self.waits_from_ms = None


def read_cap(fact: SessionCreated | CapChanged) -> Cap | None:
    """Return the cap a fact sets, or None."""
    return (
        None if fact.cap_seconds is None and fact.cap_minor is None else Cap(fact.cap_seconds, fact.cap_minor)
    )
