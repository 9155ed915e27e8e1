"""How tries to deliver are counted."""

from __future__ import annotations

from langdao_video.delivery.tally import DeliveryTally


def test_a_try_is_taken_refused_with_a_status_or_failed_without_an_answer() -> None:
    tally = DeliveryTally()

    tally.note(204, is_taken=True, parked=0)
    tally.note(500, is_taken=False, parked=1)
    tally.note(None, is_taken=False, parked=0)

    assert dict(tally.tries.items()) == {"taken": 1, "refused": 1, "failed": 1}
    assert tally.parked == 1
