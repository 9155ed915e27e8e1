"""What the evidence of one side says about the other's claim, and whether a page answers: each threshold."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from langdao_video.signaling.counters import Acks
from langdao_video.signaling.evidence import (
    LATE_MS,
    MOMENT_MS,
    QUIET_MS,
    REPORTS_MS,
    SURE_MS,
    TAIL_MS,
    Lateness,
    Verdict,
    Witness,
)

T = 1_000_000
"""The time (Unix ms) since which the claimant's page has received nothing, by its own counters."""


def acks(reports: int) -> Acks:
    return Acks(audio=reports, video=reports)


def witness(*noted: tuple[int, int]) -> Witness:
    """Make a witness with that many reports at these times."""
    made = Witness()
    for at_ms, reports in noted:
        made.note(acks(reports), at_ms, at_ms)
    return made


NEVER_COUNTED = witness()
NEVER_GREW = witness((T, 0), (T + 5_000, 0))
GOES_ON = witness((T, 5), (T + TAIL_MS, 6), (T + TAIL_MS + 1, 7))
ONLY_TAIL = witness((T, 5), (T + REPORTS_MS, 6), (T + TAIL_MS, 7))
STOPPED = witness((T - 5_000, 4), (T, 5), (T + QUIET_MS, 5))
HARDLY_QUIET = witness((T - 5_000, 4), (T, 5), (T + QUIET_MS - 1, 5))
LATER = T + TAIL_MS + 1


@pytest.mark.parametrize(
    ("evidence", "at_ms", "verdict"),
    [
        (GOES_ON, LATER, Verdict.CONTRADICTED),
        (ONLY_TAIL, LATER, Verdict.OPEN),  # a receiver may still report this long after the last packet
        (STOPPED, T + QUIET_MS, Verdict.AGREED),
        (HARDLY_QUIET, T + QUIET_MS - 1, Verdict.OPEN),
        (NEVER_COUNTED, LATER, Verdict.UNSUPPORTED),
        (NEVER_GREW, LATER, Verdict.UNSUPPORTED),
        (GOES_ON, LATER + TAIL_MS, Verdict.CONTRADICTED),
        (
            GOES_ON,
            LATER + TAIL_MS + 1,
            Verdict.UNSUPPORTED,
        ),  # without reports for too long there is no evidence
    ],
)
def test_the_peers_browser_tells_whether_media_arrives(
    evidence: Witness, at_ms: int, verdict: Verdict
) -> None:
    assert evidence.judge(T, at_ms, at_ms, sends=True, receives=True) is verdict


@pytest.mark.parametrize("evidence", [GOES_ON, ONLY_TAIL, STOPPED, NEVER_COUNTED, NEVER_GREW])
def test_a_peer_that_sends_nothing_supports_the_claim(evidence: Witness) -> None:
    assert evidence.judge(T, LATER, LATER, sends=False, receives=True) is Verdict.AGREED


@pytest.mark.parametrize("evidence", [NEVER_COUNTED, NEVER_GREW])
def test_a_peer_without_evidence_that_receives_nothing_supports_the_claim(evidence: Witness) -> None:
    assert evidence.judge(T, LATER, LATER, sends=True, receives=False) is Verdict.AGREED


@pytest.mark.parametrize(
    ("asked_ms", "verdict"),
    [
        (LATER - 1, Verdict.OPEN),  # media may have come back, and the claimant had no time to report it
        (LATER, Verdict.CONTRADICTED),
        (LATER + 4_000, Verdict.CONTRADICTED),
    ],
)
def test_only_evidence_from_before_the_claimant_was_asked_contradicts_it(
    asked_ms: int, verdict: Verdict
) -> None:
    assert GOES_ON.judge(T, asked_ms, LATER + 5_000, sends=True, receives=True) is verdict


def test_a_slow_answer_is_judged_by_the_evidence_from_when_it_was_asked_for() -> None:
    goes_on = witness(*((T + 5_000 * n, n) for n in range(9)))

    assert goes_on.judge(T, T + 31_000, T + 40_000, sends=True, receives=True) is Verdict.CONTRADICTED


def test_reports_that_a_network_kept_back_deny_nothing() -> None:
    """The answer that would have shown them was late. They may have come before the media stopped."""
    made = Witness()
    for asked_ms, at_ms, reports in ((T, T, 5), (T + 5_000, LATER, 6), (T + 10_000, LATER + 1, 7)):
        made.note(acks(reports), at_ms, asked_ms)

    assert made.judge(T, LATER + 1, LATER + 1, sends=True, receives=True) is Verdict.OPEN


@pytest.mark.parametrize(
    ("late_ms", "again"), [(MOMENT_MS, Verdict.CONTRADICTED), (MOMENT_MS + 1, Verdict.OPEN)]
)
def test_what_comes_a_moment_after_the_claim_denies_it_from_the_second_time_on(
    late_ms: int, again: Verdict
) -> None:
    """Media may have come back in that moment. It does not each time."""
    made, verdicts = Witness(), []
    for since_ms in (T, T + 20_000):
        made.note(acks(since_ms), since_ms + 10_000, since_ms + 10_000)
        made.note(acks(since_ms + 1), since_ms + 15_000 + late_ms, since_ms + 15_000)
        asked_ms, now_ms = since_ms + 15_000, since_ms + 17_000
        verdicts += [made.judge(since_ms, asked_ms, now_ms, sends=True, receives=True) for _ in range(2)]

    assert verdicts == [Verdict.OPEN, Verdict.OPEN, again, again]


def test_a_peer_with_evidence_contradicts_even_if_it_receives_nothing() -> None:
    assert GOES_ON.judge(T, LATER, LATER, sends=True, receives=False) is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("counters", "grew_ms"),
    [
        ([acks(5)], None),  # the age of the first reports is unknown
        ([acks(5), acks(5)], None),
        ([acks(5), acks(6)], 1),
        ([acks(5), acks(6), acks(6)], 1),
        ([acks(5), None, acks(6)], 2),  # a heartbeat without counters is no evidence
        ([acks(5), acks(0), acks(1)], 2),  # a page that starts to count again
        ([Acks(audio=5, video=5), Acks(audio=6, video=0)], 1),
        ([Acks(audio=5, video=5), Acks(audio=0, video=6)], 1),
        ([acks(5), Acks(audio=5, video=5, path=9)], None),  # a path that answers may carry no sound yet
    ],
)
def test_only_receiver_reports_that_grow_are_evidence(
    counters: Iterable[Acks | None], grew_ms: int | None
) -> None:
    made = Witness()

    for at_ms, counted in enumerate(counters):
        made.note(counted, at_ms, at_ms)

    assert made.grew_ms == grew_ms


Review = tuple[int | None, int, int]
"""The times of the oldest open ping, of the page's last frame, and now."""
OPEN: Review = (T, T + LATE_MS, T + LATE_MS)


def later(review: Review, ms: int) -> Review:
    """Return the review of the same open ping *ms* later, of a page that sent a frame meanwhile."""
    oldest_ms, heard_ms, now_ms = review
    return oldest_ms, heard_ms + ms, now_ms + ms


@pytest.mark.parametrize(
    ("reviews", "is_silent"),
    [
        ([OPEN], False),
        ([OPEN, later(OPEN, SURE_MS - 1)], False),
        ([OPEN, later(OPEN, SURE_MS)], True),
        ([later(OPEN, -1), later(OPEN, SURE_MS - 1)], False),  # one ms too short
        (
            [OPEN, (None, T + LATE_MS + 500, T + LATE_MS + 500), later(OPEN, SURE_MS)],
            False,
        ),  # the page answered
        # The last frame came before the ping was old: the network or the page delays everything.
        ([(T, T + LATE_MS - 1, T + LATE_MS), (T, T + LATE_MS - 1, T + 2 * LATE_MS - 2)], False),
        # No frame for ten seconds: the socket is dying.
        ([OPEN, (T, T + LATE_MS, T + 2 * LATE_MS)], False),
        ([OPEN, (T, T + LATE_MS, T + 2 * LATE_MS - 1)], True),
    ],
)
def test_a_ping_that_stays_open_while_other_frames_come_is_silence(
    reviews: Iterable[Review], *, is_silent: bool
) -> None:
    lateness = Lateness()

    told = [lateness.review(*review) for review in reviews]

    assert told[-1] is is_silent
    assert not any(told[:-1])


@pytest.mark.parametrize(("took_ms", "is_silent"), [(LATE_MS - 1, False), (LATE_MS, True), (14_000, True)])
def test_answers_that_all_come_late_are_silence(took_ms: int, *, is_silent: bool) -> None:
    lateness = Lateness(answered_late_ms=took_ms)

    lateness.review(None, T, T)

    assert lateness.review(None, T + SURE_MS, T + SURE_MS) is is_silent


def test_an_answer_in_time_ends_the_silence() -> None:
    lateness = Lateness(answered_late_ms=14_000)
    lateness.review(None, T, T)
    assert lateness.review(None, T + SURE_MS, T + SURE_MS)

    lateness.answered_late_ms = 40

    assert not lateness.review(None, T + SURE_MS, T + SURE_MS)


def test_the_oldest_ping_left_on_an_earlier_socket_counts_until_an_answer() -> None:
    lateness = Lateness()
    oldest = []
    for open_ms in (T, T + 9_000, T + 18_000):  # the page had answered on the first of these sockets
        lateness.begin_socket(open_ms)
        oldest.append(lateness.find_oldest(None))
    lateness.note_answer(40)

    assert oldest == [None, T + 9_000, T + 9_000]
    assert (lateness.find_oldest(None), lateness.find_oldest(T)) == (None, T)
    assert lateness.answered_late_ms == 40


def test_a_silence_goes_on_over_sockets_without_an_answer() -> None:
    lateness = Lateness()
    lateness.begin_socket(None)
    lateness.review(T, T + LATE_MS, T + LATE_MS)
    lateness.begin_socket(T)

    assert lateness.review(None, T + LATE_MS, T + LATE_MS + SURE_MS)
    lateness.note_answer(40)
    lateness.begin_socket(T)
    assert not lateness.review(None, T + LATE_MS, T + LATE_MS + SURE_MS)
