"""Several processes on one port: they share a socket, come back when they die, and end when they are told to."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import pytest

from langdao_video.nodes.process import has_ended
from langdao_video.server.workers import (
    DELAY_SECONDS_MAX,
    STEADY_SECONDS,
    RestartPlan,
    Supervisor,
    find_contradiction,
)
from langdao_video.settings import Settings
from tests.stories.live import until

if TYPE_CHECKING:
    from collections.abc import Iterator

POSTGRES: Final = "postgresql+asyncpg://langdao@127.0.0.1/langdao"

SERVE: Final = """
import os, signal, socket, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
number = next(int(word.split("=")[1]) for word in sys.argv if word.startswith("--listen-fd="))
listener = socket.socket(fileno=number)
while True:
    connection, _ = listener.accept()
    connection.sendall(str(os.getpid()).encode())
    connection.close()
"""
"""A worker that says who it is."""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


async def ask(listener: socket.socket) -> int:
    """Return the process that answers on the port. A connection that a dying one has accepted is tried again."""
    while True:
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        said = b""
        with suppress(ConnectionError):
            said = await reader.read()
        with suppress(ConnectionError):
            writer.close()
            await writer.wait_closed()
        if said:
            return int(said)


class TestSettings:
    def test_one_worker_needs_nothing(self) -> None:
        assert find_contradiction(Settings(_env_file=None), 1) is None

    @pytest.mark.parametrize(
        ("database_url", "redis_url"),
        [("sqlite:///var/x.sqlite", ""), (POSTGRES, ""), ("sqlite:///var/x.sqlite", "redis://127.0.0.1")],
    )
    def test_several_need_what_they_share(self, database_url: str, redis_url: str) -> None:
        settings = Settings(_env_file=None, database_url=database_url, redis_url=redis_url)

        contradiction = find_contradiction(settings, 4)

        assert contradiction is not None
        assert "DATABASE_URL=postgresql" in contradiction
        assert "REDIS_URL=" in contradiction

    def test_with_both_they_may_run(self) -> None:
        settings = Settings(_env_file=None, database_url=POSTGRES, redis_url="redis://127.0.0.1")

        assert find_contradiction(settings, 4) is None

    @pytest.mark.parametrize("workers", [0, -1, 65])
    def test_a_number_that_makes_no_sense_is_refused(self, workers: int) -> None:
        assert "--workers must be between 1 and 64" in str(
            find_contradiction(Settings(_env_file=None), workers)
        )

    def test_ports_for_metrics_that_do_not_exist_are_refused(self) -> None:
        settings = Settings(
            _env_file=None, database_url=POSTGRES, redis_url="redis://127.0.0.1", metrics_port=65_534
        )

        assert find_contradiction(settings, 2) is None
        assert "METRICS_PORT=65534" in str(find_contradiction(settings, 3))


class TestRestarts:
    def test_a_worker_that_keeps_dying_starts_later_each_time(self) -> None:
        plan = RestartPlan()

        delays = [plan.note_end(1, 0.1) for _ in range(20)]

        assert delays[:4] == [0.5, 1.0, 2.0, 4.0]
        assert delays[-1] == DELAY_SECONDS_MAX

    def test_one_that_was_well_starts_soon(self) -> None:
        plan = RestartPlan()
        for _ in range(5):
            plan.note_end(-9, 0.1)

        assert plan.note_end(-9, STEADY_SECONDS) == 0.5

    def test_a_refusal_at_the_first_start_is_not_tried_again(self) -> None:
        assert RestartPlan().note_end(2, 0.1) is None
        assert RestartPlan().note_end(3, 0.1) is None

    def test_a_store_that_is_down_later_is_waited_for(self) -> None:
        plan = RestartPlan()
        plan.note_end(-9, STEADY_SECONDS)

        assert plan.note_end(3, 0.1) is not None


class TestSupervisor:
    async def test_a_killed_worker_is_replaced_and_a_signal_ends_all(self, listener: socket.socket) -> None:
        supervisor = Supervisor([sys.executable, "-c", SERVE], 1, listener)
        running = asyncio.create_task(supervisor.run())
        first = await ask(listener)

        os.kill(first, signal.SIGKILL)
        second = await ask(listener)  # it waits in the socket's queue until the next process accepts it
        os.kill(os.getpid(), signal.SIGTERM)
        status = await running

        assert first != second
        assert status == 0
        for pid in (first, second):
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)

    async def test_a_worker_that_begins_while_a_signal_comes_ends_too(
        self, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        supervisor = Supervisor([sys.executable, "-c", "import time; time.sleep(60)"], 1, listener)
        begin = asyncio.create_subprocess_exec

        async def begin_late(*words: str, **options: Any) -> asyncio.subprocess.Process:  # noqa: ANN401 - as asyncio
            process = await begin(*words, **options)
            supervisor.stop(signal.SIGTERM)
            return process

        monkeypatch.setattr(asyncio, "create_subprocess_exec", begin_late)

        async with asyncio.timeout(60):
            assert await supervisor.run() == 0

    async def test_a_refusal_ends_all_with_its_status(self, listener: socket.socket) -> None:
        supervisor = Supervisor([sys.executable, "-c", "raise SystemExit(3)"], 2, listener)

        assert await supervisor.run() == 3

    async def test_a_worker_ends_with_its_parent(self) -> None:
        child = (
            "import os, time\n"
            "from langdao_video.nodes.process import describe_process\n"
            "from langdao_video.server.workers import follow_parent\n"
            "print(describe_process(), follow_parent(0), follow_parent(os.getppid()), flush=True)\n"
            "time.sleep(600)\n"
        )
        parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", parent, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        worker, follows_nobody, follows = (await process.stdout.readline()).decode().split()

        process.kill()
        await process.wait()
        await process.stdout.read()  # until the worker, too, has closed it

        assert (follows_nobody, follows) == ("False", "True")
        await until(lambda: has_ended(worker))
