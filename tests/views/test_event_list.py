"""Chosen events of a session read as they did when they happened."""

from __future__ import annotations

from typing import Any

from langdao_video.billing.lesson import Lesson
from langdao_video.session.facts import Fact, Recorded, SeatTaken, SessionCreated, UserActed
from langdao_video.views.event_list import list_events
from langdao_video.views.session import view_record

FACTS: tuple[Fact, ...] = (
    SessionCreated(
        student_address=None,
        tutor_address=None,
        language="es",
        start_ms=0,
        rate_minor=3_600,
        currency="EUR",
        decimals=2,
    ),
    SeatTaken(role="student", epoch=1, address="0xa"),
    UserActed(role="student", action="muted"),
    SeatTaken(role="student", epoch=2, address="0xb"),
)


def told_at_once() -> tuple[list[Recorded], dict[int, dict[str, Any]]]:
    """Return the facts of a lesson, and each event as it was shown when it happened."""
    lesson = Lesson("s")
    records, shown = [], {}
    for number, fact in enumerate(FACTS, 1):
        record = lesson.record(fact, number * 1_000, f"id-{number}")
        records.append(record)
        shown[number] = view_record(record, lesson)
    return records, shown


def test_an_event_does_not_depend_on_what_came_after_it() -> None:
    records, shown = told_at_once()

    assert list_events("s", records, {1, 2, 3, 4}) == shown
    assert shown[3]["userAddress"] == "0xa", "the address of that sitting, not of the next one"


def test_only_the_chosen_events_are_shown() -> None:
    records, shown = told_at_once()

    assert list_events("s", records, [3]) == {3: shown[3]}
