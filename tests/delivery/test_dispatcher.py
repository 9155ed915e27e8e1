"""Deliveries to receivers that fail in every way: nothing is lost, order is kept, and nobody slows anybody else."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
import structlog

from langdao_video.delivery import transport as transport_module
from langdao_video.delivery.signing import make_secret, verify
from langdao_video.store.delivery_port import Endpoint, SessionLog, Stream
from tests.delivery.outbox import delivering, seqs
from tests.delivery.receivers import Request, Serve, answer, drip, hang, receiving, reset
from tests.stories.live import until

MINUTE, HOUR = 60_000, 3_600_000
SESSIONS = [f"s-{number}" for number in range(5)]
OK = answer(200)

FAILURES: dict[str, Serve] = {
    "500": answer(500),
    "404": answer(404),
    "429": answer(429, retry_after="30"),
    "redirect": answer(307, location="http://127.0.0.1:9/"),
    "hangs": hang,
    "resets": reset,
    "drips": drip(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
    "no http": drip(b"hello\r\n", b"hello\r\n"),
}


@pytest.mark.slow
@pytest.mark.requirement("R27")
@pytest.mark.parametrize("failure", FAILURES)
async def test_a_receiver_that_fails_for_ten_minutes_gets_everything_in_order(
    failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound_seconds = transport_module.ANSWER_SECONDS_MAX
    monkeypatch.setattr(transport_module, "ANSWER_SECONDS_MAX", 0.5)
    async with receiving(FAILURES[failure]) as receiver, delivering({"backend": receiver}) as outbox:
        await outbox.begin(*SESSIONS)
        for session in SESSIONS:
            await outbox.act(session, 3)
        await outbox.pass_time(10 * MINUTE, steps=10)
        monkeypatch.setattr(transport_module, "ANSWER_SECONDS_MAX", bound_seconds)
        receiver.serve, since = OK, len(receiver.requests)
        await outbox.pass_time(10 * MINUTE)

        for session in SESSIONS:
            assert seqs(receiver, session, since) == await outbox.ledger(session)
        assert len(receiver.requests) - since == 4 * len(SESSIONS), "nothing came twice"


@pytest.mark.requirement("R27")
@pytest.mark.parametrize("hours", [10, 60])
async def test_a_receiver_that_is_away_for_days_gets_everything_soon_after_it_is_back(hours: int) -> None:
    async with receiving(reset) as receiver, delivering({"backend": receiver}) as outbox:
        await outbox.begin(*SESSIONS)
        for _ in range(3):
            await outbox.pass_time(hours * HOUR // 3, steps=25)
            for session in SESSIONS:
                await outbox.act(session)
        await outbox.calm()
        assert not await outbox.store.deliveries.load_parked(None, None, 10)
        receiver.serve, since = OK, len(receiver.requests)
        await outbox.pass_time(3 * HOUR)  # far less than the schedule's waits by then

        for session in SESSIONS:
            assert seqs(receiver, session, since) == await outbox.ledger(session)
        assert not outbox.due()


async def test_after_three_days_an_event_is_parked_and_the_next_ones_still_come() -> None:
    async def refuse_muted(request: Request, writer: asyncio.StreamWriter) -> None:
        await (answer(422) if request.body["type"] == "user-action" else OK)(request, writer)

    async with receiving(refuse_muted) as receiver, delivering({"backend": receiver}) as outbox:
        await outbox.begin("s-1")
        await outbox.act("s-1")
        await outbox.pass_time(100 * HOUR, steps=100)
        [parked] = await outbox.store.deliveries.load_parked(None, None, 10)
        receiver.serve = OK
        await outbox.act("s-1")
        await outbox.pass_time(MINUTE)

        assert (parked.type, parked.error) == ("user-action", "HTTP 422")
        assert parked.attempts >= 10
        assert receiver.of("s-1")[-1]["seq"] == (await outbox.ledger("s-1"))[-1]


async def test_410_disables_the_endpoint_and_keeps_what_waits() -> None:
    async with receiving(answer(410)) as receiver, delivering({"backend": receiver}) as outbox:
        await outbox.begin("s-1", "s-2")
        await until(lambda: outbox.store.deliveries._endpoints["backend"].disabled)
        await outbox.act("s-1", 3)
        await outbox.pass_time(MINUTE)  # the request of the other session was under way
        count = len(receiver.requests)
        await outbox.pass_time(2 * HOUR)
        [endpoint] = await outbox.store.deliveries.load_endpoints()
        assert len(receiver.requests) == count <= 2
        assert endpoint.disabled is not None
        assert "410" in endpoint.disabled

        receiver.serve, since = OK, count
        await outbox.store.deliveries.save_endpoint(
            Endpoint(id=endpoint.id, url=endpoint.url, made_ms=endpoint.made_ms)
        )
        await outbox.workers[0].refresh()
        await outbox.pass_time(MINUTE)

        for session in ("s-1", "s-2"):
            assert seqs(receiver, session, since) == await outbox.ledger(session)


@pytest.mark.parametrize(
    "serve",
    [
        answer(200, b"not gzip", content_encoding="gzip"),
        answer(202, b""),
        drip(b"HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n", b"z"),
        drip(b"HTTP/1.1 200 OK\r\n\r\n", b"z" * 60_000, 0),
    ],
    ids=["encoding", "202", "drip", "endless"],
)
async def test_any_2xx_is_taken_whatever_its_body_is(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        transport_module, "ANSWER_SECONDS_MAX", 3.0
    )  # heads come in time on a busy machine, too
    async with receiving(serve) as receiver, delivering({"backend": receiver}) as outbox:
        await outbox.begin("s-1")
        await outbox.act("s-1", 2)
        await until(lambda: len(receiver.requests) >= 3)
        await outbox.calm()

        assert seqs(receiver, "s-1") == await outbox.ledger("s-1")
        assert len(receiver.requests) == 3


async def test_a_receiver_that_dies_after_it_took_an_event_gets_it_again_with_the_same_id() -> None:
    seen: Counter[str] = Counter()

    async def die_first(request: Request, writer: asyncio.StreamWriter) -> None:
        seen[request.headers["webhook-id"]] += 1
        await (reset if seen[request.headers["webhook-id"]] == 1 else OK)(request, writer)

    async with receiving(die_first) as receiver, delivering({"backend": receiver}) as outbox:
        await outbox.begin("s-1")
        await outbox.act("s-1", 3)
        await outbox.pass_time(10 * MINUTE, steps=60)

        assert seqs(receiver, "s-1") == await outbox.ledger("s-1")
        assert set(seen.values()) == {2}


class TestNobodySlowsAnother:
    async def test_a_session_that_hangs_holds_up_no_other(self) -> None:
        async def serve(request: Request, writer: asyncio.StreamWriter) -> None:
            await (hang if request.body["sessionId"] == "s-0" else OK)(request, writer)

        async with receiving(serve) as receiver, delivering({"backend": receiver}) as outbox:
            await outbox.begin(*SESSIONS)
            for session in SESSIONS:
                await outbox.act(session, 5)
            await until(lambda: sum(len(receiver.of(session)) for session in SESSIONS[1:]) == 24)

            assert [event["seq"] for event in receiver.of("s-0")] in ([2], [2, 2])

    async def test_sessions_that_are_refused_for_ever_hold_up_no_other(self) -> None:
        async def serve(request: Request, writer: asyncio.StreamWriter) -> None:
            await (answer(404) if request.body["sessionId"].startswith("bad") else OK)(request, writer)

        async with receiving(serve) as receiver, delivering({"backend": receiver}) as outbox:
            await outbox.begin(*(f"bad-{number}" for number in range(50)))
            await outbox.pass_time(2 * MINUTE)
            await outbox.begin(*SESSIONS)
            for session in SESSIONS:
                await outbox.act(session, 3)
            await outbox.pass_time(2 * MINUTE)

            for session in SESSIONS:
                assert seqs(receiver, session) == await outbox.ledger(session)

    async def test_an_endpoint_that_hangs_holds_up_no_other_endpoint(self) -> None:
        async with (
            receiving(hang) as bad,
            receiving(OK) as good,
            delivering({"bad": bad, "good": good}) as outbox,
        ):
            await outbox.begin(*SESSIONS)
            await until(lambda: len(good.requests) == len(SESSIONS))

            for session in SESSIONS:
                assert seqs(good, session) == await outbox.ledger(session)

    async def test_a_session_that_cannot_be_shown_waits_and_the_others_go_on(self) -> None:
        async with receiving(OK) as receiver, delivering({"backend": receiver}) as outbox:
            render = outbox.renderers["events"]

            def fail(stream: Stream, log: SessionLog, endpoint: Endpoint) -> object:
                if stream.session_id == "s-0":
                    raise ValueError("no such fact")
                return render(stream, log, endpoint)

            outbox.renderers["events"] = fail  # type: ignore[assignment]
            with structlog.testing.capture_logs() as logs:
                await outbox.begin(*SESSIONS)
                await outbox.calm()
            outbox.renderers["events"] = render
            await outbox.pass_time(10 * MINUTE)

            assert {line["session"] for line in logs if line["event"] == "delivery-failed"} == {"s-0"}
            for session in SESSIONS:
                assert seqs(receiver, session) == await outbox.ledger(session)

    async def test_three_hundred_sessions_at_once_and_a_slow_receiver_lose_nothing(self) -> None:
        async def slow(request: Request, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(0.2)
            await OK(request, writer)

        sessions = [f"s-{number}" for number in range(300)]
        async with receiving(slow) as receiver, delivering({"backend": receiver}) as outbox:
            await outbox.begin(*sessions)
            await until(lambda: len(receiver.requests) >= 300)
            await outbox.calm()

            assert len(receiver.requests) == 300
            assert receiver.at_once_max <= 64
            for session in sessions:
                assert seqs(receiver, session) == await outbox.ledger(session)


async def test_signed_bytes_verify_with_the_old_and_the_new_secret() -> None:
    new, old = make_secret(b"n" * 32), make_secret(b"o" * 32)
    async with receiving(OK) as receiver, delivering({"backend": receiver}, secrets=(new, old)) as outbox:
        await outbox.begin("s-1")
        await until(lambda: receiver.requests)
        [request] = receiver.requests
        now = outbox.clock.now_ms() // 1000

        for secret in (new, old):
            assert verify([secret], request.headers, request.raw, now).startswith("evt_")


async def test_an_endpoint_gets_only_its_types_and_its_stream_passes_the_rest() -> None:
    async with receiving(OK) as receiver, delivering({"some": receiver}, types=("user-action",)) as outbox:
        await outbox.begin("s-1")
        await outbox.act("s-1", 2)
        await until(lambda: len(receiver.requests) == 2)
        await outbox.begin("s-2")
        await outbox.calm()

        assert [event["type"] for event in receiver.of("s-1")] == ["user-action"] * 2
        assert not receiver.of("s-2")
        assert not await outbox.store.deliveries.load_streams(None, None, 10)
