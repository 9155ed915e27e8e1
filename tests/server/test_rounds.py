"""Each socket is looked at once an interval, and only those that are due are touched."""

from __future__ import annotations

from langdao_video.server.rounds import Rounds


def test_a_socket_is_due_one_interval_after_it_was_added() -> None:
    rounds = Rounds[str](10)
    rounds.add("a", 0)
    rounds.add("b", 5)

    assert [list(rounds.take_due(now_ms)) for now_ms in (9, 10, 14, 100)] == [[], ["a"], [], ["b"]]


def test_a_socket_that_is_added_again_waits_for_its_next_turn() -> None:
    rounds = Rounds[str](10)
    rounds.add("a", 0)

    for due in rounds.take_due(10):
        rounds.add(due, 10)

    assert len(rounds) == 1
    assert list(rounds.take_due(19)) == []
    assert list(rounds.take_due(20)) == ["a"]
