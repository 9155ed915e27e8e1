"""Shows the outbox to operators: endpoints, what waits, what was parked, and each attempt."""

from __future__ import annotations

from typing import Any

from langdao_video.store.delivery_port import Attempt, Endpoint, EndpointCounts, Parked, StreamView


def view_endpoint(endpoint: Endpoint) -> dict[str, Any]:
    """Show an endpoint without its secrets."""
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "kind": endpoint.kind,
        "types": None if endpoint.types is None else list(endpoint.types),
        "secrets": len(endpoint.secrets),
        "isFromSettings": endpoint.is_from_settings,
        "disabled": endpoint.disabled,
        "madeAt": endpoint.made_ms,
    }


def view_counts(counts: EndpointCounts) -> dict[str, Any]:
    """Show how much of an endpoint waits."""
    return {
        "sessionsWaiting": counts.streams,
        "sessionsFailing": counts.failing,
        "eventsWaiting": counts.events_waiting,
        "eventsParked": counts.parked,
        "oldestDueAt": counts.oldest_due_ms,
    }


def view_stream(stream: StreamView) -> dict[str, Any]:
    """Show how far an endpoint has taken a session."""
    return {
        "endpointId": stream.endpoint_id,
        "sessionId": stream.session_id,
        "takenSeq": stream.position,
        "newestSeq": stream.newest_seq,
        "attempts": stream.attempts,
        "failingSince": stream.failing_since_ms,
        "dueAt": stream.due_ms,
    }


def view_parked(parked: Parked) -> dict[str, Any]:
    """Show an event that was given up until somebody replays it."""
    return {
        "endpointId": parked.endpoint_id,
        "sessionId": parked.session_id,
        "seq": parked.seq,
        "id": parked.event_id,
        "type": parked.type,
        "parkedAt": parked.parked_ms,
        "attempts": parked.attempts,
        "error": parked.error,
    }


def view_attempt(attempt: Attempt) -> dict[str, Any]:
    """Show one try to deliver one event."""
    return {
        "endpointId": attempt.endpoint_id,
        "sessionId": attempt.session_id,
        "seq": attempt.seq,
        "id": attempt.event_id,
        "type": attempt.type,
        "timestamp": attempt.at_ms,
        "durationMs": attempt.duration_ms,
        "status": attempt.status,
        "error": attempt.error,
        "answer": attempt.answer,
    }
