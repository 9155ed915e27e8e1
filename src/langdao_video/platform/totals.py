"""What a session comes to, from whichever of its events arrived. Pure.

Law: the totals are a function of the set of events. Lost ones, copies and their order change nothing, because each
event carries the running total: the event with the highest seq wins.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from langdao_video.platform.events import Event, PublicAmount

_ENDS = frozenset({"session-ended", "end-revised", "bill-final", "bill-corrected"})
_FINAL = frozenset({"bill-final", "bill-corrected"})


class Totals(BaseModel):
    """What a session comes to so far. Keep it as JSON: `model_dump_json()` and `Totals.model_validate_json(text)`.

    *seq* is the newest event that counted in. *cost* is None until an event with a cost came; *cost_seq* is its seq.
    """

    model_config = ConfigDict(frozen=True)

    session_id: str
    seq: int = 0
    billable_seconds: int = 0
    is_over: bool = False
    is_final: bool = False
    """Whether to charge now: the bill changes only by your own corrections."""
    cost: PublicAmount | None = None
    cost_seq: int = 0


def take_totals(event: Event, known: Totals | None = None) -> Totals:
    """Return what the session comes to with *event*; *known* is what this function returned for the one before.

    Raises ValueError if *known* is of another session.
    """
    known = known or Totals(session_id=event.session_id)
    if known.session_id != event.session_id:
        raise ValueError(
            f"the totals are of session {known.session_id!r}, but the event is of {event.session_id!r}"
        )
    seq, seconds = known.seq, known.billable_seconds
    if event.seq is not None and event.billable_seconds is not None:
        # A heartbeat has the seq of the stored event before it. Of two with one seq, the later has the larger total.
        seq, seconds = max((seq, seconds), (event.seq, event.billable_seconds))
    cost, cost_seq = known.cost, known.cost_seq
    told = _cost_of(event)
    if told is not None and (event.seq or 0) >= cost_seq:
        cost, cost_seq = told, event.seq or 0
    return Totals(
        session_id=known.session_id,
        seq=seq,
        billable_seconds=seconds,
        is_over=known.is_over or event.type in _ENDS,
        is_final=known.is_final or event.type in _FINAL or _is_final_end(event),
        cost=cost,
        cost_seq=cost_seq,
    )


def _cost_of(event: Event) -> PublicAmount | None:
    cost = getattr(event, "cost", None)
    if isinstance(cost, dict):  # of an event that did not fit its model
        try:
            return PublicAmount.model_validate(cost)
        except ValidationError:
            return None
    return cost if isinstance(cost, PublicAmount) else None


def _is_final_end(event: Event) -> bool:
    return event.type == "session-ended" and not getattr(event, "settling", False)
