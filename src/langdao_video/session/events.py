"""The events a session sends to its platform (R21–R26): the public contract between the two sides.

Field names and types are frozen: fields are added, never renamed, retyped or dropped (R25).
Importable on its own: a platform's backend written in Python can parse with these models.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AliasGenerator, BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

from langdao_video.session.claims import Claim, ClaimKind
from langdao_video.session.facts import EndedBy
from langdao_video.session.roles import Role
from langdao_video.session.text import tidy_label
from langdao_video.session.theme import DisplayName

SESSION_ID_CHARACTERS_MAX: Final = 256

SessionId = Annotated[str, Field(min_length=1, max_length=SESSION_ID_CHARACTERS_MAX)]
UnixMs = Annotated[int, Field(strict=True, ge=0, lt=2**53, description="Unix time in milliseconds.")]
Seconds = Annotated[int, Field(strict=True, ge=0, lt=2**53, description="Whole seconds, rounded down.")]
Address = Annotated[
    str, Field(min_length=1, max_length=64, description="An Ethereum address, as the link had it.")
]
Reason = Annotated[str, Field(max_length=64), AfterValidator(tidy_label)]
Language = Annotated[str, Field(max_length=35, description="One of the codes of R2.")]
Flag = Annotated[bool, Field(strict=True)]


class SessionEvent(BaseModel):
    """What every event has. The optional fields are ours and are always present in what we send.

    *id* is unique in its session, *seq* counts up in it, *epoch* is the sitting of the seat,
    *billableSeconds* is the running total: a platform that loses nine of ten events still bills right.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, alias_generator=AliasGenerator(alias=to_camel)
    )

    session_id: SessionId
    timestamp: UnixMs
    id: Annotated[str, Field(max_length=64)] | None = None
    seq: Annotated[int, Field(strict=True, ge=1, lt=2**53)] | None = None
    epoch: Annotated[int, Field(strict=True, ge=1, lt=2**53)] | None = None
    billable_seconds: Seconds | None = None

    def to_wire(self) -> dict[str, Any]:
        """Return the JSON object as it is sent: camelCase, without what is not known."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class UserConnected(SessionEvent):
    """A user joins the session (R21)."""

    type: Literal["user-connected"] = "user-connected"
    user_role: Role
    user_address: Address | None = None
    language: Language | None = None
    user_name: DisplayName | None = None
    """Ours: what the link calls them, so that the statement can."""
    took_over: Flag | None = None
    """Ours: True if someone sat there already, and this page took the seat over with a link of it."""


class SessionHeartbeat(SessionEvent):
    """A seat is alive: every 10 s for each seat while the session is active (R22)."""

    type: Literal["session-heartbeat"] = "session-heartbeat"
    user_role: Role
    user_address: Address
    language: Language
    start_time: UnixMs
    heartbeat: Literal[True] = True
    is_audio_enabled: Flag
    is_video_enabled: Flag
    elapsed_seconds: Seconds
    is_media_flowing: Flag | None = None
    """Ours: False while nothing arrives from the other side although it did before; then this is no proof."""


class UserDisconnected(SessionEvent):
    """A user leaves or the connection drops (R23); *timestamp* is the last proof that they were there."""

    type: Literal["user-disconnected"] = "user-disconnected"
    user_role: Role
    reason: Reason


class SessionEnded(SessionEvent):
    """The call is over (R24); *totalSeconds* counts from sessionStart, *billableSeconds* is what is charged."""

    type: Literal["session-ended"] = "session-ended"
    total_seconds: Seconds
    ended_by: EndedBy
    user_address: Address
    reason: Reason | None = None


class UserAction(SessionEvent):
    """A user muted, unmuted, or switched the camera (R26)."""

    type: Literal["user-action"] = "user-action"
    user_role: Role
    user_address: Address | None = None
    action: Literal["muted", "unmuted", "video-enabled", "video-disabled"]


class Claims(BaseModel):
    """What each side's page says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    student: Claim
    tutor: Claim


class Dispute(SessionEvent):
    """Ours: the page of *userRole* claims what the other side's evidence does not support. Sent again at its end."""

    type: Literal["dispute"] = "dispute"
    user_role: Role
    kind: ClaimKind
    claims: Claims
    is_open: Flag = True
    """False when the claim is over: media arrives again, or the page answers."""


PublicEvent = UserConnected | SessionHeartbeat | UserDisconnected | SessionEnded | UserAction | Dispute
AnyPublicEvent = Annotated[PublicEvent, Field(discriminator="type")]
public_event: Final[TypeAdapter[PublicEvent]] = TypeAdapter(AnyPublicEvent)


def elapsed_seconds(start_ms: int, now_ms: int) -> int:
    """Count the whole seconds from *start_ms* to *now_ms*, never below 0: (timestamp - startTime) / 1000 (R25)."""
    return max(0, now_ms - start_ms) // 1000
