"""Whether media arrives, from counters alone: each rule of `flow.py` at its bound."""

from __future__ import annotations

import pytest

from langdao_video.signaling.counters import MediaFlow
from langdao_video.signaling.flow import Flow, FlowReports, ReportedMedia

T = 1_698_234_567_000
SOME = MediaFlow(audio_packets=5, video_frames=5, bytes=50)


def media(audio: int, video: int, size: int) -> MediaFlow:
    return MediaFlow(audio_packets=audio, video_frames=video, bytes=size)


def test_a_new_flow_has_seen_nothing() -> None:
    flow = Flow()

    assert flow == Flow(newest=None, grew_ms=None, claimed_ms=None, awaited_ms=None)
    assert not flow.has_begun
    assert FlowReports().newest is ReportedMedia.FLOWING
    assert not flow.is_starved(T, 0)
    assert flow.missing_since(0, 0) is None


@pytest.mark.parametrize(("asked_ms", "claims"), [(T + 1_000, T + 1_000), (None, T + 5_000)])
def test_a_claim_is_dated_when_the_page_was_asked(asked_ms: int | None, claims: int) -> None:
    flow = Flow()
    flow.note(SOME, peer_sends=True, now_ms=T)

    flow.note(SOME, peer_sends=True, now_ms=T + 5_000, asked_ms=asked_ms)

    assert (flow.claimed_ms, flow.claim_asked_ms) == (T + 5_000, claims)


@pytest.mark.parametrize(
    ("then", "peer_sends", "grows"),
    [
        (media(6, 5, 50), True, True),
        (media(5, 6, 50), True, True),
        (media(5, 5, 50), True, False),
        (media(5, 5, 51), True, False),
        (media(5, 5, 51), False, True),
        (media(5, 5, 50), False, False),
        (media(6, 5, 51), False, True),
        (media(1, 0, 9), True, True),  # the page starts to count again: fewer bytes than before
        (media(0, 0, 9), True, False),
        (media(0, 0, 9), False, True),
    ],
)
def test_whether_the_peer_sends_decides_which_counter_must_grow(
    then: MediaFlow, *, peer_sends: bool, grows: bool
) -> None:
    flow = Flow()
    flow.note(SOME, peer_sends=True, now_ms=T)

    assert flow.note(then, peer_sends=peer_sends, now_ms=T + 5_000)

    assert flow.newest == then
    assert flow.grew_ms == (T + 5_000 if grows else T - 1)
    assert flow.claimed_ms == (None if grows else T + 5_000)
    assert flow.awaited_ms == (None if not peer_sends else T + 5_000 if grows else T)


@pytest.mark.parametrize("peer_sends", [False, True])
def test_bytes_of_the_path_begin_the_flow_from_a_peer_that_sends_nothing(*, peer_sends: bool) -> None:
    """Somebody may only listen from the beginning. The path works for them all the same, and may then fail."""
    flow = Flow()
    flow.note(media(0, 0, 0), peer_sends=peer_sends, now_ms=T)
    flow.note(media(0, 0, 90), peer_sends=peer_sends, now_ms=T + 5_000)

    assert flow.has_begun is not peer_sends
    assert flow.claimed_ms == (T + 5_000 if peer_sends else T)


def test_first_counters_cannot_be_compared_unless_they_are_zero() -> None:
    zeros, some, again = Flow(), Flow(), Flow(grew_ms=T - 9_000)

    assert zeros.note(media(0, 0, 0), peer_sends=True, now_ms=T)
    assert not some.note(SOME, peer_sends=True, now_ms=T)
    assert not again.note(SOME, peer_sends=True, now_ms=T)
    assert (zeros.grew_ms, zeros.claimed_ms, zeros.awaited_ms) == (None, T, T)
    assert (some.grew_ms, some.claimed_ms, some.has_begun) == (T - 1, None, True)
    assert again.grew_ms == T - 9_000


def test_a_page_without_counters_makes_no_claim() -> None:
    flow = Flow()

    assert flow.note(None, peer_sends=True, now_ms=T)

    assert (flow.awaited_ms, flow.claimed_ms, flow.newest, flow.counts) == (None, None, media(0, 0, 0), False)
    assert flow.note(SOME, peer_sends=True, now_ms=T + 1)
    assert (flow.grew_ms, flow.counts) == (T + 1, True)


@pytest.mark.parametrize("known", [media(0, 0, 0), SOME])
def test_a_page_that_leaves_its_counters_out_repeats_them(known: MediaFlow) -> None:
    """Otherwise it could say that nothing arrives, and no evidence would be asked about it."""
    leaves_out, repeats = Flow(), Flow()
    for flow, then in ((leaves_out, None), (repeats, known)):
        flow.note(known, peer_sends=True, now_ms=T)
        assert flow.note(then, peer_sends=True, now_ms=T + 5_000)

    assert leaves_out == repeats
    assert leaves_out.claimed_ms == T + 5_000


def test_media_is_missing_from_when_the_peer_began_to_send() -> None:
    flow = Flow()
    awaited = []
    for at_ms, sends in ((0, True), (10, True), (20, False), (30, True), (40, True)):
        flow.note(media(0, 0, 0), peer_sends=sends, now_ms=at_ms)
        awaited.append(flow.awaited_ms)

    assert awaited == [0, 0, None, 30, 30]


@pytest.mark.parametrize(("claimed_ms", "since_ms"), [(24_999, None), (25_000, 10_000), (25_001, 10_000)])
def test_media_that_has_begun_is_missing_after_the_page_claims_so_for_fifteen_seconds(
    claimed_ms: int, since_ms: int | None
) -> None:
    assert Flow(grew_ms=10_000, claimed_ms=claimed_ms).missing_since(15_000, 99_000) == since_ms


@pytest.mark.parametrize(("claimed_ms", "since_ms"), [(29_999, None), (30_000, 10_000), (30_001, 10_000)])
def test_media_that_has_not_begun_is_missing_after_the_time_to_start(
    claimed_ms: int, since_ms: int | None
) -> None:
    assert Flow(awaited_ms=10_000, claimed_ms=claimed_ms).missing_since(1, 20_000) == since_ms


def test_media_awaited_since_the_first_millisecond_can_be_missing() -> None:
    assert Flow(awaited_ms=0).is_starved(20_000, 20_000)
    assert not Flow(awaited_ms=0).is_starved(19_999, 20_000)


@pytest.mark.parametrize(
    ("flow", "since_ms"),
    [
        (Flow(), 0),
        (Flow(awaited_ms=T), T),
        (Flow(grew_ms=T + 1, awaited_ms=T), T + 1),
        (Flow(grew_ms=T + 1), T + 1),
    ],
)
def test_the_flow_is_quiet_since_the_last_growth_or_since_media_is_missing(flow: Flow, since_ms: int) -> None:
    assert flow.quiet_since_ms == since_ms


@pytest.mark.parametrize(("grew_ms", "is_quiet"), [(None, True), (0, True), (1, False), (5_000, False)])
def test_the_flow_is_quiet_when_no_media_came_for_the_given_time_or_ever(
    grew_ms: int | None, *, is_quiet: bool
) -> None:
    assert Flow(grew_ms=grew_ms).is_quiet(5_000, 5_000) is is_quiet
