"""Runs a real nginx on a free port of this machine, in front of a service below a path."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from tests.stories.live import PATIENCE_SECONDS

CONFIGURATION: Final = """
daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
  server {{
    listen 127.0.0.1:{port};
    location {location} {{
      proxy_pass http://127.0.0.1:{upstream}{rewritten};
      proxy_http_version 1.1;
      proxy_set_header Host {host};
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_buffering off;
    }}
    location / {{ return 418; }}
  }}
}}
"""


@asynccontextmanager
async def proxied(
    folder: Path, port: int, upstream: int, path: str, *, takes_off: bool, host: str = "$http_host"
) -> AsyncIterator[None]:
    """Serve *upstream* on *port* below *path*, which nginx removes or leaves."""
    program = shutil.which(
        "nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"
    )
    if program is None:
        pytest.skip("nginx is not installed")
    configuration = folder / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder,
            port=port,
            upstream=upstream,
            location=f"{path}/",
            rewritten="/" if takes_off else "",
            host=host,
        )
    )
    process = await asyncio.create_subprocess_exec(
        program, "-p", str(folder), "-c", str(configuration), stderr=asyncio.subprocess.PIPE
    )
    try:
        await until_listening(process, port)
        yield
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def until_listening(process: asyncio.subprocess.Process, port: int) -> None:
    """Wait until nginx listens. Raises RuntimeError with its words if it ends."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while process.returncode is None:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.02)
    said = await process.stderr.read() if process.stderr else b""
    raise RuntimeError(f"nginx ended with {process.returncode}: {said.decode()}")
