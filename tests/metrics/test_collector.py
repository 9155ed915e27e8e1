"""Each service measures itself, and the number of series has a bound."""

from __future__ import annotations

from pathlib import Path

from langdao_video.billing.service import SessionService
from langdao_video.metrics.collector import render
from langdao_video.session.state import State
from tests.stories.live import HandClock, serving
from tests.stories.page import Page, two_pages


async def test_two_services_in_one_process_are_counted_apart(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    async with (
        serving(tmp_path / "one", HandClock()) as one,
        serving(tmp_path / "two", HandClock()) as two,
        Page(one.ws_url, "r", "student"),
    ):
        texts = [render(live.context.vitals.registry, "")[0].decode() for live in (one, two)]

    assert ["langdao_seats 1.0" in text for text in texts] == [True, False]


async def test_sessions_are_counted_by_state_until_they_end(tmp_path: Path) -> None:
    async with serving(tmp_path, HandClock()) as live:
        sessions: SessionService = live.context.sessions
        async with two_pages(live.ws_url, "r") as (student, tutor):
            await student.expect("bill", state="live")
            live_ones = sessions.count_states()
            await student.send("end-session")
            await tutor.expect("session-ended")

        assert live_ones == {State.LIVE: 1}
        assert sessions.count_states() == {}
