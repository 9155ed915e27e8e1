"""Writes tallies as families of metrics, as Prometheus wants them: seconds, `_total`, cumulative buckets. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from langdao_video.tallies import MICROSECONDS, Histogram, WordCounts

PREFIX = "langdao_"


def write_gauge(name: str, meaning: str, value: float) -> Metric:
    """Write what is now."""
    return GaugeMetricFamily(PREFIX + name, meaning, value)


def write_gauges(name: str, meaning: str, label: str, values: Mapping[str, int]) -> Metric:
    """Write what is now, by *label*."""
    family = GaugeMetricFamily(PREFIX + name, meaning, labels=(label,))
    for word, value in values.items():
        family.add_metric((word,), value)
    return family


def write_counter(name: str, meaning: str, value: int) -> Metric:
    """Write how often something has happened. The metric's name ends in `_total`."""
    return CounterMetricFamily(PREFIX + name, meaning, value)


def write_counters(
    name: str, meaning: str, labels: tuple[str, ...], counts: Iterable[tuple[tuple[str, ...], int]]
) -> Metric:
    """Write how often something has happened, by *labels*."""
    family = CounterMetricFamily(PREFIX + name, meaning, labels=labels)
    for words, count in counts:
        family.add_metric(words, count)
    return family


def write_words(name: str, meaning: str, label: str, counts: WordCounts, known: Iterable[str] = ()) -> Metric:
    """Write the counts of words. Those of *known* begin at 0: a rate needs two values, and the first event is one."""
    merged = dict(chain(((word, 0) for word in known), counts.items()))
    return write_counters(name, meaning, (label,), [((word,), count) for word, count in merged.items()])


def write_histogram(name: str, meaning: str, histogram: Histogram) -> Metric:
    """Write a histogram of counts."""
    return _write_histogram(name, meaning, histogram, 1)


def write_seconds(name: str, meaning: str, microseconds: Histogram) -> Metric:
    """Write a histogram of durations. The metric's name ends in `_seconds`."""
    return _write_histogram(f"{name}_seconds", meaning, microseconds, MICROSECONDS)


def _write_histogram(name: str, meaning: str, histogram: Histogram, unit: int) -> Metric:
    buckets: list[tuple[str, float]] = [
        ("+Inf" if bound is None else f"{bound / unit:g}", count) for bound, count in histogram.cumulate()
    ]
    return HistogramMetricFamily(PREFIX + name, meaning, buckets=buckets, sum_value=histogram.total / unit)
