"""The totals of a session are the same, whichever way its events come."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.platform.events import Event, receive_event
from langdao_video.platform.totals import Totals, take_totals

pytestmark = pytest.mark.requirement("R25")

BEAT = {"type": "session-heartbeat", "userRole": "student", "userAddress": "0x1", "language": "es", "startTime": 0,
        "heartbeat": True, "isAudioEnabled": True, "isVideoEnabled": True, "elapsedSeconds": 0}  # fmt: skip


def cost(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "USD", "decimals": 2, "formatted": f"${minor / 100:.2f}"}


def event(fields: dict[str, Any], seq: int, billable_seconds: int) -> Event:
    return receive_event(
        {"sessionId": "s", "timestamp": seq, "seq": seq, "billableSeconds": billable_seconds, **fields}
    )


REVISION = {"userRole": "tutor", "connected": True, "within": [0, 1], "presence": []}
END = {"type": "session-ended", "totalSeconds": 400, "endedBy": "student"}
LESSON = [
    event({"type": "user-connected", "userRole": "student"}, 2, 0),
    event({"type": "user-connected", "userRole": "tutor"}, 3, 0),
    *(event(BEAT, 3, seconds) for seconds in range(10, 340, 10)),
    event({"type": "presence-revised", **REVISION}, 4, 300),
    event({**END, "cost": cost(166), "settling": True, "finalAt": 9}, 5, 300),
    event({"type": "bill-final", "totalSeconds": 400, "cost": cost(183)}, 6, 330),
    event({"type": "bill-corrected", "minor": -50, "reason": "a bad line", "cost": cost(133)}, 7, 330),
]  # fmt: skip


def fold(events: list[Event]) -> Totals:
    totals = None
    for each in events:
        totals = take_totals(each, totals)
    assert totals
    return totals


@given(st.data())
def test_lost_copied_and_reordered_events_change_nothing_but_how_new_the_totals_are(
    data: st.DataObject,
) -> None:
    came = data.draw(st.lists(st.sampled_from(LESSON), min_size=1))
    once = [each for each in LESSON if each in came]

    assert fold(came) == fold(once)


@given(st.permutations(LESSON))
def test_all_events_in_any_order_make_the_final_bill(events: list[Event]) -> None:
    totals = fold(events)

    assert (totals.billable_seconds, totals.is_final) == (330, True)
    assert totals.cost
    assert totals.cost.minor == 133


def test_the_last_event_alone_makes_the_bill() -> None:
    totals = take_totals(event({**END, "cost": cost(183), "settling": False}, 9, 330))

    assert (totals.billable_seconds, totals.is_over, totals.is_final) == (330, True, True)
    assert totals.cost
    assert totals.cost.minor == 183


def test_an_end_that_settles_is_not_final() -> None:
    totals = fold(LESSON[:-2])

    assert (totals.is_over, totals.is_final, totals.billable_seconds) == (True, False, 300)


def test_an_end_of_a_later_version_still_counts() -> None:
    unknown = {**END, "endedBy": "school", "cost": cost(183)}

    totals = take_totals(event(unknown, 9, 330))

    assert totals.is_final
    assert totals.cost
    assert totals.cost.minor == 183


def test_an_event_without_totals_changes_none() -> None:
    known = Totals(session_id="s", seq=5, billable_seconds=300)

    assert (
        take_totals(receive_event({"type": "new", "sessionId": "s", "timestamp": 1, "seq": 9}), known)
        == known
    )


def test_totals_are_kept_as_json() -> None:
    totals = fold(LESSON)

    assert Totals.model_validate_json(totals.model_dump_json()) == totals


def test_the_totals_of_another_session_are_refused() -> None:
    with pytest.raises(ValueError, match="session 'other', but the event is of 's'"):
        take_totals(LESSON[0], Totals(session_id="other"))
