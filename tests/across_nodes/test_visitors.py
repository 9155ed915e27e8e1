"""The owner's end of a carried socket has the bounds of a socket of its own."""

from __future__ import annotations

import pytest

from langdao_video.across_nodes.carriage import SILENCE_MS
from langdao_video.across_nodes.visitors import FRAMES_HELD_MAX, SIZE_HELD_BYTES_MAX
from langdao_video.signaling.codec import FRAME_SIZE_BYTES_MAX
from langdao_video.signaling.port import Opening
from langdao_video.signaling.unsent import FRAMES_WAITING_MAX
from tests.across_nodes.carried import ListeningPage, TwoNodes

OPENING = Opening("lesson", "192.0.2.7")


async def test_the_sockets_of_an_edge_that_dies_are_lost_without_a_goodbye() -> None:
    nodes = TwoNodes()
    await nodes.edge.pages.open(ListeningPage(), OPENING, b"join")
    await nodes.medium.settle()

    for _ in range(SILENCE_MS // 500 + 1):
        nodes.now_ms += 500
        nodes.owner.exchange.tick()
        nodes.medium.under_way.clear()

    assert nodes.takers[0].lost == [None]


async def test_frames_wait_while_a_join_is_checked() -> None:
    nodes = TwoNodes()
    passage = await nodes.edge.pages.open(ListeningPage(), OPENING, b"join")
    await nodes.medium.settle()
    (taker,) = nodes.takers
    taker.is_busy = True
    passage.receive(b"one")
    passage.receive(b"two")
    await nodes.medium.settle()
    assert taker.frames == [b"join"]

    taker.is_busy = False
    taker.carrier.resume()

    assert taker.frames == [b"join", b"one", b"two"]


@pytest.mark.parametrize(
    ("frames", "size_bytes"),
    [(FRAMES_HELD_MAX, 1), (SIZE_HELD_BYTES_MAX // FRAME_SIZE_BYTES_MAX, FRAME_SIZE_BYTES_MAX)],
)
async def test_a_page_that_floods_a_join_is_closed(frames: int, size_bytes: int) -> None:
    nodes, page = TwoNodes(), ListeningPage()
    passage = await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()
    nodes.takers[0].is_busy = True

    for _ in range(frames):
        passage.receive(b"x" * size_bytes)
        await nodes.medium.settle()
    before = page.closed
    passage.receive(b"x")
    await nodes.medium.settle()

    assert before is None
    assert page.closed == (4429, "flood")


async def test_a_full_backplane_is_a_slow_reader() -> None:
    nodes = TwoNodes()
    await nodes.edge.pages.open(ListeningPage(), OPENING, b"join")
    await nodes.medium.settle()
    carrier = nodes.takers[0].carrier

    assert all(carrier.send(b"x") for _ in range(FRAMES_WAITING_MAX))
    assert not carrier.send(b"x")
    await nodes.medium.settle()
    assert carrier.send(b"x")


async def test_a_large_backlog_is_a_slow_reader() -> None:
    nodes = TwoNodes()
    await nodes.edge.pages.open(ListeningPage(), OPENING, b"join")
    await nodes.medium.settle()
    carrier = nodes.takers[0].carrier

    assert carrier.send(b"x" * 600_000)
    assert not carrier.send(b"x" * 600_000)


async def test_nothing_follows_a_close() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()
    carrier = nodes.takers[0].carrier

    carrier.close(4410, "session-ended")
    carrier.close(1012, "again")
    carrier.send(b"late")
    await nodes.medium.settle()

    assert (page.frames, page.closed) == ([], (4410, "session-ended"))
    assert nodes.takers[0].lost == [None]
