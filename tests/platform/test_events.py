"""A platform reads every event that is sent, and what it does not know never stops it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from langdao_video import platform
from langdao_video.billing.lesson import Lesson
from langdao_video.platform.events import Event, receive_event
from langdao_video.platform.events import EventOfUnknownType as UnknownEvent
from langdao_video.views.session import view_record
from tests.test_docs_events import FACTS

pytestmark = pytest.mark.requirement("R25")

WIRE = Path(__file__).parents[2] / "wire"
LESSON = Lesson("session-abc123")
SENT = [view_record(LESSON.record(fact, 1_698_234_567_890, "id"), LESSON) for fact in FACTS]
GOLDENS = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted((WIRE / "events").glob("*.json"))
}
KINDS = [pytest.param(fields, id=f"{i}-{fields['type']}") for i, fields in enumerate(SENT)]


def names_of(model: type[Event]) -> set[str]:
    return {str(field.alias or name) for name, field in model.model_fields.items()}


@pytest.mark.parametrize(
    "fields", [*KINDS, *(pytest.param(fields, id=name) for name, fields in GOLDENS.items())]
)
def test_every_event_that_is_sent_has_a_model_with_all_its_fields(fields: dict[str, Any]) -> None:
    event = receive_event(fields)

    assert not isinstance(event, UnknownEvent)
    assert set(fields) - {"epoch"} <= names_of(type(event))
    assert event.type == fields["type"]


@pytest.mark.parametrize("fields", KINDS)
def test_an_event_without_the_fields_that_may_be_unknown_is_read(fields: dict[str, Any]) -> None:
    unknown = {"userAddress", "tutorAddress", "studentAddress", "userName", "language", "cost"}
    required = {"session-created": {"language"}, "bill-final": {"cost"}}.get(fields["type"], set())

    event = receive_event({name: value for name, value in fields.items() if name not in unknown - required})

    assert not isinstance(event, UnknownEvent)


def test_the_name_of_a_class_is_its_type() -> None:
    for kind in Event.__args__:
        if kind is not UnknownEvent:
            name = kind.model_fields["type"].default.title().replace("-", "")
            assert getattr(platform, name) is kind


def test_an_event_of_an_unknown_type_keeps_its_fields() -> None:
    event = receive_event(
        {"type": "board-drawn", "sessionId": "s", "timestamp": 1, "seq": 3, "strokes": [1, 2]}
    )

    assert isinstance(event, UnknownEvent)
    assert (event.type, event.session_id, event.seq) == ("board-drawn", "s", 3)
    assert event.model_extra == {"strokes": [1, 2]}


def test_a_known_type_with_a_value_of_a_later_version_is_an_unknown_event() -> None:
    golden = json.loads((WIRE / "events/session-ended.json").read_text("utf-8"))

    event = receive_event({**golden, "endedBy": "school", "billableSeconds": 330})

    assert isinstance(event, UnknownEvent)
    assert (event.type, event.billable_seconds) == ("session-ended", 330)


@pytest.mark.parametrize("missing", ["type", "sessionId", "timestamp"])
def test_what_is_no_event_is_refused(missing: str) -> None:
    golden = json.loads((WIRE / "events/session-ended.json").read_text("utf-8"))
    del golden[missing]

    with pytest.raises(ValidationError):
        receive_event(golden)


@pytest.mark.parametrize("name", ["id", "seq", "epoch", "billableSeconds", "proven"])
def test_a_field_with_a_value_of_a_later_version_is_left_out(name: str) -> None:
    golden = json.loads((WIRE / "events/session-ended.json").read_text("utf-8"))

    event = receive_event({**golden, name: ["later"]})

    assert (event.type, event.session_id) == (golden["type"], golden["sessionId"])


@given(
    st.sampled_from(SENT),
    st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text() | st.lists(st.integers())),
)
def test_no_field_of_a_later_version_stops_an_event(fields: dict[str, Any], added: dict[str, Any]) -> None:
    kept = {name: value for name, value in added.items() if name not in fields}

    event = receive_event({**kept, **fields})

    assert (event.type, event.session_id) == (fields["type"], "session-abc123")
