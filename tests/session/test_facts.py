"""Facts and their stored JSON: each kind of fact is read back as it was written."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.session.facts import (
    BillCorrected,
    ChoseToWait,
    Ended,
    Fact,
    Mark,
    ProofLost,
    ProofResumed,
    SeatLeft,
    SeatTaken,
    SessionCreated,
    TutorAccepted,
    UserActed,
    Warned,
    body_of,
    read_body,
)

ADDRESS = "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1"
marks = st.builds(
    Mark,
    student_ms=st.none() | st.integers(0, 2**53),
    tutor_ms=st.none() | st.integers(0, 2**53),
    billable_ms=st.integers(0, 2**53),
)
facts = st.one_of(*(st.from_type(kind) for kind in get_args(Fact)))


@given(fact=facts, mark=marks)
def test_a_fact_is_read_as_it_was_stored(fact: Fact, mark: Mark) -> None:
    stored = json.loads(json.dumps(body_of(fact, mark)))

    assert read_body(fact.type, stored) == (fact, mark)


def test_reading_leaves_the_stored_body_as_it_is() -> None:
    body = body_of(SeatLeft(role="tutor", epoch=2, reason="connection-lost"), Mark(tutor_ms=5))
    before = json.dumps(body)

    read_body("user-disconnected", body)

    assert json.dumps(body) == before


@pytest.mark.parametrize(
    ("fact", "added"),
    [
        (SeatTaken(role="student", epoch=1, address=ADDRESS), "name"),
        (BillCorrected(minor=-5, reason="late"), "total_minor"),
        (
            SessionCreated(
                student_address=ADDRESS, tutor_address=None, language="es", start_ms=0,
                rate_minor=1_234, currency="RSD", decimals=0,
            ),
            "brand",
        ),
    ],
    ids=["seat", "correction", "session"],
)  # fmt: skip
def test_a_fact_from_before_a_field_was_added_is_read_with_nothing_in_it(fact: Fact, added: str) -> None:
    body = body_of(fact, Mark())
    del body[added]

    assert read_body(fact.type, body)[0] == fact


def test_a_kind_of_another_version_is_named() -> None:
    with pytest.raises(KeyError, match="seat-teleported"):
        read_body("seat-teleported", {"mark": {}})


def test_the_names_under_which_facts_are_stored_never_change() -> None:
    names: dict[type[Fact], str] = {
        SessionCreated: "session-created",
        TutorAccepted: "tutor-accepted",
        SeatTaken: "user-connected",
        SeatLeft: "user-disconnected",
        ProofLost: "proof-lost",
        ProofResumed: "proof-resumed",
        UserActed: "user-action",
        Warned: "connection-warning",
        ChoseToWait: "grace-decision",
        Ended: "session-ended",
    }

    assert {kind: str(kind.type) for kind in names} == names
