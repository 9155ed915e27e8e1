"""The store of a cluster: what is written with an old fence when its time comes is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from random import Random
from typing import Any

import pytest

from langdao_video.errors import NotOwner, Unavailable
from langdao_video.store.ownership import LEASE_MS, Node
from langdao_video.store.port import NewEvent
from tools.simulator.cluster_books import ClusterBooks
from tools.simulator.loop import VirtualLoop
from tools.simulator.world import World, finish

FACT = NewEvent(id="1", type="noted", at_ms=1, body={})


def do(world: World, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
    """Begin *work* in a process of its own."""
    loop = VirtualLoop(world, 1)
    tasks: list[asyncio.Task[object]] = []
    loop.do(lambda: tasks.append(loop.create_task(work)))
    return tasks[0]


@pytest.fixture
def world() -> World:
    return World(Random(7))  # noqa: S311 - the same every time


@pytest.fixture
def books(world: World) -> ClusterBooks:
    return ClusterBooks(world)


def test_an_owner_that_waits_before_its_write_until_another_has_claimed_writes_nothing(
    world: World, books: ClusterBooks
) -> None:
    for name in ("a", "b"):
        finish(books.owners.save_node(Node(id=name, version="1")))
    first = finish(books.owners.claim_room("room", "a"))
    told: list[str] = []

    def claim(node_id: str) -> None:
        told.append(node_id)
        finish(books.owners.remove_node("a"))
        finish(books.owners.claim_room("room", "b"))

    books.before_write = claim
    writing = do(world, books.append_events("room", 0, [FACT], owner=first))
    world.run(1_000, lambda: False)

    assert told == ["a"]
    assert isinstance(writing.exception(), NotOwner)
    assert books.facts == []


def test_a_node_that_is_cut_off_loses_its_lease(world: World, books: ClusterBooks) -> None:
    node = Node(id="a", version="1")
    finish(books.owners.save_node(node))
    books.owners.cut = frozenset({"a"})

    with pytest.raises(Unavailable):
        finish(books.owners.save_node(node))
    world.at(LEASE_MS, lambda: None)
    world.run(LEASE_MS + 1, lambda: False)

    assert finish(books.owners.load_census()).nodes == []
