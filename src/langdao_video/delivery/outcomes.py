"""Decides what an answer means for its stream. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from langdao_video.delivery.port import Message, WebhookAnswer
from langdao_video.delivery.schedule import WAIT_MS_MAX, is_given_up, receive_retry_after, wait_ms
from langdao_video.store.delivery_port import Attempt, Outcome, Parked, Stream

GONE: Final = 410
_BUSY: Final = (408, 425, 429)
_ASKS_FOR_REST: Final = (429, 503)
_ANSWER_CHARACTERS_MAX: Final = 500
_ERROR_CHARACTERS_MAX: Final = 300


def is_taken(answer: WebhookAnswer) -> bool:
    """Tell whether the receiver has taken the message: only 2xx says so."""
    return answer.status is not None and 200 <= answer.status < 300  # noqa: PLR2004 - RFC 9110 §15.3


def is_trouble(answer: WebhookAnswer) -> bool:
    """Tell whether a failure seems to be of the endpoint as a whole, not of this one event."""
    return answer.status is None or answer.status >= 500 or answer.status in _BUSY  # noqa: PLR2004 - RFC 9110 §15.6


def find_rest_ms(answer: WebhookAnswer, wall_ms: int) -> int:
    """Return for how long the endpoint asks to be left alone, in ms: `Retry-After` with 429 and 503."""
    if answer.status not in _ASKS_FOR_REST:
        return 0
    return min(receive_retry_after(answer.retry_after, wall_ms) or 0, WAIT_MS_MAX)


def describe_failure(answer: WebhookAnswer) -> str:
    """Say in a few words why a message was not taken."""
    return answer.error if answer.status is None and answer.error else f"HTTP {answer.status}"


def decide(answer: WebhookAnswer, stream: Stream, message: Message, now_ms: int, chance: float) -> Outcome:
    """Decide what *answer* to *message* means for *stream*. *chance* from 0 to 1 spreads the wait.

    Taken: the stream moves on. Not taken: it waits, and after three days the event is parked and the stream moves on.
    A heartbeat that was not taken is forgotten, because the next one carries its totals. 410 keeps everything as it is.
    A heartbeat that was taken is not logged: there are six a minute of each seat, and they would displace the rest.
    """
    log = (_note(answer, stream, message, now_ms),)
    if is_taken(answer):
        return _move_on(stream, message, () if message.is_beat else log)
    if message.is_beat or answer.status == GONE:
        return replace(stay(stream), log=log)
    attempts = stream.attempts + 1
    since_ms = now_ms if stream.failing_since_ms is None else stream.failing_since_ms
    if is_given_up(attempts, since_ms, now_ms):
        parked = Parked(
            endpoint_id=stream.endpoint_id,
            session_id=stream.session_id,
            seq=message.seq,
            event_id=message.event_id,
            type=message.type,
            parked_ms=now_ms,
            attempts=attempts,
            error=describe_failure(answer)[:_ERROR_CHARACTERS_MAX],
        )
        return replace(_move_on(stream, message, log), parked=(parked,))
    asked_ms = receive_retry_after(answer.retry_after, now_ms)
    return replace(
        stay(stream),
        attempts=attempts,
        failing_since_ms=since_ms,
        due_ms=now_ms + wait_ms(attempts, chance, asked_ms),
        log=log,
    )


def put_off(stream: Stream, error: Exception, now_ms: int, chance: float) -> Outcome:
    """Let a stream wait whose next event cannot be shown, because of *error*, as if it had been refused."""
    attempts = stream.attempts + 1
    attempt = Attempt(
        endpoint_id=stream.endpoint_id,
        session_id=stream.session_id,
        seq=stream.position + 1,
        event_id="",
        type="",
        at_ms=now_ms,
        duration_ms=0,
        status=None,
        error=f"not-shown: {type(error).__name__}",
        answer="",
    )
    return replace(
        stay(stream),
        attempts=attempts,
        failing_since_ms=now_ms if stream.failing_since_ms is None else stream.failing_since_ms,
        due_ms=now_ms + wait_ms(attempts, chance),
        log=(attempt,),
    )


def stay(stream: Stream) -> Outcome:
    """Return the outcome that gives a stream back as it stands."""
    return Outcome(
        stream=stream,
        position=stream.position,
        beats_until_ms=stream.beats_until_ms,
        attempts=stream.attempts,
        failing_since_ms=stream.failing_since_ms,
    )


def follow(stream: Stream, outcome: Outcome) -> Stream:
    """Return the claimed stream as *outcome* leaves it, for its next message."""
    return replace(
        stream,
        position=outcome.position,
        beats_until_ms=outcome.beats_until_ms,
        attempts=outcome.attempts,
        failing_since_ms=outcome.failing_since_ms,
    )


def _move_on(stream: Stream, message: Message, log: tuple[Attempt, ...]) -> Outcome:
    if message.is_beat:
        return replace(stay(stream), beats_until_ms=max(stream.beats_until_ms, message.at_ms), log=log)
    return Outcome(stream=stream, position=message.seq, beats_until_ms=stream.beats_until_ms, log=log)


def _note(answer: WebhookAnswer, stream: Stream, message: Message, now_ms: int) -> Attempt:
    return Attempt(
        endpoint_id=stream.endpoint_id,
        session_id=stream.session_id,
        seq=message.seq,
        event_id=message.event_id,
        type=message.type,
        at_ms=now_ms,
        duration_ms=answer.duration_ms,
        status=answer.status,
        error=None if answer.error is None else answer.error[:_ERROR_CHARACTERS_MAX],
        answer=answer.cut[:_ANSWER_CHARACTERS_MAX],
    )
