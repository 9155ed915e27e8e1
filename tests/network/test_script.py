"""Scripts of faults: repeatable, bounded, and of every kind."""

from __future__ import annotations

from itertools import pairwise

from tests.network.script import KINDS, plan_script


def test_a_seed_gives_the_same_script_every_time() -> None:
    assert plan_script(7, 60_000) == plan_script(7, 60_000)
    assert plan_script(7, 60_000) != plan_script(8, 60_000)


def test_all_faults_are_over_when_the_script_is() -> None:
    for seed in range(200):
        faults = plan_script(seed, 60_000)

        assert all(fault.at_ms + fault.lasts_ms <= 60_000 for fault in faults)
        assert [fault.at_ms for fault in faults] == sorted(fault.at_ms for fault in faults)


def test_two_hundred_scripts_try_every_kind_and_faults_that_overlap() -> None:
    scripts = [plan_script(seed, 60_000) for seed in range(200)]
    overlaps = sum(
        later.at_ms < earlier.at_ms + earlier.lasts_ms
        for faults in scripts
        for earlier, later in pairwise(faults)
    )

    assert {fault.kind for faults in scripts for fault in faults} == set(KINDS)
    assert min(len(faults) for faults in scripts) > 0
    assert overlaps > 200
