"""A service's parts without a service, for tests that read metrics only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from langdao_video.billing.money import Rate
from langdao_video.billing.service import SessionService
from langdao_video.delivery.tally import DeliveryTally
from langdao_video.metrics.collector import Measured
from langdao_video.signaling.hub import Hub
from langdao_video.store.memory import MemoryStore
from langdao_video.store.tally import StoreTally
from langdao_video.tallies import WordCounts
from tests.billing.book import RULES
from tests.stories.live import HandClock


@dataclass(frozen=True, slots=True)
class TwoRooms:
    """A node that owns two rooms."""

    count: int = 2
    holds_lease: bool = True
    changes: WordCounts = field(default_factory=WordCounts)


@dataclass(frozen=True, slots=True)
class SlowRedis:
    """A Redis that takes a while."""

    is_up: bool = True
    lag_ms: int = 250


def measure_node() -> Measured:
    """Measure a node of several, in which nothing has happened."""
    clock = HandClock()
    nothing = cast("Any", None)
    return Measured(
        hub=Hub(nothing, nothing, nothing, clock),
        sessions=SessionService(MemoryStore(), clock, RULES, Rate(2_000, "USD", 2)),
        store=StoreTally(),
        deliveries=DeliveryTally(),
        owned=TwoRooms(),
        backplane=SlowRedis(),
    )
