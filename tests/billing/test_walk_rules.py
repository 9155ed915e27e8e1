"""Which evidence proves that a seat was there, to the millisecond: the rules of `evidence.py`."""

from __future__ import annotations

import pytest

from langdao_video.billing.evidence import RESEAT_MS, Evidence, Heard, Kind, Walk
from langdao_video.billing.rules import BillRules
from langdao_video.session.facts import Fact, ProofLost, ProofResumed, SeatLeft, SeatTaken
from langdao_video.session.roles import ROLES, Role

RULES = BillRules()
ROLE: Role = "tutor"
T = 1_698_234_567_000


def walked(*heard: Heard) -> tuple[Walk, list[tuple[int, Fact]]]:
    walk = Walk()
    return walk, [fact for each in heard for fact in walk.step(ROLE, each, RULES)]


def connect(at: int, epoch: int | None = 1) -> Heard:
    return Heard(T + at, Kind.CONNECT, epoch, address="0xA", name="Ana", took_over=True)


def proof(at: int, epoch: int | None = 1) -> Heard:
    return Heard(T + at, Kind.PROOF, epoch)


def denial(at: int, epoch: int | None = 1) -> Heard:
    return Heard(T + at, Kind.DENIAL, epoch)


def leave(at: int, epoch: int | None = 1) -> Heard:
    return Heard(T + at, Kind.LEAVE, epoch, "closed")


def billed(*heard: Heard, role: Role = "student", is_shuffled: bool = False) -> int:
    """Count the milliseconds of the spans that follow from *heard*."""
    evidence, total, since = Evidence(), 0, -1
    for each in heard:
        news = evidence.hear(role, each, T, RULES)
        assert news is not None
        assert is_shuffled or news.is_last
        for at_ms, fact in news.facts:
            if isinstance(fact, SeatTaken | ProofResumed):
                since = at_ms
            elif since >= 0:
                total, since = total + at_ms - since, -1
    walk = evidence.walk(role)
    return total + (walk.last_ms - since if since >= 0 else 0)


@pytest.mark.requirement("R36")
@pytest.mark.parametrize("role", ROLES)
def test_media_that_stopped_for_the_first_twenty_seconds_is_not_billed(role: Role) -> None:
    assert (
        billed(connect(0), denial(10_000), denial(20_000), proof(30_000), proof(40_000), role=role) == 10_000
    )


@pytest.mark.parametrize(
    ("denied_at", "proved_at", "proven"),
    [
        (10_000, 20_000, 20_000),
        (10_000, 20_001, 0),
        (14_999, 20_000, 20_000),
        (15_000, 15_001, 0),
        (0, 25_000, 25_000),  # at the instant of the proof it denies nothing
        (1, 25_000, 0),
    ],
)
def test_a_stop_of_fifteen_seconds_parts_two_proofs(denied_at: int, proved_at: int, proven: int) -> None:
    assert billed(connect(0), denial(denied_at), proof(proved_at)) == proven


@pytest.mark.parametrize(("at", "proven"), [(24_999, 24_999), (25_000, 25_000), (25_001, 0)])
@pytest.mark.parametrize("heard", [proof, leave])
def test_proofs_further_apart_than_twenty_five_seconds_prove_nothing_between_them(
    heard: object, at: int, proven: int
) -> None:
    last = proof(at) if heard is proof else leave(at)
    assert billed(connect(0), last) == proven


def test_a_leave_without_an_epoch_proves_nothing_itself() -> None:
    walk, facts = walked(connect(0, None), proof(5_000, None), leave(9_000, None))

    assert facts[1:] == [
        (T + 5_000, SeatLeft(role=ROLE, epoch=1, reason="closed", left_ms=T + 9_000)),
    ]
    assert (walk.is_taken, walk.last_ms, walk.left_ms) == (False, T + 5_000, T + 9_000)


def test_a_taken_seat_is_recorded_with_all_given_fields() -> None:
    walk, facts = walked(connect(0, 3))

    assert facts == [(T, SeatTaken(role=ROLE, epoch=3, address="0xA", name="Ana", took_over=True))]
    assert (walk.sitting, walk.is_taken, walk.last_ms, walk.is_starved, walk.is_torn) == (
        3,
        True,
        T,
        False,
        False,
    )


def test_a_later_sitting_replaces_an_earlier_one_at_its_last_proof() -> None:
    _, facts = walked(connect(0, 1), proof(5_000, 1), denial(15_000, 1), connect(16_000, 2), proof(17_000, 1))

    assert [(at - T, type(fact)) for at, fact in facts] == [
        (0, SeatTaken),
        (5_000, SeatLeft),
        (16_000, SeatTaken),
    ]
    assert facts[1][1] == SeatLeft(role=ROLE, epoch=1, reason="replaced", left_ms=T + 16_000)


def test_a_new_sitting_is_neither_starved_nor_torn() -> None:
    for at in (10_000, 15_000):
        walk, _ = walked(connect(0, 1), denial(at, 1), connect(16_000, 2))
        assert (walk.is_starved, walk.is_torn) == (False, False)


@pytest.mark.parametrize(("after_ms", "is_taken"), [(RESEAT_MS - 1, False), (RESEAT_MS, True)])
@pytest.mark.parametrize("heard", [Kind.PROOF, Kind.DENIAL])
def test_a_heartbeat_without_an_epoch_seats_its_sender_again_ten_seconds_after_the_leave(
    heard: Kind, after_ms: int, *, is_taken: bool
) -> None:
    walk, _ = walked(connect(0, None), leave(5_000, None), Heard(T + 5_000 + after_ms, heard, None))

    assert (walk.is_taken, walk.sitting) == (is_taken, 2 if is_taken else 1)


def test_a_leave_without_an_epoch_begins_nothing_and_one_with_a_new_epoch_is_a_sitting_of_no_length() -> None:
    nothing, none = walked(leave(0, None))
    walk, facts = walked(leave(0, 2))

    assert (nothing.sitting, nothing.is_taken, none) == (0, False, [])
    assert [(at - T, type(fact)) for at, fact in facts] == [(0, SeatTaken), (0, SeatLeft)]
    assert (walk.sitting, walk.is_taken) == (2, False)


@pytest.mark.parametrize(
    ("heard", "why", "resumes_at"),
    [
        ((proof(25_001),), "silence", 25_001),
        ((denial(10_000), proof(20_001)), "media", 20_001),
        ((denial(15_000), denial(16_000), proof(17_000)), "media", 17_000),
    ],
)
def test_a_loss_is_recorded_once_at_the_last_proof(
    heard: tuple[Heard, ...], why: str, resumes_at: int
) -> None:
    walk, facts = walked(connect(0), *heard)

    assert [at - T for at, _ in facts] == [0, 0, resumes_at]
    assert facts[1][1] == ProofLost(role=ROLE, epoch=1, why="media" if why == "media" else "silence")
    assert facts[2][1] == ProofResumed(role=ROLE, epoch=1)
    assert (walk.is_starved, walk.is_torn, walk.last_ms) == (False, False, T + resumes_at)


def test_a_known_or_final_event_gives_no_news() -> None:
    evidence = Evidence()
    first = evidence.hear("student", connect(0), T, RULES)
    again = evidence.hear("student", connect(0), T + 5, RULES)
    other = evidence.hear("tutor", connect(0), T, RULES)
    evidence.floor_ms = T + 10

    assert first is not None
    assert again is None
    assert other is not None
    assert evidence.hear("student", proof(9), T, RULES) is None
    assert evidence.hear("student", proof(10), T, RULES) is not None


def test_a_walk_that_is_copied_goes_on_by_itself_from_where_it_stood() -> None:
    walk = Walk(4, is_taken=True, last_ms=T, left_ms=T - 9, is_starved=True, is_torn=True)
    copy = walk.copy()
    copy.step(ROLE, proof(30_000, 5), RULES)

    assert (
        walk == walk.copy() == Walk(4, is_taken=True, last_ms=T, left_ms=T - 9, is_starved=True, is_torn=True)
    )
    assert (copy.sitting, copy.last_ms) == (5, T + 30_000)


@pytest.mark.parametrize(
    ("other", "is_like"),
    [
        (Walk(4, is_taken=True, last_ms=9), True),
        (Walk(5, is_taken=True), False),
        (Walk(4), False),
        (Walk(4, is_taken=True, is_torn=True), False),
    ],
)
def test_two_walks_are_alike_if_sitting_and_presence_are_the_same(other: Walk, *, is_like: bool) -> None:
    assert Walk(4, is_taken=True).is_like(other) is is_like


def test_a_leave_that_was_read_back_may_be_dated_later_than_its_last_proof() -> None:
    walk, facts = walked(Heard(T, Kind.LEAVE, 1, "closed", until_ms=T + 9))

    assert facts[1] == (T, SeatLeft(role=ROLE, epoch=1, reason="closed", left_ms=T + 9))
    assert (walk.last_ms, walk.left_ms) == (T, T + 9)


def test_proofs_that_were_read_back_prove_all_the_time_to_their_end() -> None:
    begun, _ = walked(Heard(T, Kind.PROOF, 1, until_ms=T + 60_000))
    walk, facts = walked(connect(0), Heard(T + 5_000, Kind.PROOF, 1, until_ms=T + 60_000), proof(85_000))

    assert begun.last_ms == T + 60_000
    assert (len(facts), walk.last_ms) == (1, T + 85_000)


def kept_span(at: int, until: int, epoch: int = 1) -> Heard:
    return Heard(T + at, Kind.PROOF, epoch, until_ms=T + until)


@pytest.mark.parametrize("heard", [Kind.CONNECT, Kind.DENIAL, Kind.LEAVE])
def test_an_event_without_an_epoch_changes_nothing_within_a_span_read_back(heard: Kind) -> None:
    walk, facts = walked(kept_span(0, 60_000), Heard(T + 59_999, heard, None))

    assert (len(facts), walk.is_taken, walk.last_ms) == (1, True, T + 60_000)


def test_within_a_span_read_back_a_proof_moves_nothing_and_a_later_epoch_begins_a_sitting() -> None:
    walk, facts = walked(kept_span(0, 60_000), Heard(T + 30_000, Kind.PROOF, None))
    later, begun = walked(kept_span(0, 60_000), connect(30_000, 2))

    assert (len(facts), walk.last_ms) == (1, T + 60_000)
    assert [(at - T, type(fact)) for at, fact in begun] == [
        (0, SeatTaken),
        (30_000, SeatLeft),
        (30_000, SeatTaken),
    ]
    assert (later.sitting, later.last_ms) == (2, T + 30_000)


def test_a_leave_of_its_epoch_ends_a_span_read_back() -> None:
    walk, facts = walked(kept_span(0, 60_000), leave(30_000, 1))

    assert facts[1] == (T + 30_000, SeatLeft(role=ROLE, epoch=1, reason="closed", left_ms=T + 30_000))
    assert (walk.is_taken, walk.last_ms) == (False, T + 30_000)


def test_at_the_last_proof_itself_a_bare_leave_and_a_bare_connect_count() -> None:
    left, _ = walked(kept_span(0, 60_000), leave(60_000, None))
    again, facts = walked(kept_span(0, 60_000), connect(60_000, None))

    assert left.is_taken is False
    assert (again.sitting, len(facts)) == (2, 3)


def test_a_proof_in_the_instant_of_a_denial_at_the_last_proof_clears_it() -> None:
    walk = Walk(1, is_taken=True, last_ms=T, is_starved=True)
    walk.step(ROLE, proof(0), RULES)

    assert walk.is_starved is False


def test_an_event_that_may_not_begin_a_sitting_begins_none() -> None:
    for kind in (Kind.CONNECT, Kind.PROOF):
        walk, facts = walked(Heard(T, kind, None, may_begin=False))
        assert (walk.sitting, facts) == (0, [])


def test_nothing_is_final_at_the_beginning() -> None:
    assert (Evidence().floor_ms, Evidence().walk("student")) == (-1, Walk())
