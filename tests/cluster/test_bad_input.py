"""Nodes with a wrong Redis, clock or schema: either a start is refused with a sentence, or the bill is right."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from langdao_video.backplane.redis import check_redis
from langdao_video.store.inspection import inspect_store
from langdao_video.store.tables import metadata
from tests.browser.server import Service
from tests.cluster.lessons import PATIENCE_SECONDS, judge, playing, until_all_are_back
from tests.cluster.nodes import Cluster, running_cluster
from tests.cluster.page import read_ms
from tests.cluster.spoilt_redis import spoilt
from tests.contracts.postgres import PostgresServer, postgres_server
from tests.delivery.test_transport import make_certificate
from tests.ports import free_port
from tests.redis_server import running_redis
from tests.stories.forked import run_forked
from tests.stories.live import until

__all__ = ["postgres_server"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # a busy machine, and starts of real processes

LAG_SECONDS: Final = 3.0
NEWER_COLUMN: Final = "of_a_newer_version"


async def refuse(folder: Path, database_url: str, redis_url: str) -> str:
    """Start a service that must not start; return its last words."""
    env = {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "STUN_URLS": "none",
        "PORT": "1",
    }
    ended = await asyncio.to_thread(run_forked, "serve", env=env, cwd=folder)
    assert ended.returncode == 3, ended.stderr
    return ended.stderr.splitlines()[-1]


async def test_a_start_with_a_redis_that_cannot_serve_says_what_to_write(tmp_path: Path) -> None:
    certificate, key = map(str, make_certificate(tmp_path, days=30))
    tls_port = free_port()
    tls = ("--tls-port", str(tls_port), "--tls-cert-file", certificate, "--tls-key-file", key)
    words = ("--requirepass", "secret", *tls, "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no")
    async with running_redis(tmp_path, *words) as redis, spoilt(redis.port) as wire:
        wire.talks_rubbish = True

        told = await asyncio.gather(
            refuse(tmp_path, f"sqlite:///{tmp_path}/1.sqlite", redis.url),
            refuse(tmp_path, f"sqlite:///{tmp_path}/2.sqlite", f"redis://:secret@localhost:{tls_port}"),
            refuse(tmp_path, f"sqlite:///{tmp_path}/3.sqlite", f"rediss://:secret@localhost:{tls_port}"),
            refuse(tmp_path, f"sqlite:///{tmp_path}/4.sqlite", wire.url),
        )

        assert await check_redis(f"rediss://:secret@localhost:{tls_port}?ssl_ca_certs={certificate}") >= 0
    advices = ("another password", "rediss://", "ssl_ca_certs", "no Redis")
    assert [advice for advice, line in zip(advices, told, strict=True) if advice not in line] == [], told
    assert all(line.startswith("REDIS_URL, redis") and "secret" not in line for line in told), told


async def test_a_redis_that_lags_and_then_talks_rubbish_makes_no_bill_wrong(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    async with (
        running_redis(tmp_path) as redis,
        spoilt(redis.port) as wire,
        running_cluster(tmp_path, postgres_server, 2, REDIS_URL=wire.url) as cluster,
    ):
        in_turns = itertools.cycle(cluster.ports).__next__
        async with playing(cluster, 2, seed=9, choose_port=in_turns) as lessons:
            began_ms = read_ms()
            wire.lag_seconds = LAG_SECONDS
            for lesson in lessons:
                await lesson.say_more()
            slow, another = await asyncio.gather(
                refuse(tmp_path, cluster.database_url, wire.url),
                refuse(tmp_path, cluster.database_url, redis.url),
            )
            wire.talks_rubbish = True
            await _until_all_nodes_say(cluster, "backplane-lost")
            wire.talks_rubbish, wire.lag_seconds = False, 0
            ended_ms = read_ms()
            for lesson in lessons:
                await lesson.say_more()
            await until_all_are_back(lessons)
        # What was under way through this Redis is lost, like what a node keeps to itself while it sleeps.
        cluster.nodes[0].slept_ms.append((began_ms, ended_ms))

        await judge(cluster, lessons)
    assert "does not answer within 5 s" in slow
    assert "uses another Redis" in another


async def _until_all_nodes_say(cluster: Cluster, event: str) -> None:
    await until(
        lambda: all(event in node.log.read_text("utf-8", "replace") for node in cluster.nodes),
        PATIENCE_SECONDS,
    )


async def test_nodes_whose_clocks_are_hours_apart_bill_right_while_a_newer_version_comes(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    """A newer version adds columns. What runs goes on, and what starts anew is told why it must not."""
    make_node = _nodes_with_clocks("+3600s", "-3600s")
    async with running_cluster(tmp_path, postgres_server, 2, make_node) as cluster:
        wrong = ["clock-differs" in node.read_log() for node in cluster.nodes]
        async with playing(cluster, 3, seed=10) as lessons:
            await _migrate_as_a_newer_version(cluster.database_url)
            for lesson in lessons:
                await lesson.say_more()
                lesson.student.drop()
            victim = cluster.nodes[0]
            await victim.stop(signal.SIGKILL)
            with pytest.raises(
                RuntimeError, match="A newer version has migrated the database: its schema is 9999"
            ):
                await victim.start()
            await until_all_are_back(lessons)
            await _go_back_to_this_version(cluster.database_url)
            await victim.start()

        await judge(cluster, lessons)
    assert wrong == [True, True]


def _nodes_with_clocks(*offsets: str) -> Callable[[Path, Mapping[str, str]], Service]:
    """Return what makes nodes. The machine's clock of each is wrong by the next of *offsets*."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        pytest.skip("libfaketime is not installed (Debian: apt-get install libfaketime)")
    left = iter(offsets)

    def make(folder: Path, env: Mapping[str, str]) -> Service:
        wrong = {"LD_PRELOAD": str(library), "FAKETIME": next(left), "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        return Service(folder, {**env, **wrong})

    return make


async def _migrate_as_a_newer_version(url: str) -> None:
    await _run_on(url, f"ADD COLUMN {NEWER_COLUMN} text DEFAULT 'new'", "9999")


async def _go_back_to_this_version(url: str) -> None:
    await _run_on(url, f"DROP COLUMN {NEWER_COLUMN}", (await inspect_store(url)).head)


async def _run_on(url: str, change: str, schema: str) -> None:
    """Change each table, and say which schema that makes. Each statement waits only for those who use its table."""
    connection = await asyncpg.connect(url)
    try:
        for table in metadata.tables:
            await connection.execute(f"ALTER TABLE {table} {change}")
        await connection.execute("UPDATE alembic_version SET version_num = $1", schema)
    finally:
        await connection.close()
