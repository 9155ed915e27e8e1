"""Plays a hundred lessons over three nodes while one of them is killed every few seconds (`make soak-cluster`)."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import tempfile
from pathlib import Path
from random import Random

from tests.cluster.lessons import judge, playing, until_all_are_back
from tests.cluster.nodes import running_cluster
from tests.contracts.postgres import PostgresServer, find_postgres_binaries


async def soak(postgres: PostgresServer, folder: Path, lessons: int, kills: int, seed: int) -> None:
    """Play and judge. Raises AssertionError with the first thing that is not as it must be."""
    random = Random(seed)  # noqa: S311 - replayed by its seed
    async with running_cluster(folder, postgres) as cluster:
        async with playing(cluster, lessons, seed) as played:
            for kill in range(1, kills + 1):
                node = random.choice(cluster.nodes)
                await node.stop(signal.SIGKILL)
                for lesson in played:
                    await lesson.say_more()
                await asyncio.sleep(random.uniform(0, 3))
                await node.start()
                await asyncio.sleep(random.uniform(1, 5))
                print(
                    f"kill {kill} of {kills}: {sum(len(lesson.tutor.chat) for lesson in played)} lines shown"
                )
            await until_all_are_back(played)
        whole = await judge(cluster, played)
    sockets = sum(page.sockets for lesson in played for page in lesson.pages)
    print(
        f"{lessons} lessons, {kills} kills, {sockets} sockets: nobody twice in a seat, 0 ms over-billed, "
        f"{whole} lessons lost no second"
    )


def main() -> None:
    """Read the arguments, and run PostgreSQL for as long as the soak takes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lessons", type=int, default=100)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    binaries = find_postgres_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="langdao-soak-"))
    postgres = PostgresServer(binaries, folder)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        postgres.initialise()
        postgres.start()
        with tempfile.TemporaryDirectory() as nodes:
            asyncio.run(soak(postgres, Path(nodes), given.lessons, given.kills, given.seed))
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
