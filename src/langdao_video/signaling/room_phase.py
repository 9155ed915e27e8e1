"""The phases of a room up to its end: one value for each phase, and one table of transitions. Pure.

Two laws: a room has exactly one phase, and the value of that phase holds all that belongs to it;
a transition without a row in the table raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from langdao_video.session.roles import Role
from langdao_video.session.transitions import NoTransition, follow
from langdao_video.signaling.messages import EndNotice


class RoomPhase(StrEnum):
    """Where a room is."""

    OPEN = "open"
    LAST_CALL = "last-call"
    """A participant ends the session, and both pages are asked for one more proof."""
    REPORTED = "reported"
    """The end was reported to the platform, and the room waits for the final bill."""
    ENDED = "ended"


class EndCause(StrEnum):
    """What moves a room to its next phase."""

    ASKED = "a participant ends the session"
    ANSWERED = "both answered the last call, or its time is up"
    TOLD = "the final notice came, or the wait for it is over"


NEXT: Final[dict[tuple[RoomPhase, EndCause], RoomPhase]] = {
    (RoomPhase.OPEN, EndCause.ASKED): RoomPhase.LAST_CALL,
    (RoomPhase.OPEN, EndCause.TOLD): RoomPhase.ENDED,
    (RoomPhase.LAST_CALL, EndCause.ANSWERED): RoomPhase.REPORTED,
    (RoomPhase.LAST_CALL, EndCause.TOLD): RoomPhase.ENDED,
    (RoomPhase.REPORTED, EndCause.TOLD): RoomPhase.ENDED,
    # The bill settles after the end, so a newer notice replaces the older one.
    (RoomPhase.ENDED, EndCause.TOLD): RoomPhase.ENDED,
}


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """Nobody has ended the session."""

    name: ClassVar[RoomPhase] = RoomPhase.OPEN


@dataclass(frozen=True, slots=True)
class LastCall:
    """The participant of seat *by* ended the session at *at_ms*, Unix ms."""

    name: ClassVar[RoomPhase] = RoomPhase.LAST_CALL
    by: Role
    at_ms: int


@dataclass(frozen=True, slots=True)
class EndReported:
    """The room has reported that seat *by* ended the session at *at_ms*, Unix ms."""

    name: ClassVar[RoomPhase] = RoomPhase.REPORTED
    by: Role
    at_ms: int


@dataclass(frozen=True, slots=True)
class EndedRoom:
    """Both were shown *notice*."""

    name: ClassVar[RoomPhase] = RoomPhase.ENDED
    notice: EndNotice


PhaseValue = OpenRoom | LastCall | EndReported | EndedRoom
"""The value of each phase."""
OVER: Final = (EndReported, EndedRoom)
"""The phases in which the end is reported."""


def enter(before: PhaseValue, cause: EndCause, after: PhaseValue) -> PhaseValue:
    """Return *after*. Raises NoTransition unless *cause* leads there from *before*."""
    if follow(NEXT, before.name, cause) is not after.name:
        raise NoTransition(f"{cause!r} does not lead from {before.name!r} to {after.name!r}.")
    return after
