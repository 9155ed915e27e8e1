"""The carriages of a node: beats keep them, each loss ends them, and no frame is ever seen out of its place."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.across_nodes import exchange
from langdao_video.across_nodes.carriage import SILENCE_MS
from langdao_video.across_nodes.messages import (
    MESSAGE_BYTES_MAX,
    VERSION,
    Broken,
    CarriedFrame,
    EdgeEnvelope,
    StillAlive,
    write_envelope,
)
from langdao_video.errors import Unavailable
from langdao_video.signaling.port import Opening
from tests.across_nodes.carried import ListeningPage, TwoNodes

OPENING = Opening("lesson", "192.0.2.7")


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


async def test_rubbish_on_the_backplane_changes_nothing() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()

    for letter in (b"", b"\xff" * 100, b'{"type": "join"}'):
        nodes.edge.exchange.receive(letter)
        nodes.owner.exchange.receive(letter)

    assert page.closed is None
    assert nodes.takers[0].lost == []


async def test_a_message_that_is_too_large_ends_its_carriage() -> None:
    nodes, page = TwoNodes(), ListeningPage()
    await nodes.edge.pages.open(page, OPENING, b"join")
    await nodes.medium.settle()

    with pytest.raises(Unavailable, match="bytes"):
        await nodes.owner.exchange.send_to_edge("edge", CarriedFrame(1, b"x" * MESSAGE_BYTES_MAX))
    await nodes.medium.settle()

    assert page.closed is not None
    assert nodes.takers[0].lost == [None]


async def test_an_edge_that_is_not_known_gets_nothing() -> None:
    with pytest.raises(Unavailable, match="not there"):
        await TwoNodes().owner.exchange.send_to_edge("stranger", StillAlive())


async def test_more_nodes_than_the_bound_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "NODES_MAX", 0)
    nodes = TwoNodes()

    with pytest.raises(Unavailable, match="not there"):
        await nodes.edge.exchange.send_to_owner("owner", StillAlive())


async def test_nodes_that_have_gone_make_room_for_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "NODES_MAX", 1)
    owner, beat = TwoNodes().owner.exchange, StillAlive()
    owner.receive(write_envelope(EdgeEnvelope(VERSION, "edge-1", 1, 1, beat)))
    owner.receive(write_envelope(EdgeEnvelope(VERSION, "edge-2", 1, 1, beat)))
    with pytest.raises(Unavailable, match="not there"):
        await owner.send_to_edge("edge-2", beat)

    owner.receive(write_envelope(EdgeEnvelope(VERSION, "edge-1", 1, 0, Broken())))
    owner.receive(write_envelope(EdgeEnvelope(VERSION, "edge-2", 1, 1, beat)))

    with pytest.raises(Unavailable, match="nobody listens"):  # it is known; only the medium has no such node
        await owner.send_to_edge("edge-2", beat)


async def test_a_node_that_was_forgotten_is_carried_to_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "NODES_MAX", 1)
    nodes, first, second = TwoNodes(), ListeningPage(), ListeningPage()
    await nodes.edge.pages.open(first, OPENING, b"join")
    await nodes.medium.settle()
    nodes.edge.exchange.note_down()
    with pytest.raises(Unavailable, match="nobody listens"):
        await nodes.edge.exchange.send_to_owner("another", StillAlive())
    nodes.edge.exchange.note_down()
    nodes.pass_time(1_000)

    await nodes.edge.pages.open(second, OPENING, b"join")
    await nodes.medium.settle()

    assert (nodes.takers[-1].frames, second.closed) == ([b"join"], None)


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
