"""The facts a session is made of: appended once, never changed (law 4).

A fact says what happened and when by the server's clock. The time of a lost seat is its last proof, which lies
before the moment the loss was found. `Recorded` is a fact in its place, with the meter as it stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from pydantic import TypeAdapter

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLeft:
    """The sitting is over; its span ends at the last proof."""

    type: ClassVar = "user-disconnected"
    role: Role
    epoch: int
    reason: str


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
    """The session is over and the bill final."""

    type: ClassVar = "session-ended"
    ended_by: EndedBy
    reason: str
    address: str | None
    total_seconds: int
    billable_ms: int
    cost_minor: int


Fact = (
    SessionCreated | TutorAccepted | SeatTaken | SeatLeft | ProofLost | ProofResumed
    | UserActed | Warned | ChoseToWait | NoticeGiven | CapChanged | BillCorrected | Ended
)  # fmt: skip

_ADAPTERS: Final[dict[str, TypeAdapter[Any]]] = {
    kind.type: TypeAdapter(kind)
    for kind in (
        SessionCreated, TutorAccepted, SeatTaken, SeatLeft, ProofLost, ProofResumed,
        UserActed, Warned, ChoseToWait, NoticeGiven, CapChanged, BillCorrected, Ended,
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
    """A fact in its place: *seq* counts up from 1 within the session, *id* is unique for ever."""

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
