"""The service gets no time for eight seconds, and goes on: what was held up in it is nobody's silence."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx2
import pytest

from langdao_video.billing.meter import SILENCE_MS
from tests.billing import oracle
from tests.stories.forked import ForkedService
from tests.stories.live import PATIENCE_SECONDS, until
from tests.stories.resuming import ResumingPage
from tests.stories.test_kill import STUDENT, TUTOR

STALL_SECONDS = 8
PING_MS = 5_000


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.requirement("R36", "R39")
async def test_a_service_that_stood_still_warns_nobody_and_bills_the_time(tmp_path: Path) -> None:
    start_ms = time.time_ns() // 1_000_000
    async with ForkedService(tmp_path, {"STUN_URLS": "none"}) as service:
        pages = student, tutor = (
            ResumingPage(service.port, "stalled", "student", STUDENT, start_ms),
            ResumingPage(service.port, "stalled", "tutor", TUTOR, start_ms),
        )
        runs = [asyncio.create_task(page.run()) for page in pages]
        await until(lambda: all(page.proofs_ms for page in pages))

        await service.stand_still(STALL_SECONDS)

        thawed_ms = time.time_ns() // 1_000_000
        await until(lambda: all(page.proofs_ms[-1] > thawed_ms + 2 * PING_MS for page in pages))
        async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS) as http:
            heard = await http.get(f"{service.url}/api/sessions/stalled/events")
        await student.end_session()
        await asyncio.gather(*runs)

    events = {event["type"] for event in heard.json()["events"]}
    assert not events & {"dispute", "connection-warning", "user-disconnected"}
    assert "user-connected" in events
    assert [(page.sockets, page.warnings) for page in pages] == [(1, []), (1, [])]
    assert student.ended is not None
    true_ms = oracle.billable_ms([student.proofs_ms], [tutor.proofs_ms], SILENCE_MS)
    # A bill has whole seconds, and the end waits only a second for the other side's last proof.
    assert true_ms - 1_000 - PING_MS < student.ended["billableSeconds"] * 1_000 <= true_ms
