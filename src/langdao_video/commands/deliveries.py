"""The commands `deliveries` and `replay`: show the outbox, and send events again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from pydantic import ValidationError

from langdao_video.access.revocations import read_moment
from langdao_video.commands.parts import Parts, refuse_request
from langdao_video.delivery.endpoint_book import EndpointBook
from langdao_video.errors import BadRequest, NotFound
from langdao_video.log_writer import escape_controls
from langdao_video.store.delivery_port import Attempt, Endpoint, EndpointCounts, Parked, StreamView
from langdao_video.web.deliveries import SESSIONS_AT_ONCE, Replay, check_choice

ROWS_MAX: Final = 50


async def show_deliveries(
    parts: Parts, endpoint: str | None, session: str | None, *, parked: bool, failing: bool
) -> str:
    """Return the endpoints with what waits for them, then sessions that wait, parked events and attempts.

    *parked* and *failing* show only the rows of that kind. Raises NotFound `unknown-endpoint`.
    """
    store, now_ms = parts.store.deliveries, parts.clock.now_ms()
    endpoints = await store.load_endpoints()
    if endpoint is not None:
        endpoints = [await EndpointBook(store, needs_https=True).find(endpoint)]
    counted = [(known, await store.count(known.id, now_ms)) for known in endpoints]
    blocks = [_table("ENDPOINT  WAITING  FAILING  EVENTS  PARKED  STATE  URL", map(_endpoint_row, counted))]
    if not parked:
        streams = await store.load_streams(endpoint, session, ROWS_MAX, only_failing=failing)
        blocks.append(
            _table("SESSION  ENDPOINT  TAKEN  ATTEMPTS  FAILING-SINCE  NEXT-TRY", map(_stream_row, streams))
        )
    if not failing:
        given_up = await store.load_parked(endpoint, session, ROWS_MAX)
        blocks.append(
            _table("PARKED  TYPE  SESSION  SEQ  ENDPOINT  ATTEMPTS  ERROR", map(_parked_row, given_up))
        )
    if not parked:
        tried = await store.load_attempts(endpoint, session, ROWS_MAX)
        blocks.append(
            _table("TRIED  TYPE  SESSION  SEQ  ENDPOINT  STATUS  TOOK  ANSWER", map(_attempt_row, tried))
        )
    return "\n\n".join(block for block in blocks if block) or "There is nothing."


async def replay_events(
    parts: Parts,
    *,
    session: str | None,
    endpoint: str | None,
    from_: str | None,
    to: str | None,
    parked: bool,
) -> str:
    """Send the chosen events again, a thousand sessions a transaction, and say how many.

    Raises NotFound, BadRequest `request-invalid`, `replay-unbounded`, `replay-time`, and what `read_moment` raises.
    """
    from_ms = None if from_ is None else read_moment(from_, "--from")
    to_ms = None if to is None else read_moment(to, "--to")
    try:
        wish = Replay(session_id=session, endpoint_id=endpoint, from_=from_ms, to=to_ms, parked=parked)
    except ValidationError as error:
        raise refuse_request(error) from None
    try:
        check_choice(wish)
    except BadRequest as error:
        if error.code != "replay-unbounded":
            raise
        raise BadRequest(
            error.code,
            "Say what is sent again: --session, --from and --to, --endpoint, or --parked. `--from 0` means everything.",
        ) from None
    store = parts.store.deliveries
    if endpoint is not None:
        await EndpointBook(store, needs_https=True).find(endpoint)
    if session is not None and not await parts.store.load_events(session, limit=1):
        raise NotFound("unknown-session", f"There is no session {session!r}.")
    sessions = events = 0
    after: str | None = ""
    while after is not None:
        more_sessions, more_events, after = await store.rewind(
            parts.clock.now_ms(),
            limit=SESSIONS_AT_ONCE,
            endpoint_id=wish.endpoint_id,
            session_id=wish.session_id,
            from_ms=wish.from_,
            to_ms=wish.to,
            only_parked=wish.parked,
            after_session=after,
        )
        sessions, events = sessions + more_sessions, events + more_events
    return f"{events} events of {sessions} sessions are sent again."


def _endpoint_row(counted: tuple[Endpoint, EndpointCounts]) -> Sequence[object]:
    known, counts = counted
    state = "on" if known.disabled is None else f"off: {known.disabled}"
    return (
        *(known.id, counts.streams, counts.failing, counts.events_waiting, counts.parked),
        *(state, known.url),
    )


def _stream_row(row: StreamView) -> Sequence[object]:
    taken = f"{row.position}/{row.newest_seq}"
    return (
        *(row.session_id, row.endpoint_id, taken, row.attempts),
        *(_moment(row.failing_since_ms), _moment(row.due_ms)),
    )


def _parked_row(row: Parked) -> Sequence[object]:
    return (
        *(_moment(row.parked_ms), row.type, row.session_id, row.seq, row.endpoint_id),
        *(row.attempts, row.error),
    )


def _attempt_row(row: Attempt) -> Sequence[object]:
    return (
        *(_moment(row.at_ms), row.type, row.session_id, row.seq, row.endpoint_id),
        *(row.error if row.status is None else row.status, f"{row.duration_ms}ms", row.answer[:80]),
    )


def _moment(ms: int | None) -> str:
    return "-" if ms is None else datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _table(heading: str, rows: Iterable[Sequence[object]]) -> str:
    """Write rows below their headings in columns; nothing without rows."""
    cells = [[escape_controls(str(cell)) for cell in row] for row in rows]
    if not cells:
        return ""
    lines = [heading.split("  "), *cells]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
