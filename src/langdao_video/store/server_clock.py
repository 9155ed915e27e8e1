"""Starts the service's clock so that it continues the time of the stored sessions."""

from __future__ import annotations

from typing import Final

from langdao_video.clock import Clock, SystemClock, plan_start, read_boot_id, read_uptime_ms, read_wall_ms
from langdao_video.store.ownership import Census, OwnershipStore
from langdao_video.store.port import Store
from langdao_video.store.shared_clock import Sample, SharedClock

SAMPLES_AT_START: Final = 5
SAME_MS: Final = 50
"""A clock of the same boot that is no further from the other nodes than this is theirs: it tells their time exactly."""


async def start_clock(store: Store) -> tuple[Clock, int]:
    """Start the clock. Return it, and the instant (Unix ms) before which no seat is kept; 0 if all seats are kept.

    docs/decisions/0007-clock-after-a-restart.md gives the reasons.
    """
    newest_ms, boot_id = await store.load_newest_ms(), read_boot_id()
    zero_ms = None if boot_id is None else await store.load_boot_ms(boot_id)
    wall_ms, uptime_ms = read_wall_ms(), read_uptime_ms()
    start = plan_start(wall_ms, None if zero_ms is None else zero_ms + uptime_ms, newest_ms)
    if boot_id is not None:
        await store.save_boot_ms(boot_id, start.at_ms - uptime_ms)
    return SystemClock(start.at_ms - uptime_ms), 0 if start.goes_on else start.at_ms


async def start_shared_clock(
    store: Store, owners: OwnershipStore, node_id: str = ""
) -> tuple[SharedClock, int]:
    """Start the clock of a node, as `start_clock` does, on a database that other machines may use.

    The database's clock stands for the wall clock. If other nodes than *node_id* live, their time goes on instead.
    """
    census, sample = await _ask(owners)
    newest_ms, boot_id = await store.load_newest_ms(), read_boot_id()
    zero_ms = None if boot_id is None else await store.load_boot_ms(boot_id)
    torn_ms = 0
    if others := census.others(node_id):
        shared_ms = sample.zero_ms + others[0].offset_ms
        is_same = zero_ms is not None and abs(zero_ms - shared_ms) <= SAME_MS
        zero_ms = zero_ms if zero_ms is not None and is_same else shared_ms
    else:
        uptime_ms = read_uptime_ms()
        carried_ms = None if zero_ms is None else zero_ms + uptime_ms
        start = plan_start(sample.zero_ms + uptime_ms, carried_ms, newest_ms)
        zero_ms, torn_ms = start.at_ms - uptime_ms, 0 if start.goes_on else start.at_ms
    if boot_id is not None:
        await store.save_boot_ms(boot_id, zero_ms)
    return SharedClock(zero_ms, sample), torn_ms


async def _ask(owners: OwnershipStore) -> tuple[Census, Sample]:
    """Ask a few times, and keep the answer that was the shortest time under way."""
    answers = []
    for _ in range(SAMPLES_AT_START):
        asked_ms = read_uptime_ms()
        census = await owners.load_census()
        answers.append((census, Sample(census.now_ms, asked_ms, read_uptime_ms())))
    return min(answers, key=lambda answer: answer[1].way_ms)
