"""What /health answers after a background task has stopped."""

from __future__ import annotations

from tests.stories.live import Live, until


async def test_health_reports_a_stopped_background_task(live: Live) -> None:
    well = await live.http.get("/health")
    loop = live.context.loops[-1]
    loop.cancel()
    await until(loop.done)

    ill = await live.http.get("/health")

    assert well.status_code == 200
    assert (ill.status_code, ill.json()["code"]) == (503, "loop-stopped")
