"""The public events: the exact fields and JSON types of R21–R24, and what is refused."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from langdao_video.session.events import SessionHeartbeat, elapsed_seconds, public_event

ADDRESS: Final = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"
CONNECTED: Final[dict[str, Any]] = {
    "type": "user-connected",
    "sessionId": "session-abc123",
    "userRole": "student",
    "timestamp": 1698234567890,
}
HEARTBEAT: Final[dict[str, Any]] = {
    "type": "session-heartbeat",
    "sessionId": "session-abc123",
    "userRole": "student",
    "userAddress": ADDRESS,
    "language": "es",
    "startTime": 1698234567890,
    "heartbeat": True,
    "timestamp": 1698234897890,
    "isAudioEnabled": True,
    "isVideoEnabled": False,
    "elapsedSeconds": 330,
}
DISCONNECTED: Final[dict[str, Any]] = CONNECTED | {
    "type": "user-disconnected",
    "reason": "connection-closed",
    "timestamp": 1698234897890,
}
ENDED: Final[dict[str, Any]] = {
    "type": "session-ended",
    "sessionId": "session-abc123",
    "totalSeconds": 330,
    "endedBy": "student",
    "userAddress": ADDRESS,
    "timestamp": 1698234897890,
}
ACTION: Final[dict[str, Any]] = CONNECTED | {"type": "user-action", "action": "muted"}
EVENTS: Final = [CONNECTED, HEARTBEAT, DISCONNECTED, ENDED, ACTION]


def kind_of(event: dict[str, Any]) -> str:
    return str(event["type"])


@pytest.mark.requirement("R21", "R22", "R23", "R24", "R26")
@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_an_event_of_the_contract_is_read_and_written_to_the_letter(event: dict[str, Any]) -> None:
    assert public_event.validate_python(event).to_wire() == event


@pytest.mark.requirement("R25")
@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_fields_may_be_added_by_others_and_are_left_alone(event: dict[str, Any]) -> None:
    assert public_event.validate_python(event | {"theirs": {"deep": [1]}}).to_wire() == event


@pytest.mark.requirement("R25")
@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_the_fields_we_add_stand_beside_the_others(event: dict[str, Any]) -> None:
    added = {"id": "e-1", "seq": 7, "epoch": 2, "billableSeconds": 320}

    assert public_event.validate_python(event | added).to_wire() == event | added


@pytest.mark.parametrize(
    ("event", "field"),
    [(event, field) for event in EVENTS for field in event if field != "heartbeat"],
    ids=lambda value: value if isinstance(value, str) else kind_of(value),
)
def test_a_missing_field_is_refused_and_named(event: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        public_event.validate_python({name: value for name, value in event.items() if name != field})

    places = [str(part) for problem in refused.value.errors() for part in problem["loc"]]
    assert field == "type" or field in places


WRONG: Final[dict[str, list[object]]] = {
    "timestamp": ["1698234897890", 1.5, -1, None, True, 2**53, [], float("nan"), float("inf")],
    "elapsedSeconds": ["330", -1, 0.5, True],
    "totalSeconds": ["330", -1, True],
    "startTime": ["1698234567890", None, -5],
    "isAudioEnabled": ["true", 1, None],
    "isVideoEnabled": [0, "no"],
    "heartbeat": [False, "yes"],
    "userRole": ["teacher", "", 1, None],
    "sessionId": ["", "x" * 257, 5, None, "\ud800"],
    "userAddress": ["", "x" * 65, 5],
    "reason": ["x" * 65, 5],
    "endedBy": ["nobody", "Student", "", "0x742d", None, 5],
    "language": ["x" * 36, 5],
    "action": ["kicked", ""],
    "type": ["", "user-teleported", None, 5, ["user-connected"]],
}


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\nb", 5])
def test_a_name_that_is_none_is_refused(name: object) -> None:
    with pytest.raises(ValidationError):
        public_event.validate_python(CONNECTED | {"userName": name})


@pytest.mark.parametrize(
    ("event", "field", "value"),
    [(event, field, value) for event in EVENTS for field in event for value in WRONG.get(field, [])],
    ids=lambda value: kind_of(value) if isinstance(value, dict) else repr(value)[:20],
)
def test_a_wrong_value_is_refused_and_not_converted(event: dict[str, Any], field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        public_event.validate_python(event | {field: value})


@pytest.mark.requirement("R25")
@given(start_ms=st.integers(0, 2**53), lasted_ms=st.integers(-10_000, 10**9))
def test_elapsed_seconds_are_whole_and_never_negative(start_ms: int, lasted_ms: int) -> None:
    seconds = elapsed_seconds(start_ms, start_ms + lasted_ms)

    assert seconds == (0 if lasted_ms < 0 else lasted_ms // 1000)


@pytest.mark.requirement("R22", "R25")
def test_the_example_of_langdao_adds_up() -> None:
    event = public_event.validate_python(HEARTBEAT)

    assert isinstance(event, SessionHeartbeat)
    assert elapsed_seconds(event.start_time, event.timestamp) == event.elapsed_seconds
