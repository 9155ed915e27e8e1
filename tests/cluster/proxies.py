"""Runs the load balancers of `deploy/` in front of a cluster, with their names and ports changed."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.cluster.nodes import Cluster
from tests.ports import free_port
from tests.web.nginx import until_listening

DEPLOY: Final = Path(__file__).parents[2] / "deploy"


PATH: Final = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"


@dataclass(frozen=True, slots=True)
class RunningProxy:
    """A load balancer, and what it has said."""

    port: int
    log: Path

    def has_said(self, text: str) -> bool:
        return text in self.log.read_text("utf-8", "replace")


@asynccontextmanager
async def nginx_before(cluster: Cluster, folder: Path, port: int | None = None) -> AsyncIterator[int]:
    """Run nginx with our own file in front of *cluster*, on *port* or a free one; yield the port."""
    program = shutil.which("nginx", path=PATH)
    if program is None:
        pytest.skip("nginx is not installed")
    port = port or free_port()
    text = _name_nodes((DEPLOY / "nginx.conf").read_text(), cluster)
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


@asynccontextmanager
async def haproxy_before(cluster: Cluster, folder: Path) -> AsyncIterator[RunningProxy]:
    """Run HAProxy with our own file in front of *cluster*."""
    port = free_port()
    text = _name_nodes((DEPLOY / "haproxy.cfg").read_text(), cluster)
    text = re.sub(r"bind :443 ssl .*", f"bind 127.0.0.1:{port}", text)
    configuration = folder / "haproxy.cfg"
    configuration.write_text(text)
    async with _running("haproxy", folder, port, "-db", "-f", str(configuration)) as proxy:
        yield proxy


@asynccontextmanager
async def caddy_before(cluster: Cluster, folder: Path) -> AsyncIterator[RunningProxy]:
    """Run Caddy with our own file in front of *cluster*."""
    port = free_port()
    text = _name_nodes((DEPLOY / "Caddyfile").read_text(), cluster)
    text = text.replace("call.example {", f"http://127.0.0.1:{port} {{", 1)
    configuration = folder / "Caddyfile"
    configuration.write_text(f"{{\n\tadmin off\n\tstorage file_system {folder}/caddy\n}}\n{text}")
    words = ("run", "--adapter", "caddyfile", "--config", str(configuration))
    async with _running("caddy", folder, port, *words) as proxy:
        yield proxy


def _name_nodes(text: str, cluster: Cluster) -> str:
    """Put the addresses of the nodes where a file of `deploy/` has those of three machines."""
    for number, node in enumerate(cluster.ports, 1):
        text = text.replace(f"10.0.0.{number}:3000", f"127.0.0.1:{node}")
    return text


@asynccontextmanager
async def _running(name: str, folder: Path, port: int, *words: str) -> AsyncIterator[RunningProxy]:
    program = shutil.which(name, path=PATH)
    if program is None:
        pytest.skip(f"{name} is not installed (Debian: apt-get install {name})")
    log = folder / f"{name}.log"
    env = {**os.environ, "HOME": str(folder)}
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(program, *words, stdout=file, stderr=file, env=env)
    try:
        await until_listening(process, port)
        yield RunningProxy(port, log)
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await process.wait()
