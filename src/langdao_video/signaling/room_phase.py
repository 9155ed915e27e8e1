"""How far a room is on its way to the end: one value for each phase, one table of what leads on. Pure.

Two laws: a room has exactly one phase, and what belongs to a phase stands in its value and nowhere else;
what the table has no row for raises.
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
    """A participant ends the session: both pages are asked for one more proof."""
    REPORTED = "reported"
    """The platform has heard of the end; the room waits for the bill."""
    ENDED = "ended"


class EndCause(StrEnum):
    """What leads a room on."""

    ASKED = "a participant ends the session"
    ANSWERED = "both answered the last call, or its time is up"
    TOLD = "the final notice came, or the wait for it is over"


NEXT: Final[dict[tuple[RoomPhase, EndCause], RoomPhase]] = {
    (RoomPhase.OPEN, EndCause.ASKED): RoomPhase.LAST_CALL,
    (RoomPhase.OPEN, EndCause.TOLD): RoomPhase.ENDED,
    (RoomPhase.LAST_CALL, EndCause.ANSWERED): RoomPhase.REPORTED,
    (RoomPhase.LAST_CALL, EndCause.TOLD): RoomPhase.ENDED,
    (RoomPhase.REPORTED, EndCause.TOLD): RoomPhase.ENDED,
    # The bill settles later than the end: a newer notice takes the place of the older.
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
    """The end by seat *by* at *at_ms*, Unix ms, is reported."""

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


def enter(before: PhaseValue, cause: EndCause, after: PhaseValue) -> PhaseValue:
    """Return *after*. Raises NoTransition unless *cause* leads there from *before*."""
    if follow(NEXT, before.name, cause) is not after.name:
        raise NoTransition(f"{cause!r} does not lead from {before.name!r} to {after.name!r}.")
    return after
