"""The worker follows the endpoints: what is added gets events, what is removed or disabled gets none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import structlog

from langdao_video.delivery import worker as module
from langdao_video.delivery.worker import SETTINGS_ENDPOINT, DeliveryWorker, save_endpoint_of_settings
from langdao_video.errors import Unavailable
from langdao_video.store.delivery_port import Endpoint
from tests.delivery.outbox import Outbox, delivering, seqs
from tests.delivery.receivers import answer, receiving
from tests.stories.live import HandClock, until

OK = answer(200)
URL = "https://platform.example/events"


@asynccontextmanager
async def running(worker: DeliveryWorker) -> AsyncIterator[None]:
    """Let the worker follow the endpoints by itself until the block ends."""
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_an_endpoint_that_is_added_gets_what_happens_from_then_on() -> None:
    async with receiving(OK) as first, receiving(OK) as second, delivering({"first": first}) as outbox:
        await outbox.begin("s-1")
        await outbox.add_endpoint(second, "second")
        await outbox.workers[0].refresh()
        await outbox.act("s-1")
        await until(lambda: len(first.requests) == 2 and second.requests)

        assert seqs(first, "s-1") == [2, 3]
        assert seqs(second, "s-1") == [3]


async def test_an_endpoint_that_is_removed_gets_nothing_more() -> None:
    async with receiving(OK) as receiver, delivering({"backend": receiver}) as outbox:
        await outbox.begin("s-1")
        await outbox.calm()
        await outbox.store.deliveries.remove_endpoint("backend")
        await outbox.workers[0].refresh()
        await outbox.act("s-1")
        await outbox.calm()

        assert seqs(receiver, "s-1") == [2]
        assert outbox.workers[0].is_idle


async def test_an_endpoint_that_is_enabled_again_gets_what_has_waited() -> None:
    async with receiving(OK) as receiver, delivering({"backend": receiver}, disabled="for now") as outbox:
        await outbox.begin("s-1")
        await outbox.act("s-1")
        await outbox.calm()
        assert not receiver.requests

        [endpoint] = await outbox.store.deliveries.load_endpoints()
        await outbox.store.deliveries.save_endpoint(replace(endpoint, disabled=None))
        await outbox.workers[0].refresh()
        await until(lambda: len(receiver.requests) == 2)

        assert seqs(receiver, "s-1") == [2, 3]


async def test_the_worker_reads_by_itself_which_endpoints_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ENDPOINTS_SECONDS", 0.01)
    async with receiving(OK) as receiver:
        outbox = Outbox()
        worker = await outbox.add_worker(starts=False)
        async with running(worker):
            await outbox.add_endpoint(receiver)
            await until(lambda: worker.wants_beats)
            await outbox.begin("s-1")
            await until(lambda: receiver.requests)
        await outbox.close()


async def test_a_failure_to_forget_old_attempts_is_made_up_for_soon_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "ENDPOINTS_SECONDS", 0.01)
    monkeypatch.setattr(module, "FORGET_AGAIN_SECONDS", 0.01)
    outbox, asked = Outbox(), 0
    worker = await outbox.add_worker(starts=False)

    async def forget(before_ms: int, keep: int) -> None:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise Unavailable("store-unavailable", f"{before_ms} {keep}")

    monkeypatch.setattr(outbox.store.deliveries, "forget_attempts", forget)
    async with receiving(OK) as receiver, running(worker):
        await until(lambda: asked == 3)
        await outbox.add_endpoint(receiver)
        await until(lambda: worker.wants_beats)
    await outbox.close()

    assert asked == 3  # the next comes after ten minutes


async def test_an_endpoint_of_an_unknown_kind_is_left_to_others() -> None:
    async with receiving(OK) as receiver, delivering({"room": receiver}, kind="room") as outbox:
        await outbox.begin("s-1")

        assert not outbox.workers[0]._dispatchers
        assert outbox.due() == ["s-1"]


class TestHeartbeatsAreWanted:
    @pytest.mark.parametrize(
        ("fields", "wanted"),
        [
            ({}, 1),
            ({"types": ("session-heartbeat",)}, 1),
            ({"types": ("session-ended",)}, 0),
            ({"disabled": "for now"}, 0),
        ],
    )
    async def test_by_an_enabled_endpoint_that_gets_them(
        self, fields: dict[str, object], wanted: int
    ) -> None:
        async with receiving(OK) as receiver, delivering({"backend": receiver}, **fields) as outbox:
            assert outbox.workers[0].wants_beats is bool(wanted)


@pytest.mark.requirement("R27")
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://nowhere.invalid/", "http://-.☃/events", "ftp://x/", "http://["]
)
async def test_an_address_that_leads_nowhere_is_logged_and_everything_waits(url: str) -> None:
    outbox = Outbox()
    await outbox.store.deliveries.save_endpoint(Endpoint(id="backend", url="http://127.0.0.1:9/"))
    outbox.store.deliveries._endpoints["backend"] = Endpoint(
        id="backend", url=url
    )  # as an older version had it
    await outbox.add_worker()

    with structlog.testing.capture_logs() as logs:
        await outbox.begin("s-1")
        await until(lambda: any(line["event"] == "delivery-failed" for line in logs))
        await outbox.calm()
    [waiting] = await outbox.store.deliveries.load_streams(None, None, 10)
    await outbox.close()

    assert (waiting.session_id, waiting.attempts >= 1) == ("s-1", True)
    [failed, *_] = [line for line in logs if line["event"] == "delivery-failed"]
    assert (failed["session"], failed["type"], failed["seq"]) == ("s-1", "user-connected", 2)
    assert "token" not in str(failed)


class TestTheEndpointOfTheSettings:
    async def test_it_is_saved_at_each_start_with_its_secrets(self) -> None:
        deliveries = Outbox().store.deliveries
        for secrets in (("whsec_" + "b" * 44,), ("whsec_" + "a" * 44, "whsec_" + "b" * 44)):
            await save_endpoint_of_settings(deliveries, URL, secrets, HandClock().now_ms())

            [endpoint] = await deliveries.load_endpoints()
            assert (endpoint.id, endpoint.url, endpoint.secrets) == (SETTINGS_ENDPOINT, URL, secrets)
            assert endpoint.is_from_settings

    async def test_a_start_enables_it_again(self) -> None:
        deliveries = Outbox().store.deliveries
        await save_endpoint_of_settings(deliveries, URL, (), 1)
        await deliveries.save_endpoint(Endpoint(id=SETTINGS_ENDPOINT, url=URL, disabled="It answered 410."))

        await save_endpoint_of_settings(deliveries, URL, (), 2)

        assert [each.disabled for each in await deliveries.load_endpoints()] == [None]

    async def test_without_the_setting_nothing_is_sent_and_what_waits_is_kept(self) -> None:
        deliveries = Outbox().store.deliveries
        await save_endpoint_of_settings(deliveries, "", (), 1)
        assert await deliveries.load_endpoints() == []

        await save_endpoint_of_settings(deliveries, URL, (), 1)
        await save_endpoint_of_settings(deliveries, "", (), 2)

        [endpoint] = await deliveries.load_endpoints()
        assert (endpoint.url, endpoint.disabled) == (URL, "Its URL is not set any more.")

    async def test_a_url_that_another_endpoint_has_is_left_to_that_one(self) -> None:
        deliveries = Outbox().store.deliveries
        await deliveries.save_endpoint(Endpoint(id="mine", url=URL))

        with structlog.testing.capture_logs() as logs:
            await save_endpoint_of_settings(deliveries, URL, (), 1)

        assert [each.id for each in await deliveries.load_endpoints()] == ["mine"]
        assert [(line["event"], line["code"]) for line in logs] == [("endpoint-not-saved", "endpoint-known")]

    async def test_its_old_url_gets_nothing_more_when_the_new_one_is_another_endpoints(self) -> None:
        deliveries = Outbox().store.deliveries
        await save_endpoint_of_settings(deliveries, "https://old.example/", (), 1)
        await deliveries.save_endpoint(Endpoint(id="mine", url=URL))

        await save_endpoint_of_settings(deliveries, URL, (), 2)

        states = {each.id: each.disabled for each in await deliveries.load_endpoints()}
        assert states["mine"] is None
        assert states[SETTINGS_ENDPOINT] == "Another endpoint has the URL of the settings."


async def test_the_log_of_attempts_is_cut_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ATTEMPTS_KEPT", 3)
    monkeypatch.setattr(module, "FORGET_SECONDS", 0.01)
    monkeypatch.setattr(module, "ENDPOINTS_SECONDS", 0.01)
    async with receiving(OK) as receiver, delivering({"backend": receiver}) as outbox:
        await outbox.begin("s-1")
        await outbox.act("s-1", 9)
        await until(lambda: len(receiver.requests) == 10)
        await outbox.calm()
        async with running(outbox.workers[0]):
            await until(lambda: len(outbox.store.deliveries._attempts) == 3)
