"""What one side's evidence says of the other's claim, and whether a page answers: the thresholds, one by one."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from langdao_video.signaling.counters import Acks
from langdao_video.signaling.evidence import LATE_MS, QUIET_MS, SURE_MS, TAIL_MS, Lateness, Verdict, Witness

T = 1_000_000
"""Since when the claimant's page has received nothing, by its own word; Unix ms."""


def acks(reports: int) -> Acks:
    return Acks(audio=reports, video=reports)


def witness(*noted: tuple[int, int]) -> Witness:
    """Make one that has noted so many reports at these times."""
    made = Witness()
    for at_ms, reports in noted:
        made.note(acks(reports), at_ms)
    return made


NEVER_COUNTED = witness()
NEVER_GREW = witness((T, 0), (T + 5_000, 0))
GOES_ON = witness((T, 5), (T + TAIL_MS, 6), (T + TAIL_MS + 1, 7))
ONLY_TAIL = witness((T, 5), (T + TAIL_MS, 6))
STOPPED = witness((T - 5_000, 4), (T, 5), (T + QUIET_MS, 5))
HARDLY_QUIET = witness((T - 5_000, 4), (T, 5), (T + QUIET_MS - 1, 5))
LATER = T + TAIL_MS + 1


@pytest.mark.parametrize(
    ("evidence", "at_ms", "verdict"),
    [
        (GOES_ON, LATER, Verdict.CONTRADICTED),
        (ONLY_TAIL, LATER, Verdict.OPEN),  # a receiver may report so long after the last packet
        (STOPPED, T + QUIET_MS, Verdict.AGREED),
        (HARDLY_QUIET, T + QUIET_MS - 1, Verdict.OPEN),
        (NEVER_COUNTED, LATER, Verdict.UNSUPPORTED),
        (NEVER_GREW, LATER, Verdict.UNSUPPORTED),
        (GOES_ON, LATER + TAIL_MS, Verdict.CONTRADICTED),
        (GOES_ON, LATER + TAIL_MS + 1, Verdict.UNSUPPORTED),  # nothing noted for too long tells nothing
    ],
)
def test_the_browser_across_says_whether_it_arrives(evidence: Witness, at_ms: int, verdict: Verdict) -> None:
    assert evidence.judge(T, at_ms, at_ms, sends=True, receives=True) is verdict


@pytest.mark.parametrize("evidence", [GOES_ON, ONLY_TAIL, STOPPED, NEVER_COUNTED, NEVER_GREW])
def test_who_sends_nothing_agrees_that_nothing_arrives(evidence: Witness) -> None:
    assert evidence.judge(T, LATER, LATER, sends=False, receives=True) is Verdict.AGREED


@pytest.mark.parametrize("evidence", [NEVER_COUNTED, NEVER_GREW])
def test_who_cannot_tell_and_receives_nothing_either_agrees(evidence: Witness) -> None:
    assert evidence.judge(T, LATER, LATER, sends=True, receives=False) is Verdict.AGREED


@pytest.mark.parametrize(
    ("asked_ms", "verdict"),
    [
        (LATER - 1, Verdict.OPEN),  # media may have come back since, and the claimant had no time to say so
        (LATER, Verdict.CONTRADICTED),
        (LATER + 4_000, Verdict.CONTRADICTED),
    ],
)
def test_only_what_was_known_when_the_claimant_was_asked_denies_its_claim(
    asked_ms: int, verdict: Verdict
) -> None:
    assert GOES_ON.judge(T, asked_ms, LATER + 5_000, sends=True, receives=True) is verdict


def test_an_answer_that_takes_nine_seconds_is_held_against_what_was_known_when_it_was_asked_for() -> None:
    goes_on = witness(*((T + 5_000 * n, n) for n in range(9)))

    assert goes_on.judge(T, T + 31_000, T + 40_000, sends=True, receives=True) is Verdict.CONTRADICTED


def test_who_can_tell_contradicts_although_it_receives_nothing() -> None:
    assert GOES_ON.judge(T, LATER, LATER, sends=True, receives=False) is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("counters", "grew_ms"),
    [
        ([acks(5)], None),  # how old the first ones are nobody knows
        ([acks(5), acks(5)], None),
        ([acks(5), acks(6)], 1),
        ([acks(5), acks(6), acks(6)], 1),
        ([acks(5), None, acks(6)], 2),  # a heartbeat without counters says nothing
        ([acks(5), acks(0), acks(1)], 2),  # a page that counts anew
        ([Acks(audio=5, video=5), Acks(audio=6, video=0)], 1),
        ([Acks(audio=5, video=5), Acks(audio=0, video=6)], 1),
        ([acks(5), Acks(audio=5, video=5, path=9)], None),  # a path that answers carries no sound yet
    ],
)
def test_only_receiver_reports_that_grow_are_evidence(
    counters: Iterable[Acks | None], grew_ms: int | None
) -> None:
    made = Witness()

    for at_ms, counted in enumerate(counters):
        made.note(counted, at_ms)

    assert made.grew_ms == grew_ms


Look = tuple[int | None, int, int]
"""When the oldest open ping was sent, when the page was heard last, and now."""
OPEN: Look = (T, T + LATE_MS, T + LATE_MS)


def later(look: Look, ms: int) -> Look:
    """Return the same ping, open so much longer, of a page that was heard meanwhile."""
    oldest_ms, heard_ms, now_ms = look
    return oldest_ms, heard_ms + ms, now_ms + ms


@pytest.mark.parametrize(
    ("looks", "is_silent"),
    [
        ([OPEN], False),
        ([OPEN, later(OPEN, SURE_MS - 1)], False),
        ([OPEN, later(OPEN, SURE_MS)], True),
        ([later(OPEN, -1), later(OPEN, SURE_MS - 1)], False),  # it began one ms before
        ([OPEN, (None, T + LATE_MS + 500, T + LATE_MS + 500), later(OPEN, SURE_MS)], False),  # it answered
        # Heard before the ping was old: the network, or the page, holds everything up.
        ([(T, T + LATE_MS - 1, T + LATE_MS), (T, T + LATE_MS - 1, T + 2 * LATE_MS - 2)], False),
        # Not heard for ten seconds: that is a socket that dies.
        ([OPEN, (T, T + LATE_MS, T + 2 * LATE_MS)], False),
        ([OPEN, (T, T + LATE_MS, T + 2 * LATE_MS - 1)], True),
    ],
)
def test_a_ping_that_stays_open_while_other_frames_come_is_silence(
    looks: Iterable[Look], *, is_silent: bool
) -> None:
    lateness = Lateness()

    told = [lateness.look(*look) for look in looks]

    assert told[-1] is is_silent
    assert not any(told[:-1])


@pytest.mark.parametrize(("took_ms", "is_silent"), [(LATE_MS - 1, False), (LATE_MS, True), (14_000, True)])
def test_answers_that_all_come_late_are_silence(took_ms: int, *, is_silent: bool) -> None:
    lateness = Lateness(answered_late_ms=took_ms)

    lateness.look(None, T, T)

    assert lateness.look(None, T + SURE_MS, T + SURE_MS) is is_silent


def test_an_answer_in_time_ends_the_silence() -> None:
    lateness = Lateness(answered_late_ms=14_000)
    lateness.look(None, T, T)
    assert lateness.look(None, T + SURE_MS, T + SURE_MS)

    lateness.answered_late_ms = 40

    assert not lateness.look(None, T + SURE_MS, T + SURE_MS)
