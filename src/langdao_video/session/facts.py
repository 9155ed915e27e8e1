"""The facts a session is made of: appended once, never changed (law 4).

A fact says what happened and when by the server's clock. The time of a lost seat is its last proof, which lies
before the moment the loss was found. `Recorded` is a fact in its place, with the meter as it stood.
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
    """A student asked for a lesson (R3), or a link opened a room nobody had announced (*assumed*)."""

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
    """What the platform calls itself; None: it said nothing, or the lesson is from before it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TutorAccepted:
    """The tutor said yes: the tutor's link may be made."""

    type: ClassVar = "tutor-accepted"
    tutor_address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTaken:
    """Someone sits down: a new sitting, a span begins."""

    type: ClassVar = "user-connected"
    role: Role
    epoch: int
    address: str | None
    name: str | None = None
    """What their link calls them, for the statement; None: it does not, or the lesson is from before it was kept."""
    took_over: bool = False
    """Someone sat there, and this page took the seat over with a link of it."""
    from_elsewhere: bool = False
    """A call service elsewhere says so, over HTTP: its events may be on their way for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLeft:
    """The sitting is over; its span ends at the last proof."""

    type: ClassVar = "user-disconnected"
    role: Role
    epoch: int
    reason: str
    left_ms: int | None = None
    """When the leave says it happened, Unix ms; the last proof may lie before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofLost:
    """The seat is taken but nothing proves that someone is there: the span ends at the last proof."""

    type: ClassVar = "proof-lost"
    role: Role
    epoch: int
    why: Literal["silence", "media"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofResumed:
    """Proofs of the same sitting come again: a new span begins."""

    type: ClassVar = "proof-resumed"
    role: Role
    epoch: int


RevisedSpan = tuple[int, int, int, str | None]
"""From, to (Unix ms), the sitting, and why it does not go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceRevised:
    """Evidence came late and changed what is known of a seat: *within* these times it was there in *spans*, not else.

    The other fields are the seat as it stands now. The fact's own time is that of the evidence.
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
    """A microphone or camera was switched (R26)."""

    type: ClassVar = "user-action"
    role: Role
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """The remaining user was asked: wait or end (R39). Without an answer the session ends at *due_ms*."""

    type: ClassVar = "connection-warning"
    role: Role
    grace_seconds: int
    due_ms: int
    free_from_ms: int | None = None
    """From here until it is resolved nothing is billed, Unix ms. None in facts of versions that did not hold that."""
    cause: WarningCause = "away"
    """Other than `away`: *role* is here, and their page claims something."""
    student_says: Claim | None = None
    tutor_says: Claim | None = None
    stays: bool = False
    """The claims of *role* have cost so much that only an answer ends the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """The page of *role* claims what the other side's evidence does not support; or that claim is over."""

    type: ClassVar = "dispute"
    role: Role
    epoch: int
    kind: ClaimKind
    student: Claim
    tutor: Claim
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GraceResolved:
    """Both are there again: the meter counts from this fact's time on. It comes after the fact that brought it."""

    type: ClassVar = "grace-resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoseToWait:
    """The remaining user waits on (R40); detection starts anew."""

    type: ClassVar = "grace-decision"
    decided_by: Decider


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeGiven:
    """Both were told that the prepaid time is nearly over."""

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
    """The platform corrected a final bill: an entry of its own, the bill before it stays readable."""

    type: ClassVar = "bill-corrected"
    minor: int
    """What is added to the bill, in smallest units; negative gives back."""
    reason: str
    total_minor: int | None = None
    """The bill with it; None in a lesson from before it was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The session is over. The bill is final, unless *final_at_ms* says until when late events still count."""

    type: ClassVar = "session-ended"
    ended_by: EndedBy
    reason: str
    address: str | None
    total_seconds: int
    billable_ms: int
    cost_minor: int
    until_ms: int | None = None
    """Nothing after it is billed, Unix ms. None in facts of versions that did not hold that."""
    final_at_ms: int | None = None
    """Until then (Unix ms) what is dated before the end and comes late changes the bill; None: it is final."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRevised:
    """While the bill settled it was heard that the session had ended earlier: at this fact's time."""

    type: ClassVar = "end-revised"
    ended_by: EndedBy
    reason: str
    address: str | None
    total_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BillSettled:
    """The bill of a session that ended is final."""

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
    """The meter around a fact: the edge of each open span before it, and the running total after it."""

    student_ms: int | None = None
    tutor_ms: int | None = None
    billable_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A fact in its place: *seq* counts up from 1 within the session, *id* is unique in it."""

    seq: int
    id: str
    at_ms: int
    mark: Mark
    fact: Fact


def body_of(fact: Fact, mark: Mark) -> dict[str, Any]:
    """Return the JSON object in which *fact* and its *mark* are stored."""
    body: dict[str, Any] = _ADAPTERS[fact.type].dump_python(fact, mode="json")
    body["mark"] = {"student_ms": mark.student_ms, "tutor_ms": mark.tutor_ms, "billable_ms": mark.billable_ms}
    return body


def read_body(kind: str, body: dict[str, Any]) -> tuple[Fact, Mark]:
    """Return what `body_of` stored under the type *kind*. Raises KeyError for a type of another version."""
    rest = dict(body)
    mark = Mark(**rest.pop("mark"))
    fact: Fact = _ADAPTERS[kind].validate_python(rest)
    return fact, mark
