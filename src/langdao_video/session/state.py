"""The states of a session: one enum, one table.

Two laws: the meter runs in LIVE and nowhere else; a cause without a row changes nothing.
The diagram in docs/ledger.md is drawn from NEXT by `langdao-video diagram`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """The state of a session."""

    WAITING = "waiting"
    """The two have not yet been there at the same time."""
    LIVE = "live"
    """Both are there: the meter runs."""
    PAUSED = "paused"
    """The meter stands still: one is away, or the media stopped."""
    GRACE = "grace"
    """A question is open, because one is away or a page claims something. Without an answer the session ends."""
    ENDED = "ended"
    """The session is over."""


class Cause(StrEnum):
    """What moves a session from one state to the next."""

    BOTH_THERE = "both there"
    SEAT_LOST = "a seat is lost"
    MEDIA_STOPPED = "media stopped"
    WARNED = "warned"
    RETURNED = "the missing one is back"
    """The participant whom the question was about came back, but the other one is gone or gets no media."""
    CHOSE_TO_WAIT = "chose to wait"
    ENDED = "ended"


class Reason(StrEnum):
    """Why the meter stands still."""

    ALONE = "alone"
    NO_MEDIA = "no-media"
    DISPUTE = "dispute"
    """The two pages contradict each other, or one of them does not answer."""
    GRACE = "grace"


NEXT: Final[dict[tuple[State, Cause], State]] = {
    (State.WAITING, Cause.BOTH_THERE): State.LIVE,
    (State.WAITING, Cause.ENDED): State.ENDED,
    (State.LIVE, Cause.SEAT_LOST): State.PAUSED,
    (State.LIVE, Cause.MEDIA_STOPPED): State.PAUSED,
    (State.LIVE, Cause.WARNED): State.GRACE,
    (State.LIVE, Cause.ENDED): State.ENDED,
    (State.PAUSED, Cause.BOTH_THERE): State.LIVE,
    (State.PAUSED, Cause.WARNED): State.GRACE,
    (State.PAUSED, Cause.ENDED): State.ENDED,
    (State.GRACE, Cause.BOTH_THERE): State.LIVE,
    (State.GRACE, Cause.RETURNED): State.PAUSED,
    (State.GRACE, Cause.CHOSE_TO_WAIT): State.PAUSED,
    (State.GRACE, Cause.ENDED): State.ENDED,
}


def next_state(state: State, cause: Cause) -> State:
    """Return the state that follows *state* after *cause*: the same state if the table has no row."""
    return NEXT.get((state, cause), state)
