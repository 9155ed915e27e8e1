"""The deadlines and bounds of one socket that browsers never reach: a page that reads too slowly, or vanishes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import pytest
from websockets.asyncio.client import connect

from langdao_video.server.fast_socket import FastSocket
from langdao_video.signaling import unsent
from langdao_video.signaling.connection import Connection
from langdao_video.signaling.unsent import UnsentFrames
from langdao_video.web.portable_socket import PortableSocket
from tests.server.conftest import DRIVERS
from tests.stories.live import HandClock, Live, serving, until
from tests.stories.page import Page, as_origin, two_pages


@pytest.fixture(params=DRIVERS)
async def live(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> AsyncIterator[Live]:
    """Run the service with one of the drivers."""
    async with serving(tmp_path, clock, socket_driver=request.param) as service:
        yield service


class DeafPage(Page):
    """A page that sends but never reads, on a connection with small buffers."""

    async def open(self, origin: str | None = None) -> Self:
        """Open the socket with the smallest receive buffer, and do not read."""
        host, port = "127.0.0.1", int(self._url.split(":")[2].split("/")[0])
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)
        raw.setblocking(False)  # noqa: FBT003 - its only way
        await asyncio.get_running_loop().sock_connect(raw, (host, port))
        self._socket = await connect(
            self._url, sock=raw, origin=as_origin(origin), ping_interval=None, max_queue=1, close_timeout=0.1
        )
        return self


@asynccontextmanager
async def tutor_with_a_deaf_student(live: Live) -> AsyncIterator[tuple[Page, DeafPage]]:
    """Let a tutor join, and a student whose page reads nothing."""
    async with Page(live.ws_url, "r", "tutor") as tutor:
        deaf = await DeafPage(live.ws_url, "r", "student").open()
        await deaf.send("join", page=deaf.page, role="student")
        await tutor.expect("peer-joined")
        yield tutor, deaf


def waiting_of(socket: object) -> UnsentFrames:
    """Return the frames that wait in a socket's driver."""
    assert isinstance(socket, Connection)
    carrier = socket._carrier
    assert isinstance(carrier, FastSocket | PortableSocket)
    return carrier.waiting


async def test_a_page_that_does_not_read_is_closed_and_the_room_goes_on(
    live: Live, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsent, "CLOSE_SECONDS_MAX", 0.2)
    async with tutor_with_a_deaf_student(live) as (tutor, deaf):
        room = live.context.hub._rooms["r"]
        sockets_before = len(room.sockets)

        async with asyncio.timeout(30):
            while len(room.sockets) == sockets_before:
                clock.advance(20)
                await tutor.send("offer", to=deaf.page, sdp="x" * 60_000)
                await asyncio.sleep(0.005)  # the clock of the server's byte budget stands still

        await tutor.send("chat", id="m-1", text="still here")
        assert (await tutor.expect("chat"))["line"]["text"] == "still here"
        assert tutor.of_type("error") == []
        deaf.cut()


async def test_the_bytes_that_wait_for_a_socket_are_bounded_and_counted_down(
    live: Live, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsent, "CLOSE_SECONDS_MAX", 0.2)
    async with tutor_with_a_deaf_student(live) as (tutor, deaf):
        sockets = live.context.hub._rooms["r"].sockets
        slow, quick = sockets[max(sockets)], sockets[min(sockets)]
        frames = 0

        async with asyncio.timeout(30):
            while len(sockets) > 1:
                clock.advance(20)
                await tutor.send("offer", to=deaf.page, sdp="x" * 60_000)
                await asyncio.sleep(0.005)  # the clock of the server's byte budget stands still
                frames = max(frames, len(waiting_of(slow)))
        await tutor.send("chat", id="m-1", text="still here")
        await tutor.expect("chat")

        assert 10 < frames < 40  # 17 offers of 60 KB are 1 MiB; small frames and the close wait with them
        await until(lambda: waiting_of(quick).size_bytes == 0)
        deaf.cut()


async def test_a_dropped_connection_gives_the_seat_back_when_its_owner_returns(
    live: Live, clock: HandClock
) -> None:
    async with two_pages(live.ws_url, "r") as (student, tutor):
        student.cut()
        await until(lambda: len(live.context.hub._rooms["r"].sockets) == 1)
        clock.advance(4_000)

        welcome = await student.rejoin()

        assert welcome["epoch"] == 1
        assert welcome["peer"]["page"] == tutor.page
        assert tutor.of_type("peer-left") == []


async def test_a_room_is_forgotten_when_nobody_is_left(live: Live, clock: HandClock) -> None:
    async with two_pages(live.ws_url, "r"):
        assert live.context.hub.rooms_open == 1

    await until(lambda: not live.context.hub._rooms["r"].sockets)
    clock.advance(5_000)

    await until(lambda: live.context.hub.rooms_open == 0)


async def test_sockets_that_never_joined_leave_nothing_behind(live: Live) -> None:
    pages = [await Page(live.ws_url, f"r-{number}", "student").open() for number in range(20)]

    for page in pages:
        page.cut()

    await asyncio.gather(*(page.close() for page in pages))
    assert live.context.hub.rooms_open == 0
