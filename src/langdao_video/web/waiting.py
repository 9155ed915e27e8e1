"""Requests that wait for news (long poll). Their number is bounded, and none outlives its client or the service."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from fastapi import Request
from sse_starlette.sse import AppStatus

from langdao_video.errors import Unavailable

Found = TypeVar("Found")

WAIT_SECONDS_MAX: Final = 60
_TICK_SECONDS: Final = 1.0
"""How often a waiting request looks whether its client is gone or the service stops."""


class Waiting:
    """Let at most *most* requests wait at once. Each one also reads every *reread_ticks* seconds without a hint."""

    def __init__(self, most: int, reread_ticks: int) -> None:
        self._most = most
        self._reread_ticks = reread_ticks
        self._count = 0

    async def read(
        self, request: Request, news: asyncio.Event, seconds: int, read: Callable[[], Awaitable[Found | None]]
    ) -> Found | None:
        """Return what *read* finds. While it finds nothing, wait for *news* for up to *seconds*.

        Raises Unavailable `too-many-waiting`.
        """
        news.clear()
        found = await read()
        if found is not None or seconds == 0:
            return found
        loop = asyncio.get_running_loop()
        end, ticks, is_due = loop.time() + seconds, 0, False
        with self._place():
            while (left := end - loop.time()) > 0 and not AppStatus.should_exit:
                is_told = await _is_set_within(news, min(left, _TICK_SECONDS))
                if await request.is_disconnected():
                    return None
                ticks += not is_told
                # An event may become readable a moment after its hint, so a hint that found nothing is followed up.
                if is_told or is_due or ticks % self._reread_ticks == 0:
                    news.clear()
                    found = await read()
                    if found is not None:
                        return found
                is_due = is_told
        return None

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._count >= self._most:
            raise Unavailable(
                "too-many-waiting",
                f"{self._most} requests wait for events already: ask without `wait`, or read the feed.",
            )
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1


async def _is_set_within(news: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        return False
    return True
