"""The deadlines and bounds of one socket that browsers never reach: a page that reads too slowly, or vanishes."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Final, Self

import pytest
import structlog
from websockets.asyncio.client import connect

from langdao_video.errors import NotOwner
from langdao_video.server.fast_socket import FastSocket
from langdao_video.session.links import Link
from langdao_video.signaling import unsent
from langdao_video.signaling.connection import Connection
from langdao_video.signaling.effects import CloseCode
from langdao_video.signaling.port import CarriedPage, Carrier, Opening
from langdao_video.signaling.room import Room
from langdao_video.signaling.tally import Driver
from langdao_video.signaling.unsent import UnsentFrames
from langdao_video.web.portable_socket import PortableSocket
from tests.server.conftest import DRIVERS
from tests.server.raw import frame
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


@dataclass(eq=False)
class Recorder:
    """Passes on to a carrier, and keeps what is sent."""

    carrier: Carrier
    sent: list[bytes] = field(default_factory=list)

    @property
    def driver(self) -> Driver:
        return self.carrier.driver

    def send(self, frame: bytes) -> bool:
        self.sent.append(frame)
        return self.carrier.send(frame)

    def close(self, code: int, reason: str) -> None:
        self.carrier.close(code, reason)

    def admit(self) -> None:
        self.carrier.admit()

    def resume(self) -> None:
        self.carrier.resume()


def break_down(*_arguments: object, **_more: object) -> None:
    raise ZeroDivisionError


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


@pytest.mark.parametrize(
    "raw",
    [
        '{"type":"ice","to":"PAGE","candidate":null}',
        '{ "candidate" : null, "to":"PAGE","type":"ice" , "colour":{"deep":[1]} }',
        '{"type":"offer","to":"PAGE","sdp":"v=0 \u00e9\\r\\n"}',
        '{"type":"answer","to":"PAGE","sdp":"a","sdp":"b"}',
    ],
)
async def test_a_relayed_frame_leaves_as_the_bytes_that_came(live: Live, raw: str) -> None:
    async with two_pages(live.ws_url, "r") as (student, tutor):
        sockets = live.context.hub._rooms["r"].sockets
        to_tutor = sockets[max(sockets)]
        assert isinstance(to_tutor, Connection)
        carrier = to_tutor._carrier = Recorder(to_tutor._carrier)
        sent = raw.replace("PAGE", tutor.page)

        kind = json.loads(sent)["type"]
        await student.socket.send(sent)
        await tutor.expect(kind)

        assert [each for each in carrier.sent if json.loads(each)["type"] == kind] == [sent.encode()]


CALLS_MAX: Final = 16
"""A frame took 38 calls once, and three times as long."""


@pytest.mark.parametrize("live", ["fast"], indirect=True)
async def test_a_relayed_frame_costs_few_calls(live: Live) -> None:
    async with two_pages(live.ws_url, "r") as (_student, tutor):
        sockets = live.context.hub._rooms["r"].sockets
        from_student = sockets[min(sockets)]
        assert isinstance(from_student, Connection)
        carrier, calls = from_student._carrier, list[str]()
        assert isinstance(carrier, FastSocket)
        candidate = f'{{"type":"ice","to":"{tutor.page}","candidate":null}}'.encode()

        def count(frame_: FrameType, event: str, _argument: object) -> None:
            if event == "call":
                calls.append(frame_.f_code.co_qualname)

        carrier.data_received(frame(1, candidate))  # it pays ahead for the next one
        sys.setprofile(count)
        try:
            carrier.data_received(frame(1, candidate))
        finally:
            sys.setprofile(None)
        for _ in range(2):
            await tutor.expect("ice")

        assert len(calls) - calls.count("frame") <= CALLS_MAX, calls


async def test_a_defect_of_ours_costs_the_page_that_meets_it_its_socket_and_nobody_else_anything(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_pages(live.ws_url, "r") as (student, tutor):
        monkeypatch.setattr(Room, "_receive_reaction", break_down)
        await student.send("reaction", reaction="heart")
        assert await student.closed() == CloseCode.OUR_FAULT

        welcome = await student.rejoin()
        await tutor.send("chat", id="m-1", text="still here")

        assert (await student.expect("chat"))["line"]["text"] == "still here"
        assert welcome["epoch"] == 1
        assert tutor.of_type("error") == []


async def test_a_defect_of_ours_at_a_loss_is_told_to_the_log_alone(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Room, "lose", break_down)
    with structlog.testing.capture_logs() as logs:
        async with two_pages(live.ws_url, "r") as (student, tutor):
            student.cut()
            await until(lambda: any(line["event"] == "loss-failed" for line in logs))

            await tutor.send("chat", id="m-1", text="still here")
            assert (await tutor.expect("chat"))["line"]["text"] == "still here"


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


@dataclass(eq=False)
class Listener:
    """A passage to another node, and what it was given."""

    frames: list[bytes] = field(default_factory=list)
    lost: list[int | None] = field(default_factory=list)
    is_full: bool = False

    def receive(self, frame: bytes) -> None:
        self.frames.append(frame)

    def lose(self, code: int | None) -> None:
        self.lost.append(code)


class OneOwner:
    """The ways to a node that owns every room."""

    def __init__(self) -> None:
        self.passage = Listener()
        self.pages: list[CarriedPage] = []

    async def open(self, page: CarriedPage, opening: Opening, frame: bytes) -> Listener:
        self.pages.append(page)
        self.passage.frames += [opening.room.encode(), frame]
        return self.passage


async def refuse_to_open(link: Link, _now_ms: int) -> Room:
    raise NotOwner("not-owner", "another node owns it", link.room)


@asynccontextmanager
async def joining(live: Live) -> AsyncIterator[Page]:
    """Open a page that has sent its join."""
    page = await Page(live.ws_url, "r", "student").open()
    await page.send("join", **page.join_fields)
    try:
        yield page
    finally:
        await page.close()


class TestARoomOfAnotherNode:
    @pytest.fixture(autouse=True)
    def _owned_elsewhere(self, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
        loader = SimpleNamespace(open_room=refuse_to_open, load_preview=refuse_to_open)
        monkeypatch.setattr(live.context.hub, "_loader", loader)

    async def test_its_frames_are_passed_on_as_they_come(self, live: Live) -> None:
        ways = live.context.hub.passages = OneOwner()
        async with joining(live) as page:
            await until(lambda: ways.pages)
            await page.socket.send('{"type": "heartbeat",  "odd": "spaces ü"}')
            await until(lambda: len(ways.passage.frames) == 3)
            ways.pages[0].pass_on(b'{"type":"welcome","epoch":7}')

            assert (await page.expect("welcome"))["epoch"] == 7
        await until(lambda: ways.passage.lost)

        room, join, odd = ways.passage.frames
        assert (room, json.loads(join)["role"]) == (b"r", "student")
        assert odd == '{"type": "heartbeat",  "odd": "spaces ü"}'.encode()
        assert ways.passage.lost == [1001]

    async def test_the_close_of_its_owner_reaches_the_page(self, live: Live) -> None:
        ways = live.context.hub.passages = OneOwner()
        async with joining(live) as page:
            await until(lambda: ways.pages)
            ways.pages[0].close(1012, "owner-lost")

            assert await page.closed() == 1012
            assert page.socket.close_reason == "owner-lost"

    async def test_the_page_is_not_read_while_the_passage_is_full(self, live: Live) -> None:
        ways = live.context.hub.passages = OneOwner()
        async with joining(live) as page:
            await until(lambda: ways.pages)
            ways.passage.is_full = True
            await page.send("heartbeat")  # the driver gives this one before it asks
            await page.send("user-status", audio=False, video=True)
            await until(lambda: len(ways.passage.frames) == 3)
            ways.passage.is_full = False
            ways.pages[0].resume()

            await until(lambda: len(ways.passage.frames) == 4)

    async def test_without_a_way_the_page_tries_again_later(self, live: Live) -> None:
        live.context.hub.passages = None
        async with joining(live) as page:
            assert (await page.expect("error"))["code"] == "not-owner"
            assert await page.closed() == 1013
