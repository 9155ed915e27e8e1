"""The documents describe the events and messages that are sent, with all their fields."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from langdao_video.billing.lesson import Lesson
from langdao_video.session import facts
from langdao_video.session.events import SessionHeartbeat, public_event
from langdao_video.views.session import view_heartbeat, view_record
from tests.test_docs import GUIDE, ROOT, first_quoted, quoted, read, rows

pytestmark = pytest.mark.requirement("R46")

ADDRESS = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"
FACTS: list[facts.Fact] = [
    facts.SessionCreated(
        student_address=ADDRESS, tutor_address=ADDRESS, language="es", start_ms=0,
        rate_minor=2_000, currency="USD", decimals=2,
    ),
    facts.TutorAccepted(tutor_address=ADDRESS),
    facts.SeatTaken(role="student", epoch=1, address=ADDRESS, name="Ana", took_over=True),
    facts.UserActed(role="student", action="muted"),
    facts.ProofLost(role="student", epoch=1, why="media"),
    facts.ProofResumed(role="student", epoch=1),
    facts.SeatLeft(role="student", epoch=1, reason="connection-closed"),
    facts.Warned(role="student", grace_seconds=30, due_ms=1, cause="media", student_says="sends", tutor_says="sends"),
    facts.Disputed(role="student", epoch=1, kind="media", student="nothing-arrives", tutor="is-received"),
    facts.ChoseToWait(decided_by="tutor"), facts.GraceResolved(),
    facts.CapChanged(cap_seconds=60, cap_minor=100),
    facts.NoticeGiven(remaining_seconds=60),
    facts.Ended(
        ended_by="student", reason="ended-by-user", address=ADDRESS, total_seconds=1, billable_ms=0, cost_minor=0,
        until_ms=1, final_at_ms=2,
    ),
    facts.PresenceRevised(
        role="student", epoch=1, is_taken=False, lost=None, edge_ms=1, within=(0, 1), spans=((0, 1, 1, "end"),)
    ),
    facts.EndRevised(ended_by="tutor", reason="ended-by-user", address=ADDRESS, total_seconds=1),
    facts.BillSettled(total_seconds=1, billable_ms=0, cost_minor=0),
    facts.BillCorrected(minor=-1, reason="a present", total_minor=0),
]  # fmt: skip


def events_as_sent() -> dict[str, set[str]]:
    """Return the type and the fields of each event that platforms get."""
    lesson = Lesson("session-abc123")
    sent = [view_record(lesson.record(fact, 1, "id"), lesson) for fact in FACTS]
    beat = SessionHeartbeat(
        session_id=lesson.id, timestamp=1, epoch=1, user_role="student", user_address=ADDRESS, language="es",
        start_time=0, is_audio_enabled=True, is_video_enabled=True, elapsed_seconds=0, is_media_flowing=True,
    )  # fmt: skip
    assert any("proven" in event for event in sent)
    # Each event has `proven` while somebody is there, so it is documented for every event.
    return {event["type"]: {*event, "proven"} for event in [*sent, view_heartbeat(beat, lesson, "id")]}


def documented_events() -> dict[str, set[str]]:
    always = set(first_quoted(GUIDE, "Fields that every event has"))
    return {quoted(row[0])[0]: always | set(quoted(row[2])) for row in rows(GUIDE, "The types")}


def marked(name: str, mark: str) -> list[Any]:
    """Return the JSON blocks under the comment *mark*."""
    return [
        json.loads(body) for body in re.findall(rf"<!-- {mark} -->\n```json\n(.*?)```", read(name), re.DOTALL)
    ]


@pytest.mark.requirement("R21", "R22", "R23", "R24", "R25", "R26")
def test_every_event_is_documented_with_all_its_fields() -> None:
    assert {fact.type for fact in FACTS} == {kind.type for kind in facts.Fact.__args__}, (
        "a new fact: show it in FACTS"
    )

    assert documented_events() == events_as_sent()


@pytest.mark.requirement("R21", "R22", "R23", "R24")
def test_the_samples_of_events_have_the_fields_of_the_table_and_are_read_by_our_models() -> None:
    samples = {sample["type"]: sample for sample in marked(GUIDE, "event")}

    assert list(samples) == ["user-connected", "session-heartbeat", "user-disconnected", "session-ended"]
    for kind, sample in samples.items():
        golden = json.loads(read(f"wire/events/{kind}.json"))
        assert set(golden) <= set(sample) <= documented_events()[kind]
        assert golden.items() <= sample.items()
        assert public_event.validate_python(sample).to_wire().items() <= sample.items()


@pytest.mark.requirement("R28", "R29", "R30", "R31", "R32", "R33")
def test_the_messages_to_the_parent_page_are_the_golden_ones() -> None:
    goldens = {
        path.stem: json.loads(path.read_text("utf-8")) for path in (ROOT / "wire/parent").glob("*.json")
    }

    documented = {quoted(row[0])[0]: set(quoted(row[2])) for row in rows(GUIDE, "4. Hear the page")}

    assert {kind: {"type", "sessionId", "timestamp"} | fields for kind, fields in documented.items()} == {
        kind: set(golden) for kind, golden in goldens.items()
    }
    for sample in marked(GUIDE, "parent"):
        assert sample == goldens[sample["type"]]
