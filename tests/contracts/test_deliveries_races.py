"""Appends, workers and rewinds at the same time: no event is left behind, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from dataclasses import replace

from langdao_video.store.delivery_port import Outcome, Stream
from tests.contracts.conftest import Place
from tests.contracts.streams import (
    HOOK,
    LEASE_MS,
    NOW_MS,
    OTHER,
    OutboxStore,
    append,
    attempt,
    claim,
    open_outbox,
    took,
)

SESSIONS = [f"session-{n}" for n in range(6)]
APPENDS = 25


class Platform:
    """Takes events, and notices one that is left out or comes out of order."""

    def __init__(self) -> None:
        self.taken: dict[tuple[str, str], int] = defaultdict(int)

    def take(self, stream: Stream) -> None:
        """Take all events of a stream that are waiting."""
        key = (stream.endpoint_id, stream.session_id)
        assert stream.position <= self.taken[key]
        self.taken[key] = max(self.taken[key], stream.newest_seq)


async def test_no_wakeup_is_lost_between_appends_and_results(place: Place) -> None:
    nodes: list[OutboxStore] = [await open_outbox(place) for _ in range(2)]
    for endpoint in (HOOK, OTHER):
        await nodes[0].deliveries.save_endpoint(endpoint)
    platform = Platform()
    appends = asyncio.gather(*(append_all(nodes[n % 2], name) for n, name in enumerate(SESSIONS)))
    workers = [
        asyncio.create_task(work(nodes[n % 2], endpoint.id, platform, f"worker-{n}", appends))
        for n, endpoint in enumerate((HOOK, OTHER, HOOK, OTHER))
    ]

    await asyncio.gather(appends, *workers)

    for endpoint in (HOOK, OTHER):
        counts = await nodes[0].deliveries.count(endpoint.id, NOW_MS)
        assert (counts.streams, counts.events_waiting) == (0, 0)
    assert [*platform.taken.values()] == [APPENDS] * len(SESSIONS) * 2


async def append_all(store: OutboxStore, session_id: str) -> None:
    """Append one fact at a time."""
    for version in range(APPENDS):
        await append(store, session_id, version=version)
        await asyncio.sleep(0)


async def work(
    store: OutboxStore, endpoint_id: str, platform: Platform, token: str, appends: asyncio.Future[list[None]]
) -> None:
    """Claim and settle until nothing is left to claim after the last append."""
    outbox, chance = store.deliveries, random.Random(token)  # noqa: S311 - no secret
    turn = 0
    while True:
        was_done = appends.done()
        turn += 1
        await asyncio.sleep(0)  # the store in memory lets nobody else run
        hints = chance.sample(SESSIONS, 3) if turn % 2 else None
        streams = await claim(outbox, f"{token}-{turn}", endpoint=endpoint_id, limit=4, sessions=hints)
        if not streams and was_done and hints is None:
            return
        for stream in streams:
            platform.take(stream)
        outcomes = [outcome for stream in streams for outcome in results(stream)]
        assert all(await outbox.settle(outcomes))


def results(stream: Stream) -> list[Outcome]:
    """Return a result on the way, which keeps the claim, and the last one."""
    kept = replace(
        took(stream, stream.position), keeps_lease_until_ms=NOW_MS + LEASE_MS, log=[attempt(stream)]
    )
    return [kept, took(stream)]


async def test_rewinds_removals_and_hurries_beside_it_wait_for_nobody_for_ever(place: Place) -> None:
    nodes: list[OutboxStore] = [await open_outbox(place) for _ in range(2)]
    for endpoint in (HOOK, OTHER):
        await nodes[0].deliveries.save_endpoint(endpoint)

    async def operate() -> None:
        for turn in range(12):
            outbox = nodes[turn % 2].deliveries
            await outbox.rewind(NOW_MS - LEASE_MS, limit=5)
            await outbox.hurry(HOOK.id, NOW_MS, 5)
            if turn % 4 == 3:
                assert await outbox.remove_endpoint(OTHER.id)
                await outbox.save_endpoint(OTHER)

    async def settle(token: str) -> None:
        for turn in range(20):
            outbox = nodes[turn % 2].deliveries
            for endpoint in (OTHER, HOOK):
                streams = await claim(outbox, f"{token}-{turn}", endpoint=endpoint.id, limit=5)
                await outbox.settle([took(stream) for stream in reversed(streams)])

    await asyncio.wait_for(
        asyncio.gather(
            operate(),
            *(settle(f"worker-{n}") for n in range(3)),
            *(append_all(nodes[n % 2], name) for n, name in enumerate(SESSIONS)),
        ),
        60,
    )

    for name in SESSIONS:
        assert len(await nodes[0].load_events(name)) == APPENDS
