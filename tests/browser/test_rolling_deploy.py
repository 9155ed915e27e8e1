"""A rolling deploy behind nginx: three nodes stop one after the other, and the two of a call notice nothing."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.gaps import machines_ms, read_gaps, watch_gaps
from tests.browser.lesson import Lesson
from tests.cluster.nodes import running_cluster
from tests.cluster.proxies import nginx_before
from tests.contracts.postgres import PostgresServer, postgres_server
from tests.ports import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import People
    from tests.browser.people import Person

__all__ = ["postgres_server"]

PICTURE_GAP_MS_MAX: Final = 500
WATCH_WORDS: Final = """() => {
  const told = new Set();
  globalThis.__told = told;
  setInterval(() => {
    const state = document.documentElement.dataset.callState;
    if (state !== 'live') told.add(`state ${state}`);
    for (const part of document.querySelectorAll('[data-part=notice], dialog[open], .head-status.reconnecting')) {
      told.add(part.innerText);
    }
  }, 20);
}"""
"""Keep each state but *live*, and each notice, question and warning that is shown."""


@pytest.mark.slow
@pytest.mark.requirement("R20", "R36")
async def test_a_rolling_deploy_stops_no_picture_and_shows_nobody_anything(
    people: People, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    port = free_port()
    url = f"http://localhost:{port}"
    async with (
        running_cluster(tmp_path, postgres_server, WEBRTC_URL=url, DRAIN_SECONDS="8") as cluster,
        nginx_before(cluster, tmp_path, port),
    ):
        student, tutor = await people.meet(Lesson(url))
        for person in (student, tutor):
            await person.wait_for_picture()
            await watch_gaps(person)
            await person.tab.evaluate(f"({WATCH_WORDS})()")

        for node in cluster.nodes:
            await node.stop(signal.SIGTERM)
            await node.start()
        gaps = [await read_gaps(person) for person in (student, tutor)]
        told = [await read_told(person) for person in (student, tutor)]
        await student.write_chat("Still there?")
        await tutor.wait_for_frame("chat")
        await tutor.end_call()
        for person in (student, tutor):
            await person.wait_for_state("ended")

    assert max(each["picture"] for each in gaps) < PICTURE_GAP_MS_MAX + machines_ms(gaps), gaps
    assert told == [[], []]


async def read_told(person: Person) -> list[str]:
    told: list[str] = await person.tab.evaluate("[...__told]")
    return told
