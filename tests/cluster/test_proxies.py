"""Three nodes behind the files of `deploy/`: nginx as we hand it out, with its names and ports changed."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.cluster.lessons import PATIENCE_SECONDS, judge, playing, read
from tests.cluster.nodes import Cluster, running_cluster
from tests.contracts.postgres import PostgresServer, postgres_server
from tests.ports import free_port
from tests.stories.live import until
from tests.web.nginx import until_listening

__all__ = ["postgres_server"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # a busy machine, and a lease that must end

DEPLOY: Final = Path(__file__).parents[2] / "deploy"


@asynccontextmanager
async def nginx_before(cluster: Cluster, folder: Path) -> AsyncIterator[int]:
    """Run nginx with our own file in front of *cluster*; yield its port."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        pytest.skip("nginx is not installed")
    port = free_port()
    text = (DEPLOY / "nginx.conf").read_text()
    for number, node in enumerate(cluster.ports, 1):
        text = text.replace(f"10.0.0.{number}:3000", f"127.0.0.1:{node}")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    text = re.sub(r"^ *ssl_.*\n", "", text, flags=re.MULTILINE)
    paths = "".join(
        f"  {name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    own = f"daemon off;\npid {folder}/nginx.pid;\nerror_log stderr error;\n"
    configuration = folder / "nginx.conf"
    configuration.write_text(own + text.replace("http {", f"http {{\n  access_log off;\n{paths}", 1))
    process = await asyncio.create_subprocess_exec(
        program, "-p", str(folder), "-c", str(configuration), stderr=asyncio.subprocess.PIPE
    )
    try:
        await until_listening(process, port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


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
