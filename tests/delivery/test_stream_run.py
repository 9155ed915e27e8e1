"""A run's result counts only for the place at which its stream was claimed."""

from __future__ import annotations

from dataclasses import replace

from langdao_video.delivery.outcomes import decide
from langdao_video.delivery.port import Message, WebhookAnswer
from langdao_video.delivery.stream_run import StreamRun
from langdao_video.store.delivery_port import SessionLog, Stream

STREAM = Stream(
    endpoint_id="hook",
    session_id="s-1",
    token="first",  # noqa: S106 - a claim, no password
    position=10,
    newest_seq=30,
    beats_until_ms=0,
    attempts=0,
    failing_since_ms=None,
)
AGAIN = replace(STREAM, token="second")  # noqa: S106


def a_run() -> StreamRun:
    """Return a run that has sent one event."""
    run = StreamRun(STREAM, "fresh", SessionLog((), ()), 0)
    message = Message(11, "id-11", "user-action", b"{}", is_beat=False, at_ms=0)
    run.take(decide(WebhookAnswer(status=200), run.stream, message, 1, 0.5))
    return run


def test_a_run_that_claims_its_stream_again_where_it_had_it_goes_on() -> None:
    run = a_run()
    run.renew(AGAIN)
    outcome = run.finish()

    assert (outcome.stream.token, outcome.position, len(outcome.log)) == ("second", 11, 1)
    assert run.newer is None


def test_a_run_whose_stream_was_moved_meanwhile_gives_the_newer_claim_back_as_it_is() -> None:
    for position in (0, 30):  # an operator's replay; another worker's progress
        run = a_run()
        run.renew(replace(AGAIN, position=position))
        outcome = run.finish()

        assert (outcome.stream.token, outcome.position, outcome.due_ms) == ("second", position, None)
        assert len(outcome.log) == 1, "what was tried is told"


def test_a_stale_run_stays_stale() -> None:
    run = a_run()
    run.renew(replace(AGAIN, position=30))
    run.renew(replace(AGAIN, token="third"))  # noqa: S106

    outcome = run.finish()
    assert (outcome.stream.token, outcome.position) == ("third", 10)
