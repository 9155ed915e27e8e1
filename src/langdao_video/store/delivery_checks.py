"""The refusals and bounds of the outbox that all stores share. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, get_args

from langdao_video.errors import BadRequest, Conflict
from langdao_video.session.roles import Role
from langdao_video.store.checks import check_limit, check_numbers, check_text
from langdao_video.store.delivery_port import Attempt, Beat, Endpoint, EndpointKind, Outcome, Parked

ENDPOINTS_MAX: Final = 100
"""Each append moves a row for each endpoint."""
SESSIONS_MAX: Final = 10_000
URL_CHARACTERS_MAX: Final = 2_048
LIST_MAX: Final = 64
WORD_CHARACTERS_MAX: Final = 512
KEPT_ANSWER_CHARACTERS_MAX: Final = 1024 * 1024
CUT_CHARACTERS: Final = 500
ANSWERS_KEPT_MS: Final = 7 * 24 * 3_600_000
"""How long the answer to a request with an idempotency key is kept at least."""

CLOCK_AHEAD_MS: Final = 60_000
"""A fact of another call service may be so far ahead of our clock (`billing.intake`); it is due all the same."""

_ENDPOINT_ID: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}", re.ASCII)


def due_at_once(at_ms: int) -> int:
    """Return when a stream is due whose next event is of *at_ms*: at once, and before those that came later."""
    return at_ms - CLOCK_AHEAD_MS


def check_endpoint(endpoint: Endpoint) -> None:
    """Refuse an endpoint that some database could not keep."""
    check_endpoint_id(endpoint.id)
    if endpoint.kind not in get_args(EndpointKind):
        raise BadRequest(
            "endpoint-kind-invalid", f"An endpoint's kind is events or room, not {endpoint.kind!r}."
        )
    check_short("url", endpoint.url, URL_CHARACTERS_MAX)
    check_short("disabled", endpoint.disabled or "")
    check_numbers(endpoint.made_ms)
    for name, words in (("secrets", endpoint.secrets), ("types", endpoint.types or ())):
        if len(words) > LIST_MAX:
            raise BadRequest("endpoint-too-large", f"An endpoint has at most {LIST_MAX} {name}.")
        for word in words:
            check_short(name, word)


def check_disabling(endpoint_id: str, url: str, why: str) -> None:
    """Refuse names and a reason that some database could not keep. No reason would mean that it is enabled."""
    check_text(endpoint_id, url)
    check_short("disabled", why)
    if not why:
        raise BadRequest("reason-missing", "An endpoint is disabled for a reason.")


def check_endpoint_id(endpoint_id: str) -> None:
    """Refuse an id that could not stand in a URL or on a command line."""
    if not _ENDPOINT_ID.fullmatch(endpoint_id):
        raise BadRequest(
            "endpoint-id-invalid",
            f"An endpoint's id has up to 64 letters, digits and '_', '-', '.', not {endpoint_id[:80]!r}.",
        )


def decide_endpoint(
    endpoint: Endpoint, known: Iterable[Endpoint], expected: Endpoint | None = None
) -> Endpoint:
    """Return the endpoint as it is to be kept beside *known*. The time at which it was first made stays."""
    others = [other for other in known if other.id != endpoint.id]
    same = next((other for other in known if other.id == endpoint.id), None)
    if expected is not None and same != expected:
        raise Conflict(
            "endpoint-changed",
            f"Somebody else changed the endpoint {endpoint.id!r} just now: look, and try again.",
        )
    for other in others:
        if other.url == endpoint.url:
            raise Conflict(
                "endpoint-known",
                f"The endpoint {other.id!r} has this URL already; change or remove that one.",
            )
    if same is None and len(others) >= ENDPOINTS_MAX:
        raise Conflict("endpoints-full", f"There are {ENDPOINTS_MAX} endpoints already; remove one first.")
    return endpoint if same is None else replace(endpoint, made_ms=same.made_ms)


def check_claim(
    endpoint_id: str, token: str, times: tuple[int, int], limit: int, sessions: Sequence[str] | None
) -> None:
    """Refuse a claim that databases would read in different ways. The empty token is nobody's."""
    check_short("token", token)
    if not token:
        raise BadRequest("token-invalid", "A claim's token must not be empty.")
    check_text(endpoint_id)
    check_numbers(*times)
    check_limit(limit)
    check_sessions(sessions or ())


def check_sessions(session_ids: Sequence[str]) -> None:
    """Refuse more sessions than one query should load, and names that PostgreSQL cannot keep."""
    if len(session_ids) > SESSIONS_MAX:
        raise BadRequest("sessions-too-many", f"Ask for at most {SESSIONS_MAX} sessions at once.")
    check_text(*session_ids)


def check_listing(endpoint_id: str | None, session_id: str | None, limit: int) -> None:
    """Refuse a filter or limit that databases would read in different ways."""
    check_text(endpoint_id or "", session_id or "")
    check_limit(limit)


def check_outcomes(outcomes: Iterable[Outcome]) -> None:
    """Refuse results with numbers or names that some database could not keep."""
    for outcome in outcomes:
        stream = outcome.stream
        check_text(stream.endpoint_id, stream.session_id, stream.token)
        check_numbers(outcome.position, outcome.beats_until_ms, outcome.attempts)
        times = (outcome.failing_since_ms, outcome.due_ms, outcome.keeps_lease_until_ms)
        check_numbers(*(time_ms for time_ms in times if time_ms is not None))
        for parked in outcome.parked:
            check_text(parked.endpoint_id, parked.session_id, parked.event_id, parked.type)
            check_numbers(parked.seq, parked.parked_ms, parked.attempts)
        for attempt in outcome.log:
            check_text(attempt.endpoint_id, attempt.session_id, attempt.event_id, attempt.type)
            check_numbers(attempt.seq, attempt.at_ms, attempt.duration_ms, attempt.status or 0)


def cut_attempt(attempt: Attempt) -> Attempt:
    """Return the attempt as it is kept. What a receiver answers never makes a result fail: it is cut and cleaned."""
    error = None if attempt.error is None else _cut(attempt.error)
    return replace(attempt, answer=_cut(attempt.answer), error=error)


def cut_parked(parked: Parked) -> Parked:
    """Return the parked event as it is kept."""
    return replace(parked, error=_cut(parked.error))


def rounds_of(outcomes: Sequence[Outcome]) -> Iterator[list[tuple[int, Outcome]]]:
    """Cut *outcomes* into rounds in which each stream is once, with the number of each outcome. The order stays."""
    rounds: list[list[tuple[int, Outcome]]] = []
    turns: dict[tuple[str, str], int] = {}
    for number, outcome in enumerate(outcomes):
        key = (outcome.stream.endpoint_id, outcome.stream.session_id)
        turn = turns.get(key, 0)
        turns[key] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append((number, outcome))
    yield from rounds


def read_beat(role: Role, beat: str) -> Beat:
    """Read a heartbeat as `Presence.beat` keeps it."""
    body = json.loads(beat)
    return Beat(role, body["timestamp"], body["seq"], body)


def check_short(name: str, value: str, characters_max: int = WORD_CHARACTERS_MAX) -> None:
    """Refuse a text that is too long for what it is, or that PostgreSQL does not store."""
    check_text(value)
    if len(value) > characters_max:
        raise BadRequest(
            "text-too-long", f"{name} may have at most {characters_max} characters, not {len(value)}."
        )


def check_kept_answer(scope: str, key: str, digest: str, answer: str, now_ms: int) -> None:
    """Refuse an answer that some database could not keep."""
    check_short("scope", scope)
    check_short("key", key)
    check_short("digest", digest)
    check_short("answer", answer, KEPT_ANSWER_CHARACTERS_MAX)
    check_numbers(now_ms)


def read_after(after: str) -> tuple[str, str]:
    """Read where a rewind goes on: after the stream (endpoint, session). The empty text is the beginning."""
    check_text(after)
    endpoint_id, _, session_id = after.partition(" ")
    return endpoint_id, session_id


def write_after(endpoint_id: str, session_id: str) -> str:
    """Return what `read_after` reads. An endpoint's id has no space."""
    return f"{endpoint_id} {session_id}"


def _cut(value: str) -> str:
    kept = value[:CUT_CHARACTERS].replace("\0", "\ufffd")
    return kept.encode("utf-8", "replace").decode()
