"""One session, folded from its facts: state, seats, meter, bill. The same facts give the same bill (law 4).

`Lesson` is sans-I/O state: it takes facts and proofs, and knows no clock and no store.

Between two facts only the edge of an open span moves, by `note_proof`. Each fact carries a Mark of both edges. So a
replay needs only the facts, and the newest edges (presence) for what came after them.
Evidence that changes more than an edge becomes a fact; late evidence becomes `PresenceRevised`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from langdao_video.billing.claims import OpenClaims
from langdao_video.billing.evidence import Evidence
from langdao_video.billing.meter import NEVER_MS, Meter, Span
from langdao_video.billing.money import Money, Rate, cost_of
from langdao_video.billing.quota import NOTICES_SECONDS, Cap, cap_ms
from langdao_video.session.facts import (
    BillCorrected,
    BillSettled,
    CapChanged,
    ChoseToWait,
    Disputed,
    Ended,
    EndRevised,
    Fact,
    GraceResolved,
    Mark,
    NoticeGiven,
    PresenceRevised,
    ProofLost,
    ProofResumed,
    Recorded,
    SeatLeft,
    SeatTaken,
    SessionCreated,
    TutorAccepted,
    Warned,
)  # fmt: skip
from langdao_video.session.roles import ROLES, Role, other
from langdao_video.session.state import Cause, Reason, State, next_state

LAGS_KEPT: Final = 4
_LOSS: Final = {None: Cause.SEAT_LOST, "silence": Cause.SEAT_LOST, "media": Cause.MEDIA_STOPPED}
"""The cause with which a lost or left seat changes the session's state."""


@dataclass(slots=True)
class LedgerSeat:
    """One seat, as the facts have it."""

    address: str | None = None
    name: str | None = None
    epoch: int = 0
    heard_ms: int = NEVER_MS
    """When the seat was last heard of, with or without media, Unix ms. The meter's edge is the newest proof."""
    is_taken: bool = False
    lost: Literal["silence", "media"] | None = None
    """Why a taken seat has no proof that its participant is there; None if it has."""


@dataclass(slots=True)
class Lesson:
    """A session as it stands after its newest fact and its newest proofs."""

    id: str
    version: int = 0
    state: State = State.WAITING
    created: SessionCreated | None = None
    tutor_accepted: bool = False
    seats: dict[Role, LedgerSeat] = field(
        default_factory=lambda: {"student": LedgerSeat(), "tutor": LedgerSeat()}
    )
    meter: Meter = field(default_factory=Meter)
    waits_from_ms: int | None = None
    """When somebody chose to wait, Unix ms. The next warning counts from here."""
    warning: Warned | None = None
    """The open question, in GRACE. It is over when the participant it is about is back, even if the other is away."""
    waits: frozenset[Role] = frozenset()
    """The role that chose to wait when both were asked and the other has not answered yet."""
    claims: OpenClaims = field(default_factory=OpenClaims)
    cap: Cap | None = None
    notices: frozenset[int] = frozenset()
    """The remaining times, in seconds, for which a notice was given."""
    pauses: int = 0
    """How often the meter stopped before the end."""
    corrected_minor: int = 0
    """The sum of the corrections after the end."""
    ended: Ended | None = None
    ended_at_ms: int = 0
    final_at_ms: int | None = None
    """Until when the bill of an ended session settles, Unix ms; None if it does not. Until then an event that is dated
    before the end still changes it."""
    is_from_elsewhere: bool = False
    """Whether a call service elsewhere reports this session, so that its events may be late."""
    first_ms: int | None = None
    """When the first participant took a seat, Unix ms."""
    evidence: Evidence | None = None
    """The newest seat events; in memory only. None: none has come since the lesson was loaded."""
    lags_ms: tuple[int, ...] = ()
    """The smallest lags with which events of the call service came after their own time, ascending; in memory only."""

    @property
    def behind_ms(self) -> int:
        """How far the clock of the call service is surely behind ours, ms: even its fastest events lag by this much."""
        return self.lags_ms[0] if len(self.lags_ms) == LAGS_KEPT else 0

    @property
    def is_final(self) -> bool:
        """Whether only a correction can still change the bill."""
        return self.ended is not None and self.final_at_ms is None

    @property
    def rate(self) -> Rate:
        """The price of an hour."""
        if self.created is None:
            return Rate(0, "USD", 2)
        return Rate(self.created.rate_minor, self.created.currency, self.created.decimals)

    @property
    def billable_ms(self) -> int:
        """The time in which both were there, up to the last mutual proof and never beyond the cap, ms."""
        limit_ms = self.cap_ms
        return self.meter.billable_ms if limit_ms is None else min(self.meter.billable_ms, limit_ms)

    def billable_until(self, at_ms: int) -> int:
        """Return the billable time if the session ends at *at_ms*, in ms."""
        limit_ms, billable_ms = self.cap_ms, self.meter.billable_until(at_ms)
        return billable_ms if limit_ms is None else min(billable_ms, limit_ms)

    @property
    def cap_ms(self) -> int | None:
        """The billable time that is prepaid, ms; None without a cap."""
        return None if self.cap is None else cap_ms(self.cap, self.rate)

    @property
    def proven_at_ms(self) -> int | None:
        """The last mutual proof, up to which the meter has counted, Unix ms; None while it stands still."""
        if self.state is not State.LIVE:
            return None
        return min(self.meter.edge_ms("student"), self.meter.edge_ms("tutor"))

    @property
    def cap_at_ms(self) -> int | None:
        """When the cap will be reached if both stay, Unix ms; None while the meter stands still or without a cap."""
        limit_ms = self.cap_ms
        proven_at_ms = None if limit_ms is None else self.proven_at_ms
        if limit_ms is None or proven_at_ms is None:
            return None
        return proven_at_ms + limit_ms - self.billable_ms

    @property
    def cost(self) -> Money:
        """The cost so far, with corrections."""
        cost = cost_of(self.billable_ms, self.rate)
        return replace(cost, minor=cost.minor + self.corrected_minor) if self.corrected_minor else cost

    @property
    def reason(self) -> Reason | None:
        """Why the meter stands still in GRACE or PAUSED; None in every other state."""
        if self.state is State.GRACE:
            return Reason.GRACE
        if self.state is not State.PAUSED:
            return None
        if self.gone:
            return Reason.ALONE
        return Reason.DISPUTE if self.claims.disputes else Reason.NO_MEDIA

    @property
    def is_held(self) -> bool:
        """Whether proofs alone cannot start the meter: a page does not answer pings, or a question needs its answer."""
        return self.claims.is_silent or (self.warning is not None and self.warning.stays)

    def is_held_without(self, role: Role) -> bool:
        """Tell the same for when *role* has a new page, with a new sitting: what the old one claimed is over."""
        return self.claims.is_silent_without(role) or (self.warning is not None and self.warning.stays)

    @property
    def is_only_owed(self) -> bool:
        """Whether the open question only lacks its answer: both are there, and the claim it was about is over."""
        is_together = all(self.meter.is_open(role) for role in ROLES)
        return self.warning is not None and self.warning.stays and is_together and not self.claims.is_silent

    @property
    def asked(self) -> list[Role]:
        """Who may answer the open question."""
        warning = self.warning
        if warning is None:
            return []
        if warning.cause == "away":
            return [role for role in ROLES if role not in self.gone]
        are_both = warning.cause == "media" and not warning.stays
        return [role for role in ROLES if role != warning.role or are_both]

    @property
    def gone(self) -> list[Role]:
        """The seats that are empty or silent for too long; the one with the older last proof comes first."""
        away = [role for role, seat in self.seats.items() if not seat.is_taken or seat.lost == "silence"]
        return sorted(away, key=self.meter.edge_ms)

    def record(self, fact: Fact, at_ms: int, id_: str) -> Recorded:
        """Append *fact* with its Mark, and apply it."""
        edges = {role: self.meter.edge_ms(role) if self.meter.is_open(role) else None for role in ROLES}
        self.version += 1
        self._take(fact, at_ms)
        mark = Mark(student_ms=edges["student"], tutor_ms=edges["tutor"], billable_ms=self.billable_ms)
        return Recorded(seq=self.version, id=id_, at_ms=at_ms, mark=mark, fact=fact)

    def note_proof(self, role: Role, at_ms: int) -> None:
        """Move the edge of *role*'s span. This makes no fact."""
        self.meter.extend(role, at_ms)

    def note_lag(self, lag_ms: int) -> None:
        """Note by how much an event lagged behind its own time. One is not enough: after an outage all come late."""
        self.lags_ms = tuple(sorted((*self.lags_ms, max(0, lag_ms)))[:LAGS_KEPT])

    def apply(self, record: Recorded) -> None:
        """Apply the next fact. Facts must come in the order of their *seq*."""
        mark = record.mark
        if mark.student_ms is not None:
            self.meter.extend("student", mark.student_ms)
        if mark.tutor_ms is not None:
            self.meter.extend("tutor", mark.tutor_ms)
        self.version = record.seq
        self._take(record.fact, record.at_ms)

    def _take(self, fact: Fact, at_ms: int) -> None:
        self.claims.take(fact, at_ms)
        self._take_alone(fact, at_ms)
        if self.warning is not None and self.is_over(self.warning):
            self._settle(Cause.RETURNED)

    def is_over(self, warning: Warned) -> bool:
        """Tell whether the reason for the question is over, or never was.

        The question stays when the participant who was asked reloads. A question that stays for its answer ends when
        the participant who must answer is gone.
        """
        if warning.role in self.gone:
            return False
        if warning.cause == "away":
            return True
        is_claimed = self.seats[warning.role].lost == "media" or self.claims.is_silent
        return not is_claimed and not (warning.stays and other(warning.role) not in self.gone)

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
                self.seats[fact.role].lost = None
                self.meter.open(fact.role, at_ms, fact.epoch)
                self._settle(Cause.BOTH_THERE)
            case SeatLeft():
                self.seats[fact.role].is_taken, self.seats[fact.role].lost = False, None
                self.meter.close(fact.role, at_ms, fact.reason, fact.left_ms)
                self._settle(Cause.SEAT_LOST)
            case ProofLost():
                self.seats[fact.role].lost = fact.why
                self.meter.close(fact.role, at_ms, fact.why)
                self._settle(_LOSS[fact.why])
            case PresenceRevised():
                self._revise(fact)
            case Warned() | GraceResolved() | ChoseToWait() | Disputed():
                self._take_grace(fact, at_ms)
            case Ended() | EndRevised() | BillSettled():
                self._take_end(fact, at_ms)
            case NoticeGiven() | CapChanged() | BillCorrected():
                self._take_money(fact)
        # UserActed, the one remaining fact, is kept in the ledger but changes nothing here.

    def _revise(self, fact: PresenceRevised) -> None:
        seat = self.seats[fact.role]
        seat.epoch, seat.is_taken, seat.lost = fact.epoch, fact.is_taken, fact.lost
        seat.address = fact.address or seat.address
        was_open, is_open = self.meter.is_open(fact.role), fact.is_taken and fact.lost is None
        spans = [Span(*span) for span in fact.spans]
        if self.first_ms is not None and spans:
            self.first_ms = min(self.first_ms, spans[0].start_ms)
        self.meter.revise(fact.role, fact.within, spans, fact.edge_ms, is_open=is_open)
        if was_open is not is_open:
            self._settle(Cause.BOTH_THERE if is_open else _LOSS[fact.lost])

    def _take_end(self, fact: Ended | EndRevised | BillSettled, at_ms: int) -> None:
        match fact:
            case Ended():
                for role in ROLES:
                    if self.meter.is_open(role):
                        self.meter.close(role, self.meter.edge_ms(role), "end")
                    self.seats[role].is_taken, self.seats[role].lost = False, None
                if fact.until_ms is not None:
                    self.meter.end(fact.until_ms)
                self.ended, self.ended_at_ms, self.final_at_ms = fact, at_ms, fact.final_at_ms
                self.warning = None
                self._settle(Cause.ENDED)
            case EndRevised() if self.ended is not None:
                self.meter.end(at_ms)
                self.ended_at_ms = at_ms
                self.ended = replace(
                    self.ended,
                    ended_by=fact.ended_by,
                    reason=fact.reason,
                    address=fact.address,
                    total_seconds=fact.total_seconds,
                    until_ms=at_ms,
                )
            case BillSettled() if self.ended is not None:
                self.final_at_ms = None
                self.ended = replace(self.ended, billable_ms=fact.billable_ms, cost_minor=fact.cost_minor)

    def _take_grace(self, fact: Warned | GraceResolved | ChoseToWait | Disputed, at_ms: int) -> None:
        match fact:
            case Warned():
                self.warning, self.waits = fact, frozenset()
                if fact.free_from_ms is not None:
                    self.meter.ask(fact.free_from_ms)
                self._settle(Cause.WARNED)
            case GraceResolved():
                self.meter.resolve(at_ms)
                if self.is_only_owed:
                    self.warning = None
                    self._settle(Cause.BOTH_THERE)
            case Disputed():
                self._keep_question(fact)
                self._settle(Cause.BOTH_THERE)
            case ChoseToWait():
                if fact.decided_by in ROLES and self.is_open_to_another(fact.decided_by):
                    self.waits = frozenset({fact.decided_by})
                else:
                    self.warning, self.waits_from_ms = None, at_ms
                    self._settle(Cause.CHOSE_TO_WAIT)
                    self._settle(Cause.BOTH_THERE)

    def _keep_question(self, dispute: Disputed) -> None:
        """Let the open question stay for its answer if it is about a claim that evidence denies only now.

        The more the claims of a side have cost, the sooner it is asked about: sooner than the evidence comes. Both were
        asked. From now on the side that makes the claim cannot answer.
        """
        warning, role = self.warning, dispute.role
        is_about = warning is not None and warning.cause == "media" and warning.role == role
        if warning is not None and is_about and self.claims.must_be_answered(role):
            self.warning, self.waits = replace(warning, stays=True), self.waits - {role}

    def is_open_to_another(self, role: Role) -> bool:
        """Tell whether the question stays open for the other participant when *role* chooses to wait."""
        return not self.waits and any(each != role and each not in self.gone for each in self.asked)

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
        seat.epoch, seat.is_taken, seat.lost = fact.epoch, True, None
        seat.address, seat.name = fact.address or seat.address, fact.name or seat.name
        self.is_from_elsewhere = self.is_from_elsewhere or fact.from_elsewhere
        self.first_ms = at_ms if self.first_ms is None else min(self.first_ms, at_ms)
        self.meter.open(fact.role, at_ms, fact.epoch)
        self._settle(Cause.BOTH_THERE)

    def _settle(self, cause: Cause) -> None:
        is_together = all(self.meter.is_open(role) for role in ROLES) and not self.is_held
        if cause is Cause.BOTH_THERE and not is_together:
            return
        before, self.state = self.state, next_state(self.state, cause)
        self.pauses += before is State.LIVE and self.state is State.PAUSED
        if self.state is State.LIVE or cause is Cause.RETURNED:
            self.warning = self.waits_from_ms = None


def read_cap(fact: SessionCreated | CapChanged) -> Cap | None:
    """Return the cap that *fact* sets; None if it sets none."""
    return (
        None if fact.cap_seconds is None and fact.cap_minor is None else Cap(fact.cap_seconds, fact.cap_minor)
    )
