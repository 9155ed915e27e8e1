"""How late the event loop is."""

from __future__ import annotations

import asyncio
import time

import pytest

from langdao_video.metrics import loop_lag
from langdao_video.metrics.loop_lag import LoopLag
from tests.stories.live import until


async def test_work_that_holds_up_the_loop_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_lag, "EVERY_SECONDS", 0)
    lag = LoopLag()
    run = asyncio.create_task(lag.run())
    await until(lambda: lag.late_us.count)
    before_us = lag.late_us.total

    time.sleep(0.05)  # noqa: ASYNC251 - this is the work that holds up the loop
    await until(lambda: lag.late_us.total > before_us)
    run.cancel()

    assert lag.late_us.total - before_us >= 50_000
