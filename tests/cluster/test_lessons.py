"""Lessons over three nodes: right wherever the two of a lesson are connected, and whatever goes in between."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from tests.cluster.lessons import (
    PATIENCE_SECONDS,
    PlayedLesson,
    judge,
    node_client,
    playing,
    request,
    until_all_are_back,
)
from tests.cluster.nodes import Cluster, running_cluster
from tests.contracts.postgres import PostgresServer, postgres_server
from tests.stories.live import until

__all__ = ["postgres_server"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # a busy machine, and waits of real seconds


@pytest.fixture
async def cluster(tmp_path: Path, postgres_server: PostgresServer) -> AsyncIterator[Cluster]:
    async with running_cluster(tmp_path, postgres_server) as nodes:
        yield nodes


async def test_the_two_of_a_lesson_are_on_different_nodes(cluster: Cluster) -> None:
    in_turns = itertools.cycle(cluster.ports).__next__
    sdp = "v=0 ü \x00" + "x" * 50_000
    async with playing(cluster, 3, seed=1, choose_port=in_turns) as lessons:
        for lesson, port in zip(lessons, cluster.ports, strict=True):
            await lesson.say_more()
            await _offer(lesson, sdp)
            await request(port, "PATCH", f"/api/sessions/{lesson.room}", {"capSeconds": 3_000})
            await _until_the_feed_of_each_node_shows(cluster, lesson.room, "cap-changed")

    await judge(cluster, lessons)
    assert all({*lesson.tutor.offers} == {sdp} for lesson in lessons)


async def _offer(lesson: PlayedLesson, sdp: str) -> None:
    """Send an offer until it comes, as a page does whose peer is just coming back."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not lesson.tutor.offers:
            await lesson.student.send("offer", to=lesson.tutor.page, sdp=sdp)
            await asyncio.sleep(0.2)


async def _until_the_feed_of_each_node_shows(cluster: Cluster, room: str, kind: str) -> None:
    async def show(port: int) -> None:
        async with node_client(port) as http, http.stream("GET", f"/api/sessions/{room}/feed") as feed:
            async for line in feed.aiter_lines():
                if line == f"event: {kind}":
                    return

    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*map(show, cluster.ports))


async def test_three_kills_cost_no_second_too_many(cluster: Cluster) -> None:
    random = Random(3)  # noqa: S311 - the same instants every time
    async with playing(cluster, 12, seed=3) as lessons:
        for _ in range(3):
            node = random.choice(cluster.nodes)
            await node.stop(signal.SIGKILL)
            for lesson in lessons:
                await lesson.say_more()
            await asyncio.sleep(random.uniform(0, 2))
            await node.start()
        await until_all_are_back(lessons)

    await judge(cluster, lessons)


async def test_redis_is_killed_and_comes_back(cluster: Cluster) -> None:
    async with playing(cluster, 6, seed=4) as lessons:
        await cluster.redis.kill()
        for lesson in lessons:
            await lesson.say_more()
        await until(lambda: any(page.codes for lesson in lessons for page in lesson.pages), PATIENCE_SECONDS)
        await cluster.redis.start()
        await until_all_are_back(lessons)

    await judge(cluster, lessons)


async def test_postgresql_is_restarted(cluster: Cluster) -> None:
    async with playing(cluster, 6, seed=5) as lessons:
        await asyncio.to_thread(cluster.postgres.stop)
        for lesson in lessons:
            await lesson.say_more()
        await asyncio.to_thread(cluster.postgres.start)
        await until_all_are_back(lessons)

    await judge(cluster, lessons)


async def test_a_node_that_slept_for_twenty_seconds_owns_nothing_more(cluster: Cluster) -> None:
    async with playing(cluster, 6, seed=6) as lessons:
        owner = max(cluster.nodes, key=lambda node: node.read_log().count("room-opened"))
        await owner.stand_still(20)
        for lesson in lessons:
            await lesson.say_more()
        await until_all_are_back(lessons)

    await judge(cluster, lessons)
