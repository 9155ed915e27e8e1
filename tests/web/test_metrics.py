"""Who may read /metrics, and what a call leaves there."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from langdao_video.signaling.tally import DRIVERS
from tests.stories.live import HandClock, Live, serving, until
from tests.stories.page import Page, two_pages

API_KEY = "the-platform-s-own-key"


async def read(live: Live) -> dict[str, float]:
    """Return each sample by its name and labels: `langdao_joins_total new`."""
    answer = await live.http.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {
        " ".join((sample.name, *(value for _, value in sorted(sample.labels.items())))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def total(samples: dict[str, float], name: str) -> float:
    """Add up the samples of *name* and one more label, the driver."""
    return sum(samples[f"{name} {driver}"] for driver in DRIVERS)


async def test_a_call_is_counted_from_its_joins_to_its_end(live: Live) -> None:
    async with two_pages(live.ws_url, "r") as (student, tutor):
        await student.send("chat", id="line-0001", text="Hola")
        await tutor.expect("chat")
        during = await read(live)
        await student.send("end-session")
        await tutor.expect("session-ended")
    await until(
        lambda: all(driver.opened == driver.closed for driver in live.context.hub.tally.drivers.values())
    )

    after = await read(live)

    assert (during["langdao_rooms"], during["langdao_seats"]) == (1, 2)
    assert total(during, "langdao_sockets") == 2
    assert during["langdao_joins_total new"] == during["langdao_join_seconds_count"] == 2
    assert total(during, "langdao_frames_total in") >= 3, "two joins and a line"
    assert total(during, "langdao_frames_total out") >= 5, "two welcomes, one peer-joined, a line to each"
    assert during["langdao_append_seconds_count"] >= 1
    assert (after["langdao_seats"], total(after, "langdao_sockets")) == (0, 0)
    assert after["langdao_sockets_closed_total session-ended"] == 2
    assert after["langdao_ready"] == 1


async def test_a_page_that_comes_back_is_a_resume(live: Live) -> None:
    async with Page(live.ws_url, "r", "student") as student:
        await student.socket.close()
        await student.rejoin()

    counted = await read(live)

    assert counted["langdao_joins_total resumed"] == 1
    assert counted["langdao_joins_total new"] == 1


async def test_no_label_says_which_session_or_who(live: Live) -> None:
    async with two_pages(live.ws_url, "a-room-with-a-name"):
        text = (await live.http.get("/metrics")).text

    assert "a-room-with-a-name" not in text
    assert "0x" not in text
    assert "127.0.0.1" not in text


async def test_in_production_it_needs_an_api_key(tmp_path: Path, clock: HandClock) -> None:
    async with serving(tmp_path, clock, link_keys="k" * 32, api_keys=API_KEY) as live:
        without = await live.http.get("/metrics")
        wrong = await live.http.get("/metrics", headers={"authorization": "Bearer guess"})
        right = await live.http.get("/metrics", headers={"authorization": f"Bearer {API_KEY}"})
        ready = await live.http.get("/ready")

    assert [answer.status_code for answer in (without, wrong, right, ready)] == [401, 401, 200, 200]
    assert "langdao_rooms 0.0" in right.text


async def test_openmetrics_is_served_to_who_asks_for_it(live: Live) -> None:
    answer = await live.http.get("/metrics", headers={"accept": "application/openmetrics-text"})

    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("version", ["x.y", "", "9" * 5_000])
async def test_a_version_that_is_none_gets_the_plain_text(shared: Live, version: str) -> None:
    accept = f"application/openmetrics-text;version={version}"

    answer = await shared.http.get("/metrics", headers={"accept": accept})

    assert answer.status_code == 200
