"""A call page without media: a WebSocket that joins, answers pings, and keeps the frames that it gets."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from tests.stories.live import PATIENCE_SECONDS

ADDRESSES: Final = {
    "student": "0x742d35Cc6634C0532925a3b8D52c0b98db8d2aD1",
    "tutor": "0x8ba1f109551bD432803012645Ac136ddd64DBA72",
}
_numbers: Final = itertools.count(1)


def as_origin(origin: str | None) -> Origin | None:
    """Return the Origin header of a socket; None as for a program that is no browser."""
    return None if origin is None else Origin(origin)


class Page:
    """One page load. Use as `async with Page(live.ws_url, "room", "student") as page:`."""

    def __init__(self, ws_url: str, room: str, role: str, *, page: str = "", **join: Any) -> None:  # noqa: ANN401 - JSON
        self.page = page or f"page-{next(_numbers):08}"
        self.role = role
        self.frames: list[dict[str, Any]] = []
        self.audio, self.video = True, True
        self.answers_pings = True
        self.media: dict[str, int] | None = None
        """The media that it reports as received; None if it cannot count."""
        self._room = room
        self.find_again(ws_url)
        self._join = {"page": self.page, "role": role, **join}
        self._heard = asyncio.Condition()
        self._seen = 0
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    def find_again(self, ws_url: str) -> None:
        """Open the next sockets at *ws_url*."""
        self._url = f"{ws_url}?room={quote(self._room)}"

    @property
    def join_fields(self) -> dict[str, Any]:
        """Return the fields of the page's join."""
        return self._join

    @property
    def socket(self) -> ClientConnection:
        """Return the open socket."""
        assert self._socket is not None
        return self._socket

    async def open(self, origin: str | None = None) -> Self:
        """Open the socket and listen, without sending."""
        self._socket = await connect(
            self._url,
            origin=as_origin(origin),
            ping_interval=None,
            proxy=None,
            max_size=None,
            close_timeout=1,
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def join(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Open the socket if it is not open, join, and return the welcome."""
        if self._socket is None:
            await self.open()
        await self.send("join", **self._join, **more)
        return await self.expect("welcome")

    async def reopen(self) -> Self:
        """Open another socket of the same page, after the old one is closed."""
        if self._reader:
            await self._reader
        return await self.open()

    async def rejoin(self, resume: str | None = None) -> dict[str, Any]:
        """Join again on a new socket of the same page, as after a drop."""
        self._socket = None
        if self._reader:
            await self._reader
        token = resume or self.last("welcome")["resume"]
        return await self.join(resume=token)

    async def send(self, kind: str, **fields: Any) -> None:  # noqa: ANN401 - JSON
        """Send a frame."""
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def expect(self, kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Wait for the next frame of that type with those fields. Frames before it are skipped."""
        async with self._heard:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while True:
                        for index, frame in enumerate(self.frames[self._seen :], self._seen):
                            if frame["type"] == kind and fields.items() <= frame.items():
                                self._seen = index + 1
                                return frame
                        await self._heard.wait()
            except TimeoutError:
                heard = " ".join(frame["type"] for frame in self.frames)
                raise AssertionError(
                    f"the {self.role} waited for {kind} {fields}, and heard: {heard}"
                ) from None

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """Return all frames of that type so far."""
        return [frame for frame in self.frames if frame["type"] == kind]

    def last(self, kind: str) -> dict[str, Any]:
        """Return the newest frame of that type."""
        return self.of_type(kind)[-1]

    async def closed(self) -> int:
        """Wait until the service has closed the socket, and return the close code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.socket.wait_closed()
        return self.socket.close_code or 0

    async def settle(self) -> None:
        """Wait until the service has handled all frames sent so far (frames of one socket keep their order).

        `expect` still finds the frames that come meanwhile.
        """
        seen, self._seen = self._seen, len(self.frames)
        await self.send("join", page=self.page, role=self.role)
        await self.expect("error", code="already-joined")
        self._seen = seen

    def cut(self) -> None:
        """Lose the connection without a goodbye."""
        self.socket.transport.abort()

    async def close(self) -> None:
        """Close the page: the socket says goodbye."""
        if self._socket is not None:
            await self._socket.close(1001)
        if self._reader is not None:
            await self._reader

    async def __aenter__(self) -> Self:
        await self.join()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def make_heartbeat(self, ping: dict[str, Any]) -> dict[str, Any]:
        """Make the answer to a ping."""
        echo = {"serverTime": ping["serverTime"]}
        media = {} if self.media is None else {"media": self.media}
        return {"type": "heartbeat", "audio": self.audio, "video": self.video, **echo, **media}

    async def _read(self) -> None:
        socket = self.socket
        try:
            async for raw in socket:
                frame = json.loads(raw)
                if frame["type"] == "ping" and self.answers_pings:
                    answer = self.make_heartbeat(frame)
                    with suppress(
                        ConnectionClosed
                    ):  # as in a browser: frames that came before the close are kept
                        await socket.send(json.dumps(answer))
                async with self._heard:
                    self.frames.append(frame)
                    self._heard.notify_all()
        except ConnectionClosed:
            return


@asynccontextmanager
async def two_pages(ws_url: str, room: str, **join: Any) -> AsyncIterator[tuple[Page, Page]]:  # noqa: ANN401 - JSON
    """Let the student come, then the tutor."""
    async with (
        Page(ws_url, room, "student", address=ADDRESSES["student"], **join) as student,
        Page(ws_url, room, "tutor", address=ADDRESSES["tutor"], **join) as tutor,
    ):
        await student.expect("peer-joined")
        yield student, tutor
