"""A room's way to its end: every row of the table, and that anything else raises."""

from __future__ import annotations

from itertools import product

import pytest

from langdao_video.session.transitions import NoTransition
from langdao_video.signaling.room_phase import (
    NEXT,
    EndCause,
    EndedRoom,
    EndReported,
    LastCall,
    OpenRoom,
    PhaseValue,
    RoomPhase,
    enter,
)
from tests.signaling.play import START_MS, end

VALUES: dict[RoomPhase, PhaseValue] = {
    value.name: value
    for value in (OpenRoom(), LastCall("tutor", START_MS), EndReported("tutor", START_MS), EndedRoom(end()))
}
ROWS = {
    ("open", "ASKED"): "last-call",
    ("open", "TOLD"): "ended",
    ("last-call", "ANSWERED"): "reported",
    ("last-call", "TOLD"): "ended",
    ("reported", "TOLD"): "ended",
    ("ended", "TOLD"): "ended",
}
STEPS = list(product(RoomPhase, EndCause, RoomPhase))


def test_every_phase_has_a_value() -> None:
    assert set(VALUES) == set(RoomPhase)


def test_the_rows_are_these() -> None:
    assert {(phase.value, cause.name): after.value for (phase, cause), after in NEXT.items()} == ROWS


@pytest.mark.parametrize(("before", "cause", "after"), STEPS, ids=str)
def test_a_transition_follows_its_row_or_raises(before: RoomPhase, cause: EndCause, after: RoomPhase) -> None:
    if NEXT.get((before, cause)) is after:
        assert enter(VALUES[before], cause, VALUES[after]) is VALUES[after]
    else:
        with pytest.raises(NoTransition, match=cause.name):
            enter(VALUES[before], cause, VALUES[after])


def test_nothing_leads_out_of_the_end() -> None:
    assert {after for (phase, _), after in NEXT.items() if phase is RoomPhase.ENDED} == {RoomPhase.ENDED}


def test_from_every_phase_the_notice_leads_to_the_end() -> None:
    assert all(NEXT[phase, EndCause.TOLD] is RoomPhase.ENDED for phase in RoomPhase)
