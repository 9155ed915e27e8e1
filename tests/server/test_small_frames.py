"""A small answer is sent at once, even if the one before is not acknowledged, with any kind of listening socket."""

from __future__ import annotations

import asyncio
import gc
import socket

import pytest

from langdao_video.server.http import HttpConnection
from tests.stories.live import listening


@pytest.mark.parametrize("protocol", [0, socket.IPPROTO_TCP])
async def test_a_written_frame_is_sent_at_once(protocol: int) -> None:
    async def app(_scope: object, _receive: object, _send: object) -> None:
        raise NotImplementedError  # never called: only half a request comes

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol) as listener:
        listener.bind(("127.0.0.1", 0))
        async with listening(app, listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(b"GET /")
            await writer.drain()
            port = writer.get_extra_info("sockname")[1]
            while not (served := serving(port)):  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0.01)
            writer.close()

    assert served == [True]


def serving(port: int) -> list[bool]:
    """Return for each connection from *port* whether it sends at once."""
    found = []
    for each in gc.get_objects():
        if type(each) is not HttpConnection:
            continue
        client = getattr(each, "client", None)  # one that another test has made may be half made
        if client is not None and client[1] == port:
            connection = each.transport.get_extra_info("socket")
            found.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0)
    return found
