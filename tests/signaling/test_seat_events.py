"""When a proof is reported before it is due: what the platform heard last, and what is found now."""

from __future__ import annotations

from itertools import product

import pytest

from langdao_video.signaling.flow import Flow, FlowReports, ReportedMedia
from langdao_video.signaling.messages import SessionInfo
from langdao_video.signaling.seat_events import report_proof
from langdao_video.signaling.seats import Seat
from tests.signaling.play import ADDRESSES, START_MS

INFO = SessionInfo(id="session-abc123", start=START_MS, language="es")
AT_ONCE = {
    ("flowing", "stopped"),
    ("missing", "flowing"),
    ("missing", "stopped"),
    ("stopped", "flowing"),
    ("stopped", "missing"),
}


@pytest.mark.parametrize(("before", "found"), list(product(ReportedMedia, ReportedMedia)), ids=str)
def test_a_lasting_stop_and_the_return_of_media_are_reported_at_once(
    before: ReportedMedia, found: ReportedMedia
) -> None:
    grew_ms = START_MS if found is ReportedMedia.STOPPED else START_MS + 10_000
    seat = Seat(
        role="tutor",
        address=ADDRESSES["tutor"],
        epoch=1,
        proof_ms=START_MS + 15_000,
        flow=Flow(grew_ms=grew_ms),
        reports=FlowReports(before),
    )
    flows = found is ReportedMedia.FLOWING

    emits = report_proof(INFO, seat, START_MS + 15_000, flows=flows, due=False, media_ms=15_000)

    assert bool(emits) is ((before.value, found.value) in AT_ONCE)
    assert seat.reports.newest is (found if emits else before)
