"""A stop ends soon, whatever hangs, and what was delivered is saved."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
import structlog

from langdao_video import app
from langdao_video.billing.service import SessionService
from langdao_video.delivery.worker import DeliveryWorker
from langdao_video.server.run import configure, make_edge
from langdao_video.settings import Settings
from langdao_video.signaling.hub import Hub

STOP_SECONDS_MAX = 5


class Hanging:
    """Parts that never end."""

    def __init__(self) -> None:
        self.seconds: float | None = None

    async def finish(self, _seconds: float) -> None:
        """Let the rooms report, for ever."""
        await asyncio.Event().wait()

    async def save_presence(self) -> None:
        """Save nothing."""

    async def close(self, seconds: float) -> None:
        """Settle, for ever."""
        self.seconds = seconds
        await asyncio.Event().wait()


async def test_whatever_hangs_the_deliveries_are_settled_and_the_stop_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, seconds in {
        "SHUTDOWN": 0.3,
        "ROOMS_SHUTDOWN": 0.05,
        "PROOFS_SHUTDOWN": 0.05,
        "SETTLE": 0.05,
    }.items():
        monkeypatch.setattr(app, f"_{name}_SECONDS", seconds)
    parts = Hanging()

    with structlog.testing.capture_logs() as logs:
        await app._finish(cast("SessionService", parts), cast("Hub", parts), cast("DeliveryWorker", parts))

    assert [line["part"] for line in logs if line["event"] == "stop-cut-off"] == ["rooms", "deliveries"]
    assert parts.seconds is not None


def test_the_bounds_of_all_parts_together_keep_that_of_a_stop() -> None:
    settings = Settings(_env_file=None)
    config = configure(app.create_app(settings), settings, make_edge(settings, 1_024))
    connections = config.timeout_graceful_shutdown

    assert connections is not None
    assert connections + app._SHUTDOWN_SECONDS < STOP_SECONDS_MAX
    assert (
        app._ROOMS_SHUTDOWN_SECONDS + app._PROOFS_SHUTDOWN_SECONDS + app._SETTLE_SECONDS
        < app._SHUTDOWN_SECONDS
    )
