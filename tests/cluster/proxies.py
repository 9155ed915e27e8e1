"""Runs the load balancers of `deploy/` in front of a cluster, with their names and ports changed."""

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

from tests.cluster.nodes import Cluster
from tests.ports import free_port
from tests.web.nginx import until_listening

DEPLOY: Final = Path(__file__).parents[2] / "deploy"


@asynccontextmanager
async def nginx_before(cluster: Cluster, folder: Path, port: int | None = None) -> AsyncIterator[int]:
    """Run nginx with our own file in front of *cluster*, on *port* or a free one; yield the port."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        pytest.skip("nginx is not installed")
    port = port or free_port()
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
