"""A stranger floods a socket with frames that are no messages: it is cut off with a code, and a session goes on."""

from __future__ import annotations

import asyncio
import json
from typing import Final

import pytest

from langdao_video.signaling.effects import CloseCode
from tests.browser.server import Service
from tests.server.conftest import DRIVERS
from tests.server.raw import Raw, close_code, frame
from tests.stories.live import until
from tests.stories.page import ADDRESSES, Page, two_pages

pytestmark = pytest.mark.asyncio(loop_scope="module")

FLOODS: Final = {
    "empty continuations": (frame(1, fin=False), frame(0, fin=False)),
    "pongs": (b"", frame(10)),
    "pings": (b"", frame(9, b"x" * 125)),
    "empty messages": (b"", frame(1)),
    "small messages": (b"", frame(1, b"{}")),
    "one endless message": (b"\x01\xff" + (2**40).to_bytes(8) + bytes(4), b"x" * 1_000),
}
EITHER: Final = pytest.mark.parametrize("service", DRIVERS, indirect=True)
JOIN: Final = json.dumps({"type": "join", "page": "page-raw1", "role": "student"}).encode()


def ws_url(service: Service) -> str:
    return f"ws://127.0.0.1:{service.port}/"


async def flood(stranger: Raw, frames: bytes, size_bytes: int = 8_000_000) -> None:
    """Send 8 MB of frames, or as much as the service takes."""
    block = frames * (100_000 // len(frames))
    for _ in range(size_bytes // len(block)):
        if stranger.is_closed:
            return
        await stranger.send(block)


@pytest.mark.parametrize(
    ("service", "kind"),
    [*(("fast", kind) for kind in FLOODS), ("portable", "pongs"), ("portable", "small messages")],
    indirect=["service"],
)
async def test_a_flood_of_a_stranger_is_cut_off_with_a_code_and_the_lesson_goes_on(
    service: Service, kind: str
) -> None:
    first, frames = FLOODS[kind]
    async with two_pages(ws_url(service), f"flooded-{kind}") as (student, tutor):
        stranger = await Raw.upgrade(service.port)
        await stranger.send(first)
        flooding = asyncio.create_task(flood(stranger, frames))

        for number in range(20):
            await student.send("chat", id=f"m-{number}", text="¿Me oyes?")
            assert (await tutor.expect("chat"))["line"]["id"] == f"m-{number}"

        heard = await stranger.closed()
        await flooding
        expected = 1009 if kind == "one endless message" else CloseCode.FLOOD
        assert close_code(heard) == expected
        assert tutor.of_type("error") == student.of_type("error") == []


@EITHER
async def test_a_stranger_that_does_not_read_is_cut_off_too(service: Service) -> None:
    stranger = await Raw.upgrade(service.port)
    stranger.transport.pause_reading()

    await flood(stranger, frame(9, b"x" * 125), 100_000_000)

    assert stranger.is_closed
    stranger.close()


@EITHER
async def test_a_joined_page_cannot_flood_more_than_a_stranger(service: Service) -> None:
    joined = await Raw.upgrade(service.port, path="/?room=joined-floods")
    await joined.send(frame(1, JOIN))
    await joined.expect(b'"welcome"')

    await flood(joined, frame(10))

    assert close_code(await joined.closed()) == CloseCode.FLOOD


@EITHER
async def test_a_message_in_crumbs_is_closed(service: Service) -> None:
    joined = await Raw.upgrade(service.port, path="/?room=crumbs")
    await joined.send(frame(1, JOIN))
    await joined.expect(b'"welcome"')

    await joined.send(frame(1, fin=False) + frame(0, fin=False) * 1_100)

    assert close_code(await joined.closed()) == 1009


@EITHER
async def test_a_message_in_a_few_pieces_is_one_message(service: Service) -> None:
    pieces = [JOIN[at : at + 7] for at in range(0, len(JOIN), 7)]
    stranger = await Raw.upgrade(service.port, path="/?room=pieces")

    for number, piece in enumerate(pieces):
        await stranger.send(
            frame(0 if number else 1, piece, fin=number == len(pieces) - 1) + frame(9, b"still there?")
        )

    await stranger.expect(b'"welcome"')
    await until(lambda: stranger.heard.count(b"still there?") == len(pieces))
    stranger.close()


async def test_thirty_lessons_of_one_school_begin_at_the_same_moment(service: Service) -> None:
    pages = [
        Page(ws_url(service), f"school-{number}", role, address=address)
        for number in range(30)
        for role, address in ADDRESSES.items()
    ]

    welcomes = await asyncio.gather(*(page.join() for page in pages))

    assert len(welcomes) == 60
    for page in pages:
        for number in range(40):  # candidates come like this, all at once
            await page.send("user-status", audio=bool(number % 2), video=True)
        await page.settle()
        assert [error["code"] for error in page.of_type("error")] == ["already-joined"]
    await asyncio.gather(*(page.close() for page in pages))


@pytest.mark.slow
async def test_a_flooder_that_comes_back_is_let_in_more_slowly_than_it_comes(service: Service) -> None:
    async def come_and_go() -> int:
        caller = "X-Forwarded-For: 198.51.100.77"
        stranger = await Raw.upgrade(service.port, caller)
        stranger.close()
        return stranger.status

    statuses: set[int] = set()
    for _ in range(100):  # as fast as this machine can send
        statuses.update(await asyncio.gather(*(come_and_go() for _ in range(50))))
        if 503 in statuses:
            break
    other = await Raw.upgrade(service.port, "X-Forwarded-For: 198.51.100.78")

    assert statuses == {101, 503}
    assert other.status == 101
    other.close()
