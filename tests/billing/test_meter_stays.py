"""Since when somebody has been there without a gap: also across what is settled, and what a revision has cut."""

from __future__ import annotations

from langdao_video.billing.meter import Meter, Span


def meter_of(*pieces: tuple[int, int]) -> Meter:
    """Return a meter whose student was there in *pieces*, in sitting 1."""
    meter = Meter()
    for start_ms, end_ms in pieces:
        meter.open("student", start_ms, 1)
        meter.close("student", end_ms, "silence")
    return meter


def test_a_stay_counts_from_its_start_also_when_that_is_settled() -> None:
    meter = meter_of((10, 20), (50, 90))

    meter.settle(60)
    meter.settle(70)

    assert meter.stay("student", 80) == (1, 50)
    assert meter.stay("student", 65) is None, "that is settled"


def test_a_gap_begins_a_new_stay() -> None:
    meter = meter_of((10, 20), (50, 90))

    assert [meter.stay("student", at_ms) for at_ms in (5, 20, 30, 50, 90, 91)] == [
        None,
        (1, 10),
        None,
        (1, 50),
        (1, 50),
        None,
    ]


def test_spans_that_touch_are_one_stay_of_one_sitting() -> None:
    meter = meter_of((10, 50))

    meter.revise("student", (30, 50), [Span(30, 50, 1)], 50, is_open=True)
    first = meter.stay("student", 50)
    meter.open("student", 50, 2)

    assert first == (1, 10)
    assert meter.stay("student", 50) == (2, 50), "another sitting is another stay"


def test_what_is_clipped_at_its_start_forgets_what_was_settled_before() -> None:
    meter = meter_of((10, 90))
    meter.settle(40)

    meter.revise("student", (40, 60), [], 90, is_open=False)

    assert meter.stay("student", 80) == (1, 60)
