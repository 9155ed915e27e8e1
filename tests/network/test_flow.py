"""The looks at what a page received: stalls, recovery, concealment."""

from __future__ import annotations

from tests.network.flow import (
    Look,
    find_stalls,
    heard_between,
    longest_freeze_ms,
    longest_stall_ms,
    recover_ms,
)


def look(at: int, frames: int, packets: int | None = None) -> Look:
    """Make a look with sound that grows with the picture, unless told."""
    grown = frames if packets is None else packets
    return Look(at, frames, grown, grown / 10, grown, 10 * grown, 0, 640)


def test_a_stall_is_longer_than_half_a_second_and_one_that_lasts_ends_with_the_last_look() -> None:
    looks = [look(0, 1), look(500, 2), look(900, 2), look(1_600, 3), look(1_700, 4), look(2_400, 4)]

    assert find_stalls(looks, "frames") == [(500, 1_600), (1_700, 2_400)]


def test_no_look_is_no_stall() -> None:
    assert find_stalls([], "packets") == []


def test_recovered_is_when_both_kinds_have_come_for_a_second() -> None:
    outage = [look(0, 1, 1), look(1_000, 2, 1), look(3_000, 9, 9)]
    steady = [look(at, 10 + at) for at in range(3_100, 4_100, 100)]

    assert recover_ms([*outage, *steady], 0) == 3_000
    assert recover_ms([*outage, *steady[:5]], 0) is None


def test_a_stall_long_after_the_fault_is_another_matter() -> None:
    looks = [look(at, 10 + at) for at in range(0, 2_000, 100)]

    assert recover_ms([*looks, look(4_000, 9_000)], 0) == 0
    assert recover_ms([], 0) is None


def test_the_longest_stall_is_of_either_kind() -> None:
    looks = [look(0, 1), look(400, 2), look(1_400, 3, 2), look(1_600, 4, 3)]

    assert longest_stall_ms(looks, 0) == 1_200
    assert longest_stall_ms(looks[:2], 0) == 0


def test_a_freeze_is_what_the_page_saw_of_a_stall_and_not_the_time_in_which_it_was_late() -> None:
    frozen = [look(at, 1) for at in range(0, 1_000, 100)]
    late = [look(0, 1), look(300, 1), look(5_000, 1), look(5_100, 9)]

    assert longest_freeze_ms([*frozen, look(1_000, 2)]) == 900
    assert longest_freeze_ms(late) == 0
    assert longest_freeze_ms([]) == 0


def test_the_concealed_part_is_of_the_samples_between_the_two_looks() -> None:
    heard = heard_between(look(0, 10), look(100, 30))

    assert (heard.energy, heard.concealed_part) == (2.0, 0.1)
    assert heard_between(look(0, 1), look(1, 1)).concealed_part == 1.0
