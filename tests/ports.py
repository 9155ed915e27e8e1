"""Chooses ports for the servers that tests and benches start as processes."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from contextlib import suppress
from random import SystemRandom
from typing import Final

_FIRST: Final = 20_000
_FOR_EACH: Final = 1_500
_WORKERS_MAX: Final = 8
"""All their ports are below 32768. From there on Linux gives ports to any program (ip_local_port_range)."""

_ATTEMPTS_MAX: Final = 50

_given: Final[deque[int]] = deque(maxlen=200)
"""What was given last. A port stays free until its server has started, and while that server is being restarted."""


def free_port() -> int:
    """Return a free port of the loopback interface, outside the range from which Linux gives ports to programs.

    Raises OSError when fifty in a row are taken.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS_MAX
    for _ in range(_ATTEMPTS_MAX):
        port = _FIRST + worker * _FOR_EACH + SystemRandom().randrange(_FOR_EACH)
        if port in _given:
            continue
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _given.append(port)
            return port
    raise OSError("no port is free")


async def listens(port: int) -> bool:
    """Return whether a connection to *port* of the loopback interface is taken."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
