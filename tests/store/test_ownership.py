"""Which nodes may run beside each other, and what the one that may not is told to set."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from langdao_video.store.ownership import LEASE_MS, RENEW_MS, Node, find_conflict

OLD: Final = Node(id="old", version="1", keys=("k1",), backplane="redis")
NEW: Final = Node(id="new", version="2", keys=("k1",), backplane="redis")


def test_nodes_with_one_redis_and_one_key_may_run_together() -> None:
    assert find_conflict(NEW, []) is None
    assert find_conflict(NEW, [OLD, replace(OLD, id="third")]) is None


@pytest.mark.parametrize(("mine", "theirs"), [("", ""), ("redis", ""), ("", "redis")])
def test_two_nodes_need_redis_both(mine: str, theirs: str) -> None:
    conflict = find_conflict(replace(NEW, backplane=mine), [replace(OLD, backplane=theirs)])

    assert conflict is not None
    assert "set the same REDIS_URL on both" in conflict


def test_a_node_may_follow_one_that_leaves_without_redis() -> None:
    leaving = replace(OLD, backplane="", is_leaving=True)

    assert find_conflict(replace(NEW, backplane=""), [leaving]) is None


def test_two_nodes_need_the_same_redis() -> None:
    conflict = find_conflict(NEW, [replace(OLD, backplane="another")])

    assert conflict is not None
    assert "another Redis" in conflict


@pytest.mark.parametrize(
    ("mine", "theirs", "may"),
    [
        (("k1", "k2"), ("k1",), True),  # first the new key is added as the last one everywhere
        (("k2", "k1"), ("k1", "k2"), True),  # then it moves to the front
        (("k2",), ("k2", "k1"), True),  # then the old one goes
        (("k2", "k1"), ("k1",), False),  # this node's links would not open there
        (("k1",), ("k2", "k1"), False),
        (("k2",), ("k1",), False),
        ((), ("k1",), False),
    ],
)
@pytest.mark.parametrize("is_leaving", [False, True])
def test_each_node_opens_the_links_of_the_other(
    mine: tuple[str, ...], theirs: tuple[str, ...], *, may: bool, is_leaving: bool
) -> None:
    conflict = find_conflict(replace(NEW, keys=mine), [replace(OLD, keys=theirs, is_leaving=is_leaving)])

    assert (conflict is None) == may
    assert may or "LINK_KEYS" in str(conflict)


def test_a_lease_survives_two_renewals_that_fail() -> None:
    assert LEASE_MS > 3 * RENEW_MS
    assert LEASE_MS + RENEW_MS <= 5_000  # a node that dies is replaced within 5 s
