"""Starts the service's clock so that it continues the time of the stored sessions."""

from __future__ import annotations

from langdao_video.clock import Clock, SystemClock, plan_start, read_boot_id, read_uptime_ms, read_wall_ms
from langdao_video.store.port import Store


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
