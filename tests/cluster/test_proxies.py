"""Three nodes behind the files of `deploy/`: nginx as we hand it out, with its names and ports changed."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.cluster.lessons import PATIENCE_SECONDS, judge, playing, read
from tests.cluster.nodes import running_cluster
from tests.cluster.proxies import nginx_before
from tests.contracts.postgres import PostgresServer, postgres_server
from tests.stories.live import until

__all__ = ["postgres_server"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # a busy machine, and a lease that must end


async def test_lessons_behind_nginx_go_on_when_a_node_dies(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    async with running_cluster(tmp_path, postgres_server) as cluster, nginx_before(cluster, tmp_path) as port:
        async with playing(cluster, 6, seed=7, choose_port=lambda: port) as lessons:
            before = [page.sockets for lesson in lessons for page in lesson.pages]
            victim = max(cluster.nodes, key=lambda node: node.read_log().count("room-opened"))
            await victim.stop(signal.SIGKILL)
            for lesson in lessons:
                await lesson.say_more()
            pages = [page for lesson in lessons for page in lesson.pages]
            await until(
                lambda: (
                    sum(page.sockets for page in pages) > sum(before) and all(page.chat for page in pages)
                ),
                PATIENCE_SECONDS,
            )
            assert (await read(port, "/health"))["status"] == "ok"
            await victim.start()

        await judge(cluster, lessons)
