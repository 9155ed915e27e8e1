"""Attacks a service as a stranger, for `bench/strangers.py`: `python -m bench.flood PORT KIND` runs until stopped.

Two kinds flood a socket, and start again when the service cuts them off. The other two keep a thousand connections
open, and replace those that the service closes.
"""

from __future__ import annotations

import base64
import os
import select
import socket
import sys
import time
from contextlib import suppress
from typing import Final

FRAMES: Final = {
    "continuations": b"\x01\x80mask" + b"\x00\x80mask" * 10_000,
    "pongs": b"\x8a\x80mask" * 10_000,
}
HEADS: Final = {"silent": b"", "half-sent": b"GET / HTTP/1.1\r\nHost: localhost\r\n"}
KINDS: Final = (*FRAMES, *HEADS)
CONNECTIONS: Final = 1_015


def main() -> None:
    """Attack the port in the way that the command line names."""
    port, kind = int(sys.argv[1]), sys.argv[2]
    while True:
        with suppress(OSError):
            if kind in FRAMES:
                flood(port, FRAMES[kind])
            else:
                occupy(port, HEADS[kind])


def flood(port: int, frames: bytes) -> None:
    """Open a socket without a join, and send frames as fast as possible. Raises OSError when it is cut off."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as stranger:
        key = base64.b64encode(os.urandom(16)).decode()
        stranger.sendall(
            f"GET /?room=r HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        if b" 101 " not in stranger.recv(4_096):
            return
        while True:
            stranger.sendall(frames)


def occupy(port: int, head: bytes) -> None:
    """Keep CONNECTIONS open that never send a whole request."""
    held: dict[int, socket.socket] = {}
    closed = select.poll()
    while True:
        while len(held) < CONNECTIONS:
            connection = socket.create_connection(("127.0.0.1", port), timeout=5)
            connection.sendall(head)
            held[connection.fileno()] = connection
            closed.register(connection, select.POLLIN)
        for number, _ in closed.poll(100):
            closed.unregister(number)
            held.pop(number).close()
        time.sleep(0.01)


if __name__ == "__main__":
    main()
