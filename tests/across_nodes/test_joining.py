"""What a node that stops does with what it carries."""

from __future__ import annotations

import asyncio

from langdao_video.signaling.port import Opening
from tests.across_nodes.carried import ListeningPage, TwoNodes

OPENING = Opening("lesson", "192.0.2.7")


async def test_a_node_that_stops_sends_its_pages_away_and_tells_the_owner() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()

    nodes.edge.begin_drain(0)
    await asyncio.sleep(0.01)
    await nodes.medium.settle()

    assert page.closed == (1012, "service-restarts")
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
