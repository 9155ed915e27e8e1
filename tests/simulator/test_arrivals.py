"""Each planted fault of the delivery is found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

import pytest

from langdao_video.delivery import dispatcher, outcomes, signing
from langdao_video.delivery.port import Message, WebhookAnswer
from langdao_video.delivery.worker import DeliveryWorker
from langdao_video.in_process.event_renderer import encode_event, render_events
from langdao_video.store.delivery_port import Endpoint, Outcome, SessionLog, Stream
from tests.simulator.deliveries import HOUR_MS, MINUTE_MS, RECEIVER, delivered, fails, faults_of
from tools.simulator import outbox
from tools.simulator.books import BooksOutbox
from tools.simulator.plan import SecondWorker


def test_events_in_another_order_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def swap(stream: Stream, log: SessionLog, endpoint: Endpoint) -> Sequence[Message]:
        messages = list(render_events(stream, log, endpoint))
        return [messages[1], messages[0], *messages[2:]] if len(messages) > 2 else messages

    monkeypatch.setattr(outbox, "render_events", swap)

    assert "they came in the order" in faults_of(delivered(fails("away", MINUTE_MS)))


def test_a_skipped_event_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    decide = outcomes.decide

    def skip(*given: object) -> Outcome:
        outcome = decide(*given)  # type: ignore[arg-type]
        return replace(outcome, position=outcome.position + (outcome.attempts == 2))

    monkeypatch.setattr(dispatcher, "decide", skip)

    assert "never came" in faults_of(delivered(fails("500", HOUR_MS)))


def test_a_forgotten_wake_up_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    settle = BooksOutbox._settle

    def forget(books: BooksOutbox, outcome: Outcome) -> bool:
        stands = settle(books, outcome)
        for row in books._streams.values():
            row.due_ms = row.due_ms if row.attempts else None
        return stands

    monkeypatch.setattr(BooksOutbox, "_settle", forget)

    # The last events come while a request is under way, and no later hint follows.
    assert "it still waits" in faults_of(delivered(receiver=replace(RECEIVER, latency_ms=8_000)))


def test_other_bytes_in_a_repeat_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = count()

    def number(stream: Stream, log: SessionLog, endpoint: Endpoint) -> Iterator[Message]:
        for message in render_events(stream, log, endpoint):
            yield replace(message, body=message.body[:-1] + f',"try":{next(numbers)}}}'.encode())

    monkeypatch.setattr(outbox, "render_events", number)

    assert "came with other bytes" in faults_of(delivered(fails("hangs", MINUTE_MS)))


def test_an_event_that_is_parked_too_early_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "is_given_up", lambda attempts, *_: attempts >= 10)

    assert "was parked after" in faults_of(delivered(fails("404", 20 * HOUR_MS)))


def test_a_heartbeat_that_was_overtaken_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def tell_all(stream: Stream, log: SessionLog, endpoint: Endpoint) -> Iterator[Message]:
        yield from (each for each in render_events(stream, log, endpoint) if not each.is_beat)
        for beat in log.beats:
            body = encode_event(beat.body)
            yield Message(
                beat.seq, str(beat.body["id"]), "session-heartbeat", body, is_beat=True, at_ms=beat.at_ms
            )

    monkeypatch.setattr(outbox, "render_events", tell_all)

    assert "a heartbeat of seq" in faults_of(delivered())


def test_two_workers_on_one_stream_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "LEASE_MS", 0)
    second = SecondWorker(at_ms=1_000, for_ms=HOUR_MS, is_killed=False)
    plan = delivered(second, receiver=replace(RECEIVER, latency_ms=400))

    assert "came again without a reason" in faults_of(replace(plan, poll_ms=2_000))


def test_tries_without_a_rest_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by the simulator: a refused heartbeat was due again at once if facts that were not for it came before."""
    beats_only = replace(RECEIVER, types=("session-heartbeat",))
    plan = delivered(fails("404", MINUTE_MS), receiver=beats_only)

    assert faults_of(plan) == ""

    decide = outcomes.decide

    def fall_back(
        answer: WebhookAnswer, stream: Stream, message: Message, now_ms: int, chance: float
    ) -> Outcome:
        outcome = decide(answer, stream, message, now_ms, chance)
        refused = message.is_beat and not outcomes.is_taken(answer)
        return replace(outcome, position=outcome.position - refused)

    monkeypatch.setattr(dispatcher, "decide", fall_back)

    assert "times without a rest" in faults_of(plan)


def test_a_signature_of_other_bytes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sign = signing.sign_headers
    monkeypatch.setattr(
        dispatcher, "sign_headers", lambda keys, id_, seconds, body: sign(keys, id_, seconds, body + b" ")
    )

    assert "the signature of" in faults_of(delivered())


def test_a_worker_that_does_not_stop_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_worker: DeliveryWorker, _seconds: float) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(DeliveryWorker, "close", never)

    assert "did not stop in time" in faults_of(delivered())


def test_another_bill_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def round_up(stream: Stream, log: SessionLog, endpoint: Endpoint) -> Iterator[Message]:
        for message in render_events(stream, log, endpoint):
            yield replace(message, body=message.body.replace(b'"billableSeconds":1', b'"billableSeconds":11'))

    monkeypatch.setattr(outbox, "render_events", round_up)

    faults = faults_of(delivered())

    assert "the platform bills" in faults
    assert "says something else than the ledger" in faults
