"""coturn (Debian's package) on a host of the internet: STUN and TURN over UDP and TCP on 3478, TURN over TLS on 443."""

from __future__ import annotations

import asyncio
import os
import subprocess
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from tests.network.namespaces import PATH

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.network.namespaces import Namespace

ADDRESS: Final = "203.0.113.2"
SECRET: Final = "a-secret-of-the-tests-and-nobody-else"  # noqa: S105 - of a server that lives for one run
STUN: Final = f"stun:{ADDRESS}:3478"
TURN: Final = (
    f"turn:{ADDRESS}:3478?transport=udp",
    f"turn:{ADDRESS}:3478?transport=tcp",
    f"turns:{ADDRESS}:443?transport=tcp",
)
READY_SECONDS_MAX: Final = 30.0

CONFIGURATION: Final = """
listening-ip={address}
relay-ip={address}
listening-port=3478
tls-listening-port=443
cert={folder}/relay.crt
pkey={folder}/relay.key
realm=call.test
use-auth-secret
static-auth-secret={secret}
min-port=50000
max-port=50999
no-cli
no-dtls
log-file=stdout
pidfile={folder}/relay.pid
userdb={folder}/relay.sqlite
"""


@asynccontextmanager
async def running_relay(internet: Namespace, folder: Path) -> AsyncIterator[None]:
    """Run coturn in *internet*, with its files in *folder*, until the block ends."""
    make_certificate(folder)
    configuration = folder / "turnserver.conf"
    configuration.write_text(CONFIGURATION.format(address=ADDRESS, folder=folder, secret=SECRET), "utf-8")
    with (folder / "relay.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *internet.command("turnserver", "-c", str(configuration)),
            stdout=log,
            stderr=log,
            env={**os.environ, "PATH": PATH},
        )
    try:
        await _wait_for_port(internet, process, folder / "relay.log")
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def make_certificate(folder: Path) -> None:
    """Write a certificate of the relay's address that nobody has signed but itself, and its key."""
    subprocess.run(
        (
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-days", "2", "-subj", f"/CN={ADDRESS}", "-addext", f"subjectAltName=IP:{ADDRESS}"),
            *("-keyout", str(folder / "relay.key"), "-out", str(folder / "relay.crt")),
        ),
        check=True,
        capture_output=True,
    )


async def _wait_for_port(internet: Namespace, process: asyncio.subprocess.Process, log: Path) -> None:
    listening = f"{ADDRESS}:443"
    async with asyncio.timeout(READY_SECONDS_MAX):
        while listening not in await asyncio.to_thread(internet.listening):
            if process.returncode is not None:
                raise RuntimeError(
                    f"turnserver ended with {process.returncode}:\n{log.read_text('utf-8')[-2000:]}"
                )
            await asyncio.sleep(0.05)
