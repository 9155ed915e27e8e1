"""Several nodes of one service as processes, with a PostgreSQL and a Redis of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.browser.server import Server
from tests.contracts.postgres import PostgresServer
from tests.redis_server import RedisServer, running_redis
from tests.stories.forked import ForkedService

READY_SECONDS_MAX: Final = 180.0
"""A node that starts on a busy machine gets all the pages of the one before it at once."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The running nodes, and what joins them."""

    nodes: Sequence[Server]
    redis: RedisServer
    postgres: PostgresServer

    @property
    def ports(self) -> list[int]:
        return [node.port for node in self.nodes]

    @property
    def sleeps(self) -> list[tuple[int, int]]:
        """From when to when a node stood still (Unix ms), in their order."""
        return sorted(sleep for node in self.nodes for sleep in node.slept_ms)

    def has_lapsed(self) -> bool:
        """Tell whether a node could not renew its lease in time: the database was away, or the machine too busy."""
        return any("lease-not-renewed" in node.log.read_text("utf-8", "replace") for node in self.nodes)


@asynccontextmanager
async def running_cluster(
    folder: Path, postgres: PostgresServer, count: int = 3, **env: str
) -> AsyncIterator[Cluster]:
    """Run *count* nodes in development mode until the block ends."""
    url = await postgres.take_migrated_database()
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(running_redis(folder))
        given = {"DATABASE_URL": url, "REDIS_URL": redis.url, "STUN_URLS": "none", **env}
        nodes = [ForkedService(folder, given) for _ in range(count)]
        for node in nodes:
            node.ready_seconds_max = READY_SECONDS_MAX
            stack.push_async_callback(node.stop)
        await asyncio.gather(*(node.start() for node in nodes))
        yield Cluster(nodes, redis, postgres)
    await postgres.give_back(url)
