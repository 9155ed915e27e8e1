"""The simulator's command line, called as `make simulate` calls it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.simulator import __main__ as command_line

ROOT = Path(__file__).parents[2]


def simulate(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.simulator", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_sum_is_in_the_last_line() -> None:
    run = simulate("--lessons", "8", "--seed", "1")

    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("8 lessons (2 apart, 2 foreign, 4 together)")
    assert run.stdout.splitlines()[-1].startswith("over-billed 0.000 s; under-billed ")
    assert run.stderr == ""


def test_a_lesson_that_is_wrong_is_exit_status_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "run", lambda *_, **__: False)

    with pytest.raises(SystemExit) as stopped:
        command_line.app(["--lessons", "1"], exit_on_error=False)

    assert stopped.value.code == 1


@pytest.mark.parametrize("words", [(), ("--lessons", "0"), ("--lessons", "1", "--seed", "-1")])
def test_arguments_out_of_range_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command_line.app(words)

    assert stopped.value.code != 0
