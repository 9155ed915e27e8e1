"""What an answer means for its stream."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.delivery.outcomes import decide, describe_failure, follow, is_taken, is_trouble, stay
from langdao_video.delivery.port import Message, WebhookAnswer
from langdao_video.store.delivery_port import Stream

NOW_MS = 1_764_000_000_000
HOUR = 3_600_000
STREAM = Stream(
    endpoint_id="backend",
    session_id="s-1",
    token="t-1",  # noqa: S106 - a claim, no password
    position=3,
    newest_seq=9,
    beats_until_ms=500,
    attempts=0,
    failing_since_ms=None,
)
EVENT = Message(5, "id-5", "user-connected", b"{}", is_beat=False, at_ms=NOW_MS)
BEAT = Message(9, "beat-1", "session-heartbeat", b"{}", is_beat=True, at_ms=NOW_MS)


def answered(status: int, retry_after: str | None = None) -> WebhookAnswer:
    return WebhookAnswer(status=status, retry_after=retry_after)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_takes_the_event(status: int) -> None:
    failing = replace(STREAM, attempts=4, failing_since_ms=NOW_MS - HOUR)

    outcome = decide(answered(status), failing, EVENT, NOW_MS, 0.5)

    assert (outcome.position, outcome.attempts, outcome.failing_since_ms) == (5, 0, None)
    assert outcome.due_ms is None


@pytest.mark.parametrize(
    "status", [100, 199, 300, 301, 302, 304, 400, 401, 404, 409, 422, 429, 500, 503, 999]
)
def test_anything_else_is_tried_again(status: int) -> None:
    outcome = decide(answered(status), STREAM, EVENT, NOW_MS, 0.5)

    assert (outcome.position, outcome.attempts, outcome.failing_since_ms) == (3, 1, NOW_MS)
    assert outcome.due_ms == NOW_MS + 5_000


def test_no_answer_is_tried_again_too() -> None:
    outcome = decide(WebhookAnswer(error="ConnectError: refused"), STREAM, EVENT, NOW_MS, 0.5)

    assert outcome.due_ms == NOW_MS + 5_000
    assert outcome.log[0].error == "ConnectError: refused"


def test_the_receiver_may_ask_for_a_longer_wait() -> None:
    outcome = decide(answered(429, "120"), STREAM, EVENT, NOW_MS, 0.0)

    assert outcome.due_ms == NOW_MS + 120_000


def test_gone_leaves_everything_as_it_is() -> None:
    failing = replace(STREAM, attempts=4, failing_since_ms=NOW_MS - HOUR)

    outcome = decide(answered(410), failing, EVENT, NOW_MS, 0.5)

    assert replace(outcome, log=()) == stay(failing)
    assert [attempt.status for attempt in outcome.log] == [410]


def test_after_ten_attempts_and_three_days_an_event_is_parked_and_the_next_one_follows() -> None:
    failing = replace(STREAM, attempts=9, failing_since_ms=NOW_MS - 72 * HOUR)

    outcome = decide(answered(500), failing, EVENT, NOW_MS, 0.5)

    [parked] = outcome.parked
    assert (parked.seq, parked.event_id, parked.attempts, parked.error) == (5, "id-5", 10, "HTTP 500")
    assert (outcome.position, outcome.attempts, outcome.failing_since_ms) == (5, 0, None)
    assert outcome.due_ms is None


class TestHeartbeats:
    def test_a_taken_one_moves_its_time_and_nothing_else(self) -> None:
        outcome = decide(answered(200), STREAM, BEAT, NOW_MS, 0.5)

        assert (outcome.position, outcome.beats_until_ms) == (3, NOW_MS)

    def test_only_one_that_was_not_taken_is_logged(self) -> None:
        assert not decide(answered(200), STREAM, BEAT, NOW_MS, 0.5).log
        assert len(decide(answered(500), STREAM, BEAT, NOW_MS, 0.5).log) == 1

    def test_an_older_one_does_not_move_it_back(self) -> None:
        outcome = decide(answered(200), STREAM, replace(BEAT, at_ms=400), NOW_MS, 0.5)

        assert outcome.beats_until_ms == 500

    def test_one_that_fails_makes_no_fact_wait_and_is_never_parked(self) -> None:
        old = replace(STREAM, attempts=0, failing_since_ms=None)

        outcome = decide(answered(500), old, BEAT, NOW_MS, 0.5)

        assert replace(outcome, log=()) == stay(old)
        assert not outcome.parked


def test_each_attempt_is_noted_with_a_cut_of_the_answer() -> None:
    answer = WebhookAnswer(status=500, cut="x" * 900, duration_ms=12)

    [attempt] = decide(answer, STREAM, EVENT, NOW_MS, 0.5).log

    assert (attempt.seq, attempt.event_id, attempt.type, attempt.at_ms) == (
        5,
        "id-5",
        "user-connected",
        NOW_MS,
    )
    assert (attempt.status, attempt.duration_ms, len(attempt.answer)) == (500, 12, 500)


@given(
    st.one_of(st.none(), st.integers(100, 599)),
    st.integers(0, 40),
    st.integers(0, 200 * HOUR),
    st.floats(0, 1),
    st.sampled_from([EVENT, BEAT]),
)
def test_a_stream_never_moves_back_and_moves_on_only_for_a_reason(
    status: int | None, attempts: int, age_ms: int, chance: float, message: Message
) -> None:
    since = NOW_MS - age_ms if attempts else None
    stream = replace(STREAM, attempts=attempts, failing_since_ms=since)

    outcome = decide(WebhookAnswer(status=status, error="x"), stream, message, NOW_MS, chance)

    assert outcome.position >= stream.position
    assert outcome.beats_until_ms >= stream.beats_until_ms
    if outcome.position > stream.position:
        assert is_taken(WebhookAnswer(status=status)) or outcome.parked
        assert outcome.position == message.seq
    if outcome.due_ms is not None:
        assert outcome.due_ms > NOW_MS
    assert follow(stream, outcome).token == stream.token


def test_a_failure_is_described_in_a_few_words() -> None:
    assert describe_failure(answered(404)) == "HTTP 404"
    assert describe_failure(WebhookAnswer(error="ReadError: reset")) == "ReadError: reset"


def test_only_some_failures_are_the_endpoints_own() -> None:
    assert all(is_trouble(answered(status)) for status in (408, 425, 429, 500, 503, 599))
    assert is_trouble(WebhookAnswer(error="ConnectError"))
    assert not any(is_trouble(answered(status)) for status in (301, 400, 404, 409, 410, 422))
