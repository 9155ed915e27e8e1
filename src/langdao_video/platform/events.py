"""The events that a platform gets, as typed values: those of the public contract, and all that we add to them. Pure.

Law: what a platform does not know is never an error (R25). An event of an unknown type, or one that no longer fits its
model, is an `UnknownEvent`: its totals still count.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from langdao_video.session.claims import Claim, WarningCause
from langdao_video.session.events import (
    Address,
    Dispute,
    GraceDecided,
    Language,
    Seconds,
    SessionEvent,
    SessionHeartbeat,
    UnixMs,
    UserAction,
    UserConnected,
    UserDisconnected,
)
from langdao_video.session.facts import EndedBy
from langdao_video.session.roles import Role


class PublicAmount(BaseModel):
    """An amount of money: *minor* smallest units of *currency*, which has *decimals* decimals; *formatted* to show."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    minor: int
    currency: str
    decimals: int
    formatted: str


class SessionEndedEvent(SessionEvent):
    """The session is over (R24). *cost* is final, unless *settling* is true: then `bill-final` comes at *finalAt*."""

    type: Literal["session-ended"] = "session-ended"
    total_seconds: Seconds
    ended_by: EndedBy
    user_address: Address | None = None
    """None if nobody ended it, or if their link had no address."""
    reason: str | None = None
    cost: PublicAmount | None = None
    settling: bool = False
    final_at: UnixMs | None = None


class EndRevisedEvent(SessionEvent):
    """While the bill settled, the service learned that the session had ended earlier."""

    type: Literal["end-revised"] = "end-revised"
    total_seconds: Seconds
    ended_by: EndedBy
    user_address: Address | None = None
    reason: str | None = None


class BillFinalEvent(SessionEvent):
    """A bill that settled is final."""

    type: Literal["bill-final"] = "bill-final"
    total_seconds: Seconds
    cost: PublicAmount


class BillCorrectedEvent(SessionEvent):
    """A request of the platform corrected a final bill by *minor*; *cost* is the bill with the correction."""

    type: Literal["bill-corrected"] = "bill-corrected"
    minor: int
    reason: str
    cost: PublicAmount | None = None


class ConnectionWarningEvent(SessionEvent):
    """A question opens: wait, or end? Without an answer the session ends at *deadline*."""

    type: Literal["connection-warning"] = "connection-warning"
    disconnected_role: Role
    grace_period_seconds: int
    deadline: UnixMs
    cause: WarningCause = "away"
    claims: dict[Role, Claim] | None = None
    """What each page claims; None with the cause `away`."""


class GraceResolvedEvent(SessionEvent):
    """Both participants are there again after a warning: the bill goes on from here."""

    type: Literal["grace-resolved"] = "grace-resolved"


class LowBalanceEvent(SessionEvent):
    """The prepaid time is nearly over."""

    type: Literal["low-balance"] = "low-balance"
    remaining_seconds: Seconds


class CapChangedEvent(SessionEvent):
    """A request of the platform changed what is prepaid; without both fields, nothing is."""

    type: Literal["cap-changed"] = "cap-changed"
    cap_seconds: int | None = None
    cap_minor: int | None = None


class ProofLostEvent(SessionEvent):
    """A participant is connected, but nothing proves that they are there."""

    type: Literal["proof-lost"] = "proof-lost"
    user_role: Role
    reason: str


class ProofResumedEvent(SessionEvent):
    """Proofs of a participant come again."""

    type: Literal["proof-resumed"] = "proof-resumed"
    user_role: Role


class PresenceRevisedEvent(SessionEvent):
    """Late events changed when a participant was there; *billableSeconds* may be more or less than before."""

    type: Literal["presence-revised"] = "presence-revised"
    user_role: Role
    connected: bool
    within: tuple[UnixMs, UnixMs]
    presence: tuple[tuple[UnixMs, UnixMs], ...]


class SessionCreatedEvent(SessionEvent):
    """A request of the platform created the session. It comes in lists and feeds only, not as a webhook."""

    type: Literal["session-created"] = "session-created"
    language: Language
    start_time: UnixMs
    rate_per_hour: PublicAmount
    student_address: Address | None = None
    tutor_address: Address | None = None


class TutorAcceptedEvent(SessionEvent):
    """A request of the platform noted the tutor. It comes in lists and feeds only, not as a webhook."""

    type: Literal["tutor-accepted"] = "tutor-accepted"
    tutor_address: Address | None = None


class EventOfUnknownType(SessionEvent):
    """An event of a type, or with a value, that this version does not know. *model_extra* has its other fields."""

    model_config = ConfigDict(extra="allow")

    type: str


Event = (
    UserConnected | SessionHeartbeat | UserDisconnected | SessionEndedEvent | UserAction | Dispute
    | EndRevisedEvent | BillFinalEvent | BillCorrectedEvent
    | ConnectionWarningEvent | GraceDecided | GraceResolvedEvent
    | LowBalanceEvent | CapChangedEvent
    | ProofLostEvent | ProofResumedEvent | PresenceRevisedEvent
    | SessionCreatedEvent | TutorAcceptedEvent
    | EventOfUnknownType
)  # fmt: skip
"""Any event that a platform gets."""

_NEEDED: Final = {"type", "sessionId", "timestamp"}
_MODELS: Final[dict[str, type[Event]]] = {
    kind.model_fields["type"].default: kind for kind in Event.__args__ if kind is not EventOfUnknownType
}


def receive_event(fields: dict[str, Any]) -> Event:
    """Read the JSON object of an event.

    Raises pydantic.ValidationError (a ValueError) if it has no type, session or time: then it is no event of ours.
    """
    model = _MODELS.get(str(fields.get("type")), EventOfUnknownType)
    try:
        return model.model_validate(fields)
    except ValidationError:
        return _receive_unknown(fields)


def _receive_unknown(fields: dict[str, Any]) -> EventOfUnknownType:
    """Read an event without the optional fields whose values this version cannot read."""
    try:
        return EventOfUnknownType.model_validate(fields)
    except ValidationError as error:
        unreadable = {problem["loc"][0] for problem in error.errors()} - _NEEDED
        return EventOfUnknownType.model_validate(
            {name: value for name, value in fields.items() if name not in unreadable}
        )
