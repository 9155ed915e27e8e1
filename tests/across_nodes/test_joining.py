"""What a node that stops does with what it carries."""

from __future__ import annotations

import asyncio

from langdao_video.signaling.port import Opening
from tests.across_nodes.carried import ListeningPage, TwoNodes

OPENING = Opening("lesson", "192.0.2.7")


async def test_a_node_that_stops_tells_its_pages_to_move_and_carries_them_on() -> None:
    nodes, pages = TwoNodes(), [ListeningPage(1), ListeningPage(2)]
    passages = [await nodes.edge.pages.open(page, OPENING, b"join") for page in pages]
    await nodes.medium.settle()

    nodes.edge.begin_drain(0, lambda: b"moving")
    passages[1].lose(1001)
    await asyncio.sleep(0.01)
    passages[0].receive(b"moved")
    await nodes.medium.settle()

    assert [page.frames for page in pages] == [[b"moving"], []], "nobody is told who has left"
    assert pages[0].closed is None
    assert (nodes.takers[0].frames, nodes.takers[0].lost) == ([b"join", b"moved"], [])


async def test_a_page_that_has_found_no_other_node_is_closed_at_the_end() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()
    nodes.takers[0].carrier.send(b"welcome")
    await nodes.medium.settle()
    nodes.edge.begin_drain(0, lambda: b"moving")

    closing = asyncio.create_task(nodes.edge.close())
    await nodes.medium.settle()
    await closing

    assert page.closed == (1012, "owner-lost")
    assert nodes.takers[0].lost == [None]


async def test_an_owner_that_stops_closes_the_pages_of_other_nodes() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()

    closing = asyncio.create_task(nodes.owner.close())
    await nodes.medium.settle()
    await closing

    assert page.closed == (1012, "service-restarts")
    assert nodes.takers[0].lost == [None]
