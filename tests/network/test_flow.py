"""The looks at what a page received: stalls, recovery, concealment."""

from __future__ import annotations

from tests.network.flow import Look, find_stalls, heard_between, recover_ms


def look(at: int, frames: int, packets: int | None = None) -> Look:
    """Make a look with sound that grows with the picture, unless told."""
    grown = frames if packets is None else packets
    return Look(at, frames, grown, grown / 10, grown, 10 * grown, 0, 640)


def test_a_stall_is_longer_than_half_a_second_and_one_that_lasts_ends_with_the_last_look() -> None:
    looks = [look(0, 1), look(500, 2), look(900, 2), look(1_600, 3), look(1_700, 4), look(2_400, 4)]

    assert find_stalls(looks, "frames") == [(500, 1_600), (1_700, 2_400)]


def test_no_look_is_no_stall() -> None:
    assert find_stalls([], "packets") == []


def test_recovered_is_when_the_last_stall_of_either_kind_is_over() -> None:
    looks = [look(0, 1, 1), look(1_000, 2, 1), look(3_000, 9, 9), look(3_400, 10, 10)]

    assert recover_ms(looks, 0) == 3_000


def test_what_never_stalled_took_no_time_and_what_still_stalls_is_not_back() -> None:
    assert recover_ms([look(0, 1), look(400, 2)], 0) == 0
    assert recover_ms([look(0, 1), look(400, 2), look(1_400, 2)], 0) is None
    assert recover_ms([], 0) is None


def test_the_concealed_part_is_of_the_samples_between_the_two_looks() -> None:
    heard = heard_between(look(0, 10), look(100, 30))

    assert (heard.energy, heard.concealed_part) == (2.0, 0.1)
    assert heard_between(look(0, 1), look(1, 1)).concealed_part == 1.0
