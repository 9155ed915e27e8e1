"""`serve --workers`, as `deploy/langdao-video.service` runs it: two processes on one port; one dies, then all stop."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from configparser import ConfigParser
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from langdao_video.settings import Settings
from tests.browser.server import Process, Server
from tests.cluster.lessons import PATIENCE_SECONDS, PlayedLesson, judge, playing, until_all_are_back
from tests.cluster.nodes import Cluster
from tests.cluster.page import ClusterPage
from tests.contracts.postgres import PostgresServer, postgres_server
from tests.redis_server import running_redis
from tests.stories.live import until

__all__ = ["postgres_server"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # a busy machine, and a start of real processes

UNIT: Final = Path(__file__).parents[2] / "deploy/langdao-video.service"
_SOCKET: Final = re.compile(r"socket:\[(\d+)\]")


class Workers(Server):
    """The parent of several workers, with the arguments of the unit of systemd."""

    ready_seconds_max = stop_seconds_max = (
        PATIENCE_SECONDS  # three processes import everything, perhaps uncompiled
    )

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        _, *arguments = read_unit()["execstart"].split()
        super().__init__(folder, "langdao_video", *arguments, env=env)
        self.pid = 0

    async def _spawn(self) -> Process:
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *self._command, env=self._env, stdout=log, stderr=log
            )
        self.pid = process.pid
        return process

    @property
    def workers(self) -> set[int]:
        """The processes of the workers that run, as proc(5) tells them."""
        text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii")
        return {int(word) for word in text.split()}

    def find_worker(self, page: ClusterPage) -> int | None:
        """Return the worker that has accepted the socket of *page*; None if none has yet."""
        inode = _find_inode(self.port, page.local_port)
        return next((pid for pid in self.workers if inode in _read_inodes(pid)), None)


def read_unit() -> dict[str, str]:
    """Return the settings of the service, with their names in lower case."""
    unit = ConfigParser(strict=False, interpolation=None)
    unit.read(UNIT)
    return dict(unit["Service"])


def _is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _find_inode(port: int, peer_port: int | None) -> str | None:
    """Return the inode of the service's end of a connection on loopback (proc_net_tcp(5))."""
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        fields = line.split()
        ports = [int(field.rpartition(":")[2], 16) for field in fields[1:3]]
        if ports == [port, peer_port]:
            return fields[9]
    return None


def _read_inodes(pid: int) -> set[str]:
    inodes = set()
    with suppress(FileNotFoundError):
        for file in os.scandir(f"/proc/{pid}/fd"):
            with suppress(FileNotFoundError):
                found = _SOCKET.fullmatch(str(Path(file.path).readlink()))
                inodes |= {found[1]} if found else set()
    return inodes


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to tell the workers apart")
async def test_a_lesson_of_two_workers_bears_a_kill_and_a_stop(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    url = await postgres_server.take_migrated_database()
    async with running_redis(tmp_path) as redis:
        env = {"DATABASE_URL": url, "REDIS_URL": redis.url, "STUN_URLS": "none", "DRAIN_SECONDS": "0"}
        async with Workers(tmp_path, env) as service:
            cluster = Cluster([service], redis, postgres_server, url)
            await until(lambda: len(service.workers) == 2, PATIENCE_SECONDS)
            async with playing(cluster, 1, seed=8) as (lesson,):
                await _part(service, lesson)
                await lesson.say_more()
                await until_all_are_back([lesson])

                victim = service.find_worker(lesson.student)
                assert victim is not None
                before = service.workers
                os.kill(victim, signal.SIGKILL)
                await lesson.say_more()
                await until(lambda: len(service.workers - {victim}) == 2, PATIENCE_SECONDS)
                await until_all_are_back([lesson])

                last = service.workers | before
                await service.stop(signal.SIGTERM)
                assert service.exit_status == 0, service.read_log()
                assert not [pid for pid in last if _is_running(pid)], "no worker is left"
                await service.start()
                await lesson.say_more()
                await until_all_are_back([lesson])

            await judge(cluster, [lesson])
    await postgres_server.give_back(url)


async def _part(service: Workers, lesson: PlayedLesson) -> None:
    """Let the tutor come back on the other worker: the kernel gives a connection to whoever accepts it first."""
    await until(lambda: all(service.find_worker(page) for page in lesson.pages), PATIENCE_SECONDS)
    here = service.find_worker(lesson.student)
    assert here is not None
    if service.find_worker(lesson.tutor) == here:
        os.kill(here, signal.SIGSTOP)
        try:
            lesson.tutor.drop()
            await until(lambda: service.find_worker(lesson.tutor) not in {None, here}, PATIENCE_SECONDS)
        finally:
            os.kill(here, signal.SIGCONT)
    await until_all_are_back([lesson])
    assert service.find_worker(lesson.tutor) != service.find_worker(lesson.student)


def test_systemd_tells_the_parent_alone_to_stop() -> None:
    unit = read_unit()

    assert unit["killmode"] == "mixed"
    assert int(unit["timeoutstopsec"]) >= Settings(_env_file=None).drain_seconds + 5
