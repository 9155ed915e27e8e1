"""A socket's way from new to closing: every row of the table, and that anything else raises."""

from __future__ import annotations

from itertools import product

import pytest

from langdao_video.session.transitions import NoTransition, follow
from langdao_video.signaling.socket_phase import NEXT, SocketCause, SocketPhase

ROWS = {
    ("new", "VISITED"): "lobby",
    ("new", "SAT_DOWN"): "seated",
    ("new", "CLOSED"): "closing",
    ("lobby", "VISITED"): "lobby",
    ("lobby", "SAT_DOWN"): "seated",
    ("lobby", "CLOSED"): "closing",
    ("seated", "CLOSED"): "closing",
    ("closing", "VISITED"): "closing",
    ("closing", "SAT_DOWN"): "closing",
    ("closing", "CLOSED"): "closing",
}


@pytest.mark.parametrize(("phase", "cause"), list(product(SocketPhase, SocketCause)), ids=str)
def test_each_transition_follows_its_row_or_raises(phase: SocketPhase, cause: SocketCause) -> None:
    row = ROWS.get((phase.value, cause.name))

    if row is None:
        with pytest.raises(NoTransition, match=cause.name):
            follow(NEXT, phase, cause)
    else:
        assert follow(NEXT, phase, cause) is SocketPhase(row)


def test_every_phase_can_be_closed() -> None:
    assert all(follow(NEXT, phase, SocketCause.CLOSED) is SocketPhase.CLOSING for phase in SocketPhase)


def test_nothing_leads_out_of_a_close() -> None:
    assert {after for (phase, _), after in NEXT.items() if phase is SocketPhase.CLOSING} == {
        SocketPhase.CLOSING
    }
