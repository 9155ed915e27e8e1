"""The token bucket: a burst at once, then a fixed rate, for any pattern of calls."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from langdao_video.access.limits import TokenBucket

NOW_MS = 1_764_000_000_000


def test_a_burst_passes_and_one_more_does_not() -> None:
    bucket = TokenBucket(50, 200, NOW_MS)

    taken = [bucket.take(NOW_MS) for _ in range(201)]

    assert taken == [True] * 200 + [False]


def test_it_fills_again_with_time() -> None:
    bucket = TokenBucket(50, 200, NOW_MS)
    for _ in range(201):
        bucket.take(NOW_MS)

    taken = [bucket.take(NOW_MS + 1_000) for _ in range(51)]

    assert taken == [True] * 50 + [False]


def test_a_long_silence_saves_up_no_more_than_the_burst() -> None:
    bucket = TokenBucket(50, 200, NOW_MS)

    taken = [bucket.take(NOW_MS + 3_600_000) for _ in range(300)]

    assert sum(taken) == 200


@given(pauses_ms=st.lists(st.integers(0, 200), max_size=300))
def test_no_pattern_gets_more_than_burst_plus_rate(pauses_ms: list[int]) -> None:
    bucket = TokenBucket(50, 20, NOW_MS)
    now_ms, passed = NOW_MS, 0

    for pause_ms in pauses_ms:
        now_ms += pause_ms
        passed += bucket.take(now_ms)

    assert passed <= 20 + (now_ms - NOW_MS) * 50 / 1000 + 1e-6


@given(pauses_ms=st.lists(st.integers(20, 200), max_size=300))
def test_a_sender_within_the_rate_is_never_stopped(pauses_ms: list[int]) -> None:
    bucket = TokenBucket(50, 20, NOW_MS)
    now_ms, stopped = NOW_MS, 0

    for pause_ms in pauses_ms:
        now_ms += pause_ms
        stopped += not bucket.take(now_ms)

    assert stopped == 0
