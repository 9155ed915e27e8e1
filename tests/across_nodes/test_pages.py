"""A page whose room is on another node: its frames come there and back in order, and each loss sends it home."""

from __future__ import annotations

import pytest

from langdao_video.across_nodes.carriage import SILENCE_MS
from langdao_video.across_nodes.pages import UNSENT_BYTES_MAX
from langdao_video.errors import NotOwner
from langdao_video.signaling.codec import FRAME_SIZE_BYTES_MAX
from langdao_video.signaling.port import Opening
from tests.across_nodes.carried import ListeningPage, TwoNodes

OPENING = Opening("lesson ü", "192.0.2.7")


async def test_frames_come_to_the_owner_and_back() -> None:
    nodes, page = TwoNodes(), ListeningPage()

    passage = await nodes.edge.pages.open(page, OPENING, b"join")
    passage.receive(b"one")
    passage.receive(b"two")
    await nodes.medium.settle()
    (taker,) = nodes.takers
    taker.carrier.send(b"welcome")
    taker.carrier.send(b"peer")
    await nodes.medium.settle()

    assert (taker.opening, taker.frames) == (OPENING, [b"join", b"one", b"two"])
    assert page.frames == [b"welcome", b"peer"]
    assert (nodes.edge.pages.count, nodes.owner._sockets.count) == (1, 1)


async def test_frames_of_64_kib_come_whole_in_both_directions() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    largest = bytes(range(256)) * (FRAME_SIZE_BYTES_MAX // 256)

    passage = await nodes.edge.pages.open(page, OPENING, largest)
    await nodes.medium.settle()
    passage.receive(largest)
    nodes.takers[0].carrier.send(largest)
    await nodes.medium.settle()

    assert nodes.takers[0].frames == [largest, largest]
    assert page.frames == [largest]


async def test_the_close_of_each_side_reaches_the_other() -> None:
    nodes, first, second = TwoNodes(), ListeningPage(1), ListeningPage(2)
    passage = await nodes.edge.pages.open(first, OPENING, b"join")
    await nodes.edge.pages.open(second, OPENING, b"join")
    await nodes.medium.settle()

    passage.lose(1001)
    nodes.takers[1].carrier.send(b"last")
    nodes.takers[1].carrier.close(4410, "session-ended")
    await nodes.medium.settle()

    assert nodes.takers[0].lost == [1001]
    assert (second.frames, second.closed) == ([b"last"], (4410, "session-ended"))
    assert nodes.takers[1].lost == [None]
    assert (nodes.edge.pages.count, nodes.owner._sockets.count) == (0, 0)


@pytest.mark.parametrize("owner", [None, "edge"])
async def test_a_room_without_an_owner_elsewhere_is_refused(owner: str | None) -> None:
    nodes = TwoNodes()
    nodes.owner_name = owner

    with pytest.raises(NotOwner, match="moving"):
        await nodes.edge.pages.open(ListeningPage(), OPENING, b"join")


async def test_a_lost_frame_sends_the_page_home_and_the_next_socket_works() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    passage = await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()
    nodes.takers[0].carrier.send(b"welcome")
    await nodes.medium.settle()

    passage.receive(b"lost")
    nodes.medium.lose(0)
    passage.receive(b"after the gap")
    await nodes.medium.settle()

    assert page.closed == (1012, "owner-lost")
    assert (nodes.takers[0].frames, nodes.takers[0].lost) == ([b"join"], [None])
    again = ListeningPage(2)
    await nodes.edge.pages.open(again, OPENING, b"again")
    await nodes.medium.settle()
    assert nodes.takers[1].frames == [b"again"]


async def test_a_lost_reply_sends_the_page_home() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()
    nodes.takers[0].carrier.send(b"welcome")
    await nodes.medium.settle()

    nodes.takers[0].carrier.send(b"lost")
    nodes.medium.lose(0)
    nodes.takers[0].carrier.send(b"after the gap")
    await nodes.medium.settle()

    assert (page.frames, page.closed) == ([b"welcome"], (1012, "owner-lost"))
    assert nodes.takers[0].lost == [None]


async def test_an_owner_that_dies_is_left_after_four_seconds() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()
    nodes.takers[0].carrier.send(b"welcome")
    await nodes.medium.settle()

    for _ in range(SILENCE_MS // 500 + 1):
        nodes.now_ms += 500
        nodes.edge.exchange.tick()
        nodes.medium.under_way.clear()

    assert page.closed == (1012, "owner-lost")


async def test_an_owner_that_never_answered_is_tried_again_later() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    del nodes.medium.nodes["owner"]

    await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()

    assert page.closed == (1013, "owner-lost")


async def test_a_page_that_sends_faster_than_the_backplane_waits() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    passage = await nodes.edge.pages.open(page, OPENING, b"join")
    for _ in range(UNSENT_BYTES_MAX // 60_000 + 1):
        passage.receive(b"x" * 60_000)

    assert passage.is_full
    await nodes.medium.settle()
    assert not passage.is_full
    assert page.resumed == 1
