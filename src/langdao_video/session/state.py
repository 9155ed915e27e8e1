"""The states of a session: one enum, one table of what moves it (NEXT), one of what may come and moves nothing (STAYS).

Two laws: the meter runs in LIVE and nowhere else; what stands in neither table raises, and changes nothing.
The diagram in docs/ledger.md is drawn from NEXT by `langdao-video diagram`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from langdao_video.session.transitions import follow


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
    (State.WAITING, Cause.WARNED): State.GRACE,
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

STAYS: Final[frozenset[tuple[State, Cause]]] = frozenset(
    {
        # One of two leaves, or gets no media, before both were there.
        (State.WAITING, Cause.SEAT_LOST),
        (State.WAITING, Cause.MEDIA_STOPPED),
        # A dispute begins, or is over, and the meter runs all the same.
        (State.LIVE, Cause.BOTH_THERE),
        # The meter stands still already, and the other seat is lost too.
        (State.PAUSED, Cause.SEAT_LOST),
        (State.PAUSED, Cause.MEDIA_STOPPED),
        # The open question is about one seat; something happens to the other.
        (State.GRACE, Cause.SEAT_LOST),
        (State.GRACE, Cause.MEDIA_STOPPED),
        # No rule decides these. Another version may have stored them, and every ledger can be read.
        (State.WAITING, Cause.RETURNED),
        (State.WAITING, Cause.CHOSE_TO_WAIT),
        (State.LIVE, Cause.RETURNED),
        (State.LIVE, Cause.CHOSE_TO_WAIT),
        (State.PAUSED, Cause.RETURNED),
        (State.PAUSED, Cause.CHOSE_TO_WAIT),
        (State.GRACE, Cause.WARNED),
        (State.ENDED, Cause.WARNED),
        (State.ENDED, Cause.RETURNED),
        (State.ENDED, Cause.CHOSE_TO_WAIT),
        # What was dated before the end comes after it, while the bill settles.
        (State.ENDED, Cause.BOTH_THERE),
        (State.ENDED, Cause.SEAT_LOST),
        (State.ENDED, Cause.MEDIA_STOPPED),
        (State.ENDED, Cause.ENDED),
    }
)
"""What may come in a state and leaves it as it is."""


def next_state(state: State, cause: Cause) -> State:
    """Return where *cause* leads from *state*: by NEXT, or nowhere by STAYS. Raises NoTransition for any other."""
    return state if (state, cause) in STAYS else follow(NEXT, state, cause)
