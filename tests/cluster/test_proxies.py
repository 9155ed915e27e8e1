"""Three nodes behind the files of `deploy/`, as we hand them out, with their names and ports changed."""

from __future__ import annotations

import asyncio
import itertools
import signal
from functools import partial
from pathlib import Path

import pytest

from tests.cluster.lessons import PATIENCE_SECONDS, judge, node_client, playing, until_all_are_back
from tests.cluster.nodes import running_cluster
from tests.cluster.proxies import caddy_before, haproxy_before, nginx_before
from tests.contracts.postgres import PostgresServer, postgres_server
from tests.stories.live import until, until_async

__all__ = ["postgres_server"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # a busy machine, and a lease that must end


async def test_lessons_behind_each_load_balancer_go_on_without_a_node_and_without_the_database(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    async with (
        running_cluster(tmp_path, postgres_server) as cluster,
        nginx_before(cluster, tmp_path) as nginx,
        haproxy_before(cluster, tmp_path) as haproxy,
        caddy_before(cluster, tmp_path) as caddy,
    ):
        ports = (nginx, haproxy.port, caddy.port)
        async with playing(cluster, 6, seed=7, choose_port=itertools.cycle(ports).__next__) as lessons:
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
            assert [await _read_health(port) for port in ports] == [(200, "ok")] * 3
            await victim.start()

            await asyncio.to_thread(cluster.postgres.stop)
            unready = [f'"status_code":503,"host":"127.0.0.1:{node}"' for node in cluster.ports]
            await until(
                lambda: (
                    haproxy.has_said("backend 'nodes' has no server available")
                    and all(map(caddy.has_said, unready))
                ),
                PATIENCE_SECONDS,
            )
            for port in ports:  # the node's own word, and not the load balancer's
                await until_async(partial(_says_that_the_database_is_away, port), PATIENCE_SECONDS)
            await asyncio.to_thread(cluster.postgres.start)
            await until_all_are_back(lessons)

        await judge(cluster, lessons)


async def _read_health(port: int) -> tuple[int, str]:
    """Return the status, and the node's own word; empty if the load balancer has answered."""
    async with node_client(port) as http:
        answer = await http.get("/health")
    told = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}
    return answer.status_code, told.get("status") or told.get("code", "")


async def _says_that_the_database_is_away(port: int) -> bool:
    return await _read_health(port) == (503, "store-unavailable")
