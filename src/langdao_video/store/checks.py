"""The decisions and refusals that all stores share. They come before anything is written. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from langdao_video.errors import BadRequest, Conflict, VersionConflict
from langdao_video.session.roles import ROLES
from langdao_video.store.port import Deadline, NewEvent, Presence, Revocation, keep_newest

EVENTS_PER_APPEND_MAX: Final = 1_000
EVENT_BODY_BYTES_MAX: Final = 1024 * 1024
BEAT_CHARACTERS_MAX: Final = 64 * 1024
NUMBER_MAX: Final = 2**53 - 1  # databases, JSON and JavaScript all keep integers exactly up to here


def decide_append(
    expected_version: int, newest_seq: int, events: Sequence[NewEvent], known_ids: Sequence[str]
) -> None:
    """Raise Conflict or VersionConflict if the append must not happen. This is the only place that tells them apart.

    The check for a known id comes first: after a lost answer it tells the caller's retry that the first try was stored.
    """
    ids = [event.id for event in events]
    twice = len(set(ids)) < len(ids)
    if known_ids or twice:
        known = known_ids[0] if known_ids else next(id_ for id_ in ids if ids.count(id_) > 1)
        raise Conflict(
            "event-known", f"Event {known!r} is stored already; use each event id once in a session."
        )
    if newest_seq != expected_version:
        raise VersionConflict(
            "version-conflict",
            f"The session is at version {newest_seq}, not {expected_version}: reload it and decide again.",
        )


def encode_body(event: NewEvent) -> str:
    """Encode an event's body as ASCII JSON, so that any database can keep even NUL and lone surrogates."""
    body = json.dumps(dict(event.body), separators=(",", ":"), allow_nan=False)
    if len(body) > EVENT_BODY_BYTES_MAX:
        raise BadRequest(
            "event-too-large",
            f"An event may have at most {EVENT_BODY_BYTES_MAX} bytes; {event.id!r} has {len(body)}.",
        )
    return body


def newest_of(rows: Iterable[Presence]) -> list[Presence]:
    """Return the newest row of each seat. All writers get the same order, so that no two can deadlock."""
    newest: dict[tuple[str, str], Presence] = {}
    for row in rows:
        seat = (row.session_id, row.role)
        newest[seat] = keep_newest(newest.get(seat), row)
    return [newest[seat] for seat in sorted(newest)]


def check_page(session_id: str, after_seq: int, limit: int) -> None:
    """Refuse a page of events that databases would read in different ways."""
    check_text(session_id)
    check_after(after_seq, limit)


def check_due(now_ms: int, limit: int) -> None:
    """Refuse a query of deadlines that databases would read in different ways."""
    check_numbers(now_ms)
    check_limit(limit)


def check_moves(moves: Sequence[tuple[Deadline, int]]) -> None:
    """Refuse times of deadlines that databases would read in different ways."""
    for given, due_ms in moves:
        check_text(given.session_id, given.kind)
        check_numbers(given.due_ms, due_ms)


def check_append(session_id: str, events: Sequence[NewEvent], deadlines: Mapping[str, int | None]) -> None:
    """Refuse an append that some database could not keep, and one of more than EVENTS_PER_APPEND_MAX events."""
    if len(events) > EVENTS_PER_APPEND_MAX:
        raise BadRequest(
            "append-too-large", f"Append at most {EVENTS_PER_APPEND_MAX} events at once, not {len(events)}."
        )
    check_text(session_id, *deadlines)
    check_numbers(*(due_ms for due_ms in deadlines.values() if due_ms is not None))
    for event in events:
        check_text(event.id, event.type)
        check_numbers(event.at_ms)


def check_presence(rows: Iterable[Presence]) -> None:
    """Refuse proofs that some database could not keep: one such row would make its whole batch fail."""
    for row in rows:
        check_text(row.session_id)
        if not (-NUMBER_MAX <= row.epoch <= NUMBER_MAX and -NUMBER_MAX <= row.proof_ms <= NUMBER_MAX):
            check_numbers(row.epoch, row.proof_ms)
        if row.role not in ROLES:
            raise BadRequest("role-invalid", f"A seat is one of {', '.join(ROLES)}, not {row.role!r}.")
        if row.beat is not None:
            check_text(row.beat)
            if len(row.beat) > BEAT_CHARACTERS_MAX:
                raise BadRequest(
                    "beat-too-large",
                    f"A heartbeat may have at most {BEAT_CHARACTERS_MAX} characters, not {len(row.beat)}.",
                )


def check_boot(boot_id: str, zero_ms: int) -> None:
    """Refuse a boot that some database could not keep."""
    check_text(boot_id)
    check_numbers(zero_ms)


def check_revocation(revocation: Revocation, forget_before_ms: int) -> None:
    """Refuse a revocation that some database could not keep."""
    check_text(revocation.subject)
    check_numbers(revocation.before_ms, forget_before_ms)


def check_after(after_seq: int, limit: int) -> None:
    """Refuse a start or length of a page that databases would read in different ways."""
    check_numbers(after_seq)
    check_limit(limit)


def check_limit(limit: int) -> None:
    """Refuse a limit below 1: one database raises an error for it, another reads it as no limit."""
    if not 1 <= limit <= NUMBER_MAX:
        raise BadRequest("limit-invalid", f"A limit must be at least 1, not {limit}.")


def check_numbers(*values: int) -> None:
    """Refuse numbers that some database, JSON or JavaScript does not keep exactly."""
    for value in values:
        if not -NUMBER_MAX <= value <= NUMBER_MAX:
            raise BadRequest("number-invalid", f"{value} must be between ±{NUMBER_MAX}.")


def check_text(*values: str) -> None:
    """Refuse NUL and lone surrogates, which PostgreSQL does not store as text."""
    for value in values:
        if "\0" in value or not (value.isascii() or _is_unicode(value)):
            raise BadRequest("text-invalid", f"{value[:64]!r} must be Unicode text without NUL.")


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
