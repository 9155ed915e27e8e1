"""The two sides of a carriage: nothing is taken twice, out of order, or after a gap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langdao_video.across_nodes.carriage import BEAT_MS, IDLE_MS, SILENCE_MS, Arrival, EdgeSide, OwnerSide


class TestOwnersSide:
    def test_the_first_message_begins_a_carriage(self) -> None:
        side = OwnerSide()

        assert [side.receive(1, seq, 0) for seq in (1, 2, 3)] == [Arrival.FRESH, Arrival.TAKE, Arrival.TAKE]

    def test_a_repeated_message_is_known(self) -> None:
        side = OwnerSide()
        side.receive(1, 1, 0)

        assert side.receive(1, 1, 0) is Arrival.KNOWN

    def test_after_a_gap_nothing_of_the_carriage_is_taken(self) -> None:
        side = OwnerSide()
        side.receive(1, 1, 0)

        assert side.receive(1, 3, 0) is Arrival.GAP
        assert not side.is_open
        assert [side.receive(1, seq, 0) for seq in (2, 3, 4)] == [Arrival.STALE] * 3

    def test_a_carriage_whose_first_message_is_lost_is_over_before_it_begins(self) -> None:
        side = OwnerSide()

        assert side.receive(1, 2, 0) is Arrival.GAP
        assert side.receive(1, 1, 0) is Arrival.STALE

    def test_a_newer_carriage_replaces_an_older_one(self) -> None:
        side = OwnerSide()
        side.receive(1, 1, 0)

        assert side.receive(2, 1, 0) is Arrival.FRESH
        assert side.receive(1, 2, 0) is Arrival.STALE
        assert side.receive(2, 2, 0) is Arrival.TAKE

    def test_only_the_named_carriage_ends(self) -> None:
        side = OwnerSide()
        side.receive(2, 1, 0)

        assert not side.end(1)
        assert side.end(2)
        assert side.receive(2, 2, 0) is Arrival.STALE


class TestEdgesSide:
    def test_each_carriage_has_a_higher_number(self) -> None:
        side = EdgeSide()
        side.begin(0)
        first = side.stamp(0)
        side.end()
        side.begin(0)

        assert (first, side.stamp(0), side.stamp(0)) == ((1, 1), (2, 1), (2, 2))

    def test_one_that_is_under_way_goes_on(self) -> None:
        side = EdgeSide()
        side.begin(0)
        side.stamp(0)
        side.begin(0)

        assert side.stamp(0) == (1, 2)

    def test_the_replies_of_an_older_carriage_are_stale(self) -> None:
        side = EdgeSide()
        side.begin(0)
        side.end()
        side.begin(0)

        assert side.receive(1, 1, 0) is Arrival.STALE
        assert side.receive(2, 1, 0) is Arrival.TAKE

    def test_nothing_is_stamped_without_a_carriage(self) -> None:
        with pytest.raises(LookupError):
            EdgeSide().stamp(0)

    def test_it_ends_when_nothing_is_carried_for_long(self) -> None:
        side = EdgeSide()
        side.begin(0)
        side.note_use(5)

        assert (side.is_idle(5 + IDLE_MS), side.is_idle(6 + IDLE_MS)) == (False, True)


def test_a_side_that_says_nothing_owes_a_beat() -> None:
    side = EdgeSide()
    side.begin(0)
    side.stamp(10)

    assert (side.is_beat_due(9 + BEAT_MS), side.is_beat_due(10 + BEAT_MS)) == (False, True)


def test_silence_is_counted_from_the_last_message_that_was_taken() -> None:
    side = OwnerSide()
    side.receive(1, 1, 10)
    side.receive(1, 1, 20)  # repeated: perhaps old

    assert (side.is_silent(10 + SILENCE_MS), side.is_silent(11 + SILENCE_MS)) == (False, True)


@given(
    st.lists(
        st.sampled_from(["send", "deliver", "lose", "repeat", "swap", "break"]), min_size=1, max_size=120
    ),
    st.randoms(use_true_random=False),
)
def test_what_is_taken_of_a_carriage_was_sent_without_a_gap(steps: list[str], random: object) -> None:
    """Whatever the medium does, the taken messages of each carriage are 1, 2, 3 … without a hole."""
    pick = getattr(random, "randrange")  # noqa: B009 - hypothesis gives its randoms no type
    edge, owner = EdgeSide(), OwnerSide()
    under_way: list[tuple[int, int]] = []
    taken: dict[int, list[int]] = {}
    for step in steps:
        index = pick(len(under_way)) if under_way else 0
        match step:
            case "send":
                edge.begin(0)
                under_way.append(edge.stamp(0))
            case "break":
                edge.end()
            case "swap" if under_way:
                under_way.append(under_way.pop(index))
            case "lose" if under_way:
                under_way.pop(index)
            case "repeat" | "deliver" if under_way:
                number, seq = under_way[index] if step == "repeat" else under_way.pop(index)
                if owner.receive(number, seq, 0) in (Arrival.TAKE, Arrival.FRESH):
                    taken.setdefault(number, []).append(seq)
            case _:
                continue

    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in taken.values())
    assert list(taken) == sorted(taken), "an older carriage never goes on after a newer one"
