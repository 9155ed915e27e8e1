"""A small client of WebDriver BiDi (W3C), enough to drive Firefox without a driver program in between.

It uses one socket, matches answers to commands by id, and passes events to subscribers. It knows nothing of our page.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import websockets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

Json = dict[str, Any]
ANSWER_SECONDS_MAX: Final = 60


class BidiError(Exception):
    """The browser refused a command, or a script threw."""


class Bidi:
    """One BiDi session: send commands, listen to events."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self._ids = count(1)
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._listeners: list[tuple[str, Callable[[Json], None]]] = []

    async def send(self, method: str, **params: Any) -> Json:  # noqa: ANN401 - JSON of any shape
        """Send one command and return its result. Raises BidiError if the browser refuses it."""
        number = next(self._ids)
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        try:
            return await asyncio.wait_for(answer, ANSWER_SECONDS_MAX)
        finally:
            del self._answers[number]

    def listen(self, event: str, receive: Callable[[Json], None]) -> None:
        """Call *receive* with the parameters of each *event* (subscribe to it with `session.subscribe`)."""
        self._listeners.append((event, receive))

    async def read(self) -> None:
        """Pass on the browser's messages until the socket closes, then fail the waiting commands."""
        try:
            async for raw in self._socket:
                self._receive(json.loads(raw))
        except websockets.ConnectionClosed:
            pass
        finally:
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(BidiError("The browser closed the connection."))

    def _receive(self, message: Json) -> None:
        if message["type"] == "event":
            for event, receive in self._listeners:
                if event == message["method"]:
                    receive(message["params"])
            return
        answer = self._answers.get(message["id"])
        if answer is None or answer.done():
            return
        if message["type"] == "success":
            answer.set_result(message["result"])
        else:
            answer.set_exception(BidiError(f"{message['error']}: {message['message']}"))


@asynccontextmanager
async def connect_bidi(url: str) -> AsyncIterator[Bidi]:
    """Open a session at *url* (`ws://127.0.0.1:PORT/session`) and end it with the block.

    It sends no pings: a busy browser answers them late, and then they would end the session.
    """
    async with websockets.connect(url, max_size=None, proxy=None, ping_interval=None) as socket:
        bidi = Bidi(socket)
        reading = asyncio.create_task(bidi.read())
        try:
            await bidi.send("session.new", capabilities={})
            yield bidi
        finally:
            reading.cancel()
