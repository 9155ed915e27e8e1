"""The facts that make up a session: each is appended once and never changed (law 4).

A fact says what happened, and when by the server's clock. A seat is lost at its last proof, which is earlier than
the moment when the server finds out. `Recorded` is a fact with its number and with the meter around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from pydantic import TypeAdapter

from langdao_video.session.claims import Claim, ClaimKind, WarningCause
from langdao_video.session.roles import Role

Decider = Literal["student", "tutor", "platform"]
EndedBy = Literal["student", "tutor", "platform", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCreated:
    """A student asked for a lesson (R3), or a link opened a session that no platform had created (*assumed*)."""

    type: ClassVar = "session-created"
    student_address: str | None
    tutor_address: str | None
    language: str
    start_ms: int
    rate_minor: int
    currency: str
    decimals: int
    assumed: bool = False
    cap_seconds: int | None = None
    cap_minor: int | None = None
    brand: str | None = None
    """The platform's name for itself. None if it gave none, or if the fact is older than this field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TutorAccepted:
    """The tutor accepted: the platform may now ask for the tutor's link."""

    type: ClassVar = "tutor-accepted"
    tutor_address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTaken:
    """Someone takes the seat: a new sitting and a span begin."""

    type: ClassVar = "user-connected"
    role: Role
    epoch: int
    address: str | None
    name: str | None = None
    """The name in the link, for the statement. None if the link has none, or if the fact is older than this field."""
    took_over: bool = False
    """Whether the seat was taken, and this page took it over with a link of that seat."""
    from_elsewhere: bool = False
    """Whether another call service reported this over HTTP: its events may arrive late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLeft:
    """The sitting is over; its span ends at the last proof."""

    type: ClassVar = "user-disconnected"
    role: Role
    epoch: int
    reason: str
    left_ms: int | None = None
    """When the participant left according to the event, Unix ms. The last proof may be earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofLost:
    """The seat is taken, but nothing proves that someone is there: the span ends at the last proof."""

    type: ClassVar = "proof-lost"
    role: Role
    epoch: int
    why: Literal["silence", "media"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofResumed:
    """The same sitting has proofs again: a new span begins."""

    type: ClassVar = "proof-resumed"
    role: Role
    epoch: int


RevisedSpan = tuple[int, int, int, str | None]
"""From and to (Unix ms), the epoch, and why the span ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceRevised:
    """Late evidence changed the spans of a seat: *within* these times it was alive in *spans* and at no other time.

    The other fields describe the seat as it is now. The time of the fact is the time of the evidence.
    """

    type: ClassVar = "presence-revised"
    role: Role
    epoch: int
    is_taken: bool
    lost: Literal["silence", "media"] | None
    edge_ms: int
    within: tuple[int, int]
    """Unix ms, both ends included."""
    spans: tuple[RevisedSpan, ...]
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserActed:
    """A user switched the microphone or the camera (R26)."""

    type: ClassVar = "user-action"
    role: Role
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """The service asked a question: wait or end (R39)? Without an answer the session ends at *due_ms*.

    *role* is the side that the question is about.
    """

    type: ClassVar = "connection-warning"
    role: Role
    grace_seconds: int
    due_ms: int
    free_from_ms: int | None = None
    """Nothing is billed from this time until the question closes, Unix ms. None in facts older than this rule."""
    cause: WarningCause = "away"
    """With any cause but `away`, *role* is here and their page claims something."""
    student_says: Claim | None = None
    tutor_says: Claim | None = None
    stays: bool = False
    """Whether only an answer closes the question, because refuted claims of *role* have stopped the meter too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """A dispute about the page of *role* begins (*is_open*) or ends: the other side's evidence denies its claim."""

    type: ClassVar = "dispute"
    role: Role
    epoch: int
    kind: ClaimKind
    student: Claim
    tutor: Claim
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GraceResolved:
    """Both are there again: the meter runs from the time of this fact. The fact that caused it comes before."""

    type: ClassVar = "grace-resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoseToWait:
    """The remaining user chose to wait (R40). Detection starts anew."""

    type: ClassVar = "grace-decision"
    decided_by: Decider


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeGiven:
    """The service told both that the prepaid time is nearly over."""

    type: ClassVar = "low-balance"
    remaining_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapChanged:
    """The platform set, raised or lifted the cap."""

    type: ClassVar = "cap-changed"
    cap_seconds: int | None
    cap_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillCorrected:
    """The platform corrected a final bill. The correction is an entry of its own, and the old bill stays readable."""

    type: ClassVar = "bill-corrected"
    minor: int
    """The amount added to the bill, in smallest units. A negative amount is given back."""
    reason: str
    total_minor: int | None = None
    """The bill including this correction. None in facts older than this field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The session is over. The bill is final, unless *final_at_ms* is set."""

    type: ClassVar = "session-ended"
    ended_by: EndedBy
    reason: str
    address: str | None
    total_seconds: int
    billable_ms: int
    cost_minor: int
    until_ms: int | None = None
    """Nothing after this time is billed, Unix ms. None in facts older than this rule."""
    final_at_ms: int | None = None
    """Until this time (Unix ms) late events from before the end still change the bill. None if it is final."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRevised:
    """During settling, an event said that the session had ended earlier: at the time of this fact."""

    type: ClassVar = "end-revised"
    ended_by: EndedBy
    reason: str
    address: str | None
    total_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BillSettled:
    """Settling is over: the bill of the ended session is final."""

    type: ClassVar = "bill-final"
    total_seconds: int
    billable_ms: int
    cost_minor: int


Fact = (
    SessionCreated | TutorAccepted | SeatTaken | SeatLeft | ProofLost | ProofResumed | PresenceRevised
    | UserActed | Disputed | Warned | GraceResolved | ChoseToWait | NoticeGiven | CapChanged | BillCorrected
    | Ended | EndRevised | BillSettled
)  # fmt: skip

_ADAPTERS: Final[dict[str, TypeAdapter[Any]]] = {
    kind.type: TypeAdapter(kind)
    for kind in (
        SessionCreated, TutorAccepted, SeatTaken, SeatLeft, ProofLost, ProofResumed, PresenceRevised,
        UserActed, Disputed, Warned, GraceResolved, ChoseToWait, NoticeGiven, CapChanged, BillCorrected,
        Ended, EndRevised, BillSettled,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The meter around a fact: the edges of the open spans before it, and the running total after it."""

    student_ms: int | None = None
    tutor_ms: int | None = None
    billable_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A fact with its number: *seq* counts up from 1 within the session. *id* is unique in the session."""

    seq: int
    id: str
    at_ms: int
    mark: Mark
    fact: Fact


def body_of(fact: Fact, mark: Mark) -> dict[str, Any]:
    """Return the JSON object that the store keeps for *fact* and its *mark*."""
    body: dict[str, Any] = _ADAPTERS[fact.type].dump_python(fact, mode="json")
    body["mark"] = {"student_ms": mark.student_ms, "tutor_ms": mark.tutor_ms, "billable_ms": mark.billable_ms}
    return body


def read_body(kind: str, body: dict[str, Any]) -> tuple[Fact, Mark]:
    """Return the fact and mark of a stored JSON object. Raises KeyError for a *kind* of another version."""
    rest = dict(body)
    mark = Mark(**rest.pop("mark"))
    fact: Fact = _ADAPTERS[kind].validate_python(rest)
    return fact, mark
