"""Heartbeats, several workers beside each other, and the end of a worker."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from langdao_video.delivery import transport as transport_module
from langdao_video.delivery.dispatcher import LEASE_MS
from tests.delivery.outbox import Outbox, delivering, seqs
from tests.delivery.receivers import Request, answer, hang, receiving, reset
from tests.stories.live import until

MINUTE = 60_000
SESSIONS = [f"s-{number}" for number in range(5)]
OK = answer(200)


class TestHeartbeats:
    async def test_each_seats_heartbeat_comes_once_also_in_one_millisecond(self) -> None:
        async with receiving(OK) as receiver, delivering({"backend": receiver}) as outbox:
            await outbox.begin("s-1")
            await outbox.calm()
            for _ in range(3):
                outbox.clock.advance(10_000)
                await outbox.beat("s-1")
                await outbox.calm()
                await outbox.beat("s-1")  # the same proof again
                await outbox.calm()

            beats = [event for event in receiver.of("s-1") if event["type"] == "session-heartbeat"]
            assert len(beats) == 3
            assert len({beat["id"] for beat in beats}) == 3

    async def test_of_an_outage_only_the_newest_comes_and_no_fact_waits_for_it(self) -> None:
        async with receiving(reset) as receiver, delivering({"backend": receiver}) as outbox:
            await outbox.begin("s-1")
            for _ in range(30):
                outbox.clock.advance(10_000)
                await outbox.beat("s-1")
            await outbox.calm()
            receiver.serve, since = OK, len(receiver.requests)
            await outbox.pass_time(10 * MINUTE)
            outbox.clock.advance(10_000)
            await outbox.beat("s-1")
            await outbox.calm()

            kinds = [request.body["type"] for request in receiver.requests[since:]]
            assert kinds[0] == "user-connected"
            assert 1 <= kinds.count("session-heartbeat") <= 2

    async def test_a_refused_heartbeat_is_not_due_again_when_only_others_facts_came_before(self) -> None:
        async with (
            receiving(answer(404)) as receiver,
            delivering({"backend": receiver}, types=("session-heartbeat",)) as outbox,
        ):
            await outbox.begin("s-1")
            await outbox.beat("s-1")
            await until(lambda: receiver.requests)
            await outbox.calm()

            assert outbox.due() == []
            assert len(receiver.requests) <= 2  # the hint of the fact, and that of the heartbeat

    async def test_a_receiver_that_refuses_heartbeats_gets_its_facts_without_a_wait(self) -> None:
        async def serve(request: Request, writer: asyncio.StreamWriter) -> None:
            await (answer(422) if request.body["type"] == "session-heartbeat" else OK)(request, writer)

        async with receiving(serve) as receiver, delivering({"backend": receiver}) as outbox:
            await outbox.begin("s-1")
            for _ in range(5):
                outbox.clock.advance(10_000)
                await outbox.beat("s-1")
                await outbox.calm()
            await outbox.act("s-1")
            await outbox.pass_time(2 * MINUTE, steps=4)

            assert seqs(receiver, "s-1") == await outbox.ledger("s-1")


class TestSeveralWorkers:
    async def test_two_share_the_work_and_send_nothing_twice(self) -> None:
        sessions = [f"s-{number}" for number in range(40)]
        async with receiving(OK) as receiver, delivering({"backend": receiver}) as outbox:
            await outbox.add_worker()
            await outbox.begin(*sessions)
            for session in sessions:
                await outbox.act(session, 5)
            await until(lambda: len(receiver.requests) >= 240)
            await outbox.calm()

            assert len(receiver.requests) == 240
            for session in sessions:
                assert seqs(receiver, session) == await outbox.ledger(session)

    async def test_what_a_dead_worker_had_claimed_is_taken_over_when_its_lease_ends(self) -> None:
        async with receiving(hang) as receiver:
            outbox = Outbox()
            await outbox.add_endpoint(receiver)
            dead = await outbox.add_worker()
            await outbox.begin(*SESSIONS)
            await until(lambda: len(receiver.requests) == len(SESSIONS))
            for dispatcher in dead._dispatchers.values():  # like SIGKILL: nothing is given back
                assert dispatcher._task is not None
                dispatcher._task.cancel()
                for task in dispatcher._tasks.values():
                    task.cancel()
            outbox.workers.clear()
            receiver.serve = OK
            await outbox.add_worker()
            for session in SESSIONS:
                await outbox.act(session, 2)
            await outbox.calm()
            outbox.clock.advance(LEASE_MS + 1)
            await outbox.calm()

            for session in SESSIONS:
                assert seqs(receiver, session) == await outbox.ledger(session)
            await outbox.close()

    async def test_a_lease_that_runs_out_while_its_worker_lives_makes_no_second_run(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transport_module, "ANSWER_SECONDS_MAX", 0.2)
        async with receiving(hang) as receiver, delivering({"backend": receiver}) as outbox:
            await outbox.begin("s-1")
            await until(lambda: receiver.requests)
            outbox.clock.advance(LEASE_MS + 1)
            await outbox.calm()

            assert receiver.at_once_max == 1


class TestClosing:
    async def test_a_thousand_waiting_events_keep_nobody_and_nothing_is_lost(self) -> None:
        sessions = [f"s-{number}" for number in range(250)]
        async with receiving(hang) as receiver:
            outbox = Outbox()
            await outbox.add_endpoint(receiver)
            worker = await outbox.add_worker()
            for session in sessions:
                await outbox.begin(session)
                await outbox.act(session, 3)
            await until(lambda: receiver.requests)
            with structlog.testing.capture_logs() as logs:
                await worker.close(0.05)
            outbox.workers.clear()
            assert any(line["event"] == "deliveries-cut-off" for line in logs)
            assert len(outbox.due()) == len(sessions), "all are due at once for the next start"

            receiver.serve, since = OK, len(receiver.requests)
            await outbox.add_worker()
            await outbox.calm()

            assert len(receiver.requests) - since == 1_000
            for session in sessions:
                assert seqs(receiver, session, since) == await outbox.ledger(session)
            await outbox.close()

    async def test_running_requests_may_end(self) -> None:
        gate = asyncio.Event()

        async def serve(request: Request, writer: asyncio.StreamWriter) -> None:
            await gate.wait()
            await OK(request, writer)

        async with receiving(serve) as receiver:
            outbox = Outbox()
            await outbox.add_endpoint(receiver)
            worker = await outbox.add_worker()
            await outbox.begin("s-1")
            await outbox.act("s-1")
            await until(lambda: receiver.requests)
            closing = asyncio.create_task(worker.close(5))
            await asyncio.sleep(0)
            gate.set()
            await closing

            [waiting] = await outbox.store.deliveries.load_streams(None, None, 10)
            assert len(receiver.requests) == 1
            assert waiting.position == 2, "what was taken is settled, the rest waits"
            await outbox.transport.close()
