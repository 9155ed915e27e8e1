"""The states of a session: one enum, one table.

Two laws: the meter runs in LIVE and nowhere else; a cause without a row changes nothing.
The diagram in docs/ledger.md is drawn from NEXT by `langdao-video diagram`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a session is."""

    WAITING = "waiting"
    """The two have never been there together."""
    LIVE = "live"
    """Both are there: the meter runs."""
    PAUSED = "paused"
    """The meter stands still: one is away, or the media stopped."""
    GRACE = "grace"
    """One is away, or their page claims something; somebody was asked: wait or end? Without an answer it ends."""
    ENDED = "ended"
    """It is over; the bill is final."""


class Cause(StrEnum):
    """What moves a session from one state to the next."""

    BOTH_THERE = "both there"
    SEAT_LOST = "a seat is lost"
    MEDIA_STOPPED = "media stopped"
    WARNED = "warned"
    RETURNED = "the missing one is back"
    """The one the question was about, while the other is gone or gets no media."""
    CHOSE_TO_WAIT = "chose to wait"
    ENDED = "ended"


class Reason(StrEnum):
    """Why the meter stands still."""

    ALONE = "alone"
    NO_MEDIA = "no-media"
    DISPUTE = "dispute"
    """The two sides' pages contradict each other, or one does not answer."""
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
    """Return where *cause* leads from *state*; the same state where the table has no row."""
    return NEXT.get((state, cause), state)
