"""The portable driver: carries one socket's frames through Starlette, so that any ASGI server can serve rooms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from starlette.websockets import WebSocket

from langdao_video.access.network import ADMITTED
from langdao_video.signaling import unsent
from langdao_video.signaling.port import Opening, Taker
from langdao_video.signaling.tally import Driver
from langdao_video.signaling.unsent import UnsentFrames

log = structlog.get_logger(__name__)


class PortableSocket:
    """Carry one accepted WebSocket. One task reads, another one writes."""

    driver: Driver = "portable"

    def __init__(self, websocket: WebSocket, opening: Opening) -> None:
        self.waiting = UnsentFrames()
        self._websocket = websocket
        self._opening = opening
        self._closing: tuple[int, str] | None = None
        self._has_news = asyncio.Event()
        self._is_free = asyncio.Event()
        self._patience = asyncio.timeout(None)

    def send(self, frame: bytes) -> bool:
        """Queue a frame."""
        if self._closing is not None:
            return True
        self._has_news.set()
        return self.waiting.put(frame)

    def close(self, code: int, reason: str) -> None:
        """Close after the queued frames."""
        if self._closing is None:
            self._closing = (code, reason)
            self._has_news.set()
            ends_s = asyncio.get_running_loop().time() + unsent.CLOSE_SECONDS_MAX
            self._patience.reschedule(ends_s)

    def admit(self) -> None:
        """Tell our own server, if it is the one that serves us."""
        if note_admitted := (self._websocket.scope.get("extensions") or {}).get(ADMITTED):
            note_admitted()

    def resume(self) -> None:
        """Read on."""
        self._is_free.set()

    async def run(self, open_socket: Callable[[Opening, PortableSocket], Taker]) -> None:
        """Serve the socket until either side closes it."""
        code: int | None = None
        writer = asyncio.create_task(self._write())
        try:
            async with self._patience:
                taker = open_socket(self._opening, self)
                try:
                    code = await self._read(taker)
                finally:
                    taker.lose(code)
        except TimeoutError:  # the browser takes neither the queued frames nor the close
            log.info("socket-abandoned", session=self._opening.room)
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    async def _read(self, taker: Taker) -> int | None:
        """Read until the socket closes; return its close code."""
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                code: int | None = message.get("code")
                return code
            text = message.get("text")
            taker.receive(None if text is None else text.encode())
            while taker.is_busy:
                self._is_free.clear()
                await self._is_free.wait()

    async def _write(self) -> None:
        while True:
            while len(self.waiting):
                await self._websocket.send_text(self.waiting.take().decode())
            if self._closing is not None:
                await self._websocket.close(*self._closing)
                return
            self._has_news.clear()
            await self._has_news.wait()
