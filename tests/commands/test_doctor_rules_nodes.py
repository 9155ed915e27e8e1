"""What the doctor thinks of the processes that serve the database."""

from __future__ import annotations

from dataclasses import replace

from langdao_video.commands.doctor_rules import judge_file, judge_nodes
from langdao_video.store.ownership import Node

OWN = Node(id="doctor", version="", keys=("k1",), backplane="redis")
LIVING = Node(id="a", version="1", keys=("k1",), backplane="redis")


def test_a_process_with_these_settings_may_join() -> None:
    assert judge_nodes(OWN, []).grade == "ok"

    found = judge_nodes(OWN, [LIVING, replace(LIVING, id="b")])

    assert (found.grade, found.found) == ("ok", "2 processes serve this database.")


def test_the_only_process_without_redis_is_well() -> None:
    found = judge_nodes(replace(OWN, backplane=""), [replace(LIVING, backplane="")])

    assert found.grade == "ok"
    assert "A second one needs REDIS_URL" in found.found


def test_a_process_that_would_be_refused_is_told_what_to_set() -> None:
    without_redis = judge_nodes(replace(OWN, backplane=""), [LIVING])
    other_keys = judge_nodes(replace(OWN, keys=("k2",)), [LIVING])
    other_keys_alone = judge_nodes(replace(OWN, keys=("k2",), backplane=""), [replace(LIVING, backplane="")])

    assert [each.grade for each in (without_redis, other_keys, other_keys_alone)] == ["fail"] * 3
    assert "REDIS_URL" in without_redis.mend
    assert "LINK_KEYS" in other_keys.mend
    assert "LINK_KEYS" in other_keys_alone.mend


def test_an_sqlite_file_is_served_or_not() -> None:
    assert "A process serves x.sqlite" in judge_file("x.sqlite", is_served=True).found
    assert "No process serves x.sqlite" in judge_file("x.sqlite", is_served=False).found
