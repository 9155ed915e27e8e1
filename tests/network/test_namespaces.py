"""Namespaces are hosts of their own, and what a killed run left of them is removed."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

import pytest

from tests.network.home import Home
from tests.network.namespaces import FOLDER, PREFIX, Namespace, remove_left_over, run

KILLED: Final = """
import os, subprocess
from tests.network.namespaces import Namespace
left = Namespace("left-over")
subprocess.Popen(left.command("sleep", "600"), stdout=subprocess.DEVNULL)
print(left.name, flush=True)
os._exit(9)
"""


def test_what_a_killed_process_left_is_removed_with_its_programs() -> None:
    mine = Namespace("mine")
    name = subprocess.run(
        (sys.executable, "-c", KILLED), stdout=subprocess.PIPE, text=True, check=False
    ).stdout.strip()
    assert name.startswith(PREFIX)
    assert run("ip", "netns", "pids", name) != ""

    remove_left_over()

    left = {folder.name for folder in FOLDER.iterdir()}
    mine.close()
    assert name not in left
    assert mine.name in left, "its owner lives"


def test_a_home_has_one_network_at_a_time_with_an_address_and_a_route_of_its_own() -> None:
    home = Home("nomad", 9)
    try:
        before = run("ip", "-n", home.computer.name, "route")
        home.change_path()
        after = run("ip", "-n", home.computer.name, "route")
    finally:
        home.close()

    assert ("default via 10.0.1.1" in before, "10.0.2." in before) == (True, False)
    assert ("default via 10.0.2.1" in after, "10.0.1." in after) == (True, False)


def test_a_command_that_fails_says_what_was_wrong() -> None:
    with pytest.raises(RuntimeError, match=r"nft .* ended with 1: .*syntax error"):
        run("nft", "-c", "-f", "-", text="no ruleset\n")
