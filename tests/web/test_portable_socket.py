"""The portable driver between Starlette and a taker: order, busy takers, and what it does when both are slow."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from starlette.websockets import WebSocket

from langdao_video.signaling.port import Carrier, Opening
from langdao_video.web.portable_socket import PortableSocket
from tests.stories.live import until

Message = MutableMapping[str, Any]


class Browser:
    """The ASGI server's side of one accepted socket."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self._sent: asyncio.Queue[Message] = asyncio.Queue()

    def send(self, text: str) -> None:
        """Send a text frame."""
        self._sent.put_nowait({"type": "websocket.receive", "text": text})

    def leave(self, code: int) -> None:
        """Close with *code*."""
        self._sent.put_nowait({"type": "websocket.disconnect", "code": code})

    async def accept(self) -> WebSocket:
        """Return the accepted socket as Starlette shows it."""
        self._sent.put_nowait({"type": "websocket.connect"})
        socket = WebSocket({"type": "websocket", "headers": []}, self._sent.get, self._hear)
        await socket.accept()
        self.heard.clear()
        return socket

    async def _hear(self, message: Message) -> None:
        self.heard.append(message)


class Taker:
    """Notes what it is given, and is busy when it is told to be."""

    def __init__(self) -> None:
        self.is_busy = False
        self.frames: list[bytes | None] = []
        self.lost: list[int | None] = []

    def receive(self, frame: bytes | None) -> None:
        """Note a frame. A frame `busy` makes it busy."""
        self.frames.append(frame)
        self.is_busy = frame == b"busy"

    def lose(self, code: int | None) -> None:
        """Note the end."""
        self.lost.append(code)


async def run(browser: Browser, taker: Taker) -> tuple[Carrier, asyncio.Task[None]]:
    socket = PortableSocket(await browser.accept(), Opening("r", None))
    running = asyncio.create_task(socket.run(lambda _opening, _carrier: taker))
    await asyncio.sleep(0)  # a taker cannot call before it is there
    return socket, running


async def test_a_busy_taker_gets_the_next_frame_when_it_is_free() -> None:
    browser, taker = Browser(), Taker()
    carrier, running = await run(browser, taker)

    browser.send("busy")
    browser.send("next")
    await until(lambda: taker.frames)
    await asyncio.sleep(0)
    before = list(taker.frames)
    taker.is_busy = False
    carrier.resume()
    browser.leave(1001)
    await running

    assert (before, taker.frames) == ([b"busy"], [b"busy", b"next"])
    assert taker.lost == [1001]


async def test_the_close_comes_after_the_frames_that_were_sent_before_and_nothing_after_it() -> None:
    browser, taker = Browser(), Taker()
    carrier, running = await run(browser, taker)

    carrier.send(b"last words")
    carrier.close(4410, "session-ended")
    carrier.send(b"too late")
    await until(lambda: len(browser.heard) == 2)
    browser.leave(4410)
    await running

    assert [message.get("text") or message["code"] for message in browser.heard] == ["last words", 4410]
