"""How tallies become metrics: names, units, cumulative buckets."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from langdao_video.metrics.families import write_counter, write_gauges, write_seconds, write_words
from langdao_video.tallies import Histogram, WordCounts


class Only(Collector):
    """Collects one family."""

    def __init__(self, family: Metric) -> None:
        self._family = family

    def collect(self) -> Iterator[Metric]:
        """Yield it."""
        yield self._family


def lines_of(family: Metric) -> list[str]:
    registry = CollectorRegistry()
    registry.register(Only(family))
    return [line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")]


def test_microseconds_become_seconds_and_buckets_add_up() -> None:
    histogram = Histogram((500, 2_500_000))
    for value_us in (400, 500, 1_000_000, 9_000_000):
        histogram.note(value_us)

    assert lines_of(write_seconds("join", "How long.", histogram)) == [
        'langdao_join_seconds_bucket{le="0.0005"} 2.0',
        'langdao_join_seconds_bucket{le="2.5"} 3.0',
        'langdao_join_seconds_bucket{le="+Inf"} 4.0',
        "langdao_join_seconds_count 4.0",
        "langdao_join_seconds_sum 10.0009",
    ]


def test_words_that_are_known_begin_at_zero() -> None:
    counts = WordCounts()
    counts.note("new")
    counts.note("odd")

    assert lines_of(write_words("joins", "Joins.", "outcome", counts, ("new", "failed"))) == [
        'langdao_joins_total{outcome="new"} 1.0',
        'langdao_joins_total{outcome="failed"} 0.0',
        'langdao_joins_total{outcome="odd"} 1.0',
    ]


def test_a_counter_is_a_total_and_a_gauge_is_not() -> None:
    assert lines_of(write_counter("drops", "Drops.", 3)) == ["langdao_drops_total 3.0"]
    assert lines_of(write_gauges("sessions", "Now.", "state", {"live": 2})) == [
        'langdao_sessions{state="live"} 2.0'
    ]
