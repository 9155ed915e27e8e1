"""A join that was on its way for too long. A process that stood still reads it late, when its page may be gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from langdao_video.signaling import connection
from langdao_video.signaling.effects import CloseCode
from tests.server.conftest import DRIVERS
from tests.stories.live import HandClock, Live, serving, until
from tests.stories.page import Page

pytestmark = pytest.mark.requirement("R5")


@pytest.fixture(params=DRIVERS)
async def live(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> AsyncIterator[Live]:
    """Run the service with one of the drivers. Its clock goes on by hand, so its timers see no standstill either."""
    async with serving(tmp_path, clock, socket_driver=request.param) as service:
        yield service


async def is_refused(page: Page) -> bool:
    """Tell whether the page's join was refused for its age, and its socket closed so that it comes back."""
    error = await page.expect("error", code="join-timeout")
    return "final" not in error and await page.closed() == CloseCode.TRY_AGAIN_LATER


def seated(live: Live) -> int:
    """Return how many sockets have a seat."""
    return sum(driver.seated for driver in live.context.hub.tally.drivers.values())


async def test_a_first_join_that_is_read_six_seconds_later_seats_nobody(live: Live, clock: HandClock) -> None:
    page = await Page(live.ws_url, "r", "student").open()
    clock.advance(6_000)

    await page.send("join", **page.join_fields)

    assert await is_refused(page)
    assert seated(live) == 0


async def test_a_join_from_a_lobby_that_was_silent_seats_nobody(live: Live, clock: HandClock) -> None:
    page = await Page(live.ws_url, "r", "student").open()
    page.answers_pings = False
    await page.send("look", **page.join_fields)
    await page.expect("lobby")
    clock.advance(11_000)

    await page.send("join", **page.join_fields)

    assert await is_refused(page)
    assert seated(live) == 0


async def test_a_join_from_a_lobby_that_answers_its_pings_takes_the_seat(
    live: Live, clock: HandClock
) -> None:
    page = await Page(live.ws_url, "r", "student").open()
    await page.send("look", **page.join_fields)
    await page.expect("lobby")
    for _ in range(4):
        clock.advance(5_000)
        await page.expect("ping")

    assert (await page.join())["role"] == "student"
    await page.close()


async def test_a_join_that_waits_too_long_for_its_room_is_refused(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = asyncio.Event()

    async def hang(*_: object) -> bool:
        return await waits.wait()

    monkeypatch.setattr(connection, "SEATING_SECONDS_MAX", 0.2)
    monkeypatch.setattr(live.context.hub, "join", hang)
    page = await Page(live.ws_url, "r", "student").open()

    await page.send("join", **page.join_fields)

    assert await is_refused(page)
    await until(lambda: seated(live) == 0)
