"""A page whose room is on another node: its frames come there and back in order, and each loss sends it home."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.across_nodes.carriage import SILENCE_MS
from langdao_video.across_nodes.pages import UNSENT_BYTES_MAX
from langdao_video.errors import NotOwner
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
    assert (nodes.edge.pages.count, nodes.owner.visitors) == (1, 1)


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
    assert (nodes.edge.pages.count, nodes.owner.visitors) == (0, 0)


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


async def test_the_sockets_of_an_edge_that_dies_are_lost_without_a_goodbye() -> None:
    nodes = TwoNodes()
    await nodes.edge.pages.open(ListeningPage(), OPENING, b"join")
    await nodes.medium.settle()

    for _ in range(SILENCE_MS // 500 + 1):
        nodes.now_ms += 500
        nodes.owner.exchange.tick()
        nodes.medium.under_way.clear()

    assert nodes.takers[0].lost == [None]


async def test_a_quiet_page_stays_for_as_long_as_both_nodes_live() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()

    for _ in range(60):
        nodes.pass_time(500)
        await nodes.medium.settle()

    assert page.closed is None
    assert nodes.takers[0].lost == []


async def test_without_the_backplane_all_come_back() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()

    nodes.edge.exchange.note_down()
    nodes.owner.exchange.note_down()

    assert page.closed is not None
    assert nodes.takers[0].lost == [None]


async def test_a_page_that_sends_faster_than_the_backplane_waits() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    passage = await nodes.edge.pages.open(page, OPENING, b"join")
    for _ in range(UNSENT_BYTES_MAX // 60_000 + 1):
        passage.receive(b"x" * 60_000)

    assert passage.is_full
    await nodes.medium.settle()
    assert not passage.is_full
    assert page.resumed == 1


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


@given(st.integers(0, 2**32), st.lists(st.sampled_from("sstddddlrw"), max_size=80))
def test_whatever_the_backplane_does_no_frame_is_seen_out_of_place(seed: int, steps: list[str]) -> None:
    """Each side sees of each socket a beginning of what the other one sent, and both agree on the end."""
    asyncio.run(_play(seed, steps))


async def _play(seed: int, steps: list[str]) -> None:
    random = Random(seed)  # noqa: S311 - replayed by its seed
    nodes, pages = TwoNodes(), [ListeningPage(1)]
    passage = await nodes.edge.pages.open(pages[0], OPENING, b"1:0")
    sent = {1: [b"1:0"]}
    replied: dict[int, list[bytes]] = {}
    for step in steps:
        letters = len(nodes.medium.under_way)
        if step == "s" and pages[-1].closed is None:
            frame = b"%d:%d" % (pages[-1].conn, len(sent[pages[-1].conn]))
            sent[pages[-1].conn].append(frame)
            passage.receive(frame)
        elif step == "s":
            pages.append(ListeningPage(pages[-1].conn + 1))
            sent[pages[-1].conn] = [b"%d:0" % pages[-1].conn]
            passage = await nodes.edge.pages.open(pages[-1], OPENING, sent[pages[-1].conn][0])
        elif step == "t" and nodes.takers and not nodes.takers[-1].lost:
            first = nodes.takers[-1].frames[0] or b""
            reply = b"%d" % len(replied.setdefault(int(first.split(b":")[0]), []))
            replied[int(first.split(b":")[0])].append(reply)
            nodes.takers[-1].carrier.send(reply)
        elif letters and step in "dlrw":
            index = random.randrange(letters)
            {
                "d": lambda _: nodes.medium.deliver(0),
                "l": nodes.medium.lose,
                "r": nodes.medium.repeat,
                "w": nodes.medium.deliver,
            }[step](index)
        await asyncio.sleep(0)
    await nodes.medium.settle()
    for _ in range(2 * SILENCE_MS // 500):  # what was lost is noticed by now
        nodes.pass_time(500)
        await nodes.medium.settle()
    for page in pages:
        assert page.frames == replied.get(page.conn, [])[: len(page.frames)]
    for taker in nodes.takers:
        conn = int((taker.frames[0] or b"").split(b":")[0])
        assert taker.frames == sent[conn][: len(taker.frames)]
        if not taker.lost:
            page = pages[conn - 1]
            assert page.closed is None
            assert taker.frames == sent[conn]
            assert page.frames == replied.get(conn, [])
