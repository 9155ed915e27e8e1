"""What a tally counts, and its bound."""

from __future__ import annotations

from langdao_video.tallies import LABELS_MAX, Histogram, WordCounts


def test_a_value_counts_in_the_first_bucket_that_it_does_not_exceed() -> None:
    histogram = Histogram((10, 20))

    for value in (0, 10, 11, 20, 21):
        histogram.note(value)

    assert [*histogram.cumulate()] == [(10, 2), (20, 4), (None, 5)]
    assert (histogram.total, histogram.count) == (62, 5)


def test_words_beyond_the_bound_count_as_other() -> None:
    counts = WordCounts()

    for number in range(LABELS_MAX + 5):
        counts.note(f"word-{number}")
    counts.note("word-0")

    counted = dict(counts.items())
    assert len(counted) == LABELS_MAX + 1
    assert (counted["word-0"], counted["other"]) == (2, 5)
