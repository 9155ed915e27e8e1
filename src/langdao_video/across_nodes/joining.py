"""Puts the parts of this package together: what this node carries to others, and what others carry to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final

from starlette.types import ASGIApp

from langdao_video.across_nodes.exchange import Exchange
from langdao_video.across_nodes.pages import CarriedPages
from langdao_video.across_nodes.requests import CarriedRequests, RemoteRequests
from langdao_video.across_nodes.visitors import RemoteSockets
from langdao_video.backplane.local import LocalBackplane
from langdao_video.backplane.port import Backplane
from langdao_video.backplane.redis import RedisBackplane
from langdao_video.backplane.redis_url import explain_failure
from langdao_video.clock import read_uptime_ms
from langdao_video.errors import Unavailable
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.port import Carrier, Opening, Taker

_FLUSH_SECONDS: Final = 0.5


class Carriages:
    """All that is carried between this node and others.

    *find_owner* asks the store which node owns a room; *app* answers requests that others carry here.
    """

    def __init__(
        self,
        node: str,
        backplane: Backplane,
        find_owner: Callable[[str], Awaitable[str | None]],
        app: ASGIApp,
        open_socket: Callable[[Opening, Carrier], Taker],
    ) -> None:
        self.backplane = backplane
        self.exchange = Exchange(node, backplane, read_uptime_ms)
        self.pages = CarriedPages(self.exchange, find_owner)
        self.requests = CarriedRequests(self.exchange, find_owner)
        self._sockets = RemoteSockets(self.exchange, open_socket)
        self._remote_requests = RemoteRequests(self.exchange, app)
        self._drain: asyncio.Task[None] | None = None
        self.exchange.edges_ends = [self.pages, self.requests]
        self.exchange.owners_ends = [self._sockets, self._remote_requests]
        backplane.take_letter, backplane.note_down = self.exchange.receive, self.exchange.note_down

    def begin_drain(self, seconds: float, write_moving: Callable[[], bytes]) -> None:
        """Tell the pages to move that are only carried by this node, in the first half of *seconds*."""
        self._drain = asyncio.create_task(self.pages.tell_to_move(write_moving, seconds / 2))

    async def close(self) -> None:
        """Send the pages of other nodes away, so that they find the next owner, and end all carriages."""
        if self._drain is not None:
            self._drain.cancel()
        self._sockets.close_all(CloseCode.RESTARTS, "service-restarts")
        await self._remote_requests.close()
        await asyncio.sleep(0)  # the closed sockets leave their rooms
        self.exchange.note_down()
        await self.exchange.flush(_FLUSH_SECONDS)


Loops = tuple[asyncio.Task[None], ...]


async def open_backplane(
    url: str, service: str, node: str, start: Callable[[Coroutine[object, object, None]], Loops]
) -> tuple[Backplane, Loops]:
    """Connect the node *node* of *service* over the Redis at *url*; without one it is alone.

    *start* begins what must run as long as the node; it is returned, too. Raises Unavailable `redis-unusable` with what
    to set.
    """
    if not url:
        return LocalBackplane(), ()
    redis = RedisBackplane(url, service, node)
    began: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    loops = start(redis.run(began))
    try:
        await began
    except Exception as error:  # a server that is no Redis makes the library raise anything
        raise Unavailable("redis-unusable", explain_failure(url, error)) from error
    return redis, loops
