"""Events are sent again: of a session, a time, an endpoint, and those that were parked; in steps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from langdao_video.store.delivery_port import DeliveryStore
from tests.contracts.streams import (
    HOOK,
    LEASE_MS,
    NOW_MS,
    OTHER,
    OutboxStore,
    append,
    claim,
    failed,
    parked,
    took,
)

SESSIONS = ("a b", "b", "c")
"""Three sessions with five events, at NOW_MS to NOW_MS + 4, NOW_MS + 10 to 14, and so on."""


@pytest.fixture
async def outbox(store: OutboxStore) -> DeliveryStore:
    """Return an outbox whose two endpoints have taken all events."""
    for endpoint in (HOOK, OTHER):
        await store.deliveries.save_endpoint(endpoint)
    for n, session_id in enumerate(SESSIONS):
        await append(store, session_id, events=5, at_ms=NOW_MS + n * 10)
    for endpoint in (HOOK, OTHER):
        streams = await claim(store.deliveries, endpoint=endpoint.id)
        await store.deliveries.settle([took(stream) for stream in streams])
    return store.deliveries


async def positions(outbox: DeliveryStore) -> dict[tuple[str, str], int]:
    """Return the position of each stream with something to send."""
    return {
        (view.endpoint_id, view.session_id): view.position
        for view in await outbox.load_streams(None, None, 99)
    }


async def test_a_session_is_sent_again_to_all_endpoints(outbox: DeliveryStore) -> None:
    assert await outbox.rewind(NOW_MS, limit=9, session_id="a b") == (2, 10, None)

    assert await positions(outbox) == {("hook", "a b"): 0, ("other", "a b"): 0}
    assert [stream.position for stream in await claim(outbox)] == [0]


async def test_a_session_is_sent_again_to_one_endpoint(outbox: DeliveryStore) -> None:
    assert await outbox.rewind(NOW_MS, limit=9, session_id="b", endpoint_id="other") == (1, 5, None)

    assert await positions(outbox) == {("other", "b"): 0}


async def test_from_a_time_on_with_all_that_comes_after(outbox: DeliveryStore) -> None:
    moved = await outbox.rewind(NOW_MS, limit=9, endpoint_id="hook", from_ms=NOW_MS + 3, to_ms=NOW_MS + 12)

    assert moved == (2, 7, None)
    assert await positions(outbox) == {("hook", "a b"): 3, ("hook", "b"): 0}


async def test_the_end_of_the_time_is_excluded(outbox: DeliveryStore) -> None:
    assert await outbox.rewind(NOW_MS, limit=9, endpoint_id="hook", to_ms=NOW_MS) == (0, 0, None)
    assert await outbox.rewind(NOW_MS, limit=9, endpoint_id="hook", to_ms=NOW_MS + 1) == (1, 5, None)
    assert await outbox.rewind(NOW_MS, limit=9, endpoint_id="hook", from_ms=NOW_MS + 25) == (0, 0, None)


async def test_many_are_rewound_in_steps(outbox: DeliveryStore) -> None:
    steps = []
    after: str | None = ""
    while after is not None:
        streams, events, after = await outbox.rewind(NOW_MS, limit=4, after_session=after)
        steps.append((streams, events))

    assert steps == [(4, 20), (2, 10)]
    assert len(await positions(outbox)) == 6


async def test_what_is_not_taken_yet_is_not_sent_again(store: OutboxStore, outbox: DeliveryStore) -> None:
    await append(store, "c", version=5, at_ms=NOW_MS + 90)

    assert await outbox.rewind(NOW_MS, limit=9, from_ms=NOW_MS + 90) == (0, 0, None)
    assert await positions(outbox) == {("hook", "c"): 5, ("other", "c"): 5}


async def test_an_unknown_session_and_endpoint_are_nothing(outbox: DeliveryStore) -> None:
    assert await outbox.rewind(NOW_MS, limit=9, session_id="unknown") == (0, 0, None)
    assert await outbox.rewind(NOW_MS, limit=9, endpoint_id="unknown") == (0, 0, None)


async def test_only_the_sessions_with_parked_events_and_from_the_first_of_them(
    store: OutboxStore, outbox: DeliveryStore
) -> None:
    await append(store, "b", version=5, events=2, at_ms=NOW_MS + 50)
    (stream,) = await claim(outbox, now_ms=NOW_MS + 60)
    rows = [parked(stream, 3), parked(stream, 6)]
    await outbox.settle([replace(took(stream), parked=rows)])

    late = await outbox.rewind(NOW_MS, limit=9, only_parked=True, from_ms=NOW_MS + 20)
    kept = await outbox.load_parked(None, None, 9)
    early = await outbox.rewind(NOW_MS, limit=9, only_parked=True)

    assert (late, kept) == ((1, 2, None), rows[:1])
    assert early == (1, 3, None)
    assert (await positions(outbox))["hook", "b"] == 2
    assert await outbox.load_parked(None, None, 9) == []


async def test_parked_events_are_rewound_in_steps(store: OutboxStore, outbox: DeliveryStore) -> None:
    for session_id in SESSIONS:
        await append(store, session_id, version=5)
    streams = await claim(outbox)
    await outbox.settle([replace(took(stream), parked=[parked(stream, 6)]) for stream in streams])

    first = await outbox.rewind(NOW_MS, limit=2, only_parked=True)
    assert first[2] is not None
    last = await outbox.rewind(NOW_MS, limit=2, only_parked=True, after_session=first[2])

    assert (first[:2], last) == ((2, 2), (1, 1, None))


async def test_a_failing_stream_begins_anew(store: OutboxStore, outbox: DeliveryStore) -> None:
    await append(store, "b", version=5)
    (stream,) = await claim(outbox)
    await outbox.settle([failed(stream, NOW_MS + 60_000)])

    await outbox.rewind(NOW_MS, limit=9, session_id="b", endpoint_id="hook")

    (again,) = await claim(outbox)
    assert (again.position, again.attempts, again.failing_since_ms) == (0, 0, None)


async def test_a_workers_result_no_longer_counts_and_nobody_sends_beside_it(
    store: OutboxStore, outbox: DeliveryStore
) -> None:
    await append(store, "b", version=5)
    (stream,) = await claim(outbox)

    for _ in range(2):
        await outbox.rewind(NOW_MS, limit=9, session_id="b", endpoint_id="hook")

    assert await outbox.settle([took(stream)]) == [False]
    assert await outbox.hurry("hook", NOW_MS, 9) == 0
    assert await claim(outbox, "two", now_ms=NOW_MS + LEASE_MS - 1, sessions=["b"]) == []
    (again,) = await claim(outbox, "two", now_ms=NOW_MS + LEASE_MS)
    assert again.position == 0
