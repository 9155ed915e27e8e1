"""What operators see of the outbox. Each object is compared as a whole, to notice any change."""

from __future__ import annotations

from langdao_video.store.delivery_port import Attempt, Endpoint, EndpointCounts, Parked, StreamView
from langdao_video.web.delivery_views import (
    view_attempt,
    view_counts,
    view_endpoint,
    view_parked,
    view_stream,
)


def test_an_endpoint_is_shown_without_its_secrets() -> None:
    endpoint = Endpoint(
        id="ep", url="https://p.example/", secrets=("whsec_a", "whsec_b"), types=("a",), made_ms=1
    )

    assert view_endpoint(endpoint) == {
        "id": "ep",
        "url": "https://p.example/",
        "kind": "events",
        "types": ["a"],
        "secrets": 2,
        "isFromSettings": False,
        "disabled": None,
        "madeAt": 1,
    }


def test_the_counts_of_an_endpoint() -> None:
    counts = EndpointCounts(streams=3, failing=2, parked=1, events_waiting=9, oldest_due_ms=None)

    assert view_counts(counts) == {
        "sessionsWaiting": 3,
        "sessionsFailing": 2,
        "eventsWaiting": 9,
        "eventsParked": 1,
        "oldestDueAt": None,
    }


def test_a_session_that_waits() -> None:
    stream = StreamView(
        endpoint_id="ep", session_id="s", position=1, newest_seq=4, attempts=2, failing_since_ms=5, due_ms=6
    )

    assert view_stream(stream) == {
        "endpointId": "ep",
        "sessionId": "s",
        "takenSeq": 1,
        "newestSeq": 4,
        "attempts": 2,
        "failingSince": 5,
        "dueAt": 6,
    }


def test_a_parked_event() -> None:
    parked = Parked(
        endpoint_id="ep",
        session_id="s",
        seq=2,
        event_id="e",
        type="bill-final",
        parked_ms=7,
        attempts=10,
        error="500",
    )

    assert view_parked(parked) == {
        "endpointId": "ep",
        "sessionId": "s",
        "seq": 2,
        "id": "e",
        "type": "bill-final",
        "parkedAt": 7,
        "attempts": 10,
        "error": "500",
    }


def test_an_attempt() -> None:
    attempt = Attempt(
        endpoint_id="ep",
        session_id="s",
        seq=2,
        event_id="e",
        type="bill-final",
        at_ms=7,
        duration_ms=12,
        status=500,
        error=None,
        answer="oops",
    )

    assert view_attempt(attempt) == {
        "endpointId": "ep",
        "sessionId": "s",
        "seq": 2,
        "id": "e",
        "type": "bill-final",
        "timestamp": 7,
        "durationMs": 12,
        "status": 500,
        "error": None,
        "answer": "oops",
    }
