"""When a process says that it should get no more rooms, and what asking costs."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from langdao_video.errors import LangDAOError, Unavailable
from langdao_video.store.sql import SqlStore
from langdao_video.web import readiness
from langdao_video.web.readiness import PROBE_EVERY_MS, Readiness, find_lapse
from tests.stories.live import HandClock, Live, serving, until_async


class Disk:
    """Takes probes, as the test says."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.is_free = asyncio.Event()
        self.is_free.set()
        self.probes = 0
        self.now_ms = 0

    async def probe(self) -> None:
        """Fail, hang or answer."""
        self.probes += 1
        await self.is_free.wait()
        if self.error:
            raise self.error

    def uptime_ms(self) -> int:
        """Return the test's time."""
        return self.now_ms

    def watch(self) -> Readiness:
        """Return what asks this disk."""
        return Readiness(self.probe, (), self.uptime_ms)


def code_of(error: LangDAOError | None) -> str | None:
    return None if error is None else error.code


async def test_a_full_disk_says_no_until_it_takes_writes_again() -> None:
    disk = Disk()
    watch = disk.watch()
    disk.error = Unavailable("store-unavailable", "The disk is full.")

    full = await watch.find_hindrance()
    is_ready_while_full = watch.is_ready
    disk.error, disk.now_ms = None, PROBE_EVERY_MS
    again = await watch.find_hindrance()

    assert (code_of(full), is_ready_while_full) == ("store-unavailable", False)
    assert (again, watch.is_ready) == (None, True)


async def test_a_defect_of_the_probe_is_a_no_and_no_crash() -> None:
    disk = Disk()
    disk.error = KeyError("boots")

    assert code_of(await disk.watch().find_hindrance()) == "store-unavailable"


async def test_a_thousand_who_ask_cost_one_write() -> None:
    disk = Disk()
    watch = disk.watch()
    disk.is_free.clear()

    asking = [asyncio.create_task(watch.find_hindrance()) for _ in range(1_000)]
    await asyncio.sleep(0)
    disk.is_free.set()
    answers = await asyncio.gather(*asking)
    await watch.find_hindrance()

    assert disk.probes == 1
    assert answers == [None] * 1_000


async def test_a_database_that_hangs_is_asked_once_and_the_answer_is_no(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readiness, "PROBE_SECONDS_MAX", 0.01)
    disk = Disk()
    watch = disk.watch()
    disk.is_free.clear()

    first = await watch.find_hindrance()
    disk.now_ms += PROBE_EVERY_MS
    second = await watch.find_hindrance()
    await watch.close()

    assert (code_of(first), code_of(second), disk.probes) == ("store-slow", "store-slow", 1)


async def test_a_condition_that_says_no_costs_no_write() -> None:
    disk = Disk()
    lost = Unavailable("lease-lost", "Another node has the rooms.")
    watch = Readiness(disk.probe, (lambda: None, lambda: lost), disk.uptime_ms)

    assert await watch.find_hindrance() is lost
    assert disk.probes == 0


def test_a_node_without_its_lease_is_not_ready_for_that_reason() -> None:
    lapsed = Unavailable("node-lapsed", "It must renew its lease first.")

    def check_lease() -> None:
        raise lapsed

    assert find_lapse(check_lease) is lapsed
    assert find_lapse(lambda: None) is None


async def test_a_service_that_drains_is_well_and_not_ready(live: Live) -> None:
    before = await live.http.get("/ready")
    live.context.hub.begin_drain(1_000)

    after, health = await live.http.get("/ready"), await live.http.get("/health")

    assert (before.status_code, before.json()) == (200, {"status": "ready"})
    assert (after.status_code, after.json()["code"]) == (503, "service-moving")
    assert health.status_code == 200


async def test_a_database_that_became_read_only_is_well_and_not_ready(live: Live) -> None:
    store = live.context.store
    assert isinstance(store, SqlStore)
    await store._write(lambda connection: connection.exec_driver_sql("PRAGMA query_only=ON").close())

    answer, health = await live.http.get("/ready"), await live.http.get("/health")

    assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")
    assert health.status_code == 200, "killing the process would not mend the database"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 3 MiB."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", disk], check=True)
    yield disk
    subprocess.run(["umount", disk], check=True)


async def test_a_full_disk_is_not_ready_until_there_is_room(small_disk: Path, clock: HandClock) -> None:
    async with serving(small_disk, clock) as live:
        filling = small_disk / "filling"
        with suppress(OSError):
            filling.write_bytes(bytes(4 * 1024 * 1024))

        full = await until_answer(live, 503)
        filling.unlink()
        again = await until_answer(live, 200)

    assert full["code"] == "store-unavailable"
    assert again == {"status": "ready"}


async def until_answer(live: Live, status: int) -> dict[str, str]:
    """Ask until the answer has *status*. The first writes of a full disk may still find room in the log."""
    answers: list[dict[str, str]] = []

    async def ask() -> bool:
        answer = await live.http.get("/ready")
        answers.append(answer.json())
        return answer.status_code == status

    await until_async(ask)
    return answers[-1]
