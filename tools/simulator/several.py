"""A lesson that several nodes serve. They die, stand still, lose their lease and their backplane: the bill is right."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from langdao_video.billing.service import SessionService
from tools.simulator import plan as plans
from tools.simulator.cluster import SimulatedCluster
from tools.simulator.cluster_books import ClusterBooks
from tools.simulator.intervals import union
from tools.simulator.oracle import Truth
from tools.simulator.stage import Served, Stage


class Several(Stage):
    """One lesson over a cluster."""

    def _make_service(self) -> Served:
        books = ClusterBooks(self.world)
        self.cluster = SimulatedCluster(self.world, self.machine, self.plan.tick_ms, books)
        return self.cluster

    def truth(self) -> Truth:
        """Return the truth up to now. No proof is sure while a node fails, but none is made up either."""
        truth = super().truth()
        return replace(truth, downs=[], unsaved=union(truth.unsaved, self.cluster.doubts))

    def _plan_trouble(self, trouble: plans.Trouble) -> None:
        at, cluster = self.world.at, self.cluster
        match trouble:
            case plans.NodeStops():
                at(trouble.at_ms, lambda: cluster.stop_node(trouble.for_ms))
            case plans.NodeStandsStill():
                at(trouble.at_ms, lambda: cluster.stand_still(trouble.for_ms, in_write=trouble.in_write))
            case plans.LeaseLapses():
                at(trouble.at_ms, lambda: cluster.cut_lease(trouble.for_ms))
            case plans.BackplaneIsIll():
                at(trouble.at_ms, lambda: cluster.fall_ill(trouble.how, trouble.for_ms))
            case _:
                super()._plan_trouble(trouble)

    def _ask(self, make: Callable[[SessionService], Coroutine[Any, Any, object]]) -> None:
        self.cluster.ask(make)
