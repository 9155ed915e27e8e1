"""What goes wrong beside the receiver: changes and claims meanwhile, clocks that are off, unsaved results."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
import structlog

from langdao_video.delivery.dispatcher import LEASE_MS
from langdao_video.errors import Unavailable
from langdao_video.store.delivery_port import Endpoint, Outcome
from tests.delivery.outbox import Outbox, delivering, seqs
from tests.delivery.receivers import Receiver, Request, Serve, answer, hang, receiving
from tests.stories.live import until

SECOND, MINUTE = 1_000, 60_000
OK = answer(200)


def gated(gate: asyncio.Event, serve: Serve) -> Serve:
    """Answer as *serve*, but not before *gate* is open."""

    async def wait(request: Request, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        await serve(request, writer)

    return wait


class TestHurry:
    async def test_signed_requests_of_the_other_side_do_not_remove_the_waits_of_what_it_refuses(self) -> None:
        async with receiving(answer(404)) as receiver, delivering({"room": receiver}) as outbox:
            await outbox.begin("s-1")
            for _ in range(60):
                outbox.workers[0].hurry("room")
                outbox.clock.advance(SECOND)
                await outbox.calm()

            assert (
                len(receiver.requests) <= 6
            )  # 0 s, 5 s by schedule, and when heard: at once, after 10, 20 and 40 s

    async def test_nothing_comes_before_the_retry_after_of_a_receiver(self) -> None:
        async with (
            receiving(answer(429, retry_after="1800")) as receiver,
            delivering({"room": receiver}) as outbox,
        ):
            await outbox.begin("s-1")
            await outbox.calm()
            for _ in range(29):
                outbox.workers[0].hurry("room")
                outbox.clock.advance(MINUTE)
                await outbox.calm()

            assert len(receiver.requests) == 1

    @pytest.mark.parametrize("why", ["url", "enabled"])
    async def test_what_failed_is_tried_at_once_when_an_operator_has_mended_the_endpoint(
        self, why: str
    ) -> None:
        async with (
            receiving(answer(404)) as wrong,
            receiving(OK) as right,
            delivering({"mine": wrong}) as outbox,
        ):
            await outbox.begin("s-1", "s-2")
            await outbox.pass_time(20 * MINUTE)
            [endpoint] = await outbox.store.deliveries.load_endpoints()
            if why == "url":
                mended, receiver = replace(endpoint, url=right.url), right
            else:
                await outbox.store.deliveries.save_endpoint(replace(endpoint, disabled="for now"))
                await outbox.workers[0].refresh()
                wrong.serve, mended, receiver = OK, endpoint, wrong
            since = len(receiver.requests)
            await outbox.store.deliveries.save_endpoint(mended)
            await outbox.workers[0].refresh()
            await outbox.calm()

            assert seqs(receiver, "s-1", since) == seqs(receiver, "s-2", since) == [2]


class TestGone:
    async def change_while_it_answers(
        self, receiver: Receiver, outbox: Outbox, url: str | None
    ) -> list[Endpoint]:
        """Let *receiver* answer 410 after the endpoint got another *url*, or none."""
        gate = asyncio.Event()
        receiver.serve = gated(gate, answer(410))
        await outbox.begin("s-1")
        await until(lambda: receiver.requests)
        deliveries = outbox.store.deliveries
        if url is None:
            await deliveries.remove_endpoint("mine")
        else:
            await deliveries.save_endpoint(Endpoint(id="mine", url=url, types=("user-action",)))
        gate.set()
        await until(lambda: not outbox.workers[0]._dispatchers["mine"]._runs)
        return await deliveries.load_endpoints()

    async def test_an_answer_of_the_old_url_does_not_disable_the_new_one(self) -> None:
        async with receiving(OK) as old, receiving(OK) as new, delivering({"mine": old}) as outbox:
            [endpoint] = await self.change_while_it_answers(old, outbox, new.url)

            assert (endpoint.url, endpoint.types, endpoint.disabled) == (new.url, ("user-action",), None)
            await outbox.workers[0].refresh()
            await outbox.act("s-1")
            await until(lambda: new.requests)

    async def test_it_does_not_bring_back_an_endpoint_that_was_removed(self) -> None:
        async with receiving(OK) as receiver, delivering({"mine": receiver}) as outbox:
            assert await self.change_while_it_answers(receiver, outbox, None) == []

    async def test_a_store_that_fails_then_is_no_failure_of_the_event(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail(*_: object) -> bool:
            raise Unavailable("store-unavailable", "The store is down.")

        async with receiving(answer(410)) as receiver, delivering({"mine": receiver}) as outbox:
            monkeypatch.setattr(outbox.store.deliveries, "disable_endpoint", fail)
            await outbox.begin("s-1")
            await until(lambda: outbox.workers[0]._dispatchers["mine"].endpoint.disabled)
            monkeypatch.undo()
            await outbox.workers[0].refresh()  # still enabled in the store: it is tried again
            await until(lambda: outbox.store.deliveries._endpoints["mine"].disabled)

            [waiting] = await outbox.store.deliveries.load_streams(None, None, 10)
            assert (waiting.position, waiting.attempts) == (0, 0)


async def test_signatures_have_the_time_of_the_wall_clock() -> None:
    async with receiving(OK) as receiver, delivering({"mine": receiver}) as outbox:
        outbox.wall_off_ms = 400 * SECOND
        await outbox.begin("s-1")
        await until(lambda: receiver.requests)

        stamp = int(receiver.requests[0].headers["webhook-timestamp"])
        assert stamp == outbox.clock.now_ms() // SECOND + 400


@pytest.mark.parametrize("position", [0, 3], ids=["as it was", "moved by another worker"])
async def test_a_run_whose_lease_ran_out_does_not_undo_what_others_did(position: int) -> None:
    gate = asyncio.Event()
    async with receiving(gated(gate, OK)) as receiver, delivering({"mine": receiver}) as outbox:
        await outbox.begin("s-1")
        await until(lambda: receiver.requests)
        await outbox.act("s-1", 3)
        row = outbox.store.deliveries._streams["mine", "s-1"]
        row.position = position
        outbox.clock.advance(LEASE_MS + 1)
        await until(lambda: not outbox.due())  # claimed again
        gate.set()
        await until(lambda: row.position == 5)
        await outbox.calm()

        assert seqs(receiver, "s-1") == ([2, 3, 4, 5] if position == 0 else [2, 4, 5])
        assert len(receiver.requests) == len(seqs(receiver, "s-1"))


async def test_an_operators_replay_counts_although_a_run_was_on_its_way() -> None:
    gate = asyncio.Event()
    async with receiving(OK) as receiver, delivering({"mine": receiver}) as outbox:
        await outbox.begin("s-1")
        await outbox.act("s-1", 3)
        await until(lambda: len(receiver.requests) == 4)
        await outbox.calm()
        receiver.serve, since = gated(gate, OK), len(receiver.requests)
        await outbox.act("s-1")
        await until(lambda: len(receiver.requests) > since)
        await outbox.store.deliveries.rewind(outbox.clock.now_ms(), limit=10, session_id="s-1")
        outbox.clock.advance(LEASE_MS + 1)
        await until(lambda: not outbox.due())
        gate.set()
        await until(lambda: len(receiver.requests) == since + 6)
        await outbox.calm()

        assert [request.body["seq"] for request in receiver.requests[since:]] == [6, 2, 3, 4, 5, 6]


class TestSettling:
    async def test_a_result_that_cannot_be_saved_holds_up_no_other(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sessions = [f"s-{number}" for number in range(5)]
        async with receiving(OK) as receiver, delivering({"mine": receiver}) as outbox:
            deliveries = outbox.store.deliveries
            settle = deliveries.settle

            async def refuse(outcomes: Sequence[Outcome]) -> list[bool]:
                if any(each.stream.session_id == "s-0" for each in outcomes):
                    raise ValueError("no such text")
                return await settle(outcomes)

            monkeypatch.setattr(deliveries, "settle", refuse)
            with structlog.testing.capture_logs() as logs:
                await outbox.begin(*sessions)
                await outbox.calm()
            waiting = [row.session_id for row in deliveries._streams.values() if row.has_events]
            monkeypatch.undo()
            outbox.clock.advance(LEASE_MS + 1)
            await outbox.calm()

            assert waiting == ["s-0"]
            assert {each["session"] for each in logs if each["event"] == "delivery-not-settled"} == {"s-0"}
            assert not [row for row in deliveries._streams.values() if row.has_events]

    async def test_a_stop_in_the_middle_of_it_loses_no_result(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with receiving(OK) as receiver, delivering({"mine": receiver}) as outbox:
            deliveries = outbox.store.deliveries
            settle, hangs = deliveries.settle, asyncio.Event()

            async def hang_once(outcomes: Sequence[Outcome]) -> list[bool]:
                if not hangs.is_set():
                    hangs.set()
                    await asyncio.Event().wait()
                return await settle(outcomes)

            monkeypatch.setattr(deliveries, "settle", hang_once)
            await outbox.begin("s-1")
            await until(hangs.is_set)
            await outbox.workers[0].close(0.05)

            assert not await deliveries.load_streams(None, None, 10)


async def test_a_run_that_has_just_begun_sends_nothing_when_the_service_stops() -> None:
    async with receiving(hang) as receiver, delivering({"mine": receiver}) as outbox:
        dispatcher = outbox.workers[0]._dispatchers["mine"]
        await outbox.calm()
        dispatcher._is_closing = True
        dispatcher.hint("s-1")
        await outbox.begin("s-1")
        await outbox.workers[0].close(1)

        assert not receiver.requests
