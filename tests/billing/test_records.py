"""A stored event is the fact that was stored."""

from __future__ import annotations

from langdao_video.billing.records import read_record
from langdao_video.session.facts import Mark, Recorded, UserActed, body_of
from langdao_video.store.port import StoredEvent


def test_a_fact_is_read_back_with_its_number_and_mark() -> None:
    fact, mark = UserActed(role="student", action="muted"), Mark(student_ms=5, billable_ms=7)
    stored = StoredEvent("s-1", 3, "id-3", fact.type, 1_000, body_of(fact, mark))

    assert read_record(stored) == Recorded(seq=3, id="id-3", at_ms=1_000, mark=mark, fact=fact)
