"""A running service for the tests of this folder; its clock moves only by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.live import HandClock, Live, serving


@pytest.fixture
def clock() -> HandClock:
    """Return a clock that stands still."""
    return HandClock()


@pytest.fixture
async def live(tmp_path: Path, clock: HandClock) -> AsyncIterator[Live]:
    """Run the service in development mode."""
    async with serving(tmp_path, clock) as service:
        yield service


@pytest.fixture(autouse=True)
def _quick_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the clock more often than in production, because here it jumps."""
    monkeypatch.setattr("langdao_video.signaling.hub._TICK_SECONDS", 0.02)
    monkeypatch.setattr("langdao_video.billing.monitor._ROUND_SECONDS", 0.05)
    monkeypatch.setattr("langdao_video.billing.monitor.SETTLE_SECONDS", 0.0)
