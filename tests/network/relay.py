"""coturn (Debian's package) on a host of the internet: STUN and TURN over UDP and TCP on 3478, TURN over TLS on 443."""

from __future__ import annotations

import asyncio
import os
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.network.namespaces import PATH

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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

SHIPPED: Final = Path(__file__).parents[2] / "deploy" / "coturn.conf"
OURS: Final = """
listening-ip={address}
relay-ip={address}
allowed-peer-ip=203.0.113.0-203.0.113.255
pidfile={folder}/relay.pid
userdb={folder}/relay.sqlite
"""
"""What an operator sets for a machine with several addresses. The homes' public addresses are of a range that is for
documents (RFC 5737), so the shipped configuration denies them."""
CHANGED: Final = {
    "realm": "call.test",
    "static-auth-secret": SECRET,
    "cert": "{folder}/relay.crt",
    "pkey": "{folder}/relay.key",
}
LEFT_OUT: Final = ("pidfile", "proc-user", "proc-group")


def configure(folder: Path) -> str:
    """Return the configuration that we ship (deploy/coturn.conf), filled in as its comments ask for."""
    lines = []
    for line in SHIPPED.read_text("utf-8").splitlines():
        name = line.partition("=")[0]
        if name in CHANGED:
            lines.append(f"{name}={CHANGED[name].format(folder=folder)}")
        elif name not in LEFT_OUT:
            lines.append(line)
    return "\n".join(lines) + OURS.format(address=ADDRESS, folder=folder)


@asynccontextmanager
async def running_relay(internet: Namespace, folder: Path) -> AsyncIterator[None]:
    """Run coturn in *internet*, with its files in *folder*, until the block ends."""
    make_certificate(folder)
    configuration = folder / "turnserver.conf"
    configuration.write_text(configure(folder), "utf-8")
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
                raise RuntimeError(f"turnserver ended with {process.returncode}: {log}")
            await asyncio.sleep(0.05)
