"""The events a session sends to its platform (R21–R26): the public contract between the two sides.

Law: fields may be added, but never renamed, retyped or dropped (R25).
A platform written in Python can import this module alone and parse events with its models.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AliasGenerator, BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

from langdao_video.session.claims import Claim, ClaimKind
from langdao_video.session.facts import Decider, EndedBy
from langdao_video.session.roles import Role
from langdao_video.session.text import tidy_label
from langdao_video.session.theme import DisplayName

SESSION_ID_CHARACTERS_MAX: Final = 256

SessionId = Annotated[str, Field(min_length=1, max_length=SESSION_ID_CHARACTERS_MAX)]
UnixMs = Annotated[int, Field(strict=True, ge=0, lt=2**53, description="Unix time in milliseconds.")]
UNIX_MS_MIN: Final = 100_000_000_000
"""March 1973. A time in seconds, sent by mistake, stays below it until the year 5138."""
Seconds = Annotated[int, Field(strict=True, ge=0, lt=2**53, description="Whole seconds, rounded down.")]
Address = Annotated[
    str, Field(min_length=1, max_length=64, description="An Ethereum address, as written in the link.")
]
Reason = Annotated[str, Field(max_length=64), AfterValidator(tidy_label)]
Language = Annotated[str, Field(max_length=35, description="One of the codes of R2.")]
Flag = Annotated[bool, Field(strict=True)]
Epoch = Annotated[int, Field(strict=True, ge=1, lt=2**52)]
"""The number of a sitting. What one without a number begins counts on from the newest, so the largest has others behind
it that every database keeps (2**53)."""


class Proven(BaseModel):
    """A participant was there without a gap: from a time to the newest proof, Unix ms, in sitting *epoch*."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    epoch: Epoch
    since: UnixMs
    until: UnixMs


class SessionEvent(BaseModel):
    """The fields of every event. The optional ones are our additions; every event that we send has them.

    *id* is unique in its session. *seq* counts up in its session. *epoch* is the number of the sitting.
    *billableSeconds* is the running total: a platform that loses nine of ten events still bills the right amount.
    *proven* says when each participant was there, up to this event. So a heartbeat that was never sent is not missed.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, alias_generator=AliasGenerator(alias=to_camel)
    )

    session_id: SessionId
    timestamp: UnixMs
    id: Annotated[str, Field(max_length=64)] | None = None
    seq: Annotated[int, Field(strict=True, ge=1, lt=2**53)] | None = None
    epoch: Epoch | None = None
    billable_seconds: Seconds | None = None
    proven: dict[Role, Proven] | None = None

    def to_wire(self) -> dict[str, Any]:
        """Return the JSON object as it is sent: names in camelCase, without the unknown fields."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class UserConnected(SessionEvent):
    """A user joins the session (R21)."""

    type: Literal["user-connected"] = "user-connected"
    user_role: Role
    user_address: Address | None = None
    language: Language | None = None
    user_name: DisplayName | None = None
    """Our addition: the name in the link, so that the statement can show it."""
    took_over: Flag | None = None
    """Our addition: True if the seat was taken, and this page took it over with a link of that seat."""


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
    """Our addition: False if media of the other side arrived before and has stopped. Such a heartbeat is no proof."""


class UserDisconnected(SessionEvent):
    """A user leaves or the connection drops (R23). *timestamp* is the last proof that the user was there."""

    type: Literal["user-disconnected"] = "user-disconnected"
    user_role: Role
    reason: Reason


class SessionEnded(SessionEvent):
    """The call is over (R24). *totalSeconds* counts from sessionStart; *billableSeconds* is what is charged."""

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
    """What each side's page claims."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    student: Claim
    tutor: Claim


class Dispute(SessionEvent):
    """Our addition: the page of *userRole* claims something that the other side's evidence does not support.

    The event is sent again when the dispute is over.
    """

    type: Literal["dispute"] = "dispute"
    user_role: Role
    kind: ClaimKind
    claims: Claims
    is_open: Flag = True
    """False when the dispute is over: media arrives again, or the page answers."""


class GraceDecided(SessionEvent):
    """Our addition: somebody answered the question of a connection warning in the room (R40)."""

    type: Literal["grace-decision"] = "grace-decision"
    decision: Literal["wait", "end"]
    decided_by: Decider


PublicEvent = (
    UserConnected | SessionHeartbeat | UserDisconnected | SessionEnded | UserAction | Dispute | GraceDecided
)
AnyPublicEvent = Annotated[PublicEvent, Field(discriminator="type")]
public_event: Final[TypeAdapter[PublicEvent]] = TypeAdapter(AnyPublicEvent)


def elapsed_seconds(start_ms: int, now_ms: int) -> int:
    """Count the whole seconds from *start_ms* to *now_ms*, never below 0: (timestamp - startTime) / 1000 (R25)."""
    return max(0, now_ms - start_ms) // 1000
