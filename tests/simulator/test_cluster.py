"""The nodes of a simulated lesson come and go, and each trouble puts the time around it into doubt."""

from __future__ import annotations

from random import Random

import pytest

from tools.simulator.cluster import AFTER_MS, BEFORE_MS, NODES, SimulatedCluster
from tools.simulator.cluster_books import ClusterBooks
from tools.simulator.machine import Machine
from tools.simulator.service import SESSION
from tools.simulator.world import World, finish


@pytest.fixture
def cluster() -> SimulatedCluster:
    world = World(Random(7))  # noqa: S311 - the same every time
    cluster = SimulatedCluster(world, Machine(world), 50, ClusterBooks(world))
    cluster.start()
    world.run(1_000, lambda: False)
    return cluster


def living(cluster: SimulatedCluster) -> list[str]:
    """Return the nodes whose lease the store knows."""
    return [node.id for node in finish(cluster.books.owners.load_census()).nodes]


def test_a_killed_node_is_forgotten_and_replaced(cluster: SimulatedCluster) -> None:
    before = living(cluster)

    cluster.kill(500)
    cluster.world.run(10_000, lambda: False)

    after = living(cluster)
    assert len(before) == len(after) == NODES
    assert len(set(before) & set(after)) == NODES - 1
    assert cluster.doubts == [(cluster.doubts[0][0], cluster.doubts[0][0] + BEFORE_MS + AFTER_MS)]


def test_a_node_that_stands_still_for_long_has_lost_its_room(cluster: SimulatedCluster) -> None:
    first, second = living(cluster)[:2]
    finish(cluster.books.owners.claim_room(SESSION, first))

    for node in cluster.nodes:
        if node.id == first:
            node.stand_still()
    cluster.world.run(10_000, lambda: False)
    owner = finish(cluster.books.owners.claim_room(SESSION, second))

    assert first not in living(cluster)
    assert (owner.node_id, owner.fence) == (second, 2)


def test_a_lease_that_cannot_be_renewed_ends(cluster: SimulatedCluster) -> None:
    cluster.cut_lease(6_000)
    cluster.world.run(5_500, lambda: False)
    during = living(cluster)
    cluster.world.run(9_000, lambda: False)

    assert len(during) == NODES - 1
    assert len(living(cluster)) == NODES
